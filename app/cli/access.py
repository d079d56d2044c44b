"""access: credentials and roles, as the operator sees and makes them."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.awaiting import awaited
from app.cli.operating import (
    credential_id_of,
    let_in,
    opened,
    operator,
    performed,
    secret_made,
    unknown,
)
from app.cli.terminal import say

if TYPE_CHECKING:
    from app.domain.commands import NewCredential
    from app.domain.vocabulary import Operation

Entity = Annotated[
    str, typer.Option("--entity", metavar="CODE", help="In whose books: `entities` lists them.")
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Written beside everything it does, for good.")]
Which = Annotated[
    str,
    typer.Argument(metavar="CREDENTIAL", help="Its name, or its id; `list` shows them.", show_default=False),
]
Roles = Annotated[
    list[str], typer.Option("--role", metavar="CODE", help="Again for more; `roles` lists them.")
]
Description = Annotated[str | None, typer.Option(metavar="TEXT", help="What it is for.")]
Expires = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"],
        metavar="INSTANT",
        help="From then on it is good for nothing: 2030-12-31 or 2030-12-31T18:00:00, UTC. Default: never.",
    ),
]
EveryEntity = Annotated[
    bool, typer.Option("--every-entity", help="Its roles are good in every entity there is or will be.")
]

access = typer.Typer(
    name="access",
    help="API keys, OAuth clients and roles. A secret is printed once, alone, to standard output.",
    no_args_is_help=True,
)


@access.command("create-key")
def create_key(
    name: Name,
    entity: Entity,
    role: Roles,
    description: Description = None,
    expires: Expires = None,
    every_entity: EveryEntity = False,
) -> None:
    """Make an API key and print it."""
    from app.domain.commands import CreateApiKey
    from app.domain.vocabulary import Operation

    command = CreateApiKey(name=name, description=description, roles=role, expires_at=_instant(expires))
    _create(entity, Operation.CREATE_API_KEY, command, every_entity)


@access.command("create-client")
def create_client(
    name: Name,
    entity: Entity,
    role: Roles,
    description: Description = None,
    expires: Expires = None,
    every_entity: EveryEntity = False,
) -> None:
    """Make an OAuth client and print its secret; its client id goes to standard error."""
    from app.domain.commands import CreateOAuthClient
    from app.domain.vocabulary import Operation

    command = CreateOAuthClient(name=name, description=description, roles=role, expires_at=_instant(expires))
    _create(entity, Operation.CREATE_OAUTH_CLIENT, command, every_entity)


@access.command()
def grant(which: Which, entity: Entity, role: Roles) -> None:
    """Give a credential these roles in an entity, its own or another; there it is named by its id or CODE:NAME."""
    from app.domain.commands import UpdateCredentialRoles
    from app.domain.vocabulary import Operation

    async def run() -> None:
        from app.repository.sign_in import standing_of

        async with opened(entity) as (database, there):
            credential_id = await credential_id_of(database, there, which)
            standing = await standing_of(database, credential_id)
            if standing is None:
                raise unknown(which)
            if standing.home_entity_id == there.id:
                command = UpdateCredentialRoles(credential_id=credential_id, roles=role)
                await performed(database, there, Operation.UPDATE_CREDENTIAL_ROLES, command)
            else:
                await let_in(database, there, standing, role)

    awaited(run())
    say(f"{which}: {', '.join(role)} in {entity}")


@access.command("replace-secret")
def replace_secret(which: Which, entity: Entity, expires: Expires = None) -> None:
    """Give a credential another secret and print it; the old one is good for nothing."""
    from app.domain.commands import ReplaceCredentialSecret
    from app.domain.vocabulary import Operation

    async def run() -> str:
        async with opened(entity) as (database, there):
            credential_id = await credential_id_of(database, there, which)
            command = ReplaceCredentialSecret(credential_id=credential_id, expires_at=_instant(expires))
            return await secret_made(database, there, Operation.REPLACE_CREDENTIAL_SECRET, command)

    print(awaited(run()))


@access.command()
def revoke(which: Which, entity: Entity) -> None:
    """Make a credential good for nothing, for good; one of another entity has no roles in this one any more."""
    from app.domain.commands import RevokeCredential
    from app.domain.vocabulary import Operation

    async def run() -> None:
        async with opened(entity) as (database, there):
            credential_id = await credential_id_of(database, there, which)
            command = RevokeCredential(credential_id=credential_id)
            await performed(database, there, Operation.REVOKE_CREDENTIAL, command)

    awaited(run())
    say(f"{which}: revoked")


def _create(code: str, operation: "Operation", command: "NewCredential", every_entity: bool) -> None:
    async def run() -> str:
        from app.use_cases.share_credential import share_credential

        async with opened(code) as (database, there):
            shown = await secret_made(database, there, operation, command)
            if every_entity:
                credential_id = await credential_id_of(database, there, command.name)
                await share_credential(database, operator(there), credential_id, everywhere=True)
            return shown

    print(awaited(run()))


def _instant(given: datetime | None) -> datetime | None:
    if given is None or given.tzinfo is not None:
        return given
    return given.replace(tzinfo=UTC)
