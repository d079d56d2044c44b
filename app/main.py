"""The composition root: settings and a database make the ASGI application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import BaseRoute, Route

from app.api.access import Access
from app.api.graphiql.page import graphiql_routes
from app.api.http.budget import CostBudgets
from app.api.http.endpoint import GraphQLEndpoint
from app.api.http.middleware import http_middleware
from app.api.http.trusted_documents import TrustedDocuments, read_trusted_documents
from app.api.schema import made_schema
from app.jobs.worker import Worker
from app.outside.asking import ask_outside
from app.repository.database import Database
from app.settings import Settings
from app.sign_in.development import developer
from app.sign_in.gate import Gate
from app.sign_in.secrets import Seal

HELD_SECONDS_BESIDE_REQUESTS = 0.1


def application(settings: Settings, database: Database) -> Starlette:
    """The service: `/graphql`, `/graphiql`, `/health`, and workers on jobs. The database is closed with it."""
    gate = Gate(
        database,
        Seal(pepper=settings.pepper.get_secret_value().encode()),
        known_seconds=settings.access_seconds,
    )
    if not settings.production and settings.token_file.exists():
        gate.verifiers.append(developer(settings.token_file.read_text().strip()))
    ask = ask_outside()
    # A chunk shares the loop with requests here, so it is shorter than in a process of its own.
    worker = Worker(
        database, poll_seconds=settings.poll_seconds, held_seconds=HELD_SECONDS_BESIDE_REQUESTS, ask=ask
    )
    endpoint = GraphQLEndpoint(
        made_schema(),
        authenticate=Access(database, gate, ask, worker.wake).authenticate,
        allowed_hosts=settings.allowed_hosts,
        budgets=budgets_of(settings),
        trusted=trusted_documents_of(settings),
        allow_get=settings.get,
        introspection=settings.introspection,
        suggestions=settings.introspection,
        time_limit_seconds=settings.time_limit_seconds,
        max_body_bytes=settings.max_body_bytes,
    )

    async def health(_: Request) -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as workers:
            for _ in range(settings.workers):
                workers.create_task(worker.run())
            uses = workers.create_task(gate.keep_uses())
            try:
                yield
            finally:
                worker.stop()
                uses.cancel()
        await database.close()

    routes: list[BaseRoute] = [Route("/graphql", endpoint), Route("/health", health)]
    if settings.graphiql:
        routes += [Route("/", RedirectResponse("/graphiql")), *graphiql_routes("/graphql")]
    return Starlette(routes=routes, middleware=http_middleware(settings.cors_origins), lifespan=lifespan)


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
