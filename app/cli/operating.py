"""What the terminal does with credentials: as the operator, who may do everything in every entity."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from app.cli.configured import configured, entity_of, open_books
from app.cli.terminal import CommandFailed, say

if TYPE_CHECKING:
    from app.domain.actor import Actor
    from app.domain.commands import Command
    from app.domain.vocabulary import Operation
    from app.repository.database import Database
    from app.repository.entities import Entity
    from app.repository.sign_in import Standing
    from app.sign_in.secrets import SecretToShow


async def let_in(database: "Database", there: "Entity", standing: "Standing", roles: list[str]) -> None:
    from app.repository.entities import entities
    from app.use_cases.share_credential import let_credential_in, share_credential

    credential = standing.credential
    if credential.revoked_at is not None:
        raise CommandFailed(f"{credential.name} has been revoked, for good")
    [home] = [each for each in await entities(database) if each.id == standing.home_entity_id]
    await share_credential(database, operator(home), credential.id, everywhere=False)
    await let_credential_in(
        database,
        operator(there),
        credential.id,
        name=f"{home.code}:{credential.name}",
        home_entity_id=home.id,
        roles=roles,
    )


async def secret_made(
    database: "Database", there: "Entity", operation: "Operation", command: "Command"
) -> str:
    """What the owner of the credential is to keep: the API key, or the client's secret."""
    from app.domain.vocabulary import CredentialKind
    from app.repository.sign_in import standing_of
    from app.settings import DEVELOPMENT_PEPPER
    from app.sign_in.secrets import Seal, SecretToShow, api_key

    settings = configured()
    pepper = settings.pepper.get_secret_value()
    if pepper == DEVELOPMENT_PEPPER:
        if settings.production:
            raise CommandFailed(
                "CREDIT_MEMO_PEPPER is the one that everybody knows: set a secret of your own"
            )
        say("No CREDIT_MEMO_PEPPER is set: only a service without one will know this credential.")
    made = SecretToShow(Seal(pepper=pepper.encode()))
    credential_id = await performed(database, there, operation, command, made)
    standing = await standing_of(database, credential_id)
    if standing is None or made.text is None:
        raise CommandFailed("the credential was not made")
    if standing.credential.kind is CredentialKind.API_KEY:
        return api_key(credential_id, made.text)
    say(f"client id: {credential_id}")
    return made.text


async def performed(
    database: "Database",
    there: "Entity",
    operation: "Operation",
    command: "Command",
    made: "SecretToShow | None" = None,
) -> str:
    """The id of the credential, where the outcome names it."""
    from app.repository.books import no_secrets
    from app.use_cases.run import perform
    from app.use_cases.verbs import VERBS

    new_secret = made.hash if made else no_secrets
    result = await perform(database, operator(there), VERBS[operation], command, new_secret=new_secret)
    found: str = result.outcome.get("credential", "")
    return found


def operator(entity: "Entity") -> "Actor":
    from app.domain.access import PERMISSIONS
    from app.domain.actor import Actor
    from app.repository.entities import OPERATOR

    return Actor(entity_id=entity.id, name=OPERATOR, permissions=frozenset(PERMISSIONS), is_operator=True)


async def credential_id_of(database: "Database", there: "Entity", which: str) -> str:
    """By id; by its name in the entity; by CODE:NAME in the entity of that code."""
    from app.domain.access import Credential
    from app.repository.access_reads import credential_named
    from app.repository.entities import entities

    if which.startswith(f"{Credential.PREFIX}_"):
        return which
    code, _, name = which.rpartition(":")
    homes = [each for each in await entities(database) if each.code == code] if code else []
    for entity, called in ((there, which), *((home, name) for home in homes)):
        async with database.snapshot(entity.id) as snapshot:
            found = await credential_named(snapshot, called)
        if found is not None:
            return found
    raise unknown(which)


def unknown(which: str) -> CommandFailed:
    return CommandFailed(f"there is no credential {which!r}: `python -m app access list` shows them")


@asynccontextmanager
async def opened(code: str) -> "AsyncIterator[tuple[Database, Entity]]":
    async with open_books(configured()) as database:
        yield database, await entity_of(database, code)
