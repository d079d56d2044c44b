"""Commands of an entity that wait at the same time (PostgreSQL), and what is written of them."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from sqlalchemy import text

from app.domain.commands import Command
from app.domain.vocabulary import Operation
from app.repository.books import Books
from app.use_cases.run import Result
from tests.repository.direct import owner_connection
from tests.support.books import TestBooks
from tests.support.building import Made, applying, posted_invoice, posted_memo
from tests.support.sent import noting


@asynccontextmanager
async def nobody_begins(books: TestBooks) -> AsyncIterator[None]:
    """A transaction is under way until the context is left, and nobody who comes begins at once."""
    open_again, begun = asyncio.Event(), asyncio.Event()

    async def work(_: Books) -> None:
        begun.set()
        await open_again.wait()

    held = asyncio.ensure_future(books.database.transact(books.actor, Operation.APPLY_CREDIT_MEMO, work))
    await begun.wait()
    try:
        yield
    finally:
        open_again.set()
        await held


async def waiting(books: TestBooks, *commands: Command) -> list[asyncio.Task[Result]]:
    tasks = [asyncio.ensure_future(books.perform(each)) for each in commands]
    await asyncio.wait(tasks, timeout=0)
    return tasks


@contextmanager
def writing() -> Iterator[list[str]]:
    """The statements that write applications, each with all that goes with it."""
    seen: list[str] = []

    def note(statement: str) -> None:
        if "INSERT INTO document_change" in statement:
            seen.append(statement)

    with noting(note):
        yield seen


async def together(books: TestBooks, *commands: Command) -> tuple[list[Any], list[str]]:
    """What becomes of commands that wait at the same time, and the statements that wrote."""
    with writing() as written:
        async with nobody_begins(books):
            tasks = await waiting(books, *commands)
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    return outcomes, written


async def pairs(books: TestBooks, number: int) -> list[tuple[Made, Made]]:
    return [(await posted_memo(books, "50.00"), await posted_invoice(books, "80.00")) for _ in range(number)]


def each_applied(made: Sequence[tuple[Made, Made]], **said: Any) -> list[Command]:
    return [applying(memo, (invoice, "10.00"), **said) for memo, invoice in made]


@asynccontextmanager
async def refusing(books: TestBooks, invoice: Made, when: str) -> AsyncIterator[None]:
    """The database refuses a change of the invoice: when it is written, or not before COMMIT."""
    async with owner_connection(books.place) as owner:
        await owner.execute(
            text(
                "CREATE FUNCTION refuse_it() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RAISE EXCEPTION 'not this one'; END $$"
            )
        )
        await owner.execute(
            text(
                f"CREATE CONSTRAINT TRIGGER refuses AFTER UPDATE ON invoice DEFERRABLE INITIALLY {when}"
                f" FOR EACH ROW WHEN (NEW.id = '{invoice.id}') EXECUTE FUNCTION refuse_it()"
            )
        )
        try:
            yield
        finally:
            await owner.execute(text("DROP FUNCTION refuse_it CASCADE"))
