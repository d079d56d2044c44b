"""`python -m tests.loading.dying_import URL ENTITY FILE BATCH COMMITS`: an import whose process is killed (SIGKILL) right
after so many commits, before anything else is written down."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from sqlalchemy import Row
from sqlalchemy.sql import Executable

from app.domain.actor import Actor
from app.domain.vocabulary import Operation
from app.loading.invoices import InvoiceFile, import_invoices
from app.repository.database import Database, Snapshot, T, Work
from app.repository.entities import entities
from app.repository.opening import open_database


class DyingDatabase:
    """The database it is given, up to a number of commits."""

    def __init__(self, database: Database, commits: int) -> None:
        self._database, self._left = database, commits

    async def transact(self, actor: Actor, operation: Operation, work: Work[T]) -> T:
        result = await self._database.transact(actor, operation, work)
        self._left -= 1
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    def rehearse(
        self, actor: Actor, operation: Operation, work: Work[T]
    ) -> AbstractAsyncContextManager[tuple[T, Snapshot]]:
        return self._database.rehearse(actor, operation, work)

    def snapshot(self, entity_id: int) -> AbstractAsyncContextManager[Snapshot]:
        return self._database.snapshot(entity_id)

    def stream(
        self, snapshot: Snapshot, statement: Executable, parameters: dict[str, Any] | None = None
    ) -> AsyncIterator[Row[Any]]:
        return self._database.stream(snapshot, statement, parameters)

    async def close(self) -> None:
        await self._database.close()


async def main(url: str, code: str, path: str, batch: str, commits: str) -> None:
    database = DyingDatabase(open_database(url), int(commits))
    [entity] = [each for each in await entities(database) if each.code == code]
    file = InvoiceFile(
        path=Path(path),
        format="jsonl",
        entity=entity,
        errors=Path(f"{path}.errors.jsonl"),
        batch=int(batch),
        resume=True,
    )
    await import_invoices(database, file)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
