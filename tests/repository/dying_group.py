"""A process that is killed within a group of transactions: `python -m tests.repository.dying_group URL ENTITY`."""

import asyncio
import os
import signal
import sys
import threading

from app.domain.actor import Actor
from app.repository import writer
from app.repository.books import Books
from app.repository.opening import open_database
from tests.repository.works import ANY, leave_a_mark


async def die_in_a_group(url: str, entity_id: int) -> None:
    """One transaction is committed; of the next three the last one kills the process."""
    writer.TOGETHER_SECONDS = 60
    database = open_database(url)
    actor = Actor(entity_id=entity_id, name="group", permissions=frozenset())
    begun, all_wait = threading.Event(), threading.Event()

    async def first(inside: Books) -> None:
        begun.set()
        all_wait.wait()
        await leave_a_mark(inside, "first")

    async def last(inside: Books) -> None:
        await leave_a_mark(inside, "last")
        os.kill(os.getpid(), signal.SIGKILL)

    await database.transact(actor, ANY, lambda inside: leave_a_mark(inside, "before"))
    tasks = [asyncio.ensure_future(database.transact(actor, ANY, first))]
    await asyncio.to_thread(begun.wait)
    tasks += [
        asyncio.ensure_future(database.transact(actor, ANY, each))
        for each in (lambda inside: leave_a_mark(inside, "second"), last)
    ]
    await asyncio.wait(tasks, timeout=0)
    all_wait.set()
    await asyncio.gather(*tasks)


if __name__ == "__main__":
    asyncio.run(die_in_a_group(sys.argv[1], int(sys.argv[2])))
