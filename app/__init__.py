"""A credit-memo service: GraphQL in front, exact books behind. The map of the house, top to bottom:

main, cli     put the parts together: settings -> database -> ASGI application, and the commands of the terminal
api           the door: GraphQL in, GraphQL out; decides nothing, computes nothing
loading       the loading bay: reads files, turns them into commands, runs the verbs
use_cases     the verbs: one file for each thing a caller can ask for
sign_in       the gate: who is asking; keys, tokens, roles
outside       the strangers: asks servers that are not ours, and believes nothing they say
proof         the eyes: audits the books from their history; reads rows, writes nothing
validation    the rules: pure functions from a command and facts to violations
repository    the rows: the only place that speaks SQL, and the only one that begins a transaction
domain        the nouns: immutable values and their arithmetic; pure
migrations    Alembic scripts for SQLite and PostgreSQL

Imports go down only. Rules cannot fetch, rows cannot judge.
"""
