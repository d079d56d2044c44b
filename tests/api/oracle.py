"""What a list should answer, worked out in Python from all of its rows: the oracle for filters, orders and pages."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from functools import cmp_to_key
from typing import Any

from sqlalchemy import bindparam, select

from app.api.declarations import ColumnPlan, DocumentPlan, Kind
from app.domain.money import minor_digits
from app.repository.virtual_columns import named
from tests.support.books import TestBooks

ROOT_LISTS = {
    "accounts": "Account",
    "invoices": "Invoice",
    "creditMemos": "CreditMemo",
    "creditMemoApplications": "CreditMemoApplication",
    "payments": "Payment",
}
"""The lists of the query root and the documents in them."""


async def rows_of(books: TestBooks, plan: DocumentPlan) -> list[Any]:
    """Every row of the entity, in no order."""
    statement = select(*named(plan.table)).where(plan.table.c.entity_id == bindparam("entity_id"))
    async with books.database.snapshot(books.entity.id) as snapshot:
        return await snapshot.rows(statement)


def value_of(row: Any, name: str, plan: ColumnPlan) -> Any:
    """What a filter compares: amounts as decimals of their currency."""
    value = getattr(row, plan.column or name)
    if plan.kind is Kind.AMOUNT and value is not None:
        return Decimal(value).scaleb(-minor_digits(row.currency))
    if plan.kind is Kind.SOURCE:
        return value or None
    return value


def ordered(rows: Iterable[Any], column: str, descending: bool) -> list[str]:
    """The ids by the column's stored value, then by id, both one way; missing values last."""

    def compare(one: Any, other: Any) -> int:
        a, b = getattr(one, column), getattr(other, column)
        if (a is None) != (b is None):
            return 1 if a is None else -1
        keys = ((one.id, other.id),) if a is None else ((a, b), (one.id, other.id))
        for left, right in keys:
            if left != right:
                return (1 if left > right else -1) * (-1 if descending else 1)
        return 0

    return [row.id for row in sorted(rows, key=cmp_to_key(compare))]


def holds(value: Any, operator: str, operand: Any) -> bool:
    """One comparison; a missing value is different from everything and fulfils nothing else."""
    match operator:
        case "isNull":
            return (value is None) is operand
        case "ne":
            return bool(value != operand)
        case "eq":
            return bool(value == operand)
        case "in":
            return value in operand
    if value is None:
        return False
    match operator:
        case "gt":
            return bool(value > operand)
        case "gte":
            return bool(value >= operand)
        case "lt":
            return bool(value < operand)
        case "lte":
            return bool(value <= operand)
        case "contains":
            return operand in value
        case "startsWith":
            return bool(value.startswith(operand))
    raise ValueError(operator)


def as_input(operand: Any) -> Any:
    """The operand as a variable's JSON value."""
    if isinstance(operand, list):
        return [as_input(each) for each in operand]
    if isinstance(operand, StrEnum):
        return operand.name
    if isinstance(operand, Decimal):
        return format(operand, "f")
    if isinstance(operand, dt.date | dt.datetime):
        return operand.isoformat()
    return operand


def operands(values: Sequence[Any], operator: str) -> list[Any]:
    """Operands that tell rows apart: each value, and where it makes sense something beside it."""
    known = sorted({value for value in values if value is not None})[:4]
    match operator:
        case "isNull":
            return [True, False]
        case "in":
            return [[], known[:1], known[1:3]]
        case "contains":
            return ["", *(value[1:4] for value in known), *(value[:3].swapcase() for value in known[:2])]
        case "startsWith":
            return ["", *(value[:3] for value in known), *(value[:3].swapcase() for value in known[:2])]
    between = [known[0] + Decimal("0.0004")] if known and isinstance(known[0], Decimal) else []
    return known + between
