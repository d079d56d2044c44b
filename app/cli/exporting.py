"""export-history: everything that is needed to check the books without the service."""

import sys
from typing import Annotated

import typer

from app.cli.awaiting import awaited
from app.cli.configured import configured, entity_of, open_books


def export_history(
    entity: Annotated[str, typer.Option(metavar="CODE", help="This entity's books.")],
) -> None:
    """Write every document, its rows and the links of its chain to standard output: a JSON object a line.

    `clients/verify_history.py` and `clients/verify_balances.py` check it offline.
    """
    awaited(_export(entity))


async def _export(code: str) -> None:
    from app.proof.export import exported_history

    async with open_books(configured()) as database:
        there = await entity_of(database, code)
        async for line in exported_history(database, there.id, there.code):
            # UTF-8, whatever the terminal is used to: the hashes are over these bytes.
            sys.stdout.buffer.write(f"{line}\n".encode())
