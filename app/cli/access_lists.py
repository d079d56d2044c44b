"""access list, roles, log: who may do what, and how that came about."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.access import Entity
from app.cli.awaiting import awaited
from app.cli.operating import opened

if TYPE_CHECKING:
    from app.repository.access_reads import Holder


def list_credentials(entity: Entity) -> None:
    """Who has, or had, roles in an entity: a line each of id, name, kind, state, roles, last use."""
    from app.repository.access_reads import holders

    async def run() -> None:
        async with opened(entity) as (database, there), database.snapshot(there.id) as snapshot:
            for each in await holders(snapshot):
                print("\t".join(_line(each, datetime.now(UTC))))

    awaited(run())


def roles(entity: Entity) -> None:
    """Every role of an entity, built in and its own: a line each of code, label, limits, permissions."""
    from app.domain.access import BUILT_IN_ROLES
    from app.repository.access_reads import own_roles_by_code

    async def run() -> None:
        async with opened(entity) as (database, there), database.snapshot(there.id) as snapshot:
            for code, each in BUILT_IN_ROLES.items():
                print("\t".join((code, each.label, "no limit", " ".join(sorted(each.permissions)))))
            for role in await own_roles_by_code(snapshot):
                label = role.label if role.active else f"{role.label} (inactive)"
                limits = _limits(role.approval_limits)
                print("\t".join((role.code, label, limits, " ".join(role.permissions))))

    awaited(run())


def log(
    entity: Entity, limit: Annotated[int, typer.Option(metavar="NUMBER", min=1, max=10_000)] = 100
) -> None:
    """What was done to credentials and roles, newest first: a JSON object a line. Never a secret."""
    from app.repository.access_reads import newest_access_changes

    async def run() -> None:
        async with opened(entity) as (database, there), database.snapshot(there.id) as snapshot:
            for each in await newest_access_changes(snapshot, limit):
                shown = {
                    "at": each.recorded_at.isoformat(),
                    "by": each.recorded_by,
                    "action": each.action,
                    "subject": each.subject_id,
                    "before": each.before,
                    "after": each.after,
                }
                print(json.dumps(shown, ensure_ascii=False))

    awaited(run())


def _line(holder: "Holder", now: datetime) -> tuple[str, ...]:
    grant, credential = holder.grant, holder.credential
    roles = " ".join(grant.roles) or "no roles"
    if credential is None:
        return grant.credential_id, grant.name, "of another entity", "", roles, ""
    state = "good"
    if credential.revoked_at is not None:
        state = f"revoked {credential.revoked_at:%Y-%m-%d}"
    elif credential.expires_at is not None:
        word = "expired" if credential.expires_at <= now else "good until"
        state = f"{word} {credential.expires_at:%Y-%m-%d}"
    if credential.every_entity:
        roles = f"{roles} (in every entity)"
    used = f"{credential.last_used_at:%Y-%m-%d %H:%M}" if credential.last_used_at else "never used"
    return credential.id, credential.name, credential.kind, state, roles, used


def _limits(limits: dict[str, int] | None) -> str:
    from app.domain.money import amount_text

    if limits is None:
        return "no limit"
    shown = [f"{amount_text(minor, currency)} {currency}" for currency, minor in sorted(limits.items())]
    return f"up to {', '.join(shown)}" if shown else "nothing without approval"
