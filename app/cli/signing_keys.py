"""access rotate-keys: another key to sign tokens with."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.awaiting import awaited
from app.cli.configured import configured, open_books
from app.cli.terminal import say

if TYPE_CHECKING:
    from app.settings import Settings


def rotate_keys(
    stolen: Annotated[
        bool,
        typer.Option("--stolen", help="Somebody may have the old keys: refuse what they have signed."),
    ] = False,
) -> None:
    """Have a new key sign the tokens of OAuth clients, and retire the old ones.

    Tokens that are out stay good until they expire, but with --stolen: then clients have to fetch new ones. The private
    parts of retired keys are dropped.
    """
    key_id, retired = awaited(_rotated(configured(), stolen=stolen))
    print(f"{key_id} signs from now on; retired: {retired}")


async def _rotated(settings: "Settings", *, stolen: bool) -> tuple[str, int]:
    """The new key's id, and how many older ones were retired."""
    import asyncio

    from app.sign_in.signing_keys import FRESH_SECONDS, SigningKeys

    async with open_books(settings) as database:
        pepper = settings.pepper.get_secret_value().encode()
        keys = SigningKeys(database, pepper, token_seconds=settings.token_seconds)
        key_id = await keys.add()
        if not stolen:
            say(f"{key_id} is published; every server knows it in {FRESH_SECONDS:g} seconds.")
            await asyncio.sleep(FRESH_SECONDS)
        return key_id, await keys.retire_before(key_id, stolen=stolen)
