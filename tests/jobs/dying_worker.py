"""`python -m tests.jobs.dying_worker URL POINT COUNT`: a worker whose process is killed (SIGKILL) at one point.

POINT `statement`: before the so many-th statement of its chunks. `commit`: right after the so many-th chunk.
"""

import asyncio
import os
import signal
import sys

from app.domain.actor import Actor
from app.domain.vocabulary import Operation
from app.jobs.worker import Worker
from app.repository.books import Books
from app.repository.connection import BooksConnection
from app.repository.database import Database, T, Work
from app.repository.opening import open_database
from tests.support.passing import PassingConnection, PassingDatabase


class Countdown:
    """Kills its process when it comes to 0."""

    def __init__(self, count: int | None) -> None:
        self._left = count

    def step(self) -> None:
        if self._left is None:
            return
        self._left -= 1
        if self._left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


class DyingConnection(PassingConnection):
    """The connection it is given, up to a number of statements."""

    def __init__(self, connection: BooksConnection, statements: Countdown) -> None:
        super().__init__(connection)
        self._statements = statements

    async def before(self) -> None:
        self._statements.step()


class DyingDatabase(PassingDatabase):
    """The database it is given, up to the so many-th statement or commit: POINT and COUNT."""

    def __init__(self, database: Database, point: str, count: str) -> None:
        super().__init__(database)
        self._statements = Countdown(int(count) if point == "statement" else None)
        self._commits = Countdown(int(count) if point == "commit" else None)

    async def transact(self, actor: Actor, operation: Operation, work: Work[T]) -> T:
        async def dying(books: Books) -> T:
            books._connection = DyingConnection(books._connection, self._statements)
            return await work(books)

        result = await self._database.transact(actor, operation, dying)
        self._commits.step()
        return result


async def main(url: str, point: str, count: str) -> None:
    worker = Worker(DyingDatabase(open_database(url), point, count), poll_seconds=60)
    while await worker.work_once():
        pass
    print("still alive")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
