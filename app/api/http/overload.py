"""How many requests are under way at once: whoever comes beyond that is refused before anything else is done."""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Coroutine, Iterable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.http.budget import CostBudgets
from app.api.http.operation import Caller
from app.api.http.refusal import RequestRefused

logger = logging.getLogger(__name__)

ALWAYS_ANSWERED = ("/health",)
"""Costs nothing, and whoever asks wants to know whether the process lives, not whether it is busy."""
SIGNED_IN = ("/graphql",)
"""Where who asks is found out by the headers: a request's body is waited for in its sender's share."""
FULL = "Too many requests are under way: try again."
STOPPING = (
    "The service is stopping. A mutation may have taken effect: repeat it with the same idempotency key."
)
MOST_WAITED_FOR = 65_536
"""Bytes of a stranger's body that are read before it has a place; a longer one is read in its place, and refused."""
PLACE = "credit_memo.place"
REFUSALS_AT_ONCE, REFUSALS_PER_SECOND = 50, 50
"""To one principal, or to strangers at one address. Beyond that they are paced: a refusal costs its sender nothing, and
whoever asks again at once would keep the processor busy with being refused."""
LONGEST_PACE_SECONDS = 10.0
MOST_PACED = 4_000
"""Refusals that wait to be sent; those beyond are sent at once."""


class Places:
    """The places of one process, and the shares of them: what anybody takes up, the others still find free.

    An entity's requests take half of them at most, those of whoever is not known yet a quarter, and those of strangers to
    one address (of OAuth, of GraphiQL) an eighth. One principal's take three eighths, so that others of its entity get in,
    and a quarter once half of all places are taken.
    """

    def __init__(self, most: int, refusals: CostBudgets | None = None) -> None:
        self.most = most
        self.most_of_entity = max(1, most // 2)
        self.most_of_principal_alone = max(1, most * 3 // 8)
        self.most_of_principal = max(1, most // 4)
        self.most_of_unknown = max(1, most // 4)
        self.most_of_strangers = max(1, most // 8)
        if refusals is None:
            refusals = CostBudgets(REFUSALS_AT_ONCE, REFUSALS_PER_SECOND)
        self._refusals = refusals
        self._paced = 0
        self._taken = 0
        self._shares: Counter[str] = Counter()
        self._clocks: set[asyncio.Timeout] = set()
        self._is_known_to_be_full = False

    def take(self, path: str) -> "Place | None":
        """A place for a request to the path, until it leaves; None when there is none."""
        if self._taken >= self.most:
            self._say_that_it_is_full()
            return None
        place = Place(self, f"to {first_part(path)}")
        self._taken += 1
        if path in SIGNED_IN or place.has(place.owner, self.most_of_strangers):
            return place
        place.leave()
        return None

    @property
    def has_room(self) -> bool:
        """No more than half of the places are taken, this request's among them."""
        return self._taken <= max(1, self.most // 2)

    def left(self, shares: Iterable[str]) -> None:
        """A place, and what it counted in, is free."""
        self._taken -= 1
        self.give_back(shares)
        self._is_known_to_be_full &= self._taken > self.most // 2

    def give_back(self, shares: Iterable[str]) -> None:
        """There is room for one more in each of the shares."""
        for share in shares:
            self._shares[share] -= 1
            if not self._shares[share]:
                del self._shares[share]

    async def pace(self, owner: str) -> None:
        """Return when it is the turn of one more refusal to this owner."""
        seconds = self._refusals.seconds_ahead(owner, 1, LONGEST_PACE_SECONDS)
        if seconds == 0 or self._paced >= MOST_PACED:
            return
        self._paced += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self._paced -= 1

    async def until_the_end(self, request: Coroutine[Any, Any, None]) -> bool:
        """Let the request go on until it is over, or until all have to end; whether that came first."""
        clock = asyncio.timeout(None)
        self._clocks.add(clock)
        try:
            async with clock:
                await request
        except TimeoutError:
            if not clock.expired():
                raise
            return True
        finally:
            self._clocks.discard(clock)
        return False

    def end_all(self) -> None:
        """Cancel what is under way; who asked is told to try again."""
        for clock in self._clocks:
            clock.reschedule(asyncio.get_running_loop().time())

    def take_share(self, share: str, most: int) -> bool:
        """Whether there was room for one more in the share."""
        if self._shares[share] >= most:
            return False
        self._shares[share] += 1
        return True

    def _say_that_it_is_full(self) -> None:
        """Once, until there is room again: a line for each refusal would be work of its own."""
        if not self._is_known_to_be_full:
            self._is_known_to_be_full = True
            logger.warning("%d requests are under way: others are refused", self.most)


class Place:
    """What one request takes up, until its answer has been sent; of a refusal, until that is known."""

    def __init__(self, places: Places, owner: str) -> None:
        self._places = places
        self._is_left = False
        self.owner = owner
        self.shares: list[str] = []

    def has(self, share: str, most: int) -> bool:
        """Count it in a share, where there is room."""
        has_room = self._places.take_share(share, most)
        if has_room:
            self.shares.append(share)
        return has_room

    def is_of_somebody(self) -> None:
        """Who the request comes from has to be found out. Raises RequestRefused where many wait for that."""
        if not self.has("of somebody", self._places.most_of_unknown):
            raise RequestRefused(503, "RETRY", FULL, {"Retry-After": "1"})

    def belongs_to(self, principal: str, entity: str) -> None:
        """Who the request comes from, as soon as that is known. Raises RequestRefused where their share is full."""
        places = self._places
        self.owner = f"of {principal}"
        places.give_back(self.shares)
        self.shares.clear()
        most = places.most_of_principal_alone if places.has_room else places.most_of_principal
        if not self.has(self.owner, most):
            raise RequestRefused(
                429,
                "RATE_LIMITED",
                f"{most} of your requests are under way, as many as there may be.",
                {"Retry-After": "1"},
            )
        if not self.has(f"in {entity}", places.most_of_entity):
            raise RequestRefused(503, "RETRY", FULL, {"Retry-After": "1"})

    def leave(self) -> None:
        """Make room for others."""
        if not self._is_left:
            self._is_left = True
            self._places.left(self.shares)

    async def refuse(self) -> None:
        """Make room, and return when the refusal may be sent."""
        self.leave()
        await self._places.pace(self.owner)


class OverloadGuard:
    """Middleware that gives each request a place, or answers 503 with Retry-After."""

    def __init__(self, app: ASGIApp, places: Places, body_seconds: float) -> None:
        self.app = app
        self.places = places
        self.body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in ALWAYS_ANSWERED:
            await self.app(scope, receive, send)
            return
        place: Place | None = None
        has_begun = False

        async def noted(message: Message) -> None:
            nonlocal has_begun
            if place is not None and message["type"] == "http.response.start" and message["status"] >= 400:
                await place.refuse()
            has_begun = True
            await send(message)

        async def in_a_place() -> None:
            nonlocal place
            path: str = scope["path"]
            arriving = receive
            if path not in SIGNED_IN:
                # Whoever sends a body slowly must not take up what it is not known to have a share in.
                arriving = await _arrived(receive, self.body_seconds)
            place = self.places.take(path)
            if place is None:
                await self.places.pace(f"to {first_part(path)}")
                await _refuse(noted, FULL)
                return
            try:
                await self.app({**scope, PLACE: place}, arriving, noted)
            finally:
                place.leave()

        if await self.places.until_the_end(in_a_place()) and not has_begun:
            await _refuse(send, STOPPING)


def claim_share(scope: Scope, caller: Caller | None) -> None:
    """Count the request in the caller's share, or among those of whom nothing is known yet. Raises RequestRefused where there
    are too many.
    """
    place: Place | None = scope.get(PLACE)
    if place is None:
        return
    if caller is None:
        place.is_of_somebody()
    else:
        place.belongs_to(caller.key, caller.entity)


def first_part(path: str) -> str:
    """`oauth` of `/oauth/token`."""
    return path.split("/", 2)[1]


async def _arrived(receive: Receive, seconds: float) -> Receive:
    """The same, once the body is there, or as much of it as anybody waits for.

    Whoever reads on after the time finds that it is over, as if the waiting had been its own.
    """
    messages: list[Message] = []
    size = 0
    is_late = False
    try:
        async with asyncio.timeout(seconds):
            while size <= MOST_WAITED_FOR:
                messages.append(await receive())
                size += len(messages[-1].get("body", b""))
                if not messages[-1].get("more_body", False):
                    break
    except TimeoutError:
        is_late = True
    kept = iter(messages)

    async def again() -> Message:
        message = next(kept, None)
        if message is None and is_late:
            raise TimeoutError
        return message or await receive()

    return again


async def _refuse(send: Send, message: str) -> None:
    body = json.dumps({"errors": [{"message": message, "extensions": {"code": "RETRY"}}]}).encode()
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", b"1"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})
