"""serve, dev, token: the service itself and the way in."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.awaiting import awaited
from app.cli.configured import bring_up_to_date, configured, open_books
from app.cli.development_token import create_token, read_token
from app.cli.listening import listen
from app.cli.production import refuse_unsafe
from app.cli.seeding import sample_files, seed_where_missing
from app.cli.terminal import CommandFailed, say

Host = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Where to listen; in development a loopback address. Default: CREDIT_MEMO_HOST or 127.0.0.1.",
    ),
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

    Listens on this machine only, and takes the development token where there is one. With CREDIT_MEMO_PRODUCTION=true
    it listens anywhere, refuses settings that are not safe, and callers need keys: `python -m app access` makes them.
    """
    settings = configured(host=host, port=port, database_url=database_url)
    refuse_unsafe(settings)
    if settings.token_file.exists() and not settings.production:
        read_token(settings.token_file)
    elif not settings.production:
        say("There is no development token (`python -m app token --create`): callers need keys.")
    listener = listen(settings.host, settings.port, production=settings.production)
    from app.cli.server import run

    run(settings, listener, lambda address: print(f"GraphQL: {address}/graphql", flush=True))


def dev(port: Port = None) -> None:
    """Everything at once: folder, tables, sample books, token, service. What `make run` calls.

    Nothing that is there is made again; sample books are loaded only where there are no books.
    """
    settings = configured(port=port)
    if settings.production:
        raise CommandFailed("`dev` is for work on one machine: in production use `migrate` and `serve`")
    listener = listen(settings.host, settings.port)
    say(f"Database: {awaited(bring_up_to_date(settings))}")

    async def seed() -> None:
        async with open_books(settings) as database:
            await seed_where_missing(database, sample_files())

    awaited(seed())
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
