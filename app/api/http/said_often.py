"""What is made of a header's value, remembered: most clients say the same each time."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

T = TypeVar("T")

VALUES = 256
LONGEST = 255
"""What is longer is read anew: nobody fills the memory with what is said once."""


def said_often(read: Callable[..., T]) -> Callable[..., T]:
    """Decorator of a pure function of a header's value; what it raises is not remembered."""
    remembered = lru_cache(maxsize=VALUES)(read)

    def look(value: str, *more: Any) -> T:
        return remembered(value, *more) if len(value) <= LONGEST else read(value, *more)

    return look
