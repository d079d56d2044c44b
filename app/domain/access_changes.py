"""What credentials, their roles in an entity, and the entity's own roles become by a command, and its history."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from app.domain.access import AccessChange, Allowed, Credential, Grant, Role, allowed, allowed_by
from app.domain.actor import Actor
from app.domain.commands import NewCredential, ReplaceCredentialSecret, RoleEntry
from app.domain.entity_data import said_of
from app.domain.facts import Worksheet
from app.domain.money import minor_digits, to_minor
from app.domain.record import Metadata
from app.domain.vocabulary import AccessAction, CredentialKind


def giving(actor: Actor, credential: Credential | None, grant: Grant | None, own: list[Role]) -> Actor:
    """The actor with no more than his own credential allows at this moment: a gate may remember for seconds what it
    allowed before. Without a grant here it is good in every entity, or none of those that are kept.
    """
    if grant is None:
        return actor
    is_revoked = credential is not None and credential.revoked_at is not None
    may = Allowed() if is_revoked else allowed(grant.roles, {each.code: each for each in own})
    return replace(
        actor,
        permissions=actor.permissions & may.permissions,
        approval_limits=may.approval_limits,
        approving_limits=may.approving_limits,
    )


def create_credential(
    sheet: Worksheet, command: NewCredential, kind: CredentialKind, secret_hash: str, entity_id: int
) -> tuple[Credential, Grant]:
    """The credential, and its roles in the entity that it belongs to."""
    credential = sheet.add(
        Credential(
            id=sheet.stamp.new_id(Credential),
            kind=kind,
            name=command.name,
            description=command.description,
            secret_hash=secret_hash,
            expires_at=command.expires_at,
            **_made_by(sheet),
        )
    )
    said = {
        "name": credential.name,
        "kind": credential.kind,
        "description": credential.description,
        "expires_at": _shown(credential.expires_at),
        "roles": command.roles,
    }
    _note(sheet, credential.id, AccessAction.CREATED, None, said)
    return credential, _new_grant(sheet, credential.id, credential.name, entity_id, command.roles)


def replace_secret(
    sheet: Worksheet, command: ReplaceCredentialSecret, credential: Credential, secret_hash: str
) -> Credential:
    """The credential with another secret, and another end where one is given."""
    after = sheet.change(
        credential, secret_hash=secret_hash, expires_at=command.expires_at or credential.expires_at
    )
    before_and_after = [
        {"name": each.name, "expires_at": _shown(each.expires_at)} for each in (credential, after)
    ]
    _note(sheet, credential.id, AccessAction.SECRET_REPLACED, *before_and_after)
    return after


def put_grant(sheet: Worksheet, grant: Grant, roles: list[str]) -> Grant:
    """The grant with these roles; the same roles again are no change."""
    if grant.roles == roles:
        return grant
    after = sheet.change(grant, roles=roles)
    said = [{"name": each.name, "roles": each.roles} for each in (grant, after)]
    _note(sheet, grant.credential_id, AccessAction.GRANTED, *said)
    return after


def let_in(sheet: Worksheet, credential_id: str, name: str, home_entity_id: int, roles: list[str]) -> Grant:
    """A new grant for a credential of another entity."""
    _note(sheet, credential_id, AccessAction.GRANTED, None, {"name": name, "roles": roles})
    return _new_grant(sheet, credential_id, name, home_entity_id, roles)


def share(sheet: Worksheet, credential: Credential, *, everywhere: bool) -> Credential:
    """The credential is good in other entities too: where it has been let in, or everywhere."""
    after = sheet.change_if_different(
        credential,
        every_entity=credential.every_entity or everywhere,
        granted_elsewhere=credential.granted_elsewhere or not everywhere,
    )
    if after is not credential:
        said = [
            {
                "name": each.name,
                "every_entity": each.every_entity,
                "granted_elsewhere": each.granted_elsewhere,
            }
            for each in (credential, after)
        ]
        _note(sheet, credential.id, AccessAction.GRANTED, *said)
    return after


def revoke(sheet: Worksheet, credential: Credential) -> Credential:
    """Good for nothing, anywhere, for good."""
    after = sheet.change(credential, revoked_at=sheet.moment(credential), revoked_by=sheet.stamp.actor)
    _note(
        sheet,
        credential.id,
        AccessAction.REVOKED,
        {"name": credential.name},
        {"name": after.name, "revoked_at": _shown(after.revoked_at)},
    )
    return after


def send_away(sheet: Worksheet, grant: Grant) -> Grant:
    """A credential of another entity has no roles here any more."""
    after = sheet.change(grant, roles=[])
    said = [{"name": each.name, "roles": each.roles} for each in (grant, after)]
    _note(sheet, grant.credential_id, AccessAction.REVOKED, *said)
    return after


def put_roles(sheet: Worksheet, entries: list[RoleEntry]) -> list[str]:
    """Ids in input order."""
    known = {each.code: each for each in sheet.every(Role)}
    ids = []
    for entry in entries:
        said, before = said_of_role(entry), known.get(entry.code)
        if before is None:
            made = sheet.add(_new_role(sheet, said))
            _note(sheet, made.id, AccessAction.CREATED, None, _content(made))
        else:
            made = sheet.change_if_different(before, **said)
            if made is not before:
                _note(sheet, made.id, AccessAction.CHANGED, _content(before), _content(made))
        ids.append(made.id)
    return ids


def said_of_role(entry: RoleEntry) -> dict[str, Any]:
    """The fields of a role that the entry gives. Raises what reading an amount raises: the rules come first."""
    said = said_of(entry, "unlimited")
    if entry.permissions is not None:
        said["permissions"] = sorted(entry.permissions)
    if entry.unlimited:
        said["approval_limits"] = None
    elif entry.approval_limits is not None:
        said["approval_limits"] = {
            each.currency: to_minor(each.amount, minor_digits(each.currency))
            for each in entry.approval_limits
        }
    return said


def allowed_after(entry: RoleEntry, known: Role | None) -> Allowed:
    """What the role allows as the entry leaves it."""
    said = said_of_role(entry)
    if known is not None:
        return allowed_by(replace(known, **said))
    if not said.get("active", True):
        return Allowed()
    permissions, limits = frozenset(said.get("permissions", ())), said.get("approval_limits")
    return Allowed(permissions=permissions, approval_limits=limits, approving_limits=limits)


def _new_role(sheet: Worksheet, said: dict[str, Any]) -> Role:
    begun = {"id": sheet.stamp.new_id(Role), "label": said["code"], "permissions": []}
    return Role(**{**begun, **said, **_made_by(sheet)})


def _content(role: Role) -> Metadata:
    return {
        "code": role.code,
        "label": role.label,
        "permissions": role.permissions,
        "approval_limits": role.approval_limits,
        "active": role.active,
    }


def _new_grant(
    sheet: Worksheet, credential_id: str, name: str, home_entity_id: int, roles: list[str]
) -> Grant:
    return sheet.add(
        Grant(
            id=sheet.stamp.new_id(Grant),
            credential_id=credential_id,
            name=name,
            home_entity_id=home_entity_id,
            roles=roles,
            **_made_by(sheet),
        )
    )


def _note(
    sheet: Worksheet,
    subject_id: str,
    action: AccessAction,
    before: Metadata | None,
    after: Metadata | None,
) -> None:
    sheet.add(
        AccessChange(
            id=sheet.stamp.new_id(AccessChange),
            subject_id=subject_id,
            action=action,
            before=before,
            after=after,
            log_id=sheet.stamp.log_id,
            recorded_at=sheet.stamp.now,
            recorded_by=sheet.stamp.actor,
        )
    )


def _made_by(sheet: Worksheet) -> dict[str, Any]:
    now, actor = sheet.stamp.now, sheet.stamp.actor
    return {"created_at": now, "created_by": actor, "updated_at": now, "updated_by": actor}


def _shown(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
