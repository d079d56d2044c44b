"""Filters of a document type, made from its declared columns, and what a filter means as a condition."""

import dataclasses
import inspect
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Any, get_args

import strawberry
from strawberry import UNSET, Some

from app.api.annotations import lazily, list_of, once, optional, type_of
from app.api.declarations import DOCUMENTS, DocumentPlan, Kind, filterable_columns
from app.api.http.fault import ClientFault
from app.domain.currencies import MINOR_DIGITS
from app.domain.reading import camel
from app.repository import conditions
from app.repository.concerned import CONCERNED
from app.validation.shape import is_storable

USUAL_DIGITS = 2
FILTER_ITEMS = 250
FILTER_DEPTH = 6
# The default context rounds at 28 digits; a decimal of the schema has up to 30.
_EXACT = Context(prec=60)

_OPERATORS: dict[str, str] = {
    "eq": "Equal to.",
    "ne": "Not equal to; missing values count.",
    "in_": "One of, at most 250.",
    "gt": "Greater, later than.",
    "gte": "Greater, later than or equal to.",
    "lt": "Less, earlier than.",
    "lte": "Less, earlier than or equal to.",
    "contains": "Has this in it; letter case counts.",
    "starts_with": "Begins with this; letter case counts.",
    "is_null": "true: has no value; false: has one.",
}
_OPERATORS_BY_NAME = {camel(name.rstrip("_")): name.rstrip("_") for name in _OPERATORS}
_COMPARED = ("eq", "ne", "in_", "gt", "gte", "lt", "lte", "is_null")
_operator_types: dict[Any, type[Any]] = {}


def _operators(kind: Any) -> type[Any]:
    """The comparisons of a type, e.g. `DecimalFilter {eq ne in gt gte lt lte isNull}`."""
    if kind in _operator_types:
        return _operator_types[kind]
    if kind is bool:
        names: tuple[str, ...] = ("eq", "is_null")
    elif kind in (Decimal, int, date, datetime):
        names = _COMPARED
    elif kind is str:
        names = ("eq", "ne", "in_", "contains", "starts_with", "is_null")
    else:
        names = ("eq", "ne", "in_", "is_null")
    titles = {
        str: "String",
        int: "Int",
        bool: "Boolean",
        date: "Date",
        datetime: "DateTime",
        strawberry.ID: "ID",
    }
    title = titles.get(kind) or kind.__name__
    types = {"in_": optional(list_of(kind)), "is_null": optional(bool)}
    made = type_of(
        f"{title}Filter",
        f"Comparisons with a {title}; several hold together.",
        {name: (types.get(name, optional(kind)), _OPERATORS[name]) for name in names},
        make=strawberry.input,
        is_input=True,
    )
    _operator_types[kind] = made
    return made


_CONCERNS = type_of(
    "ConcernsFilter",
    "Comparisons with the ids of all that a row has to do with; several hold together.",
    {
        "eq": (optional(strawberry.ID), "One of them is this."),
        "in_": (optional(list_of(strawberry.ID)), "One of them is one of these, at most 250."),
    },
    make=strawberry.input,
    is_input=True,
)


def filter_type(plan: DocumentPlan, concerns: Mapping[str, str] | None = None) -> type[Any]:
    """`XFilter`: the comparisons of each filterable column, and `and`, `or`, `not`.

    `concerns`: relations of the table (CONCERNED) that can be asked for, with their descriptions.
    """
    name = f"{plan.name}Filter"
    kinds: dict[str, Any] = {}
    for each in reversed(plan.type.__mro__):
        kinds |= inspect.get_annotations(each)
    fields: dict[str, tuple[Any, str]] = {
        column: (optional(_operators(_bare(kinds[column]))), f"Compares `{camel(column)}`.")
        for column, _ in filterable_columns(plan)
    }
    fields |= {name: (optional(_CONCERNS), text) for name, text in (concerns or {}).items()}
    itself = lazily(name, plan.type.__module__)
    several = optional(list_of(itself))
    fields |= {
        "and_": (several, "All of these hold; an empty list holds of every row."),
        "or_": (several, "At least one of these holds; an empty list holds of no row."),
        "not_": (optional(itself), "This does not hold."),
    }
    return type_of(
        name,
        f"Which rows of {plan.name}; everything given holds together.",
        fields,
        make=strawberry.input,
        is_input=True,
    )


def _bare(kind: Any) -> Any:
    """The type without `| None`."""
    parts = [each for each in get_args(kind) if each is not type(None)]
    return parts[0] if parts else kind


def given_by_name(given: Any) -> Any:
    """An input as graphql-core has it before Strawberry makes an object of it: a mapping by the schema's names."""
    if given is UNSET:
        return None
    if isinstance(given, Some):
        return given_by_name(given.value)
    if isinstance(given, list):
        return [given_by_name(each) for each in given]
    if not dataclasses.is_dataclass(given):
        return given
    values = {field.name: getattr(given, field.name) for field in dataclasses.fields(given)}
    return {
        camel(name.rstrip("_")): given_by_name(value) for name, value in values.items() if value is not UNSET
    }


def condition_of(plan: DocumentPlan, given: Mapping[str, Any] | None) -> conditions.Condition | None:
    """A filter as a condition on the table's columns; ClientFault for one that is too large."""
    if given is None:
        return None
    condition = _condition(plan, given, 0)
    if _size(condition) > FILTER_ITEMS:
        raise ClientFault(f"A filter has at most {FILTER_ITEMS} values in all.", "BAD_USER_INPUT")
    return condition


def _size(condition: conditions.Condition) -> int:
    """How many values are compared, an empty group counting as one: what the statement's size goes by."""
    match condition:
        case conditions.Every(parts) | conditions.Some(parts):
            return max(1, sum(map(_size, parts)))
        case conditions.No(part):
            return _size(part)
        case conditions.Test(value=tuple() as values) | conditions.Concerns(values=tuple() as values):
            return max(1, len(values))
        case _:
            return 1


@once
def _columns(document: str) -> dict[str, tuple[str, Kind]]:
    """Column and kind of each filterable field, by its name in the schema."""
    found = filterable_columns(DOCUMENTS[document])
    return {camel(name): (each.column or name, each.kind) for name, each in found}


def _condition(plan: DocumentPlan, given: Mapping[str, Any], depth: int) -> conditions.Condition:
    if depth > FILTER_DEPTH:
        raise ClientFault(f"A filter nests at most {FILTER_DEPTH} deep.", "BAD_USER_INPUT")
    parts: list[conditions.Condition] = []
    columns = _columns(plan.name)
    for name, value in given.items():
        if value is None:
            continue
        if name in ("and", "or"):
            _check_count(value)
            inner = tuple(_condition(plan, each, depth + 1) for each in value)
            parts.append(conditions.Every(inner) if name == "and" else conditions.Some(inner))
        elif name == "not":
            parts.append(conditions.No(_condition(plan, value, depth + 1)))
        elif name in columns:
            parts += _tests(*columns[name], value)
        else:
            parts += _concerns(plan, name, value)
    return conditions.Every(tuple(parts))


def _concerns(plan: DocumentPlan, name: str, operators: Mapping[str, Any]) -> list[conditions.Condition]:
    [relation] = (each for each in CONCERNED[plan.table.name] if camel(each) == name)
    tests: list[conditions.Condition] = []
    for value in operators.values():
        if value is None:
            continue
        values = tuple(value) if isinstance(value, list) else (value,)
        _check_count(values)
        _check_storable(values)
        tests.append(conditions.Concerns(relation, values))
    return tests


def _tests(column: str, kind: Kind, operators: Mapping[str, Any]) -> list[conditions.Condition]:
    tests: list[conditions.Condition] = []
    for name, value in operators.items():
        if value is None:
            continue
        operator = _OPERATORS_BY_NAME[name]
        if isinstance(value, list):
            _check_count(value)
            value = tuple(value)
        _check_storable(value if isinstance(value, tuple) else (value,))
        if kind is Kind.AMOUNT and operator != "is_null":
            tests.append(_scaled(column, operator, value))
        elif kind is Kind.SOURCE:
            tests.append(_of_source(column, operator, value))
        else:
            tests.append(conditions.Test(column, operator, value))
    return tests


def _check_count(values: Sequence[Any]) -> None:
    if len(values) > FILTER_ITEMS:
        raise ClientFault(f"A filter lists at most {FILTER_ITEMS} values.", "BAD_USER_INPUT")


def _check_storable(values: Iterable[Any]) -> None:
    if not all(is_storable(each) for each in values if isinstance(each, str)):
        raise ClientFault("A filter's text has a character that no row can have.", "BAD_USER_INPUT")


def _of_source(column: str, operator: str, value: Any) -> conditions.Condition:
    """A comparison with a source, which is missing where the books keep "" for it."""
    is_kept_empty = conditions.Test(column, "eq", "")
    if operator == "is_null":
        is_missing = conditions.Some((conditions.Test(column, "is_null", True), is_kept_empty))
        return is_missing if value else conditions.No(is_missing)
    compared = conditions.Test(column, operator, value)
    if operator == "ne":
        return conditions.Some((compared, is_kept_empty))
    return conditions.Every((compared, conditions.No(is_kept_empty)))


def _scaled(column: str, operator: str, value: Any) -> conditions.Condition:
    """An amount compared with a decimal, for every number of decimals a currency can have."""
    if operator == "in":
        return conditions.Some(tuple(_scaled(column, "eq", each) for each in value))
    if operator == "ne":
        return conditions.No(_scaled(column, "eq", value))
    by_digits: dict[int, list[str]] = {}
    for code, digits in MINOR_DIGITS.items():
        by_digits.setdefault(digits, []).append(code)
    bounds = tuple((digits, _bound(value, digits, operator)) for digits in sorted(by_digits))
    currencies = tuple((digits, tuple(sorted(by_digits[digits]))) for digits in sorted(by_digits))
    return conditions.ScaledTest(column, operator, bounds, currencies, USUAL_DIGITS)


def _bound(value: Decimal, digits: int, operator: str) -> int | None:
    """The minor units that compare as the decimal does: amounts are whole, so > 12.345 is > 12.34."""
    scaled = _EXACT.scaleb(value, digits)
    whole = int(scaled.to_integral_value(ROUND_FLOOR))
    if operator == "eq" and whole != scaled:
        return None
    if operator in ("gte", "lt"):
        whole = int(scaled.to_integral_value(ROUND_CEILING))
    return max(-(2**62), min(2**62, whole))
