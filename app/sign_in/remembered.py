"""What was found out a moment ago."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from time import monotonic
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Values for a while, at most so many: the one that was put down first goes first."""

    def __init__(self, seconds: float, most: int, clock: Callable[[], float] = monotonic) -> None:
        self._seconds, self._most, self._clock = seconds, most, clock
        self._values: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The value, or None where there is none or it is too old."""
        found = self._values.get(key)
        return found[1] if found and self._clock() < found[0] else None

    def forget(self, key: K) -> None:
        """The value, if there is one."""
        self._values.pop(key, None)

    def put(self, key: K, value: V) -> None:
        self._values.pop(key, None)
        self._values[key] = (self._clock() + self._seconds, value)
        if len(self._values) > self._most:
            self._values.popitem(last=False)
