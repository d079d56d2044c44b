"""What is measured over HTTP runs, end to end and very small; whether it is fast, no test says.

PostGraphile takes part where `make bench` has installed it: a test installs nothing.
"""

from collections.abc import Iterator
from contextlib import closing

import pytest

from app.proof.audit import Difference, audit
from app.repository.opening import open_database
from benchmarks.run import Options, Run
from benchmarks.served import sections
from benchmarks.served.books import Books
from benchmarks.served.embedded import carried_over
from benchmarks.served.ids import made_id
from benchmarks.served.node import is_installed
from benchmarks.served.sameness import compare_writes
from benchmarks.served.statements import embedded
from benchmarks.served.writing import ANY, apply_contest
from benchmarks.stand import Stand


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    if not is_installed():
        print("PostGraphile is not installed, so it is left out")
    options = Options(books=0, rounds=1, clients=(2,), seconds=0.2, with_peer=is_installed())
    with Stand() as stand:
        yield Run(stand, options)


async def test_the_contenders_answer_the_same_questions_on_books_that_hold(run: Run) -> None:
    """It raises where an answer differs."""
    async with run:
        one = await sections.one_invoice(run)
        many = await sections.a_hundred_memos(run)
        arena = await run.arena()
        applied = sections.facts_of("W1", await apply_contest(arena, ANY, [2], 1, 0.2), ["pgbench"])
        assert await _differences(arena.books) == []
    assert one.facts["R1 / pgbench, 2 clients"] > 0
    assert many.facts["R2 / json_agg, 2 clients"] > 0
    assert applied["W1 / pgbench, 2 clients"] > 0


async def test_the_contenders_leave_the_same_books(run: Run) -> None:
    """It raises where a row differs."""
    async with run:
        await compare_writes(run)


async def test_the_embedded_floor_leaves_books_that_hold(run: Run) -> None:
    small, _ = await run.small()
    books = await carried_over(run.stand, small)
    with closing(embedded.connected(books.place.name)) as connection:
        for place in range(3):
            embedded.apply_a_cent(connection, made_id("cm", place), made_id("inv", 0), f"key {place}")
    assert await _differences(books) == []


async def _differences(books: Books) -> list[Difference]:
    """But for seals: the floors' are as long as the service's, and not in its form."""
    database = open_database(books.place.url)
    try:
        found = [each async for each in audit(database, books.entity_id)]
    finally:
        await database.close()
    return [each for each in found if each.invariant != "chain"]
