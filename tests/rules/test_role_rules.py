"""When an entity's own roles may be made and changed, and what several roles allow together."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.access import BUILT_IN_ROLES, PERMISSIONS, Role, allowed, makes_final
from app.domain.access_changes import put_roles
from app.domain.actor import Actor
from app.domain.commands import ApprovalLimitEntry, RoleEntry, UpsertRoles
from app.domain.facts import Worksheet
from app.validation.roles import violations_of_upsert_roles
from tests.rules.facts import Seen, facts, seen
from tests.rules.test_access_rules import ADMIN, CLERK, KEEPER, ROLES, role

POST, APPROVE = "credit_memos:post", "credit_memos:approve"
APPROVER = replace(ADMIN, permissions=frozenset({"access:write", APPROVE}), approving_limits={"USD": 100_000})
CODE = ("roles", 0, "code")


def entry(code: str = "DESK", **said: Any) -> RoleEntry:
    return RoleEntry(code=code, **said)


def limit(amount: str, currency: str = "USD") -> ApprovalLimitEntry:
    return ApprovalLimitEntry(currency=currency, amount=Decimal(amount))


ONE: list[tuple[str, RoleEntry, Actor, list[Any]]] = [
    ("nothing but a code", entry(), KEEPER, []),
    ("what the caller has", entry(permissions=["books:read"]), KEEPER, []),
    *(
        (f"the code {code!r}", entry(code), ADMIN, [("INVALID_TEXT", CODE, code, None)])
        for code in ("", "desk", "1A", "A B", "Ä", "A" * 64)
    ),
    *(
        (f"the code {code}", entry(code), ADMIN, [("NAME_TAKEN", CODE, code, None)])
        for code in BUILT_IN_ROLES
    ),
    (
        "a permission that there is not",
        entry(permissions=["books:read", "books:burn"]),
        ADMIN,
        [("INVALID_TEXT", ("roles", 0, "permissions", 1), "books:burn", None)],
    ),
    (
        "a permission twice",
        entry(permissions=["books:read", "books:read"]),
        ADMIN,
        [("DUPLICATE_TARGET", ("roles", 0, "permissions", 1), "books:read", None)],
    ),
    (
        "limits and none",
        entry(approval_limits=[limit("1.00")], unlimited=True),
        ADMIN,
        [("INVALID_AMOUNT", ("roles", 0, "unlimited"), None, None)],
    ),
    (
        "a limit twice",
        entry(approval_limits=[limit("1.00"), limit("2.00")]),
        ADMIN,
        [("DUPLICATE_TARGET", ("roles", 0, "approval_limits", 1, "currency"), "USD", None)],
    ),
    (
        "a limit in no currency",
        entry(approval_limits=[limit("1.00", "ABC")]),
        ADMIN,
        [("UNKNOWN_CURRENCY", ("roles", 0, "approval_limits", 0, "currency"), "ABC", None)],
    ),
    (
        "a limit of too many decimals",
        entry(approval_limits=[limit("1.001")]),
        ADMIN,
        [("TOO_MANY_DECIMALS", ("roles", 0, "approval_limits", 0, "amount"), "1.001", "2")],
    ),
    (
        "a limit below 0",
        entry(approval_limits=[limit("-0.01")]),
        ADMIN,
        [("INVALID_AMOUNT", ("roles", 0, "approval_limits", 0, "amount"), "-0.01", None)],
    ),
    (
        "a permission that the caller has not",
        entry(permissions=["books:read", "taxes:write"]),
        KEEPER,
        [("EXCEEDS_OWN_ACCESS", ("roles", 0), "DESK", None)],
    ),
    ("the caller's own limit", entry(permissions=[POST], approval_limits=[limit("1000.00")]), CLERK, []),
    ("limits of 0", entry(permissions=[POST], approval_limits=[]), CLERK, []),
    (
        "a limit above the caller's",
        entry(permissions=[POST], approval_limits=[limit("1000.01")]),
        CLERK,
        [("EXCEEDS_OWN_ACCESS", ("roles", 0), "DESK", None)],
    ),
    (
        "converting without a limit from one who has one",
        entry(permissions=["invoices:convert"]),
        replace(CLERK, permissions=CLERK.permissions | {"invoices:convert"}),
        [("EXCEEDS_OWN_ACCESS", ("roles", 0), "DESK", None)],
    ),
    (
        "no limit from one who has one",
        entry(permissions=[POST]),
        CLERK,
        [("EXCEEDS_OWN_ACCESS", ("roles", 0), "DESK", None)],
    ),
    (
        "a limit taken away by one who has one",
        entry("SMALL", unlimited=True),
        CLERK,
        [("EXCEEDS_OWN_ACCESS", ("roles", 0), "SMALL", None)],
    ),
    (
        "the caller's own limit of approving",
        entry(permissions=[APPROVE], approval_limits=[limit("1000.00")]),
        APPROVER,
        [],
    ),
    (
        "a limit above the caller's limit of approving",
        entry(permissions=[APPROVE], approval_limits=[limit("1000.01")]),
        APPROVER,
        [("EXCEEDS_OWN_ACCESS", ("roles", 0), "DESK", None)],
    ),
    (
        "approving without a limit from one who has one",
        entry(permissions=[APPROVE]),
        APPROVER,
        [("EXCEEDS_OWN_ACCESS", ("roles", 0), "DESK", None)],
    ),
    ("a limit that was as high before", entry("LARGE", label="Large"), CLERK, []),
    ("a permission taken away that the caller has not", entry("SMALL", permissions=[]), KEEPER, []),
    (
        "a role made active that allows what the caller has not",
        entry("ASLEEP", active=True),
        KEEPER,
        [("EXCEEDS_OWN_ACCESS", ("roles", 0), "ASLEEP", None)],
    ),
    ("an inactive role that would allow more", entry(permissions=[POST], active=False), KEEPER, []),
]


@pytest.mark.parametrize(
    ("given", "actor", "expected"), [each[1:] for each in ONE], ids=[each[0] for each in ONE]
)
def test_a_role_may_be_put(given: RoleEntry, actor: Actor, expected: list[Seen]) -> None:
    known = facts(*ROLES, role("ASLEEP", "taxes:write", active=False))
    assert seen(violations_of_upsert_roles(UpsertRoles(roles=[given]), known, actor)) == expected


def test_a_call_names_roles_and_each_once() -> None:
    assert seen(violations_of_upsert_roles(UpsertRoles(roles=[]), facts(), ADMIN)) == [
        ("NO_LINES", ("roles",), None, None)
    ]
    twice = UpsertRoles(roles=[entry(), entry()])
    assert seen(violations_of_upsert_roles(twice, facts(), ADMIN)) == [
        ("DUPLICATE_TARGET", ("roles", 1, "code"), "DESK", None)
    ]


def test_what_is_absent_stays_and_what_is_said_again_is_no_change() -> None:
    sheet = Worksheet(facts(*ROLES))
    put_roles(sheet, [entry("SMALL", label="Small"), entry("LARGE", permissions=[POST]), entry("NEW")])
    changes = sheet.changes()
    [(before, after)] = changes.changed
    assert isinstance(before, Role)
    assert isinstance(after, Role)
    assert after == replace(before, label="Small", version=2, updated_at=after.updated_at, updated_by="ada")
    assert {type(each).__name__ for each in changes.new} == {"AccessChange", "Role"}


KNOWN = {
    each.code: each
    for each in (
        *ROLES,
        role("NOTHING_IN_EUROS", POST, approval_limits={"EUR": 0}),
        role("APPROVER", APPROVE, approval_limits={"USD": 500}),
        role("BIG_APPROVER", APPROVE, approval_limits={"USD": 700}),
        role("APPROVER_OF_ALL", APPROVE),
    )
}


@pytest.mark.parametrize(
    ("roles", "limits"),
    [
        (["SMALL"], {"USD": 100_000}),
        (["SMALL", "LARGE"], {"USD": 100_001}),
        (["SMALL", "OTHER_CURRENCY"], {"USD": 100_000, "EUR": 1}),
        (["SMALL", "NOTHING_IN_EUROS"], {"USD": 100_000, "EUR": 0}),
        (["SMALL", "NO_LIMIT"], None),
        (["SMALL", "READER"], {"USD": 100_000}),
        (["SMALL", "CREDIT_MEMO_OPERATIONS"], None),
        (["SMALL", "NONE"], {"USD": 100_000}),
    ],
)
def test_of_several_roles_the_most_generous_limit_counts(
    roles: list[str], limits: dict[str, int] | None
) -> None:
    assert allowed(roles, KNOWN).approval_limits == limits


@pytest.mark.parametrize(
    ("roles", "limits"),
    [
        (["APPROVER"], {"USD": 500}),
        (["APPROVER", "BIG_APPROVER"], {"USD": 700}),
        (["APPROVER", "SMALL"], {"USD": 500}),
        (["APPROVER", "APPROVER_OF_ALL"], None),
    ],
)
def test_who_approves_has_the_most_generous_limit_of_the_roles_that_approve(
    roles: list[str], limits: dict[str, int] | None
) -> None:
    assert allowed(roles, KNOWN).approving_limits == limits


@pytest.mark.parametrize(
    ("permissions", "expected"),
    [
        ({POST}, True),
        ({"invoices:convert"}, True),
        ({"invoices:post", "books:read"}, True),
        ({APPROVE, "books:read"}, False),
        (set(), False),
    ],
)
def test_memos_are_posted_alone_by_who_posts_them_and_by_who_converts(
    permissions: set[str], expected: bool
) -> None:
    assert makes_final(permissions) is expected


def test_an_inactive_role_and_one_that_is_not_allow_nothing() -> None:
    assert allowed(["OLD", "NONE"], KNOWN).permissions == frozenset()
    assert allowed(["OLD", "READER"], KNOWN).permissions == {"books:read"}


def test_an_own_role_never_stands_for_a_built_in_one() -> None:
    false = role("READ_ONLY", *PERMISSIONS)
    assert allowed(["READ_ONLY"], {"READ_ONLY": false}).permissions == {"books:read", "books:audit"}
