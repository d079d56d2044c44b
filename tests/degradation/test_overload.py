"""More requests than a process takes at once are refused at once, and nobody can take the places of all others."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.api.http.budget import CostBudgets
from app.api.http.middleware import http_middleware
from app.api.http.overload import FULL, STOPPING, Places
from app.api.http.refusal import RequestRefused
from tests.http.service import Door, Guest, RecordingOperation, new_endpoint

MOST = 16
SHARES = {"principal": 4, "principal alone": 6, "entity": 8, "unknown": 4, "strangers": 2}


class HeldDoor(Door):
    """Holds whoever has come in until it is told to let go; knows how many it holds."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = asyncio.Event()
        self.held = 0
        self.is_slow = False
        self.changed = asyncio.Condition()

    async def authenticate(self, request: Request) -> "HeldGuest":
        name, _, entity = request.headers.get("Authorization", "somebody").partition("@")
        if self.is_slow:
            await self.hold()
        if name == "nobody":
            raise RequestRefused(401, "UNAUTHENTICATED", "Sign in first.")
        return HeldGuest(name, self, entity or f"of {name}")

    async def hold(self) -> None:
        async with self.changed:
            self.held += 1
            self.changed.notify_all()
        try:
            await self.let_go.wait()
        finally:
            self.held -= 1

    async def until_held(self, number: int) -> None:
        async with self.changed:
            await self.changed.wait_for(lambda: self.held == number)


class HeldGuest(Guest):
    """Somebody who is held inside, when the document says so."""

    async def open(self, parameters: Any) -> RecordingOperation:
        assert isinstance(self.door, HeldDoor)
        if "Held" in parameters.query:
            await self.door.hold()
        return await super().open(parameters)


class Overloaded:
    """A service with so many places, and those who come."""

    def __init__(self, client: httpx2.AsyncClient, door: HeldDoor, places: Places) -> None:
        self.client, self.door, self.places = client, door, places
        self.held: list[asyncio.Task[httpx2.Response]] = []

    def ask(self, guest: str, *, held: bool = False) -> "asyncio.Task[httpx2.Response]":
        query = "query Held { one }" if held else "query Asked { one }"
        return asyncio.ensure_future(
            self.client.post("/graphql", json={"query": query}, headers={"Authorization": guest})
        )

    def stall(self, path: str) -> "asyncio.Task[httpx2.Response]":
        return asyncio.ensure_future(self.client.get(path))

    async def hold(self, guests: Iterable[str]) -> None:
        self.held += [self.ask(guest, held=True) for guest in guests]
        await self.door.until_held(len(self.held))

    async def let_all_go(self) -> list[int]:
        self.door.let_go.set()
        return [each.status_code for each in await asyncio.gather(*self.held)]


@asynccontextmanager
async def overloaded(most: int = MOST, refusals: CostBudgets | None = None) -> AsyncIterator[Overloaded]:
    door, places = HeldDoor(), Places(most, refusals)

    async def stalled(_: Request) -> Response:
        await door.hold()
        return PlainTextResponse("done")

    async def health(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def form(request: Request) -> Response:
        return PlainTextResponse(await request.body())

    routes = [
        Route("/graphql", new_endpoint(door)),
        Route("/health", health),
        Route("/oauth/form", form, methods=["POST"]),
        Route("/{crowd}/stalled", stalled),
    ]
    app = Starlette(routes=routes, middleware=http_middleware(places=places))
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        service = Overloaded(client, door, places)
        yield service
        door.let_go.set()
        await asyncio.gather(*service.held, return_exceptions=True)
    assert (places._taken, places._shares, places._clocks, places._paced) == (0, {}, set(), 0)


def refused(response: httpx2.Response) -> tuple[int, str, str]:
    [error] = response.json()["errors"]
    return response.status_code, error["extensions"]["code"], response.headers["Retry-After"]


def several(number: int, entities: int = 4) -> list[str]:
    """So many principals, evenly in so many entities."""
    return [f"guest {place}@{place % entities}" for place in range(number)]


async def test_one_request_too_many_is_refused_at_once_and_all_others_go_on() -> None:
    async with overloaded() as service:
        await service.hold(several(MOST))
        for path in ("/graphql", "/oauth/form", "/graphiql"):
            answer = await service.client.post(path, content=b"no JSON", headers={"Authorization": "late"})
            assert refused(answer) == (503, "RETRY", "1")
            assert answer.json()["errors"][0]["message"] == FULL
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert len(service.door.opened) == 0
        assert await service.let_all_go() == [200] * MOST
        assert (await service.ask("late")).status_code == 200


async def test_a_full_service_says_that_it_lives() -> None:
    async with overloaded() as service:
        await service.hold(several(MOST))
        assert (await service.client.get("/health")).text == "ok"


async def test_one_principal_cannot_take_the_places_of_others() -> None:
    """Nor can it with requests that fail: what it is refused takes no place."""
    async with overloaded() as service:
        await service.hold(several(MOST // 2, entities=2))
        await service.hold(["greedy@3"] * SHARES["principal"])
        for _ in range(MOST):
            assert refused(await service.ask("greedy@3")) == (429, "RATE_LIMITED", "1")
        assert (await service.ask("modest@3")).status_code == 200


async def test_one_principal_alone_has_more_and_leaves_room_to_others_of_its_entity() -> None:
    """A program has one key and many workers."""
    async with overloaded() as service:
        await service.hold(["greedy@1"] * SHARES["principal alone"])
        for _ in range(MOST):
            assert refused(await service.ask("greedy@1")) == (429, "RATE_LIMITED", "1")
        assert (await service.ask("modest@1")).status_code == 200
        assert await service.let_all_go() == [200] * SHARES["principal alone"]
        assert (await service.ask("greedy@1")).status_code == 200


async def test_the_principals_of_one_entity_cannot_take_the_places_of_another() -> None:
    """However many keys they make."""
    async with overloaded() as service:
        await service.hold(several(SHARES["entity"], entities=1))
        assert refused(await service.ask("one more@0")) == (503, "RETRY", "1")
        assert (await service.ask("neighbour@1")).status_code == 200


async def test_strangers_have_little_room_at_each_address() -> None:
    async with overloaded() as service:
        stalled = [service.stall(f"/{crowd}/stalled") for crowd in ("oauth", "graphiql") for _ in range(2)]
        await service.door.until_held(4)
        assert refused(await service.stall("/oauth/stalled")) == (503, "RETRY", "1")
        assert refused(await service.stall("/graphiql/stalled")) == (503, "RETRY", "1")
        service.held += stalled
        await service.hold(several(SHARES["entity"], entities=1))
        assert (await service.ask("neighbour@1")).status_code == 200


async def test_a_body_that_does_not_come_takes_no_place() -> None:
    """A stranger's is waited for outside."""
    sent = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"one "
        await sent.wait()
        yield b"two"

    async with overloaded() as service:
        bodies = [
            asyncio.ensure_future(service.client.post("/oauth/form", content=slow())) for _ in range(MOST)
        ]
        await asyncio.wait(bodies, timeout=0)
        assert (await service.client.post("/oauth/form", content=b"quick")).text == "quick"
        await service.hold(several(MOST))
        service.door.let_go.set()
        sent.set()
        answers = await asyncio.gather(*bodies)
        assert {answer.text for answer in answers if answer.status_code == 200} == {"one two"}


async def test_whoever_is_not_known_yet_takes_a_place_too_and_keeps_none_from_those_who_are() -> None:
    """A database that does not say who they are must not let them queue up without end."""
    async with overloaded() as service:
        assert (await service.ask("ada")).status_code == 200
        service.door.is_slow = True
        await service.hold(several(SHARES["unknown"]))
        assert refused(await service.ask("late")) == (503, "RETRY", "1")
        # Ada came in lately, so she waits for the database, not for a place.
        await service.hold(["ada"] * SHARES["principal"])
        assert refused(await service.ask("ada")) == (429, "RATE_LIMITED", "1")
        assert await service.let_all_go() == [200] * len(service.held)


@pytest.mark.parametrize("who", ["nobody", "greedy@1"])
async def test_refusals_to_somebody_who_asks_again_at_once_are_paced_and_others_are_answered(
    who: str,
) -> None:
    """Being refused costs the sender nothing, and the processor would do nothing else."""
    refusals = CostBudgets(MOST, 0.001)
    async with overloaded(refusals=refusals) as service:
        if who != "nobody":
            await service.hold([who] * SHARES["principal alone"])
        for _ in range(MOST):
            assert (await service.ask(who)).status_code in (401, 429)
        crowd = [service.ask(who) for _ in range(2 * MOST)]
        assert (await service.ask("modest@1")).status_code == 200
        assert not any(each.done() for each in crowd)
        service.places.end_all()
        assert {each.status_code for each in await asyncio.gather(*crowd)} == {503}


async def test_who_is_refused_at_an_address_that_takes_no_credentials_is_paced_there() -> None:
    async with overloaded(refusals=CostBudgets(1, 0.001)) as service:
        assert (await service.stall("/oauth")).status_code == 404
        again = service.stall("/oauth")
        assert (await service.ask("modest@1")).status_code == 200
        assert not again.done()
        service.places.end_all()
        await again


async def test_all_requests_can_be_ended_and_each_is_answered() -> None:
    """As when the service stops: those inside, those at the door, and those whose bodies are still to come."""
    never = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"one "
        await never.wait()

    async with overloaded() as service:
        sending = asyncio.ensure_future(service.client.post("/oauth/form", content=endless()))
        stalled = service.stall("/oauth/stalled")
        await service.door.until_held(1)
        service.held.append(stalled)
        await service.hold(["ada"])
        service.door.is_slow = True
        await service.hold(["unknown"])
        service.places.end_all()
        for answer in await asyncio.gather(*service.held, sending):
            assert refused(answer) == (503, "RETRY", "1")
            assert answer.json()["errors"][0]["message"] == STOPPING


async def test_a_caller_who_is_cancelled_otherwise_is_not_answered() -> None:
    async with overloaded() as service:
        await service.hold(["ada"])
        service.held[0].cancel()
        with pytest.raises(asyncio.CancelledError):
            await service.held[0]


@pytest.mark.parametrize("most", [1, 2, 3])
async def test_however_few_places_there_are_everybody_gets_in_alone(most: int) -> None:
    async with overloaded(most) as service:
        assert (await service.ask("ada")).status_code == 200
        assert (await service.client.post("/oauth/form", content=b"form")).text == "form"


def test_that_it_is_full_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    places = Places(1)
    for _ in range(2):
        place = places.take("/graphql")
        assert place is not None
        assert [places.take("/graphql") for _ in range(3)] == [None] * 3
        place.leave()
    assert [each.getMessage() for each in caplog.records] == [
        "1 requests are under way: others are refused"
    ] * 2
