"""What is measured over HTTP runs, end to end and very small; whether it is fast, no test says."""

from contextlib import closing

from app.proof.audit import Difference, audit
from app.repository.opening import open_database
from benchmarks.run import Options, Run
from benchmarks.served import sections
from benchmarks.served.books import Books
from benchmarks.served.embedded import carried_over
from benchmarks.served.ids import made_id
from benchmarks.served.node import is_installed
from benchmarks.served.statements import embedded
from benchmarks.stand import Stand


async def test_the_contenders_answer_the_same_and_leave_books_that_hold() -> None:
    """Reads and writes raise where an answer, or a row that is left, differs.

    PostGraphile takes part only where `make bench` has installed it: the test installs nothing.
    """
    if not is_installed():
        print("PostGraphile is not installed, so it is left out")
    options = Options(books=0, rounds=1, clients=(2,), seconds=0.2, with_peer=is_installed())
    with Stand() as stand:
        async with Run(stand, options) as run:
            read = await sections.one_invoice(run)
            read_many = await sections.a_hundred_memos(run)
            applied = await sections.credit_applied(run)
            assert read.facts["R1 / pgbench, 2 clients"] > 0
            assert read_many.facts["R2 / json_agg, 2 clients"] > 0
            assert applied.facts["W1 / pgbench, 2 clients"] > 0
            assert await _differences((await run.arena()).books) == []
            # The embedded floor, on the same books in a file.
            small, _ = await run.small()
            books = await carried_over(stand, small)
            with closing(embedded.connected(books.place.name)) as connection:
                for place in range(3):
                    embedded.apply_a_cent(connection, made_id("cm", place), made_id("inv", 0), f"key {place}")
            assert await _differences(books) == []


async def _differences(books: Books) -> list[Difference]:
    database = open_database(books.place.url)
    try:
        return [each async for each in audit(database, books.entity_id)]
    finally:
        await database.close()
