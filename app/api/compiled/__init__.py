"""The fast path of reading: a selection is compiled once, into flat statements and a function that writes the answer.

It reads the declarations of the document types and nothing else, so a field that is declared is compiled; what it does
not know is left to graphql-core's executor, which every answer must be equal to, byte by byte. `docs/compiled.md`
walks through it.
"""
