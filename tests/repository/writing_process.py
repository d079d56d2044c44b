"""A process that writes to a SQLite file as fast as it may: `python -m tests.repository.writing_process`.

Arguments: url, entity id, its name, how many transactions (0: until the file named last exists), that file.
"""

import asyncio
import sys
from pathlib import Path

from app.domain.actor import Actor
from app.repository.opening import open_database
from tests.repository.works import ANY, leave_a_mark


def _exists(file: Path) -> bool:
    return file.exists()


async def write(url: str, entity_id: int, name: str, turns: int, until: Path) -> None:
    """One log entry a turn, in the name of the process."""
    database = open_database(url)
    actor = Actor(entity_id=entity_id, name=name, permissions=frozenset())
    turn = 0
    while turn < turns or (turns == 0 and not _exists(until)):
        turn += 1
        key = f"{name} {turn}"
        await database.transact(actor, ANY, lambda inside, key=key: leave_a_mark(inside, key))  # type: ignore[misc]
        if turn == 1:
            print("writing")
    await database.close()
    print(f"{turn} turns")


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), Path(sys.argv[5])))
