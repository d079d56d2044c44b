"""Roles, and what the caller may do by his."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import strawberry

from app.api.scalars import CurrencyCode, amount_answered
from app.domain.access import BUILT_IN_ROLES
from app.domain.actor import Actor
from app.repository import reads, tables


@strawberry.type(
    description="The largest total in a currency that may be posted without approval, and approved."
)
class ApprovalLimit:
    currency: CurrencyCode = strawberry.field(description="The currency.")
    amount: Decimal = strawberry.field(description="The largest total, tax included.")


@strawberry.type(description="A named set of permissions: built in, or defined by this entity.")
class Role:
    code: str = strawberry.field(description="The code, as commands name it.")
    label: str = strawberry.field(description="For people.")
    permissions: list[str] = strawberry.field(description="All that it allows.")
    approval_limits: list[ApprovalLimit] | None = strawberry.field(
        description="Its limits, by currency; in a currency without one everything needs approval. None: no limit."
    )
    active: bool = strawberry.field(description="Inactive it allows nothing.")
    built_in: bool = strawberry.field(description="Every entity has it, and nobody can change it.")


@strawberry.type(description="The entity that the caller acts in.")
class ViewerEntity:
    code: str = strawberry.field(description="How callers name it.")
    name: str = strawberry.field(description="Its name.")


@strawberry.type(description="Who asks, and what that caller may do in this entity.")
class Viewer:
    name: str = strawberry.field(description="What is written beside everything the caller does.")
    entity: ViewerEntity = strawberry.field(description="The entity that the caller acts in.")
    roles: list[str] = strawberry.field(description="Codes of the caller's roles here.")
    permissions: list[str] = strawberry.field(description="All that they allow.")
    approval_limits: list[ApprovalLimit] | None = strawberry.field(
        description="The largest totals that the caller posts without approval, and approves, by currency; in a"
        " currency without one everything needs approval. None: no limit."
    )


async def roles_of(reader: Any) -> list[Role]:
    """The built-in roles, then those of the entity by code."""
    built_in = [
        Role(
            code=code,
            label=role.label,
            permissions=sorted(role.permissions),
            approval_limits=None,
            active=True,
            built_in=True,
        )
        for code, role in BUILT_IN_ROLES.items()
    ]
    return built_in + [_own(row) for row in await _rows(reader)]


async def roles_by_ids(reader: Any, ids: list[str]) -> list[Role]:
    """Roles of the entity, in the order of the ids."""
    rows = {row.id: row for row in await _rows(reader)}
    return [_own(rows[id]) for id in ids]


async def viewer_of(reader: Any, actor: Actor) -> Viewer:
    """The actor, as he sees himself."""
    [entity] = await reader.rows(reads.entity())
    return Viewer(
        name=actor.name,
        entity=ViewerEntity(code=entity.code, name=entity.name),
        roles=list(actor.roles),
        permissions=sorted(actor.permissions),
        approval_limits=_limits(actor.approval_limits),
    )


async def _rows(reader: Any) -> list[Any]:
    found: list[Any] = await reader.rows(reads.all_of(tables.role, "code"))
    return found


def _own(row: Any) -> Role:
    return Role(
        code=row.code,
        label=row.label,
        permissions=row.permissions,
        approval_limits=_limits(row.approval_limits),
        active=row.active,
        built_in=False,
    )


def _limits(limits: Mapping[str, int] | None) -> list[ApprovalLimit] | None:
    if limits is None:
        return None
    return [
        ApprovalLimit(
            currency=currency,  # type: ignore[arg-type]
            amount=amount_answered(minor, currency),
        )
        for currency, minor in sorted(limits.items())
    ]
