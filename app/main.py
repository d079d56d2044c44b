"""The composition root: settings and a database make the ASGI application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import BaseRoute, Route

from app.api.access import Access
from app.api.compiled.fast_path import FastPath
from app.api.graphiql.page import graphiql_routes
from app.api.http.budget import CostBudgets
from app.api.http.endpoint import GraphQLEndpoint
from app.api.http.middleware import http_middleware
from app.api.http.operation import Authenticate
from app.api.http.overload import Places
from app.api.http.straight import StraightTo
from app.api.http.trusted_documents import TrustedDocuments, read_trusted_documents
from app.api.oauth.routes import oauth_routes
from app.api.schema import made_schema
from app.jobs.sequencer import Sequencer
from app.jobs.worker import Worker
from app.outside.asking import ask_outside
from app.repository.database import Database
from app.settings import Settings
from app.sign_in.development import developer
from app.sign_in.gate import Gate, Verify
from app.sign_in.secrets import Seal
from app.sign_in.signing_keys import SigningKeys
from app.sign_in.tokens import Tokens

HELD_SECONDS_BESIDE_REQUESTS = 0.1
LAST_CHUNK_SECONDS = 5
"""How long a chunk of a job may go on, at most, when the requests are over; whoever works next takes it up again."""


def application(settings: Settings, database: Database, places: Places | None = None) -> Starlette:
    """The service: `/graphql`, `/oauth`, `/graphiql`, `/health`, workers on jobs, and who numbers the log. The database
    is closed with it.

    `places` of its own let whoever stops it end what is under way.
    """
    gate = Gate(
        database,
        Seal(pepper=settings.pepper.get_secret_value().encode()),
        known_seconds=settings.access_seconds,
    )
    oauth = _oauth(settings, database, gate)
    if not settings.production and settings.token_file.exists():
        gate.verifiers.append(developer(settings.token_file.read_text().strip()))
    if settings.oidc_issuer is not None:
        gate.verifiers.append(_outside_tokens(settings, gate))
    ask = ask_outside(settings.callback_networks)
    # A chunk shares the loop with requests here, so it is shorter than in a process of its own.
    worker = Worker(
        database, poll_seconds=settings.poll_seconds, held_seconds=HELD_SECONDS_BESIDE_REQUESTS, ask=ask
    )
    sequencer = Sequencer(database)
    endpoint = _endpoint(settings, database, Access(database, gate, ask, worker.wake).authenticate)

    async def health(_: Request) -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            workers = [group.create_task(worker.run()) for _ in range(settings.workers)]
            numbering = group.create_task(sequencer.run())
            uses = group.create_task(gate.keep_uses())
            try:
                yield
            finally:
                worker.stop()
                sequencer.stop()
                uses.cancel()
                loop = asyncio.get_running_loop()
                for each in (*workers, numbering, uses):
                    loop.call_later(min(LAST_CHUNK_SECONDS, settings.grace_seconds), each.cancel)
        await database.close()

    routes: list[BaseRoute] = [Route("/health", health), *oauth]
    if settings.graphiql:
        routes += [Route("/", RedirectResponse("/graphiql")), *graphiql_routes("/graphql")]
    places = places or Places(settings.requests_at_once)
    middleware = http_middleware(settings.cors_origins, places, settings.time_limit_seconds)
    service = StraightTo("/graphql", endpoint, routes=routes, middleware=middleware, lifespan=lifespan)
    # Such a redirection leads to whatever host a request names.
    service.router.redirect_slashes = False
    return service


def _endpoint(settings: Settings, database: Database, authenticate: Authenticate) -> GraphQLEndpoint:
    schema = made_schema()
    return GraphQLEndpoint(
        schema,
        authenticate=authenticate,
        allowed_hosts=settings.allowed_hosts,
        budgets=budgets_of(settings),
        trusted=trusted_documents_of(settings),
        allow_get=settings.get,
        introspection=settings.introspection,
        suggestions=settings.introspection,
        time_limit_seconds=settings.time_limit_seconds,
        max_body_bytes=settings.max_body_bytes,
        fast_path=FastPath(database.dialect) if settings.fast_path else None,
    )


def budgets_of(settings: Settings) -> CostBudgets | None:
    """What each client may spend, or nothing to watch over."""
    if settings.cost_budget == 0:
        return None
    return CostBudgets(settings.cost_budget, settings.cost_per_second)


def trusted_documents_of(settings: Settings) -> TrustedDocuments:
    """The documents that clients may ask for by id. Raises TrustedDocumentsError and OSError."""
    if settings.trusted_documents is None:
        return TrustedDocuments()
    texts = read_trusted_documents(settings.trusted_documents)
    return TrustedDocuments(texts, only=settings.trusted_documents_only)


def _oauth(settings: Settings, database: Database, gate: Gate) -> list[BaseRoute]:
    """Where OAuth clients get tokens; the gate takes them."""
    issuer = settings.issuer or f"http://{settings.host}:{settings.port}"
    pepper = settings.pepper.get_secret_value().encode()
    keys = SigningKeys(database, pepper, token_seconds=settings.token_seconds)
    tokens = Tokens(gate, keys, issuer=issuer, seconds=settings.token_seconds)
    gate.verifiers.append(tokens)
    return oauth_routes(
        gate,
        keys,
        tokens,
        issuer=issuer,
        allowed_hosts=settings.allowed_hosts,
        time_limit_seconds=settings.time_limit_seconds,
    )


def _outside_tokens(settings: Settings, gate: Gate) -> Verify:
    """The verifier for tokens of the identity provider that the settings name."""
    from app.outside.identity_provider import key_set_of
    from app.sign_in.outside_tokens import KeyRing, OutsideIssuer, OutsideTokens

    issuer = OutsideIssuer(
        issuer=settings.oidc_issuer or "",
        audience=settings.oidc_audience or "",
        algorithms=settings.oidc_algorithms,
        entities_claim=settings.oidc_entities_claim,
        roles_claim=settings.oidc_roles_claim,
        role_names=settings.oidc_role_names,
    )
    return OutsideTokens(gate, issuer, KeyRing(key_set_of(issuer.issuer)))
