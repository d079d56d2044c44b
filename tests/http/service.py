"""A small service behind the endpoint: a schema with all that can go wrong, and operations that record their scopes."""

import asyncio
import datetime
import enum
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any

import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from strawberry.schema.config import StrawberryConfig

from app.api.http.endpoint import GraphQLEndpoint
from app.api.http.fault import ClientFault
from app.api.http.middleware import http_middleware
from app.api.http.operation import RequestParameters
from app.api.http.refusal import RequestRefused
from app.api.scalars import SCALAR_MAP, CurrencyCode, JSONObject

TOKEN = "Bearer let-me-in"
LONE_SURROGATE = "\ud800"


@dataclass
class RecordingOperation:
    """An operation that keeps nothing but the order in which its scopes were entered and left."""

    parameters: RequestParameters
    events: list[str] = field(default_factory=list)
    fails_when: str = ""
    on_waiting: Callable[[], None] = lambda: None
    entered: int = 0

    async def wait_for_ever(self) -> None:
        self.on_waiting()
        await asyncio.Event().wait()

    def mutation_field(self) -> AbstractAsyncContextManager[None]:
        return self._mutation_field()

    @asynccontextmanager
    async def _mutation_field(self) -> AsyncIterator[None]:
        self.entered += 1
        number = self.entered
        if self.fails_when == "entered":
            raise ClientFault("Too busy, try again.", "RETRY")
        self.events.append(f"enter {number}")
        try:
            yield
        except BaseException as error:
            self.events.append(f"leave {number} with {type(error).__name__}")
            raise
        else:
            self.events.append(f"leave {number}")
        if self.fails_when == "left":
            raise RuntimeError("the rollback failed")

    async def close(self) -> None:
        self.events.append("close")
        if self.fails_when == "closed":
            raise RuntimeError("the snapshot was gone")


@dataclass
class Door:
    """Opens recording operations, for requests with the token where `is_locked`."""

    is_locked: bool = False
    knows_guests: bool = False
    fails_when: str = ""
    on_waiting: Callable[[], None] = lambda: None
    """Called by whatever begins to wait for ever."""
    asked: int = 0
    opened: list[RecordingOperation] = field(default_factory=list)

    async def authenticate(self, request: Request) -> "Guest":
        self.asked += 1
        if self.is_locked and request.headers.get("authorization") != TOKEN:
            raise RequestRefused(401, "UNAUTHENTICATED", "Sign in first.", {"WWW-Authenticate": "Bearer"})
        return Guest(request.headers.get("X-Guest", "anybody"), self)

    async def open(self, parameters: RequestParameters) -> RecordingOperation:
        if self.fails_when == "opened":
            raise RuntimeError("the database is away: postgres://user:secret@host")
        operation = RecordingOperation(parameters, fails_when=self.fails_when, on_waiting=self.on_waiting)
        self.opened.append(operation)
        return operation

    @property
    def only(self) -> RecordingOperation:
        (operation,) = self.opened
        return operation


@dataclass(frozen=True)
class Guest:
    """Somebody at the door; `X-Guest` says who."""

    key: str
    door: Door
    entity: str = "1"

    def comes_in_again(self) -> bool:
        return self.door.knows_guests

    async def open(self, parameters: RequestParameters) -> RecordingOperation:
        return await self.door.open(parameters)


Info = strawberry.Info[RecordingOperation, None]


@strawberry.enum
class Shade(enum.Enum):
    LIGHT = "light"
    DARK = "dark"


@strawberry.input(one_of=True)
class By:
    id: strawberry.Maybe[strawberry.ID]
    invoice_number: strawberry.Maybe[str]


@strawberry.input
class Patch:
    """`own_note` may be absent but not null; `memo` may be both."""

    own_note: strawberry.Maybe[str]
    memo: strawberry.Maybe[str | None]
    shades: list[Shade] | None = strawberry.UNSET
    inner: "Patch | None" = strawberry.UNSET


@strawberry.interface
class Error:
    message: str


@strawberry.type
class Rejection(Error):
    code: str


@strawberry.type
class Recorded:
    name: str

    @strawberry.field
    async def child(self) -> "Recorded":
        return Recorded(name=self.name + "'")

    @strawberry.field
    async def nullable_bug(self) -> int | None:
        raise RuntimeError("secret of the payload")

    @strawberry.field
    def bug(self) -> int:
        raise RuntimeError("secret of the payload")

    @strawberry.field
    async def forever(self, info: Info) -> int:
        info.context.events.append(f"{self.name} started")
        try:
            await info.context.wait_for_ever()
        finally:
            info.context.events.append(f"{self.name} ended")
        return 1


RecordResult = Annotated[Recorded | Rejection, strawberry.union("RecordResult")]


@strawberry.type
class Query:
    @strawberry.field
    def one(self) -> int:
        return 1

    @strawberry.field
    def decimal(self, value: Decimal) -> Decimal:
        return value

    @strawberry.field
    def date(self, value: datetime.date) -> datetime.date:
        return value

    @strawberry.field
    def instant(self, value: datetime.datetime) -> datetime.datetime:
        return value

    @strawberry.field
    def currency(self, value: CurrencyCode) -> CurrencyCode:
        return value

    @strawberry.field
    def metadata(self, value: JSONObject) -> JSONObject:
        return value

    @strawberry.field
    def integer(self, value: int) -> int:
        return value

    @strawberry.field
    async def text(self, value: str) -> str:
        return value

    @strawberry.field
    async def shade(self, value: Shade = Shade.DARK) -> Shade:
        return value

    @strawberry.field
    def found(self, by: By) -> str:
        chosen = by.id or by.invoice_number
        assert chosen is not None
        return str(chosen.value)

    @strawberry.field
    async def patched(self, patch: Patch) -> str:
        return repr(patch)

    @strawberry.field
    def noted(self, note: strawberry.Maybe[str]) -> str:
        return repr(note)

    @strawberry.field
    async def either(self, accepted: bool) -> RecordResult:
        return Recorded(name="it") if accepted else Rejection(message="no", code="NO")

    @strawberry.field
    def tree(self) -> Recorded:
        return Recorded(name="tree")

    @strawberry.field
    async def bug(self) -> int | None:
        raise RuntimeError("secret of the query")

    @strawberry.field
    def bugs(self) -> list[Recorded]:
        return [Recorded(name=str(number)) for number in range(20)]

    @strawberry.field
    async def forbidden(self) -> int | None:
        raise ClientFault("Not yours.", "FORBIDDEN")

    @strawberry.field
    def unfit_integer(self) -> int | None:
        return "secret words"  # type: ignore[return-value]  # a bug on purpose

    @strawberry.field
    def unfit_union(self) -> RecordResult | None:
        return Query()  # type: ignore[return-value]  # a bug on purpose

    @strawberry.field
    def broken_text(self) -> str:
        return LONE_SURROGATE

    @strawberry.field
    def large_metadata(self) -> str:
        return "0123456789" * 1_000

    @strawberry.field
    async def forever(self, info: Info) -> int:
        info.context.events.append("started")
        try:
            await info.context.wait_for_ever()
        finally:
            info.context.events.append("ended")
        return 1

    @strawberry.field
    def parameters(self, info: Info) -> JSONObject:
        known = info.context.parameters
        return JSONObject(
            {
                "operationName": known.operation_name,
                "extensions": dict(known.extensions),
                "idempotencyKey": known.idempotency_key,
                "fieldName": info.field_name,
                "selected": [getattr(field, "name", None) for field in info.selected_fields],
            }
        )


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def record(self, info: Info, name: str) -> RecordResult:
        info.context.events.append(f"record {name}")
        if name == "rejected":
            return Rejection(message="no", code="NO")
        if name == "bug":
            raise RuntimeError("secret of the mutation")
        if name == "forever":
            await info.context.wait_for_ever()
        return Recorded(name=name)

    @strawberry.mutation
    def record_at_once(self, info: Info, name: str) -> Recorded | None:
        info.context.events.append(f"record {name}")
        return Recorded(name=name)


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self) -> AsyncIterator[int]:
        yield 1


def new_schema(**config: Any) -> strawberry.Schema:
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(scalar_map=SCALAR_MAP, **config),
    )


def new_endpoint(door: Door | None = None, **settings: Any) -> GraphQLEndpoint:
    settings.setdefault("show_cost", False)
    settings.setdefault("allowed_hosts", ["127.0.0.1", "*.memos.example"])
    return GraphQLEndpoint(new_schema(), authenticate=(door or Door()).authenticate, **settings)


def new_application(endpoint: GraphQLEndpoint | None = None) -> Starlette:
    return Starlette(routes=[Route("/graphql", endpoint or new_endpoint())], middleware=http_middleware())


def application() -> Starlette:
    """For a server in its own process."""
    return new_application()
