"""The line to PostgreSQL: what it could answer at once and does not, and how a connection is left."""

from dataclasses import dataclass
from time import monotonic
from typing import Any

import asyncpg

from app.repository.database import Busy

PARTING_SECONDS = 2.0
"""How long the server may take to hear that somebody leaves: ROLLBACK, and the end of all connections."""

FAREWELL = asyncpg.InternalClientError
"""What the driver raises on a connection to which the server has said that it goes away, and whose end is still to come."""


class Silent(Busy):
    """The server does not answer what it could answer at once: the line is cut, or as good as that."""


@dataclass(slots=True)
class Line:
    """What all connections of a process have in common: one of them tells what the others would find out."""

    answer_seconds: float
    """How long the server may take for what waits for nothing."""
    silent_at: float = -1.0
    """When it was last found silent: a connection that was not good since then is not to be used."""

    def is_silent(self) -> None:
        self.silent_at = monotonic()


async def simple(driver: Any, text: str, seconds: float) -> None:
    """Several statements in one round trip: the simple protocol, which takes no parameters.

    Silent, with the connection gone, when there is no answer in so many seconds; Busy when it has heard farewell.
    """
    try:
        await driver.execute(text, timeout=seconds)
    except TimeoutError as error:
        driver.terminate()
        raise Silent from error
    except FAREWELL as error:
        driver.terminate()
        raise Busy from error


async def left(driver: Any, text: str) -> None:
    """Nothing goes on in the connection, whatever did, once the server has heard this; otherwise it is thrown away."""
    if driver.is_closed():
        return
    try:
        await driver.execute(text, timeout=PARTING_SECONDS)
    except BaseException as error:
        # Whatever it is, this connection is not to be used again.
        driver.terminate()
        if not isinstance(error, Exception):
            raise
