"""GraphiQL beside the smallest API that can answer it: what the page sends is what its answers show."""

import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.types import Info

from app.api.graphiql.page import graphiql_routes


def _echo(text: str) -> str:
    return text


def _authorization(info: Info) -> str | None:
    request = info.context["request"]
    assert isinstance(request, Request)
    return request.headers.get("authorization")


@strawberry.type
class Query:
    """Answers with what it was asked."""

    echo: str = strawberry.field(resolver=_echo, description="The text, again.")
    authorization: str | None = strawberry.field(
        resolver=_authorization, description="The Authorization header of this request."
    )


service = Starlette(
    routes=[
        Route("/graphql", GraphQL[None, None](strawberry.Schema(Query), graphql_ide=None)),
        *graphiql_routes(),
    ]
)
