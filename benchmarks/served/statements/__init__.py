"""What SQL alone does for each request: a transaction of prepared statements, one round trip each, as pgbench runs them.

The session has the entity set, as row security wants it. `:n` is an invoice, `:m` a memo, `:a` an account, by number;
`:r` is a number never used before. What comes of a statement that ends with `\\gset` are further such names.
"""
