"""What the service costs, measured beside the least that the same work can cost, in one run: `make bench`.

`stand.py` has the databases, `seed.py` the books in them, `meter.py` time and CPU, `report.py` the tables. Every
benchmark is a folder or module of its own that `__main__.py` lists.
"""
