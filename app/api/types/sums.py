"""Sums: applications by what seed 4 marks as groupable, and an account's balances per currency."""

from decimal import Decimal
from enum import Enum
from typing import Any

import strawberry

from app.api.declarations import DOCUMENTS
from app.api.filters import condition_of, given_by_name
from app.api.scalars import CurrencyCode, amount_answered
from app.domain.vocabulary import ApplicationType, HasBeenUnapplied
from app.repository import reads

GROUPS = 1000


@strawberry.enum(description="What the application history can be summed by.")
class GroupBy(Enum):
    CREDIT_MEMO = strawberry.enum_value("credit_memo_id", description="By memo.")
    INVOICE = strawberry.enum_value("invoice_id", description="By invoice.")
    TYPE = strawberry.enum_value("type", description="By type.")
    HAS_BEEN_UNAPPLIED = strawberry.enum_value(
        "has_been_unapplied", description="By whether it was taken back."
    )


@strawberry.type(description="A sum over rows of the application history that share what was grouped by.")
class ApplicationSum:
    credit_memo_id: strawberry.ID | None = strawberry.field(description="The memo, where grouped by it.")
    invoice_id: strawberry.ID | None = strawberry.field(description="The invoice, where grouped by it.")
    type: ApplicationType | None = strawberry.field(description="The type, where grouped by it.")
    has_been_unapplied: HasBeenUnapplied | None = strawberry.field(
        description="Whether taken back, where grouped by it."
    )
    currency: CurrencyCode = strawberry.field(description="Currency of the sums.")
    count: int = strawberry.field(description="How many rows.")
    amount: Decimal = strawberry.field(description="Sum of their amounts.")
    impact_amount: Decimal = strawberry.field(description="Sum of what they added to invoice balances.")


async def sums_of(reader: Any, group_by: list[GroupBy], filter: Any) -> list[ApplicationSum]:
    """The groups in the order of what they are grouped by."""
    groups = tuple(dict.fromkeys(str(each.value) for each in group_by))
    condition = condition_of(DOCUMENTS["CreditMemoApplication"], given_by_name(filter))
    rows = await reader.rows(reads.sums_of_applications(groups, condition).limit(GROUPS))
    return [
        ApplicationSum(
            credit_memo_id=getattr(row, "credit_memo_id", None),
            invoice_id=getattr(row, "invoice_id", None),
            type=getattr(row, "type", None),
            has_been_unapplied=getattr(row, "has_been_unapplied", None),
            currency=row.currency,
            count=row._mapping["count"],
            amount=amount_answered(row.amount, row.currency),
            impact_amount=amount_answered(row.impact_amount, row.currency),
        )
        for row in rows
    ]
