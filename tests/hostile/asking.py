"""Sends many fields in one document and sorts what comes back, field by field."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLInputType,
    Undefined,
    coerce_input_value,
    is_input_type,
    parse_type,
    type_from_ast,
)

from app.api.schema import made_schema
from tests.support.service import Service

CLIENT_FAULTS = {
    "BAD_USER_INPUT",
    "BAD_REQUEST",
    "GRAPHQL_VALIDATION_FAILED",
    "GRAPHQL_PARSE_FAILED",
    "DOCUMENT_TOO_COMPLEX",
}
# What only somebody who knows the program's insides would say.
INSIDES = re.compile(
    r"\b(None|NoneType|Traceback|[A-Z][A-Za-z]*(Error|Exception)|UNSET|datetime\.|dict|tuple|object at 0x|"
    r"asyncpg|sqlite3?|sqlalchemy|psycopg|SELECT|INSERT|strawberry)\b|<class|Decimal\(|unhashable"
)
FIELDS_A_DOCUMENT = 20
LARGEST_BODY = 900_000
VARIABLE = re.compile(r"\$v(\d+)\b")


class Fate(Enum):
    """What became of a field."""

    DONE = "done"
    REFUSED = "refused"
    FAULT = "the client's fault"


@dataclass(frozen=True, slots=True)
class Ask:
    """A root field with one variable: `field` uses `$v`, `type` is the variable's, `value` what is sent.

    `is_long`: with a list that is refused for its length alone, before the books are looked at.
    """

    field: str
    type: str
    value: Any
    is_long: bool = False


def is_of_its_type(ask: Ask) -> bool:
    """Whether the schema takes the value; what it does not take never comes to the books."""
    if ask.is_long:
        return True
    try:
        return coerce_input_value(ask.value, _type(ask.type)) is not Undefined
    except GraphQLError:
        return False


@cache
def _type(name: str) -> GraphQLInputType:
    found = type_from_ast(made_schema()._schema, parse_type(name))
    assert is_input_type(found)
    return found


def document_of(kind: str, asks: Sequence[Ask]) -> str:
    declared = ", ".join(f"$v{place}: {ask.type}" for place, ask in enumerate(asks))
    fields = " ".join(f"f{place}: {ask.field.replace('$v', f'$v{place}')}" for place, ask in enumerate(asks))
    return f"{kind} ({declared}) {{ {fields} }}"


def check_messages(errors: Sequence[dict[str, Any]]) -> None:
    """Each error is the client's, and none speaks of the program's insides."""
    for error in errors:
        assert error["extensions"]["code"] in CLIENT_FAULTS, error
        assert not INSIDES.search(error["message"]), error["message"]


async def fates_of(service: Service, kind: str, asks: Sequence[Ask]) -> list[Fate]:
    """What became of each, asked together as far as the limits allow: those that the schema takes, and the others."""
    places = sorted(range(len(asks)), key=lambda place: is_of_its_type(asks[place]))
    fates: dict[int, Fate] = {}
    start = 0
    while start < len(asks):
        end, size = start, 0
        while end < len(asks) and end - start < FIELDS_A_DOCUMENT:
            size += len(repr(asks[places[end]].value)) * 2
            if size > LARGEST_BODY and end > start:
                break
            end += 1
        found = await _together(service, kind, [asks[place] for place in places[start:end]])
        fates |= dict(zip(places[start:end], found, strict=True))
        start = end
    return [fates[place] for place in range(len(asks))]


async def _together(service: Service, kind: str, asks: Sequence[Ask]) -> list[Fate]:
    """A value that is refused before execution keeps its whole document from being executed: the rest goes again."""
    fates = dict.fromkeys(range(len(asks)), Fate.FAULT)
    left = list(range(len(asks)))
    while left:
        sent = await service.send(
            document_of(kind, [asks[place] for place in left]),
            {f"v{number}": asks[place].value for number, place in enumerate(left)},
        )
        assert sent.status_code < 500, (sent.text, [asks[place] for place in left])
        body = sent.json()
        check_messages(body.get("errors", ()))
        if "data" in body:
            for number, place in enumerate(left):
                fates[place] = _fate(body, f"f{number}", asks[place])
            break
        named = {int(each) for error in body["errors"] for each in VARIABLE.findall(error["message"])}
        if not named:
            # Not one value but the whole is too much: half of it may pass.
            assert len(left) == 1 or sent.status_code in (200, 400, 413), sent.text
            if len(left) > 1:
                halves = [left[: len(left) // 2], left[len(left) // 2 :]]
                for half in halves:
                    found = await _together(service, kind, [asks[place] for place in half])
                    fates |= dict(zip(half, found, strict=True))
            break
        left = [place for number, place in enumerate(left) if number not in named]
    return [fates[place] for place in range(len(asks))]


def _fate(body: Any, alias: str, ask: Ask) -> Fate:
    if any(error["path"][0] == alias for error in body.get("errors", ())):
        return Fate.FAULT
    answer = body["data"][alias] if body["data"] is not None else None
    if not isinstance(answer, dict) or answer.get("__typename") != "Rejection":
        return Fate.DONE
    assert answer["violations"], ask
    for violation in answer["violations"]:
        assert not INSIDES.search(violation["message"]), violation
    return Fate.REFUSED
