"""Who may make, change and revoke credentials, and that nobody gives what he does not have."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.access import PERMISSIONS, Credential, Grant, Role
from app.domain.actor import Actor
from app.domain.commands import (
    CreateApiKey,
    ReplaceCredentialSecret,
    RevokeCredential,
    UpdateCredentialRoles,
)
from app.domain.facts import Facts
from app.domain.vocabulary import CredentialKind
from app.validation.access import (
    violations_of_credential_roles,
    violations_of_new_credential,
    violations_of_revoking,
    violations_of_secret,
)
from tests.rules.facts import NOW, Seen, facts, seen

PAST, FUTURE = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
_MADE: dict[str, Any] = {"created_at": PAST, "created_by": "ada", "updated_at": PAST, "updated_by": "ada"}
ADMIN = Actor(entity_id=1, name="ada", permissions=frozenset(PERMISSIONS))
OPERATOR = replace(ADMIN, name="operator", is_operator=True)
KEEPER = replace(ADMIN, permissions=frozenset({"access:write", "books:read", "books:audit"}))
CLERK = replace(
    ADMIN, permissions=frozenset({"access:write", "credit_memos:post"}), approval_limits={"USD": 100_000}
)
ELSEWHERE = "the terminal of the service"


def role(code: str, *permissions: str, **said: Any) -> Role:
    return Role(
        **{
            "id": f"rol_{code}",
            "code": code,
            "label": code,
            "permissions": list(permissions),
            **_MADE,
            **said,
        }
    )


ROLES = (
    role("READER", "books:read"),
    role("OLD", "books:read", active=False),
    role("SMALL", "credit_memos:post", approval_limits={"USD": 100_000}),
    role("LARGE", "credit_memos:post", approval_limits={"USD": 100_001}),
    role("OTHER_CURRENCY", "credit_memos:post", approval_limits={"EUR": 1}),
    role("NO_LIMIT", "credit_memos:post"),
)


def known(*roles: str, **said: Any) -> Facts:
    """A credential of this entity with these roles here, the entity's own roles, and a second credential's name."""
    credential = Credential(
        **{"id": "crd_1", "kind": CredentialKind.API_KEY, "name": "till", "secret_hash": "0", **_MADE, **said}
    )
    return facts(credential, *foreign(*roles).every(Grant), *ROLES)


def foreign(*roles: str) -> Facts:
    """A credential of another entity with these roles here."""
    grant = Grant(
        id="grn_1",
        credential_id="crd_1",
        name="till",
        home_entity_id=2,
        roles=list(roles),
        version=3,
        **_MADE,
    )
    return facts(grant, *ROLES)


def new(**said: Any) -> CreateApiKey:
    return CreateApiKey(**{"name": "desk", "roles": ["READER"], **said})


NEW: list[tuple[str, CreateApiKey, Actor, list[Any]]] = [
    ("what the caller has", new(roles=["READ_ONLY", "READER"]), KEEPER, []),
    ("an end that is to come", new(expires_at=FUTURE), KEEPER, []),
    (
        "an end that is now",
        new(expires_at=NOW),
        KEEPER,
        [("INVALID_DATE", ("expires_at",), NOW.isoformat(), f"after {NOW.isoformat()}")],
    ),
    *(
        (f"the name {name!r}", new(name=name), KEEPER, [("INVALID_TEXT", ("name",), name, None)])
        for name in ("", "Desk", "-desk", "a b", "a:b", "ä", "a" * 64)
    ),
    *((f"the name {name!r}", new(name=name), KEEPER, []) for name in ("a", "0", "a" * 63, "a.b-c_d")),
    *(
        (f"the name {name!r}", new(name=name), OPERATOR, [("NAME_TAKEN", ("name",), name, None)])
        for name in ("till", "operator", "developer", "sign-in", "sample", "import")
    ),
    ("no role", new(roles=[]), ADMIN, [("NO_LINES", ("roles",), None, None)]),
    (
        "a role twice",
        new(roles=["READER", "READER"]),
        KEEPER,
        [("DUPLICATE_TARGET", ("roles", 1), "READER", None)],
    ),
    (
        "roles that are not, or not active",
        new(roles=["NONE", "OLD"]),
        ADMIN,
        [("NOT_FOUND", ("roles", 0), "NONE", None), ("NOT_FOUND", ("roles", 1), "OLD", None)],
    ),
    (
        "more than the caller has",
        new(roles=["READ_ONLY", "BILLING_ADMIN"]),
        KEEPER,
        [("EXCEEDS_OWN_ACCESS", ("roles", 1), "BILLING_ADMIN", None)],
    ),
    ("as much as the caller may post", new(roles=["SMALL"]), CLERK, []),
    *(
        (
            f"{code} beside a limit",
            new(roles=[code]),
            CLERK,
            [("EXCEEDS_OWN_ACCESS", ("roles", 0), code, None)],
        )
        for code in ("LARGE", "OTHER_CURRENCY", "NO_LIMIT")
    ),
    ("a limit from one who has none", new(roles=["LARGE", "NO_LIMIT"]), ADMIN, []),
    (
        "posting from one who cannot post",
        new(roles=["SMALL"]),
        KEEPER,
        [("EXCEEDS_OWN_ACCESS", ("roles", 0), "SMALL", None)],
    ),
]


@pytest.mark.parametrize(
    ("command", "actor", "expected"), [each[1:] for each in NEW], ids=[each[0] for each in NEW]
)
def test_a_credential_may_be_made(command: CreateApiKey, actor: Actor, expected: list[Seen]) -> None:
    assert seen(violations_of_new_credential(command, known("READER"), actor)) == expected


@pytest.mark.parametrize(("name", "ids"), [("till", ("crd_1",)), ("operator", ())])
def test_a_name_that_is_taken_is_told_with_the_credential_that_has_it(
    name: str, ids: tuple[str, ...]
) -> None:
    [found] = violations_of_new_credential(new(name=name), known("READER"), OPERATOR)
    assert found.ids == ids


REVOKED: dict[str, Any] = {"revoked_at": PAST, "revoked_by": "ada"}
REPLACING = ReplaceCredentialSecret(credential_id="crd_1")
HOLDER = replace(KEEPER, credential_id="crd_1")

SECRETS: list[tuple[str, ReplaceCredentialSecret, Facts, Actor, list[Seen]]] = [
    ("no more than the caller may", REPLACING, known("READ_ONLY"), KEEPER, []),
    (
        "more than the caller may",
        REPLACING,
        known("READ_ONLY", "TAX_ADMIN"),
        KEEPER,
        [("EXCEEDS_OWN_ACCESS", ("credential_id",), "till", None)],
    ),
    (
        "good elsewhere, by a narrowed token of its own",
        REPLACING,
        known("READER", granted_elsewhere=True),
        replace(HOLDER, is_narrowed=True),
        [("EXCEEDS_OWN_ACCESS", ("credential_id",), "till", ELSEWHERE)],
    ),
    (
        "good elsewhere",
        REPLACING,
        known("READER", granted_elsewhere=True),
        ADMIN,
        [("EXCEEDS_OWN_ACCESS", ("credential_id",), "till", ELSEWHERE)],
    ),
    (
        "good everywhere",
        REPLACING,
        known("READER", every_entity=True),
        ADMIN,
        [("EXCEEDS_OWN_ACCESS", ("credential_id",), "till", ELSEWHERE)],
    ),
    ("good elsewhere, by who shows it", REPLACING, known("READER", granted_elsewhere=True), HOLDER, []),
    ("good everywhere, by who shows it", REPLACING, known("READER", every_entity=True), HOLDER, []),
    ("good everywhere, by the operator", REPLACING, known("BILLING_ADMIN", every_entity=True), OPERATOR, []),
    (
        "revoked",
        REPLACING,
        known("READER", **REVOKED),
        ADMIN,
        [("INVALID_STATUS", ("credential_id",), "REVOKED", None)],
    ),
    (
        "expired",
        REPLACING,
        known("READER", expires_at=PAST),
        ADMIN,
        [("INVALID_STATUS", ("expires_at",), PAST.isoformat(), None)],
    ),
    (
        "expired this instant",
        REPLACING,
        known("READER", expires_at=NOW),
        ADMIN,
        [("INVALID_STATUS", ("expires_at",), NOW.isoformat(), None)],
    ),
    (
        "expired, with another end",
        replace(REPLACING, expires_at=FUTURE),
        known("READER", expires_at=PAST),
        ADMIN,
        [],
    ),
    (
        "with an end that is over",
        replace(REPLACING, expires_at=PAST),
        known("READER"),
        ADMIN,
        [("INVALID_DATE", ("expires_at",), PAST.isoformat(), f"after {NOW.isoformat()}")],
    ),
    (
        "of another entity",
        REPLACING,
        foreign("READER"),
        ADMIN,
        [("NOT_FOUND", ("credential_id",), "crd_1", None)],
    ),
]


@pytest.mark.parametrize(
    ("command", "given", "actor", "expected"),
    [each[1:] for each in SECRETS],
    ids=[each[0] for each in SECRETS],
)
def test_a_secret_may_be_replaced(
    command: ReplaceCredentialSecret, given: Facts, actor: Actor, expected: list[Seen]
) -> None:
    assert seen(violations_of_secret(command, given, actor)) == expected


def giving(*roles: str, **said: Any) -> UpdateCredentialRoles:
    return UpdateCredentialRoles(**{"credential_id": "crd_1", "roles": list(roles), **said})


GIVEN: list[tuple[str, UpdateCredentialRoles, Facts, Actor, list[Seen]]] = [
    ("what the caller has", giving("READ_ONLY"), known(), KEEPER, []),
    ("to a credential of another entity", giving("READ_ONLY"), foreign(), KEEPER, []),
    ("nothing any more", giving(), known("BILLING_ADMIN"), KEEPER, []),
    ("what it had before", giving("BILLING_ADMIN", "READER"), known("BILLING_ADMIN"), KEEPER, []),
    ("part of what it had", giving("TAX_ADMIN"), known("BILLING_ADMIN"), KEEPER, []),
    ("a role that was retired since", giving("OLD", "READER"), known("OLD"), KEEPER, []),
    (
        "more than the caller has",
        giving("READER", "TAX_ADMIN"),
        known("READER"),
        KEEPER,
        [("EXCEEDS_OWN_ACCESS", ("roles", 1), "TAX_ADMIN", None)],
    ),
    (
        "a higher limit than both have",
        giving("LARGE"),
        known("SMALL"),
        CLERK,
        [("EXCEEDS_OWN_ACCESS", ("roles", 0), "LARGE", None)],
    ),
    (
        "to a stale version",
        giving("READER", expected_version=2),
        known(),
        ADMIN,
        [("VERSION_CONFLICT", ("expected_version",), "2", "3")],
    ),
    (
        "to a revoked one",
        giving("READER"),
        known(**REVOKED),
        ADMIN,
        [("INVALID_STATUS", ("credential_id",), "REVOKED", None)],
    ),
    (
        "to one that is good everywhere",
        giving(),
        known("READER", every_entity=True),
        ADMIN,
        [("EXCEEDS_OWN_ACCESS", ("credential_id",), "till", ELSEWHERE)],
    ),
    ("to one that is good everywhere, by the operator", giving(), known(every_entity=True), OPERATOR, []),
    (
        "to one that is not here",
        giving("READER"),
        facts(*ROLES),
        ADMIN,
        [("NOT_FOUND", ("credential_id",), "crd_1", None)],
    ),
]


@pytest.mark.parametrize(
    ("command", "given", "actor", "expected"), [each[1:] for each in GIVEN], ids=[each[0] for each in GIVEN]
)
def test_roles_may_be_given(
    command: UpdateCredentialRoles, given: Facts, actor: Actor, expected: list[Seen]
) -> None:
    assert seen(violations_of_credential_roles(command, given, actor)) == expected


REVOKING: list[tuple[str, Facts, Actor, list[Seen]]] = [
    ("one that may do more", known("BILLING_ADMIN"), KEEPER, []),
    ("the caller's own", known("READER"), HOLDER, []),
    ("one that has expired", known("READER", expires_at=PAST), KEEPER, []),
    ("one of another entity", foreign("READER"), KEEPER, []),
    (
        "one of another entity without roles",
        foreign(),
        KEEPER,
        [("INVALID_STATUS", ("credential_id",), "REVOKED", None)],
    ),
    (
        "a revoked one",
        known("READER", **REVOKED),
        KEEPER,
        [("INVALID_STATUS", ("credential_id",), "REVOKED", None)],
    ),
    (
        "one that is good everywhere",
        known("READER", every_entity=True),
        ADMIN,
        [("EXCEEDS_OWN_ACCESS", ("credential_id",), "till", ELSEWHERE)],
    ),
    ("one that is good everywhere, by the operator", known("READER", every_entity=True), OPERATOR, []),
    ("one that is not here", facts(), ADMIN, [("NOT_FOUND", ("credential_id",), "crd_1", None)]),
]


@pytest.mark.parametrize(
    ("given", "actor", "expected"), [each[1:] for each in REVOKING], ids=[each[0] for each in REVOKING]
)
def test_a_credential_may_be_revoked(given: Facts, actor: Actor, expected: list[Seen]) -> None:
    command = RevokeCredential(credential_id="crd_1")
    assert seen(violations_of_revoking(command, given, actor)) == expected
