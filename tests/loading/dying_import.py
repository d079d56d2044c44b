"""`python -m tests.loading.dying_import URL ENTITY FILE BATCH POINT COUNT`: an import whose process is killed (SIGKILL).

POINT `statement`: before the so many-th statement of its transactions. `commit`: right after the so many-th commit.
"""

import asyncio
import sys
from pathlib import Path

from app.jobs.worker import Worker
from app.loading.invoices import InvoiceFile, import_invoices
from app.repository.entities import entities
from app.repository.opening import open_database
from tests.jobs.dying_worker import DyingDatabase


async def main(url: str, code: str, path: str, batch: str, point: str, count: str) -> None:
    database = DyingDatabase(open_database(url), point, count)
    [entity] = [each for each in await entities(database) if each.code == code]
    file = InvoiceFile(
        path=Path(path),
        format=Path(path).suffix[1:],
        entity=entity,
        errors=Path(f"{path}.errors.jsonl"),
        batch=int(batch),
    )
    await import_invoices(database, file, Worker(database, poll_seconds=60).work_on)
    print("still alive")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
