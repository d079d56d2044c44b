"""When credentials and roles may be made and changed: above all, nobody gives what he does not have."""

import re
from collections.abc import Iterable, Sequence

from app.domain.access import BUILT_IN_ROLES, Credential, Grant, Role, allowed, allowed_by
from app.domain.actor import Actor
from app.domain.commands import (
    NewCredential,
    ReplaceCredentialSecret,
    RevokeCredential,
    UpdateCredentialRoles,
)
from app.domain.facts import Facts
from app.domain.violation import Path, Violation
from app.domain.vocabulary import ViolationCode
from app.validation.documents import not_found, violations_of_no_lines, violations_of_version
from app.validation.exceeding_access import access_of, exceeding
from app.validation.repeated import violations_of_twice

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
KEPT_NAMES = frozenset({"operator", "developer", "sign-in", "sample", "import"})
"""Who acts for the service itself and for the terminal: a credential of that name would be taken for them."""


def violations_of_new_credential(command: NewCredential, facts: Facts, actor: Actor) -> list[Violation]:
    """A name that is free, an end that is still to come, roles that the actor can give."""
    violations = _violations_of_name(command.name, facts)
    violations += violations_of_no_lines(command.roles, ("roles",))
    violations += _violations_of_roles(command.roles, (), facts, actor)
    violations += _violations_of_end(command, facts)
    return violations


def violations_of_secret(command: ReplaceCredentialSecret, facts: Facts, actor: Actor) -> list[Violation]:
    """Who gets the new secret may do what the credential may, so it must be no more than he may already.

    Whoever shows the credential has its secret anyway. What it may do in other entities is not known in this one.
    """
    credential = facts.find(Credential, command.credential_id)
    if credential is None:
        return [not_found("credential of this entity", ("credential_id",), command.credential_id)]
    violations = _violations_of_revoked(credential) + _violations_of_end(command, facts)
    ends = command.expires_at or credential.expires_at
    if command.expires_at is None and ends is not None and ends <= facts.stamp.now:
        violations.append(
            Violation(
                code=ViolationCode.INVALID_STATUS,
                message="The credential has expired: with another secret it needs another end.",
                path=("expires_at",),
                asked=ends.isoformat(),
                ids=(credential.id,),
            )
        )
    if actor.credential_id == credential.id and not actor.is_narrowed:
        return violations
    if _is_good_elsewhere(credential) and not actor.is_operator:
        return [*violations, _not_here(credential)]
    [grant] = facts.every(Grant)
    beyond = exceeding(allowed(grant.roles, _own_roles(facts)), access_of(actor))
    return violations + _exceeds("The credential may do", beyond, ("credential_id",), credential.name)


def violations_of_credential_roles(
    command: UpdateCredentialRoles, facts: Facts, actor: Actor
) -> list[Violation]:
    """What the credential gains here the actor must have; of a credential that is good everywhere nothing changes."""
    grant = next(iter(facts.every(Grant)), None)
    if grant is None:
        return [not_found("credential with roles here", ("credential_id",), command.credential_id)]
    violations = violations_of_version(grant, command.expected_version, ("expected_version",))
    credential = facts.find(Credential, command.credential_id)
    if credential is not None:
        violations += _violations_of_revoked(credential) + _violations_of_everywhere(credential, actor)
    return violations + _violations_of_roles(command.roles, grant.roles, facts, actor)


def violations_of_revoking(command: RevokeCredential, facts: Facts, actor: Actor) -> list[Violation]:
    """Once, and a credential that is good everywhere by the operator alone."""
    credential = facts.find(Credential, command.credential_id)
    if credential is not None:
        return _violations_of_revoked(credential) + _violations_of_everywhere(credential, actor)
    grant = next(iter(facts.every(Grant)), None)
    if grant is None:
        return [not_found("credential with roles here", ("credential_id",), command.credential_id)]
    if grant.roles:
        return []
    return [_revoked(grant.credential_id, "The credential has no roles here.")]


def violations_of_shared_roles(roles: Sequence[str], facts: Facts, actor: Actor) -> list[Violation]:
    """The roles that the operator gives a credential of another entity here."""
    return _violations_of_roles(roles, (), facts, actor)


def _violations_of_name(name: str, facts: Facts) -> list[Violation]:
    if not NAME.fullmatch(name):
        return [
            Violation(
                code=ViolationCode.INVALID_TEXT,
                message="1 to 63 small letters, digits, dots, dashes and underscores, a letter or digit first.",
                path=("name",),
                asked=name,
            )
        ]
    taken = [each.id for each in facts.every(Credential) if each.name == name]
    if not taken and name not in KEPT_NAMES:
        return []
    return [
        Violation(
            code=ViolationCode.NAME_TAKEN,
            message="The name belongs to another credential, or to the service itself; it is never given again.",
            path=("name",),
            asked=name,
            ids=tuple(taken),
        )
    ]


def _violations_of_roles(
    roles: Sequence[str], before: Iterable[str], facts: Facts, actor: Actor
) -> list[Violation]:
    """Each once, one that there is, and beyond what the credential has already nothing that the actor has not."""
    own = _own_roles(facts)
    violations = violations_of_twice((code, ("roles", place)) for place, code in enumerate(roles))
    held, has = allowed(before, own), access_of(actor)
    for place, code in enumerate(roles):
        path: Path = ("roles", place)
        role = BUILT_IN_ROLES.get(code) or own.get(code)
        if role is None or (isinstance(role, Role) and not role.active and code not in before):
            violations.append(not_found("active role", path, code))
        elif code not in before:
            beyond = exceeding(allowed_by(role), has, held)
            violations += _exceeds("The role allows", beyond, path, code)
    return violations


def _violations_of_end(command: NewCredential | ReplaceCredentialSecret, facts: Facts) -> list[Violation]:
    if command.expires_at is None or command.expires_at > facts.stamp.now:
        return []
    return [
        Violation(
            code=ViolationCode.INVALID_DATE,
            message="A credential cannot have expired before it is used: the instant must lie ahead.",
            path=("expires_at",),
            asked=command.expires_at.isoformat(),
            allowed=f"after {facts.stamp.now.isoformat()}",
        )
    ]


def _violations_of_revoked(credential: Credential) -> list[Violation]:
    if credential.revoked_at is None:
        return []
    return [_revoked(credential.id, "The credential has been revoked, for good.")]


def _revoked(id: str, message: str) -> Violation:
    return Violation(
        code=ViolationCode.INVALID_STATUS,
        message=message,
        path=("credential_id",),
        asked="REVOKED",
        ids=(id,),
    )


def _violations_of_everywhere(credential: Credential, actor: Actor) -> list[Violation]:
    if not credential.every_entity or actor.is_operator:
        return []
    return [_not_here(credential)]


def _is_good_elsewhere(credential: Credential) -> bool:
    return credential.every_entity or credential.granted_elsewhere


def _not_here(credential: Credential) -> Violation:
    return Violation(
        code=ViolationCode.EXCEEDS_OWN_ACCESS,
        message="The credential is good in other entities too, of which nobody disposes in this one.",
        path=("credential_id",),
        asked=credential.name,
        allowed="the terminal of the service",
        ids=(credential.id,),
    )


def _exceeds(what: str, beyond: list[str], path: Path, asked: str) -> list[Violation]:
    if not beyond:
        return []
    return [
        Violation(
            code=ViolationCode.EXCEEDS_OWN_ACCESS,
            message=f"{what} what you may not do: {', '.join(beyond)}.",
            path=path,
            asked=asked,
        )
    ]


def _own_roles(facts: Facts) -> dict[str, Role]:
    return {each.code: each for each in facts.every(Role)}
