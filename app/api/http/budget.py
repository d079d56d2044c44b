"""What each client may spend on operations: a bucket of cost that refills steadily."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from app.api.http.refusal import RequestRefused

MOST_CLIENTS = 10_000
"""How many buckets are kept; the one that was not used for longest gives way, and is most likely full again."""


@dataclass(slots=True)
class Bucket:
    """What was left of a client's budget, and when."""

    left: float
    at: float


class CostBudgets:
    """A token bucket for each client of this process, filled with cost (see `cost`).

    Several processes know nothing of each other: n of them let a client spend n budgets.
    """

    def __init__(
        self, capacity: int, per_second: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.capacity = capacity
        self.per_second = per_second
        self._clock = clock
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def left(self, key: str) -> int:
        """What the client may spend at this moment."""
        return int(self._bucket(key).left)

    def charge(self, key: str, cost: int) -> None:
        """Take the cost of an operation; refuses with 429 where less is left, and takes nothing then."""
        bucket = self._bucket(key)
        if cost > bucket.left:
            seconds = math.ceil((cost - bucket.left) / self.per_second)
            raise RequestRefused(
                429,
                "RATE_LIMITED",
                f"This costs {cost}, and {int(bucket.left)} of your budget of {self.capacity} is left:"
                f" {self.per_second:g} come back each second.",
                {"Retry-After": str(max(seconds, 1))},
            )
        bucket.left -= cost

    def charge_what_is_left(self, key: str, cost: int) -> None:
        """Take the cost of work that was done before its cost was known, down to nothing."""
        bucket = self._bucket(key)
        bucket.left = max(bucket.left - cost, 0.0)

    def seconds_ahead(self, key: str, cost: int, most: float) -> float:
        """Take the cost even where less is left: in how many seconds it would have been there, at most so many."""
        bucket = self._bucket(key)
        bucket.left = max(bucket.left - cost, -most * self.per_second)
        return max(-bucket.left / self.per_second, 0.0)

    def _bucket(self, key: str) -> Bucket:
        """The client's bucket, refilled up to this moment."""
        now = self._clock()
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(self.capacity, now)
            if len(self._buckets) > MOST_CLIENTS:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
            bucket.left = min(bucket.left + (now - bucket.at) * self.per_second, float(self.capacity))
            bucket.at = now
        return bucket
