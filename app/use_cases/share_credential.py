"""What the operator alone does with a credential: make it good in entities that it does not belong to."""

from collections.abc import Sequence

from app.domain.access import Credential, Grant, Role
from app.domain.access_changes import let_in, put_grant, share
from app.domain.actor import Actor
from app.domain.facts import Worksheet
from app.domain.violation import reject_if_any
from app.domain.vocabulary import Operation
from app.repository.books import Books
from app.repository.database import Database
from app.validation.access import violations_of_shared_roles


async def share_credential(
    database: Database, operator: Actor, credential_id: str, *, everywhere: bool
) -> None:
    """Note at home, where the operator acts, that the credential is good elsewhere too.

    First of all: from then on nobody at home gets its secret by the power that he has there alone.
    """

    async def work(books: Books) -> None:
        settings = await books.settings_to_change()
        found = await books.lock(Credential, [credential_id])
        sheet = Worksheet(books.facts(settings, found))
        share(sheet, found[0], everywhere=everywhere)
        await books.record(sheet.changes(credential=credential_id))

    await database.transact(operator, Operation.SHARE_CREDENTIAL, work)


async def let_credential_in(
    database: Database,
    operator: Actor,
    credential_id: str,
    *,
    name: str,
    home_entity_id: int,
    roles: Sequence[str],
) -> None:
    """Give a credential of another entity roles in the one that the operator acts in; `name`: what it is called there.

    Raises Rejected for roles that the entity does not have.
    """

    async def work(books: Books) -> None:
        settings = await books.settings_to_change()
        known = await books.lock_by(Grant, "credential_id", [credential_id])
        facts = books.facts(settings, [*known, *await books.all(Role)])
        reject_if_any(violations_of_shared_roles(roles, facts, operator))
        sheet = Worksheet(facts)
        if known:
            grant = put_grant(sheet, known[0], list(roles))
        else:
            grant = let_in(sheet, credential_id, name, home_entity_id, list(roles))
        await books.record(sheet.changes(grant=grant.id))

    await database.transact(operator, Operation.SHARE_CREDENTIAL, work)
