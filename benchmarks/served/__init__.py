"""R1, R2, W1, W2 and what belongs to them: the service over HTTP, beside PostGraphile on the same tables and SQL alone.

`books.py` writes the books, `documents.py` and `writes.py` say what is asked, `statements/` what SQL alone does for it,
`servers.py` starts the processes, `load.py` asks, `floor.py` runs pgbench, `contest.py` lets all take turns.
"""
