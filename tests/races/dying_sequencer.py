"""A sequencer that kills itself, as `kill -9` does, with numbers given and not committed:
``python -m tests.races.dying_sequencer URL``.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, event

from app.jobs.sequencer import Sequencer
from app.repository.opening import open_database
from tests.support.sent import change_all_written

NUMBERED = "UPDATE log_sequence"


def _die_at(statement: str) -> None:
    if NUMBERED in statement:
        os.kill(os.getpid(), signal.SIGKILL)


async def _dying(text: str, arguments: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    _die_at(text)
    return text, arguments


async def run(url: str) -> None:
    """Number the logs, as far as it comes."""
    event.listen(Engine, "before_cursor_execute", lambda _, __, statement, *___: _die_at(statement))
    change_all_written(_dying)
    await Sequencer(open_database(url)).work_off()


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))
