"""The log's numbers: given once, without gaps, in an order in which nothing comes before what it rests on, and never
behind a reader's cursor; whoever writes, numbers or dies meanwhile.
"""

import asyncio
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.actor import Actor
from app.domain.as_of import AsOf
from app.domain.entity import Settings
from app.domain.vocabulary import Operation
from app.jobs.sequencer import Sequencer
from app.repository.as_of import balances_of_documents
from app.repository.books import Books
from app.repository.database import Database
from app.repository.log_numbers import number_entries
from app.repository.opening import open_database
from app.use_cases.apply import apply_credit_memo
from tests.support.books import TestBooks, open_books
from tests.support.building import Made, applied, applying, posted_invoice, posted_memo
from tests.support.numbering import numbered
from tests.support.preloaded import PreloadedProcess
from tests.support.stores import Store

_LOG = "SELECT number, id FROM log_entry WHERE entity_id = :entity_id AND number > :after ORDER BY number"
_LINKS = """
SELECT c.document_id, c.version, l.number, l.recorded_at FROM document_change c
JOIN log_entry l ON l.entity_id = c.entity_id AND l.id = c.log_id
WHERE c.entity_id = :entity_id ORDER BY c.document_id, c.version
"""
_WITHOUT = "SELECT count(*) FROM log_entry WHERE entity_id = :entity_id AND number IS NULL"


class Reader:
    """Follows the log from cursor to cursor."""

    def __init__(self, books: TestBooks) -> None:
        self._books = books
        self.seen: list[tuple[int, str]] = []

    async def read_on(self) -> None:
        after = self.seen[-1][0] if self.seen else 0
        self.seen += [(row[0], row[1]) for row in await self._books.rows(_LOG, after=after)]

    async def has_missed_nothing(self) -> None:
        await self.read_on()
        assert self.seen == [(row[0], row[1]) for row in await self._books.rows(_LOG, after=0)]
        assert [number for number, _ in self.seen] == list(range(1, len(self.seen) + 1))
        assert await self._books.value(_WITHOUT) == 0


async def numbers_rise_along_every_document(books: TestBooks) -> None:
    before: tuple[str, int, object] | None = None
    for document, _, number, recorded_at in await books.rows(_LINKS):
        if before is not None and before[0] == document:
            assert before[1] < number
            assert before[2] < recorded_at
        before = (document, number, recorded_at)


async def balances(books: TestBooks, ids: list[str], log: int) -> dict[str, int]:
    """Those of the memos as of the number, from the history alone."""
    statement = balances_of_documents("credit_memo")
    async with books.database.snapshot(books.entity.id) as snapshot:
        rows = await snapshot.rows(statement, {"values": ids, **AsOf(log=log).bound})
    return {row.document_id: row.balance for row in rows}


class Held:
    """A transaction of an application that has done everything but its COMMIT."""

    def __init__(self, books: TestBooks, memo: Made, invoice: Made) -> None:
        self._is_apart = books.place.engine == "sqlite"
        # On SQLite a transaction has a thread of its own, which may be kept waiting.
        self._database: Database = open_database(books.place.url) if self._is_apart else books.database
        self._books, self._command = books, applying(memo, (invoice, "1.00"))
        self._is_done, self._may_commit = threading.Event(), threading.Event()

    async def __aenter__(self) -> "Held":
        self._task = asyncio.create_task(
            self._database.transact(self._books.actor, Operation.APPLY_CREDIT_MEMO, self._work)
        )
        await asyncio.to_thread(self._is_done.wait)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._may_commit.set()
        await self._task
        if self._is_apart:
            await self._database.close()

    async def _work(self, books: Books) -> None:
        await books.record(await apply_credit_memo(books, self._command))
        self._is_done.set()
        if self._is_apart:
            self._may_commit.wait()
        else:
            await asyncio.to_thread(self._may_commit.wait)


async def test_what_is_committed_late_has_a_late_number(books: TestBooks, engine: str) -> None:
    memo, invoice = await posted_memo(books, "9.00"), await posted_invoice(books, "9.00")
    others = await posted_memo(books, "9.00"), await posted_invoice(books, "9.00")
    reader = Reader(books)
    async with Held(books, memo, invoice):
        if engine == "postgresql":
            await applied(books, others[0], (others[1], "1.00"))
            await numbered(books)
            await reader.read_on()
            assert len(reader.seen) == await books.value(
                "SELECT count(*) FROM log_entry WHERE entity_id = :entity_id"
            )
    if engine == "sqlite":
        await applied(books, others[0], (others[1], "1.00"))
    await numbered(books)
    await reader.has_missed_nothing()
    held, other = [
        row[0]
        for row in await books.rows(
            "SELECT number FROM log_entry WHERE entity_id = :entity_id AND operation = 'APPLY_CREDIT_MEMO'"
            " ORDER BY recorded_at"
        )
    ]
    assert (held > other) is (engine == "postgresql")


async def test_many_writers_many_sequencers_and_a_reader(books: TestBooks) -> None:
    memos = [await posted_memo(books, "99.00") for _ in range(3)]
    invoices = [await posted_invoice(books, "99.00") for _ in range(3)]
    reader, is_over = Reader(books), asyncio.Event()
    answered: dict[int, dict[str, int]] = {}
    ids = [each.id for each in memos]

    async def write(place: int) -> None:
        for turn in range(6):
            target = invoices[(place + turn) % 3]
            await applied(books, memos[place % 3], (target, "1.00"))

    async def number() -> None:
        actor = Actor(entity_id=books.entity.id, name="sequencer", permissions=frozenset())
        while not is_over.is_set():
            await books.database.transact(
                actor, Operation.NUMBER_LOG_ENTRIES, lambda books: number_entries(books, 2)
            )

    async def follow() -> None:
        while not is_over.is_set():
            await reader.read_on()
            if reader.seen:
                log, _ = reader.seen[-1]
                answered[log] = await balances(books, ids, log)

    beside = [asyncio.create_task(each()) for each in (number, number, number, follow)]
    await asyncio.gather(*(write(place) for place in range(6)))
    is_over.set()
    await asyncio.gather(*beside)
    await numbered(books)
    await reader.has_missed_nothing()
    await numbers_rise_along_every_document(books)
    assert len({tuple(each.values()) for each in answered.values()}) > 1
    for log, answer in answered.items():
        assert await balances(books, ids, log) == answer, log


async def test_a_sequencer_that_runs_numbers_what_its_process_commits(books: TestBooks) -> None:
    sequencer = Sequencer(books.database, pause_seconds=0)
    running = asyncio.create_task(sequencer.run())
    await posted_memo(books, "1.00")
    while await books.value(_WITHOUT):
        pass
    sequencer.stop()
    await running


@pytest.fixture
def own_books(store: Store, runner: asyncio.Runner) -> Iterator[TestBooks]:
    """In a database of their own, where a sequencer finds no other log."""
    place = store.migrated()

    async def opened() -> TestBooks:
        return await open_books(open_database(place.url), place, Settings())

    books = runner.run(opened())
    yield books
    runner.run(books.database.close())


def test_a_sequencer_killed_in_the_middle_leaves_no_gap_and_no_number(
    own_books: TestBooks, runner: asyncio.Runner, tmp_path: Path
) -> None:
    books = own_books

    async def made() -> None:
        for _ in range(3):
            await posted_memo(books, "1.00")

    async def judged() -> None:
        assert await books.rows(_LOG, after=0) == []
        assert await numbered(books) == 4
        await Reader(books).has_missed_nothing()

    runner.run(made())
    with PreloadedProcess(
        "tests.races.dying_sequencer", books.place.url, output_file=tmp_path / "sequencer.log"
    ) as process:
        assert process.wait() == -signal.SIGKILL, process.output()
    runner.run(judged())
