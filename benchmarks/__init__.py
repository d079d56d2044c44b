"""What the service costs, measured beside the least that the same work can cost, in one run: `make bench`.

`registry.py` lists every benchmark, `run.py` has what a run was asked for and what its benchmarks share. `stand.py` has
the databases, `seed.py` and `served/books.py` the books in them, `meter.py` time and CPU; `report.py`, `targets.py` and
`plot.py` write the page.
"""
