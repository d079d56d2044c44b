"""Who is asking: for now one development token, good for every entity, on a loopback address only."""

import hmac
from collections.abc import Callable

from starlette.requests import Request

from app.api.http.operation import RequestParameters
from app.api.http.refusal import RequestRefused
from app.api.operation import BooksOperation
from app.api.queries import AUDIT, READ
from app.api.reader import RETRY
from app.domain.actor import Actor
from app.domain.tax_engine import AskTax, nobody_to_ask
from app.repository.database import Busy, Database
from app.repository.entities import Entity, entities
from app.use_cases.verbs import VERBS

EVERYTHING = frozenset({READ, AUDIT, *(verb.permission for verb in VERBS.values())})
ENTITY_HEADER = "X-Entity-Id"


class DevelopmentAccess:
    """Opens an operation for a request with the token; `X-Entity-Id` names the entity, else the first one is meant."""

    def __init__(
        self,
        database: Database,
        token: str,
        ask: AskTax = nobody_to_ask,
        call_workers: Callable[[], None] | None = None,
    ) -> None:
        self._database = database
        self._call_workers = call_workers
        self._ask = ask
        self._token = token.encode()
        self._known: dict[str | None, Entity] = {}

    async def __call__(self, request: Request, parameters: RequestParameters) -> BooksOperation:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), self._token):
            raise RequestRefused(
                401,
                "UNAUTHENTICATED",
                "Send this service's development token: Authorization: Bearer <token>. `python -m app token` shows it.",
                {"WWW-Authenticate": "Bearer"},
            )
        entity = await self._entity(request.headers.get(ENTITY_HEADER))
        actor = Actor(entity_id=entity.id, name="developer", permissions=EVERYTHING)
        return BooksOperation(
            self._database, actor, parameters.idempotency_key, self._ask, self._call_workers
        )

    async def _entity(self, code: str | None) -> Entity:
        """The entity by its code; the list is read again only for a code that was not in it."""
        if code not in self._known:
            try:
                known = await entities(self._database)
            except Busy as error:
                raise RequestRefused(503, "RETRY", RETRY, {"Retry-After": "1"}) from error
            self._known = {each.code: each for each in known}
            if known:
                self._known[None] = min(known, key=lambda each: each.id)
        if code in self._known:
            return self._known[code]
        if code is None:
            raise RequestRefused(
                403, "FORBIDDEN", "No entity is registered yet: `credit-memos entity` does it."
            )
        raise RequestRefused(403, "FORBIDDEN", f"{ENTITY_HEADER}: there is no such entity for this token.")
