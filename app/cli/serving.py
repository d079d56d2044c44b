"""serve, dev, token: the service itself and the way in."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from app.cli.configured import bring_up_to_date, configured, open_books
from app.cli.development_token import create_token, read_token
from app.cli.listening import listen
from app.cli.seeding import sample_files, seed_where_missing
from app.cli.terminal import say

Host = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="A loopback address. Default: CREDIT_MEMO_HOST or 127.0.0.1."),
]
Port = Annotated[
    int | None,
    typer.Option(metavar="NUMBER", help="0 lets the system choose. Default: CREDIT_MEMO_PORT, PORT or 8000."),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="sqlite:///path or postgresql://user@host/name. Default: CREDIT_MEMO_DATABASE_URL or"
        " sqlite:///var/books.db.",
    ),
]


def serve(host: Host = None, port: Port = None, database_url: DatabaseUrl = None) -> None:
    """Serve the GraphQL API on a migrated database.

    Listens on this machine only: the development token is the way to sign in.
    """
    settings = configured(host=host, port=port, database_url=database_url)
    read_token(settings.token_file)
    listener = listen(settings.host, settings.port)
    from app.cli.server import run

    run(settings, listener, lambda address: print(f"GraphQL: {address}/graphql", flush=True))


def dev(port: Port = None) -> None:
    """Everything at once: folder, tables, sample books, token, service. What `make run` calls.

    Nothing that is there is made again; sample books are loaded only where there are no books.
    """
    settings = configured(port=port)
    listener = listen(settings.host, settings.port)
    say(f"Database: {asyncio.run(bring_up_to_date(settings))}")

    async def seed() -> None:
        async with open_books(settings) as database:
            await seed_where_missing(database, sample_files())

    asyncio.run(seed())
    token = create_token(settings.token_file)
    from app.cli.server import run

    run(settings, listener, lambda address: print(f"GraphiQL: {address}/graphiql#token={token}", flush=True))


def token(
    create: Annotated[bool, typer.Option("--create", help="Make the token where there is none.")] = False,
    port: Annotated[
        int | None,
        typer.Option(
            metavar="NUMBER", help="Where the service listens. Default: CREDIT_MEMO_PORT, PORT or 8000."
        ),
    ] = None,
) -> None:
    """Where the development token lies, and the address that signs a browser in with it.

    The address is that of a service with the same settings.
    """
    settings = configured(port=port)
    path: Path = settings.token_file
    secret = create_token(path) if create else read_token(path)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(f"Token: {path}")
    if settings.port:
        print(f"GraphiQL: http://{host}:{settings.port}/graphiql#token={secret}")
    else:
        say("The system chooses the port (0): the service says its address when it starts.")
