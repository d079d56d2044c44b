"""The way in: from a request's credentials and its `X-Entity-Id` to an operation in that entity's books."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

from app.api.http.operation import RequestParameters
from app.api.http.refusal import RequestRefused, bad_request
from app.api.operation import BooksOperation
from app.api.reader import RETRY
from app.domain.actor import Actor
from app.domain.tax_engine import AskTax, nobody_to_ask
from app.repository.database import Busy, Database
from app.sign_in.gate import EntityNotAllowed, EntityNotNamed, Gate
from app.sign_in.principal import Principal

ENTITY_HEADER = "X-Entity-Id"


@dataclass(frozen=True, slots=True)
class ActingCaller:
    """A caller who has shown a credential and chosen an entity."""

    principal: Principal
    actor: Actor
    access: "Access"

    @property
    def key(self) -> str:
        return self.principal.id

    @property
    def entity(self) -> str:
        return str(self.actor.entity_id)

    def comes_in_again(self) -> bool:
        return self.access.comes_in_again(self.principal, self.actor)

    async def open(self, parameters: RequestParameters) -> BooksOperation:
        """An operation in the entity's books."""
        return self.access.operation(self.actor, parameters)


class Access:
    """Lets in a request that shows a credential, and opens its operation."""

    def __init__(
        self,
        database: Database,
        gate: Gate,
        ask: AskTax = nobody_to_ask,
        call_workers: Callable[[], None] | None = None,
    ) -> None:
        self._database = database
        self._gate = gate
        self._ask = ask
        self._call_workers = call_workers

    async def authenticate(self, request: Request) -> ActingCaller:
        """Who asks, and in which entity; raises RequestRefused."""
        try:
            principal = await self._principal(request)
            actor = await self._actor(request, principal)
        except Busy as error:
            raise RequestRefused(503, "RETRY", RETRY, {"Retry-After": "1"}) from error
        return ActingCaller(principal, actor, self)

    def comes_in_again(self, principal: Principal, actor: Actor) -> bool:
        """Whether what the caller has shown would let it in again, as this actor."""
        return self._gate.comes_in_again(principal, actor)

    def operation(self, actor: Actor, parameters: RequestParameters) -> BooksOperation:
        """What the resolvers of the caller's request work with."""
        return BooksOperation(
            self._database,
            actor,
            parameters.idempotency_key,
            self._gate.seal,
            self._ask,
            self._call_workers,
            parameters.request_id,
            self._gate.forget,
            asks_once=parameters.root_field_count == 1,
        )

    async def _principal(self, request: Request) -> Principal:
        shown = request.headers.getlist("authorization")
        scheme, _, token = shown[0].partition(" ") if len(shown) == 1 else ("", "", "")
        principal = await self._gate.principal(token.strip()) if scheme.lower() == "bearer" else None
        if principal is None:
            raise RequestRefused(
                401,
                "UNAUTHENTICATED",
                "Send a valid API key or access token: Authorization: Bearer <key or token>.",
                {"WWW-Authenticate": "Bearer"},
            )
        return principal

    async def _actor(self, request: Request, principal: Principal) -> Actor:
        codes = request.headers.getlist(ENTITY_HEADER)
        if len(codes) > 1 or "," in "".join(codes):
            raise bad_request(f"{ENTITY_HEADER} names one entity.")
        try:
            return await self._gate.actor(principal, codes[0] if codes else None)
        except EntityNotNamed as error:
            raise bad_request(
                f"This credential is good for several entities: name one in {ENTITY_HEADER}."
            ) from error
        except EntityNotAllowed as error:
            raise RequestRefused(
                403, "FORBIDDEN", f"{ENTITY_HEADER}: there is no such entity for this credential."
            ) from error
