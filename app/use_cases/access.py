"""Credentials, the roles they have in an entity, and the roles that the entity defines.

Each takes turns on the entity's row: nobody gives roles while what they allow changes.
"""

from app.domain.access import Credential, Grant, Role
from app.domain.access_changes import (
    create_credential,
    giving,
    put_grant,
    put_roles,
    replace_secret,
    revoke,
    send_away,
)
from app.domain.actor import Actor
from app.domain.commands import (
    CreateApiKey,
    CreateOAuthClient,
    NewCredential,
    ReplaceCredentialSecret,
    RevokeCredential,
    UpdateCredentialRoles,
    UpsertRoles,
)
from app.domain.facts import Changes, Facts, Worksheet
from app.domain.violation import reject_if_any
from app.domain.vocabulary import CredentialKind
from app.repository.books import Books
from app.validation.access import (
    violations_of_credential_roles,
    violations_of_new_credential,
    violations_of_revoking,
    violations_of_secret,
)
from app.validation.roles import violations_of_upsert_roles


async def create_api_key(books: Books, command: CreateApiKey) -> Changes:
    """A key for a program that sends it with every request."""
    return await _created(books, command, CredentialKind.API_KEY)


async def create_oauth_client(books: Books, command: CreateOAuthClient) -> Changes:
    """An id and a secret for a program that asks for tokens."""
    return await _created(books, command, CredentialKind.OAUTH_CLIENT)


async def _created(books: Books, command: NewCredential, kind: CredentialKind) -> Changes:
    settings = await books.settings_to_change()
    named = await books.matching(Credential, "name", [command.name])
    facts = books.facts(settings, [*named, *await books.all(Role)])
    reject_if_any(violations_of_new_credential(command, facts, await _giver(books, facts)))
    sheet = Worksheet(facts)
    credential, grant = create_credential(sheet, command, kind, books.new_secret(), books.actor.entity_id)
    return sheet.changes(credential=credential.id, grant=grant.id)


async def replace_credential_secret(books: Books, command: ReplaceCredentialSecret) -> Changes:
    """The old secret is good for nothing as soon as no gate remembers it."""
    facts = await _facts_of(books, command.credential_id)
    reject_if_any(violations_of_secret(command, facts, await _giver(books, facts)))
    sheet = Worksheet(facts)
    credential = sheet.get(Credential, command.credential_id)
    replace_secret(sheet, command, credential, books.new_secret())
    return sheet.changes(credential=credential.id)


async def update_credential_roles(books: Books, command: UpdateCredentialRoles) -> Changes:
    """Roles in this entity, whosever credential it is."""
    facts = await _facts_of(books, command.credential_id)
    reject_if_any(violations_of_credential_roles(command, facts, await _giver(books, facts)))
    sheet = Worksheet(facts)
    [grant] = facts.every(Grant)
    put_grant(sheet, grant, command.roles)
    return sheet.changes(grant=grant.id)


async def revoke_credential(books: Books, command: RevokeCredential) -> Changes:
    """This entity's own for good; of another entity's the roles that it has here."""
    facts = await _facts_of(books, command.credential_id)
    reject_if_any(violations_of_revoking(command, facts, books.actor))
    sheet = Worksheet(facts)
    [grant] = facts.every(Grant)
    credential = facts.find(Credential, command.credential_id)
    if credential is None:
        send_away(sheet, grant)
    else:
        revoke(sheet, credential)
    return sheet.changes(grant=grant.id)


async def upsert_roles(books: Books, command: UpsertRoles) -> Changes:
    """Roles by code."""
    settings = await books.settings_to_change()
    facts = books.facts(settings, await books.all(Role))
    reject_if_any(violations_of_upsert_roles(command, facts, await _giver(books, facts)))
    sheet = Worksheet(facts)
    return sheet.changes(roles=put_roles(sheet, command.roles))


async def _facts_of(books: Books, credential_id: str) -> Facts:
    """The credential, if it is this entity's, its grant here, and the roles."""
    settings = await books.settings_to_change()
    credentials = await books.lock(Credential, [credential_id])
    grants = await books.lock_by(Grant, "credential_id", [credential_id])
    return books.facts(settings, [*credentials, *grants, *await books.all(Role)])


async def _giver(books: Books, facts: Facts) -> Actor:
    """The actor, with what he has to give under the locks."""
    shown = [books.actor.credential_id] if books.actor.credential_id else []
    credentials = await books.find(Credential, shown)
    grants = await books.matching(Grant, "credential_id", shown)
    return giving(books.actor, next(iter(credentials), None), next(iter(grants), None), facts.every(Role))
