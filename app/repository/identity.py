"""New ids: a prefix that names the kind and a UUIDv7 (RFC 9562), which grows with time and so keeps indexes compact."""

import os
import time
from threading import Lock

from app.domain.record import Record

_lock = Lock()
_last = 0


def new_id(kind: type[Record]) -> str:
    """An id of the kind; within a process ids grow in the order in which they were made."""
    return f"{kind.PREFIX}_{uuid7_hex()}"


def uuid7_hex() -> str:
    """48 bits of milliseconds, 12 of order within them, 62 of chance."""
    global _last
    with _lock:
        _last = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
        ticks = _last
    milliseconds, order = ticks >> 12, ticks & 0xFFF
    chance = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
    return f"{milliseconds << 80 | 7 << 76 | order << 64 | 2 << 62 | chance:032x}"
