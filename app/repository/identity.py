"""New ids: a prefix that names the kind and a UUIDv7 (RFC 9562), which grows with time and so keeps indexes compact."""

import os
import time
from io import BytesIO
from threading import Lock

from app.domain.record import Record

BYTES_OF_CHANCE = 8
_FETCHED = 512 * BYTES_OF_CHANCE
"""What is asked of the system at once: asking costs more than all the rest of an id."""

_lock = Lock()
_last = 0
_chance = BytesIO()


def new_id(kind: type[Record]) -> str:
    """An id of the kind; within a process ids grow in the order in which they were made."""
    return f"{kind.PREFIX}_{uuid7_hex()}"


def uuid7_hex() -> str:
    """48 bits of milliseconds, 12 of order within them, 62 of chance."""
    global _last
    with _lock:
        _last = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
        ticks = _last
        drawn = _chance.read(BYTES_OF_CHANCE) or _fetched()
    milliseconds, order = ticks >> 12, ticks & 0xFFF
    chance = int.from_bytes(drawn) & ((1 << 62) - 1)
    return f"{milliseconds << 80 | 7 << 76 | order << 64 | 2 << 62 | chance:032x}"


def _fetched() -> bytes:
    """The first bytes of a new supply."""
    global _chance
    _chance = BytesIO(os.urandom(_FETCHED))
    return _chance.read(BYTES_OF_CHANCE)


def _forget_chance() -> None:
    """A process that was forked has a supply of its own: no two draw the same."""
    global _chance
    _chance = BytesIO()


os.register_at_fork(after_in_child=_forget_chance)
