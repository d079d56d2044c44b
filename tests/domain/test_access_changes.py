"""What the history of credentials, their roles, and an entity's roles says: each change, before and after."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.access import AccessChange, Credential, Grant
from app.domain.access_changes import (
    create_credential,
    giving,
    let_in,
    put_grant,
    put_roles,
    replace_secret,
    revoke,
    send_away,
    share,
)
from app.domain.commands import ApprovalLimitEntry, CreateApiKey, ReplaceCredentialSecret, RoleEntry
from app.domain.facts import Worksheet
from app.domain.vocabulary import AccessAction, CredentialKind
from tests.rules.facts import NOW
from tests.rules.test_access_rules import ADMIN, FUTURE, known, role

CREATED, CHANGED, GRANTED, REVOKED = (
    AccessAction.CREATED,
    AccessAction.CHANGED,
    AccessAction.GRANTED,
    AccessAction.REVOKED,
)
END = FUTURE.isoformat()
ALONE = {"name": "till", "every_entity": False, "granted_elsewhere": False}
DESK: dict[str, Any] = {
    "code": "DESK",
    "label": "DESK",
    "permissions": [],
    "approval_limits": None,
    "active": True,
}
LIMITED = {
    **DESK,
    "label": "Desk",
    "permissions": ["books:read"],
    "approval_limits": {"USD": 1250, "JPY": 30},
}


def the_key(sheet: Worksheet) -> Credential:
    return sheet.get(Credential, "crd_1")


def the_grant(sheet: Worksheet) -> Grant:
    return sheet.get(Grant, "grn_1")


def create(sheet: Worksheet) -> None:
    command = CreateApiKey(name="desk", roles=["READER"], expires_at=FUTURE)
    create_credential(sheet, command, CredentialKind.API_KEY, "1", 1)


def another_secret(**said: Any) -> Callable[[Worksheet], object]:
    command = ReplaceCredentialSecret(credential_id="crd_1", **said)
    return lambda sheet: replace_secret(sheet, command, the_key(sheet), "1")


def put(**said: Any) -> Callable[[Worksheet], object]:
    return lambda sheet: put_roles(sheet, [RoleEntry(**said)])


LIMITS = [
    ApprovalLimitEntry(currency=currency, amount=Decimal(amount))
    for currency, amount in (("USD", "12.50"), ("JPY", "30"))
]

HISTORY: list[tuple[str, Callable[[Worksheet], object], AccessAction, Any, Any]] = [
    (
        "a credential made",
        create,
        CREATED,
        None,
        {"name": "desk", "kind": "API_KEY", "description": None, "expires_at": END, "roles": ["READER"]},
    ),
    (
        "another secret",
        another_secret(),
        AccessAction.SECRET_REPLACED,
        {"name": "till", "expires_at": None},
        {"name": "till", "expires_at": None},
    ),
    (
        "another secret with an end",
        another_secret(expires_at=FUTURE),
        AccessAction.SECRET_REPLACED,
        {"name": "till", "expires_at": None},
        {"name": "till", "expires_at": END},
    ),
    (
        "other roles",
        lambda sheet: put_grant(sheet, the_grant(sheet), ["TAX_ADMIN"]),
        GRANTED,
        {"name": "till", "roles": ["READER"]},
        {"name": "till", "roles": ["TAX_ADMIN"]},
    ),
    (
        "let in",
        lambda sheet: let_in(sheet, "crd_2", "two:till", 2, ["READER"]),
        GRANTED,
        None,
        {"name": "two:till", "roles": ["READER"]},
    ),
    (
        "good where it has been let in",
        lambda sheet: share(sheet, the_key(sheet), everywhere=False),
        GRANTED,
        ALONE,
        {**ALONE, "granted_elsewhere": True},
    ),
    (
        "good everywhere",
        lambda sheet: share(sheet, the_key(sheet), everywhere=True),
        GRANTED,
        ALONE,
        {**ALONE, "every_entity": True},
    ),
    (
        "revoked",
        lambda sheet: revoke(sheet, the_key(sheet)),
        REVOKED,
        {"name": "till"},
        {"name": "till", "revoked_at": NOW.isoformat()},
    ),
    (
        "sent away",
        lambda sheet: send_away(sheet, the_grant(sheet)),
        REVOKED,
        {"name": "till", "roles": ["READER"]},
        {"name": "till", "roles": []},
    ),
    ("a role of nothing but a code", put(code="NEW"), CREATED, None, {**DESK, "code": "NEW", "label": "NEW"}),
    (
        "a role with limits",
        put(code="DESK", label="Desk", permissions=["books:read"], approval_limits=LIMITS),
        CHANGED,
        DESK,
        LIMITED,
    ),
    (
        "a role without limits again",
        put(code="TILL", unlimited=True, active=False),
        CHANGED,
        {**LIMITED, "code": "TILL"},
        {**LIMITED, "code": "TILL", "approval_limits": None, "active": False},
    ),
]


@pytest.mark.parametrize(
    ("done", "action", "before", "after"), [each[1:] for each in HISTORY], ids=[each[0] for each in HISTORY]
)
def test_the_history_says_what_was_and_what_is(
    done: Callable[[Worksheet], object], action: AccessAction, before: Any, after: Any
) -> None:
    sheet = Worksheet(
        known("READER").with_records(
            [
                role("DESK"),
                role("TILL", "books:read", label="Desk", approval_limits=LIMITED["approval_limits"]),
            ]
        )
    )
    done(sheet)
    [change] = sheet.every(AccessChange)
    assert (change.action, change.before, change.after) == (action, before, after)
    assert (change.recorded_at, change.recorded_by, change.log_id) == (NOW, "ada", "log_1")


def test_a_credential_that_is_shared_already_is_not_changed_by_that() -> None:
    for everywhere in (False, True):
        sheet = Worksheet(known("READER", every_entity=everywhere, granted_elsewhere=not everywhere))
        assert share(sheet, the_key(sheet), everywhere=everywhere).version == 1
        assert sheet.every(AccessChange) == []


def test_what_a_credential_is_good_for_stays_when_more_is_added() -> None:
    for first in (False, True):
        sheet = Worksheet(known("READER"))
        for everywhere in (first, not first):
            share(sheet, the_key(sheet), everywhere=everywhere)
        assert (the_key(sheet).every_entity, the_key(sheet).granted_elsewhere) == (True, True)


@pytest.mark.parametrize(
    ("end", "asked", "expected"),
    [(None, None, None), (None, FUTURE, FUTURE), (FUTURE, None, FUTURE), (NOW, FUTURE, FUTURE)],
)
def test_another_secret_ends_when_it_says_and_else_when_the_last_one_did(
    end: Any, asked: Any, expected: Any
) -> None:
    sheet = Worksheet(known("READER", expires_at=end))
    another_secret(expires_at=asked)(sheet)
    assert (the_key(sheet).expires_at, the_key(sheet).secret_hash) == (expected, "1")


def test_a_credential_is_made_with_its_end() -> None:
    sheet = Worksheet(known("READER"))
    create(sheet)
    assert sheet.get(Credential, "crd_new").expires_at == FUTURE


def test_a_caller_gives_no_more_than_its_roles_allow_at_this_moment() -> None:
    """Of what is posted alone and of what is approved of others, too."""
    roles = [role("DESK", "credit_memos:post", "credit_memos:approve", approval_limits={"USD": 500})]
    sheet = known("DESK")
    [credential], [grant] = sheet.every(Credential), sheet.every(Grant)
    gives = giving(ADMIN, credential, grant, roles)
    assert gives.permissions == {"credit_memos:post", "credit_memos:approve"}
    assert (gives.approval_limits, gives.approving_limits) == ({"USD": 500}, {"USD": 500})
    assert giving(replace(ADMIN, permissions=frozenset()), credential, grant, roles).permissions == set()
    assert giving(ADMIN, replace(credential, revoked_at=NOW), grant, roles).permissions == set()
    assert giving(ADMIN, credential, None, roles) == ADMIN
