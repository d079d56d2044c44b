"""Which rows of a list are meant: comparisons of columns, joined by and, or, not, as SQL."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Table,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    not_,
    or_,
    true,
)

from app.repository.concerned import CONCERNED, Unsought
from app.repository.virtual_columns import column_of


@dataclass(frozen=True, slots=True)
class Test:
    """A comparison of a column with a value: eq, ne, in, gt, gte, lt, lte, contains, starts_with, is_null."""

    column: str
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class Every:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Some:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class No:
    part: "Condition"


@dataclass(frozen=True, slots=True)
class ScaledTest:
    """A comparison of an amount with a decimal: what it means in minor units depends on the row's currency.

    `bounds`: decimals of a currency -> the value in its minor units, or None where no row of it can match.
    """

    column: str
    operator: str
    bounds: tuple[tuple[int, "int | Slot | None"], ...]
    currencies: tuple[tuple[int, tuple[str, ...]], ...]
    default: int


@dataclass(frozen=True, slots=True)
class Concerns:
    """A row has to do with one of the values, in the way that the relation of its table says (CONCERNED)."""

    relation: str
    values: "tuple[str, ...] | Slot"


Condition = Test | Every | Some | No | ScaledTest | Concerns


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a value that is a parameter, in a condition without its values."""

    name: str


def parted(condition: Condition | None) -> tuple[Condition | None, dict[str, Any]]:
    """The condition with slots, the same for all that differ in their values only, and the values by slot.

    Values that decide how a comparison is written stay where they are.
    """
    values: dict[str, Any] = {}
    return condition and _slotted(condition, values), values


def _slotted(condition: Condition, values: dict[str, Any]) -> Condition:
    def slot(value: Any) -> Slot:
        name = f"value_{len(values)}"
        values[name] = value
        return Slot(name)

    match condition:
        case Every(parts):
            return Every(tuple(_slotted(each, values) for each in parts))
        case Some(parts):
            return Some(tuple(_slotted(each, values) for each in parts))
        case No(part):
            return No(_slotted(part, values))
        case Test(value=tuple() | bool() | "") | Test(operator="is_null"):
            return condition
        case Test():
            return replace(condition, value=slot(condition.value))
        case ScaledTest():
            bounds = [(digits, None if bound is None else slot(bound)) for digits, bound in condition.bounds]
            return replace(condition, bounds=tuple(bounds))
        case Concerns(values=(value,)):
            return replace(condition, values=slot(value))
        case Concerns():
            return condition


def clause_of(table: Table, condition: Condition | None) -> ColumnElement[bool]:
    match condition:
        case None:
            return true()
        case Every(parts):
            is_found = begins_with_concerned(condition)
            return and_(
                true(), *(_beside(table, part) if is_found else clause_of(table, part) for part in parts)
            )
        case Some(parts):
            return or_(false(), *(clause_of(table, part) for part in parts))
        case No(part):
            # A comparison with a missing value is unknown, not false: without this, `not` would lose the row.
            return not_(func.coalesce(clause_of(table, part), false()))
        case Test():
            return _comparison(column_of(table, condition.column), condition.operator, condition.value)
        case ScaledTest():
            return _scaled_comparison(table, condition)
        case Concerns():
            return _concerns(table, condition)


def begins_with_concerned(condition: Condition | None) -> bool:
    """Whether all rows that are let through have to do with what it names, which are few among all: they are begun with."""
    match condition:
        case Concerns():
            return True
        case Every(parts):
            return any(map(begins_with_concerned, parts))
        case _:
            return False


def _beside(table: Table, condition: Condition) -> ColumnElement[bool]:
    """The clause of what is true besides."""
    match condition:
        case Every(parts):
            return and_(true(), *(_beside(table, part) for part in parts))
        case Test():
            column = Unsought(column_of(table, condition.column))
            return _comparison(column, condition.operator, condition.value)
        case _:
            return clause_of(table, condition)


def _comparison(column: ColumnElement[Any], operator: str, value: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool]
    if isinstance(value, Slot):
        value = bindparam(value.name, type_=column.type)
    match operator:
        case "eq":
            found = column == value
        case "ne":
            found = or_(column != value, column.is_(None))
        case "in":
            found = column.in_(value)
        case "gt":
            found = column > value
        case "gte":
            found = column >= value
        case "lt":
            found = column < value
        case "lte":
            found = column <= value
        case "contains":
            # LIKE ignores case on SQLite only; this is the same on both.
            is_empty = isinstance(value, str) and not value
            found = column.is_not(None) if is_empty else func.replace(column, value, "") != column
        case "starts_with":
            found = func.substr(column, 1, func.length(value)) == value
        case "is_null":
            found = column.is_(None) if value else column.is_not(None)
        case _:
            raise ValueError(f"no such comparison: {operator}")
    return found


def _concerns(table: Table, test: Concerns) -> ColumnElement[bool]:
    operator = "eq" if isinstance(test.values, Slot) else "in"
    rows = CONCERNED[table.name][test.relation](lambda column: _comparison(column, operator, test.values))
    return table.c.id.in_(rows)


def _scaled_comparison(table: Table, test: ScaledTest) -> ColumnElement[bool]:
    """One comparison whatever the number of currencies: SQLite takes an expression 1,000 deep and no more."""
    bounds = {
        digits: bindparam(bound.name, type_=BigInteger())
        if isinstance(bound, Slot)
        else literal(bound, BigInteger())
        for digits, bound in test.bounds
    }
    unusual = [
        (table.c.currency.in_(codes), bounds[digits])
        for digits, codes in test.currencies
        if digits != test.default
    ]
    return _comparison(
        column_of(table, test.column), test.operator, case(*unusual, else_=bounds[test.default])
    )
