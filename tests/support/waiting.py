"""Moments that a test waits for: somebody stands behind another's lock, or nobody else is left."""

import asyncio

from sqlalchemy import text

from tests.support.books import TestBooks


async def until_somebody_waits(books: TestBooks, statement: str = "", number: int = 1) -> None:
    """Until so many transactions of the database, which is PostgreSQL, wait for others' locks to send a statement that
    begins so.
    """
    owner = books.place.as_owner()
    try:
        async with owner.connect() as connection:
            waiting = 0
            while waiting < number:
                found = await connection.execute(_WAITING, {"begins": f"{statement}%"})
                waiting = found.scalar_one()
    finally:
        await owner.dispose()


async def until_no_other_task_is_left() -> None:
    """What others do in tasks of their own has ended, however many turns of the loop it takes."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)


_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    " AND query LIKE :begins"
)
