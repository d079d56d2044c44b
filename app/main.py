"""The composition root: settings and a database make the ASGI application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import BaseRoute, Route

from app.api.access import DevelopmentAccess
from app.api.graphiql.page import graphiql_routes
from app.api.http.endpoint import GraphQLEndpoint
from app.api.http.middleware import http_middleware
from app.api.schema import made_schema
from app.jobs.worker import Worker
from app.outside.asking import ask_outside
from app.repository.database import Database
from app.settings import Settings

HELD_SECONDS_BESIDE_REQUESTS = 0.1


def application(settings: Settings, database: Database) -> Starlette:
    """The service: `/graphql`, `/graphiql`, `/health`, and workers on jobs. The database is closed with it.

    Raises FileNotFoundError where there is no development token, the only way in.
    """
    token = settings.token_file.read_text().strip()
    ask = ask_outside()
    # A chunk shares the loop with requests here, so it is shorter than in a process of its own.
    worker = Worker(
        database, poll_seconds=settings.poll_seconds, held_seconds=HELD_SECONDS_BESIDE_REQUESTS, ask=ask
    )
    endpoint = GraphQLEndpoint(
        made_schema(),
        open_operation=DevelopmentAccess(database, token, ask, worker.wake),
        allowed_hosts=settings.allowed_hosts,
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
            try:
                yield
            finally:
                worker.stop()
        await database.close()

    routes: list[BaseRoute] = [Route("/graphql", endpoint), Route("/health", health)]
    if settings.graphiql:
        routes += [Route("/", RedirectResponse("/graphiql")), *graphiql_routes("/graphql")]
    return Starlette(routes=routes, middleware=http_middleware(), lifespan=lifespan)
