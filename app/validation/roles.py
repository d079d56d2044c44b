"""When the roles that an entity defines may be made and changed."""

import re

from app.domain.access import BUILT_IN_ROLES, PERMISSIONS, Role, allowed_by
from app.domain.access_changes import allowed_after
from app.domain.actor import Actor
from app.domain.commands import ApprovalLimitEntry, RoleEntry, UpsertRoles
from app.domain.currencies import MINOR_DIGITS
from app.domain.facts import Facts
from app.domain.violation import Path, Violation
from app.domain.vocabulary import ViolationCode
from app.validation.amounts import read_amount
from app.validation.documents import violations_of_currency, violations_of_no_lines
from app.validation.exceeding_access import access_of, exceeding
from app.validation.repeated import violations_of_twice

CODE = re.compile(r"[A-Z][A-Z0-9_]{0,62}")


def violations_of_upsert_roles(command: UpsertRoles, facts: Facts, actor: Actor) -> list[Violation]:
    """Each code once and none of a built-in role, permissions that there are, and no more than the actor has."""
    violations = violations_of_no_lines(command.roles, ("roles",))
    violations += violations_of_twice(
        (each.code, ("roles", place, "code")) for place, each in enumerate(command.roles)
    )
    known = {each.code: each for each in facts.every(Role)}
    for place, entry in enumerate(command.roles):
        path: Path = ("roles", place)
        wrong = _violations_of_entry(entry, path)
        violations += wrong or _violations_of_gain(entry, known.get(entry.code), path, actor)
    return violations


def _violations_of_entry(entry: RoleEntry, path: Path) -> list[Violation]:
    violations = _violations_of_code(entry.code, (*path, "code"))
    given = entry.permissions or []
    violations += violations_of_twice(
        (each, (*path, "permissions", place)) for place, each in enumerate(given)
    )
    for place, each in enumerate(given):
        if each not in PERMISSIONS:
            violations.append(
                Violation(
                    code=ViolationCode.INVALID_TEXT,
                    message="There is no such permission.",
                    path=(*path, "permissions", place),
                    asked=each,
                )
            )
    return violations + _violations_of_limits(entry, path)


def _violations_of_code(code: str, path: Path) -> list[Violation]:
    if not CODE.fullmatch(code):
        return [
            Violation(
                code=ViolationCode.INVALID_TEXT,
                message="A code has 1 to 63 capitals, digits and underscores, and begins with a capital.",
                path=path,
                asked=code,
            )
        ]
    if code in BUILT_IN_ROLES:
        return [
            Violation(
                code=ViolationCode.NAME_TAKEN,
                message="Every entity has a role of this code, and nobody can change it.",
                path=path,
                asked=code,
            )
        ]
    return []


def _violations_of_limits(entry: RoleEntry, path: Path) -> list[Violation]:
    limits = entry.approval_limits
    if limits is None:
        return []
    if entry.unlimited:
        return [
            Violation(
                code=ViolationCode.INVALID_AMOUNT,
                message="A role has limits, or it has none: give `approvalLimits` or `unlimited`, not both.",
                path=(*path, "unlimited"),
            )
        ]
    violations = violations_of_twice(
        (each.currency, (*path, "approval_limits", place, "currency")) for place, each in enumerate(limits)
    )
    for place, each in enumerate(limits):
        violations += _violations_of_limit(each, (*path, "approval_limits", place))
    return violations


def _violations_of_limit(entry: ApprovalLimitEntry, path: Path) -> list[Violation]:
    unknown = violations_of_currency(entry.currency, (*path, "currency"))
    if unknown:
        return unknown
    minor, violations = read_amount(entry.amount, MINOR_DIGITS[entry.currency], (*path, "amount"))
    if minor < 0:
        violations.append(
            Violation(
                code=ViolationCode.INVALID_AMOUNT,
                message="A limit is 0 or more.",
                path=(*path, "amount"),
                asked=format(entry.amount, "f"),
            )
        )
    return violations


def _violations_of_gain(entry: RoleEntry, known: Role | None, path: Path, actor: Actor) -> list[Violation]:
    beyond = exceeding(allowed_after(entry, known), access_of(actor), allowed_by(known))
    if not beyond:
        return []
    return [
        Violation(
            code=ViolationCode.EXCEEDS_OWN_ACCESS,
            message=f"The role would allow what you may not do: {', '.join(beyond)}.",
            path=path,
            asked=entry.code,
        )
    ]
