"""The entity and its settings."""

import datetime as dt
from typing import Any

import strawberry

from app.domain.vocabulary import AllocationRule, ApplicationLevel, TaxStrategy
from app.repository import reads


@strawberry.type(description="A reason for which credit is given (Zuora, Conga: reason code).")
class ReasonCode:
    code: str = strawberry.field(description="The code, as commands name it.")
    label: str = strawberry.field(description="For people.")
    active: bool = strawberry.field(description="New memos may have it.")
    allowed_for_direct: bool = strawberry.field(description="Direct credit memos may have it.")
    is_default: bool = strawberry.field(description="Memos that name none get it.")


@strawberry.type(
    description="The legal entity whose books these are (Zuora: entity; Salesforce: org), and its settings."
)
class Entity:
    code: str = strawberry.field(description="How callers name it.")
    name: str = strawberry.field(description="Its name.")
    application_level: ApplicationLevel = strawberry.field(description="What credit settles.")
    default_allocation: AllocationRule = strawberry.field(
        description="How lines are settled where a call names no rule."
    )
    default_tax_strategy: TaxStrategy = strawberry.field(description="Tax strategy where a call names none.")
    time_zone: str = strawberry.field(description="What today is (IANA name).")
    closed_through: dt.date | None = strawberry.field(
        description="Nothing may be dated on or before this day."
    )
    reason_codes: list[ReasonCode] = strawberry.field(description="Its reason codes, by code.")


async def entity_of(reader: Any) -> Entity:
    """The entity of the snapshot."""
    [row] = await reader.rows(reads.entity())
    codes = await reader.rows(reads.reason_codes())
    return Entity(
        code=row.code,
        name=row.name,
        application_level=row.application_level,
        default_allocation=row.default_allocation,
        default_tax_strategy=row.default_tax_strategy,
        time_zone=row.time_zone,
        closed_through=row.closed_through,
        reason_codes=[
            ReasonCode(
                code=each.code,
                label=each.label,
                active=each.active,
                allowed_for_direct=each.allowed_for_direct,
                is_default=each.is_default,
            )
            for each in codes
        ],
    )
