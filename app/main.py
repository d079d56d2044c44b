"""The composition root: settings and a database make the ASGI application."""

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
from app.repository.database import Database
from app.settings import Settings


def application(settings: Settings, database: Database) -> Starlette:
    """The service: `/graphql`, `/graphiql`, `/health`. The database is closed with it.

    Raises FileNotFoundError where there is no development token, the only way in.
    """
    token = settings.token_file.read_text().strip()
    endpoint = GraphQLEndpoint(
        made_schema(),
        open_operation=DevelopmentAccess(database, token),
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
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await database.close()

    routes: list[BaseRoute] = [Route("/graphql", endpoint), Route("/health", health)]
    if settings.graphiql:
        routes += [Route("/", RedirectResponse("/graphiql")), *graphiql_routes("/graphql")]
    return Starlette(routes=routes, middleware=http_middleware(), lifespan=lifespan)
