"""Credentials and roles as rows: what is written, what stays, and what the operator alone does."""

from dataclasses import replace

import pytest

from app.domain.access import PERMISSIONS, AccessChange, Credential, Grant, Role
from app.domain.commands import (
    CreateApiKey,
    CreateOAuthClient,
    ReplaceCredentialSecret,
    RevokeCredential,
    RoleEntry,
    UpdateCredentialRoles,
    UpsertRoles,
)
from app.domain.violation import Rejected
from app.domain.vocabulary import AccessAction, CredentialKind
from app.repository.sign_in import own_roles, standing_of
from app.use_cases.share_credential import let_credential_in, share_credential
from tests.support.books import TestBooks, trace


async def key(books: TestBooks, name: str = "till", *roles: str) -> str:
    """A key's id."""
    result = await books.perform(CreateApiKey(name=name, roles=list(roles or ("READ_ONLY",))))
    made: str = result.outcome["credential"]
    return made


async def changes(books: TestBooks, subject_id: str) -> list[AccessChange]:
    return await books.of(AccessChange, "subject_id", subject_id)


async def test_a_credential_is_made_with_its_grant_and_its_history(books: TestBooks) -> None:
    command = CreateOAuthClient(name="crm", description="Salesforce", roles=["READ_ONLY", "TAX_ADMIN"])
    result = await books.perform(command)
    credential = await books.record(Credential, result.outcome["credential"])
    assert (credential.kind, credential.name, credential.description) == (
        CredentialKind.OAUTH_CLIENT,
        "crm",
        "Salesforce",
    )
    assert (credential.every_entity, credential.granted_elsewhere, credential.created_by) == (
        False,
        False,
        "ada",
    )
    grant = await books.record(Grant, result.outcome["grant"])
    assert (grant.name, grant.home_entity_id, grant.roles) == ("crm", books.entity.id, command.roles)
    [change] = await changes(books, credential.id)
    assert change.action is AccessAction.CREATED
    assert (change.before, change.recorded_by) == (None, "ada")
    assert change.after == {
        "name": "crm",
        "kind": "OAUTH_CLIENT",
        "description": "Salesforce",
        "expires_at": None,
        "roles": ["READ_ONLY", "TAX_ADMIN"],
    }
    [[operation]] = await books.rows(
        "SELECT operation FROM log_entry WHERE entity_id = :entity_id AND id = :id", id=change.log_id
    )
    assert operation == "CREATE_OAUTH_CLIENT"
    assert credential.secret_hash not in repr(credential)


async def test_one_key_of_idempotency_makes_one_credential(books: TestBooks) -> None:
    command = CreateApiKey(name="till", roles=["READ_ONLY"], idempotency_key="k")
    first, second = await books.perform(command), await books.perform(command)
    assert second.replayed
    assert second.outcome == first.outcome
    assert len(await changes(books, first.outcome["credential"])) == 1


async def test_a_dry_run_makes_no_credential(books: TestBooks) -> None:
    before = await trace(books.place)
    async with books.rehearse(CreateApiKey(name="till", roles=["READ_ONLY"])):
        pass
    assert await trace(books.place) == before


async def test_a_name_belongs_to_one_credential_of_an_entity_for_good(books: TestBooks) -> None:
    await books.perform(RevokeCredential(credential_id=await key(books)))
    assert await books.codes(CreateApiKey(name="till", roles=["READ_ONLY"])) == ["NAME_TAKEN"]
    assert await key(await books.neighbour())


async def test_another_secret_is_another_version_and_the_history_has_neither(books: TestBooks) -> None:
    id = await key(books)
    before = await books.record(Credential, id)
    await books.perform(ReplaceCredentialSecret(credential_id=id))
    after = await books.record(Credential, id)
    assert after == replace(
        before, secret_hash=after.secret_hash, version=2, updated_at=after.updated_at, updated_by="ada"
    )
    assert after.secret_hash != before.secret_hash
    history = await changes(books, id)
    assert [each.action for each in history] == [AccessAction.CREATED, AccessAction.SECRET_REPLACED]
    assert before.secret_hash not in repr(history)
    assert after.secret_hash not in repr(history)


async def test_the_same_roles_again_are_no_change(books: TestBooks) -> None:
    id = await key(books)
    await books.perform(UpdateCredentialRoles(credential_id=id, roles=["READ_ONLY"]))
    [grant] = await books.of(Grant, "credential_id", id)
    assert (grant.version, len(await changes(books, id))) == (1, 1)
    await books.perform(UpdateCredentialRoles(credential_id=id, roles=["TAX_ADMIN"], expected_version=1))
    [grant] = await books.of(Grant, "credential_id", id)
    assert (grant.version, grant.roles) == (2, ["TAX_ADMIN"])


async def test_what_is_revoked_stays_revoked(books: TestBooks) -> None:
    id = await key(books)
    await books.perform(RevokeCredential(credential_id=id))
    credential = await books.record(Credential, id)
    assert credential.revoked_at is not None
    assert credential.revoked_by == "ada"
    for command in (
        RevokeCredential(credential_id=id),
        ReplaceCredentialSecret(credential_id=id),
        UpdateCredentialRoles(credential_id=id, roles=["READ_ONLY"]),
    ):
        assert await books.codes(command) == ["INVALID_STATUS"]


async def test_a_credential_of_a_neighbour_is_unknown(books: TestBooks) -> None:
    id = await key(await books.neighbour())
    for command in (
        RevokeCredential(credential_id=id),
        ReplaceCredentialSecret(credential_id=id),
        UpdateCredentialRoles(credential_id=id, roles=["READ_ONLY"]),
    ):
        [foreign] = await books.refusal(command)
        [unknown] = await books.refusal(replace(command, credential_id="crd_" + "0" * 32))
        assert replace(foreign, asked=None) == replace(unknown, asked=None)


async def test_many_roles_are_put_at_once_and_put_again(books: TestBooks) -> None:
    some = sorted(PERMISSIONS)
    entries = [RoleEntry(code=f"R{place}", permissions=some[: place % 10]) for place in range(60)]
    first = await books.perform(UpsertRoles(roles=entries))
    await books.perform(UpsertRoles(roles=[replace(each, label="Changed") for each in entries]))
    roles = [await books.record(Role, id) for id in first.outcome["roles"]]
    assert [each.code for each in roles] == [each.code for each in entries]
    assert [each.permissions for each in roles] == [each.permissions for each in entries]
    assert {(each.label, each.version) for each in roles} == {("Changed", 2)}
    assert [each.action for each in await changes(books, roles[0].id)] == [
        AccessAction.CREATED,
        AccessAction.CHANGED,
    ]
    assert await own_roles(books.database, books.entity.id) == {each.code: each for each in roles}


async def test_the_operator_lets_a_credential_into_another_entity(books: TestBooks) -> None:
    other = await books.neighbour()
    id = await key(books)
    operator = replace(books.actor, name="operator", is_operator=True)
    abroad = replace(operator, entity_id=other.entity.id)
    said = {"name": "one:till", "home_entity_id": books.entity.id}
    await share_credential(books.database, operator, id, everywhere=False)
    await let_credential_in(books.database, abroad, id, **said, roles=["TAX_ADMIN"])  # type: ignore[arg-type]
    await let_credential_in(books.database, abroad, id, **said, roles=["READ_ONLY"])  # type: ignore[arg-type]
    standing = await standing_of(books.database, id)
    assert standing is not None
    assert (standing.credential.granted_elsewhere, standing.credential.every_entity) == (True, False)
    assert {entity: each.roles for entity, each in standing.grants.items()} == {
        books.entity.id: ["READ_ONLY"],
        other.entity.id: ["READ_ONLY"],
    }
    assert [(each.action, each.recorded_by) for each in await changes(other, id)] == [
        (AccessAction.GRANTED, "operator"),
        (AccessAction.GRANTED, "operator"),
    ]
    assert await books.codes(ReplaceCredentialSecret(credential_id=id)) == ["EXCEEDS_OWN_ACCESS"]
    await other.perform(RevokeCredential(credential_id=id))
    assert await other.codes(RevokeCredential(credential_id=id)) == ["INVALID_STATUS"]
    await other.perform(UpdateCredentialRoles(credential_id=id, roles=["TAX_ADMIN"]))


async def test_the_operator_gives_no_role_that_the_entity_does_not_have(books: TestBooks) -> None:
    other = await books.neighbour()
    id = await key(other)
    operator = replace(books.actor, name="operator", is_operator=True)
    before = await trace(books.place)
    with pytest.raises(Rejected, match="no such active role"):
        await let_credential_in(
            books.database, operator, id, name="x:till", home_entity_id=other.entity.id, roles=["NONE"]
        )
    assert await trace(books.place) == before


async def test_what_was_taken_away_a_moment_ago_is_given_to_nobody(books: TestBooks) -> None:
    """A gate remembers for seconds what a credential may; what is given away in them would stay."""
    id = await key(books, "admin", "BILLING_ADMIN")
    admin = replace(books, actor=replace(books.actor, name="admin", credential_id=id))
    assert await key(admin, "first", "BILLING_ADMIN")
    await books.perform(UpdateCredentialRoles(credential_id=id, roles=["READ_ONLY"]))
    giving = CreateApiKey(name="second", roles=["READ_ONLY", "TAX_ADMIN"])
    [violation] = await admin.refusal(giving)
    assert (violation.code, violation.path) == ("EXCEEDS_OWN_ACCESS", ("roles", 1))
    role = RoleEntry(code="MINE", permissions=["access:write"])
    assert await admin.codes(UpsertRoles(roles=[role])) == ["EXCEEDS_OWN_ACCESS"]
    assert await key(admin, "third", "READ_ONLY")
    await books.perform(RevokeCredential(credential_id=id))
    assert await admin.codes(replace(giving, roles=["READ_ONLY"])) == ["EXCEEDS_OWN_ACCESS"]
