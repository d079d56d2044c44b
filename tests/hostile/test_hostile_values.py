"""No value for any argument breaks the service, shows its insides, or leaves half a change behind."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    get_nullable_type,
)

from app.domain.entity import Settings
from app.proof.audit import audit
from app.repository.database import Database
from tests.api.examples import SELECTIONS, Prepared, inputs_of, prepared
from tests.api.input_paths import input_of, schema
from tests.hostile.asking import Ask, Fate, fates_of, is_of_its_type
from tests.hostile.places import Place, places_of, plain, with_value
from tests.hostile.values import BY_SCALAR, ENUM, OBJECTS
from tests.support.books import TestBooks, open_books, trace
from tests.support.service import REFUSAL, SUCCESS, Service
from tests.support.stores import Place as DatabasePlace

IS_SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
VALUES_A_TEXT, VALUES_A_SCALAR, VALUES_A_FILTER = (100, 100, 100) if IS_SOAK else (4, 12, 3)
"""Of a kind, at one place; with the soak profile all."""
TOO_MANY, TOO_MANY_FOR_A_JOB = 1_001, 10_001
"""One more than any list may have; those of jobs may be longer."""


def values_for(place: Place, foreign: Sequence[str], number: int, too_many: int = TOO_MANY) -> Iterator[Any]:
    """Hostile values for the place; where there are many they take turns, by the place's number: each occurs often."""
    yield None
    inner = get_nullable_type(place.type)
    if isinstance(inner, GraphQLList):
        yield from ([], [None], [[]], "x", {}, [plain(inner.of_type)] * too_many)
    elif isinstance(inner, GraphQLInputObjectType):
        yield from OBJECTS
    elif isinstance(inner, GraphQLEnumType):
        yield from ENUM
    elif inner.name == "String":
        yield from turns(BY_SCALAR["String"], VALUES_A_TEXT, number)
    elif inner.name == "ID":
        yield from turns(BY_SCALAR["ID"], VALUES_A_TEXT, number)
        yield from foreign
    else:
        yield from turns(BY_SCALAR[inner.name], VALUES_A_SCALAR, number)


def turns(values: Sequence[Any], count: int, number: int) -> Iterator[Any]:
    for step in range(min(count, len(values))):
        yield values[(number * count + step) % len(values)]


def ids_of(known: Prepared) -> list[str]:
    """One id of each kind."""
    invoice, memo = known.other_invoice, known.memo
    return [invoice.id, invoice.lines[0], memo.id, memo.lines[0], known.payment, known.application]


def mutation_asks(mutation: str, base: dict[str, Any], foreign: Sequence[str]) -> list[Ask]:
    kind = input_of(mutation)
    read = f"{{ __typename {REFUSAL} }}"
    too_many = TOO_MANY_FOR_A_JOB if mutation.startswith("submit") else TOO_MANY
    return [
        Ask(
            f"{mutation}(input: $v) {read}",
            f"{kind.name}!",
            with_value(kind, base, place.path, value),
            is_long=isinstance(value, list) and len(value) >= TOO_MANY,
        )
        for number, place in enumerate(places_of(GraphQLNonNull(kind)))
        for value in values_for(place, foreign, number, too_many if len(place.path) == 1 else TOO_MANY)
        if place.path != ("dryRun",)
    ]


def dry(ask: Ask) -> Ask:
    value = ask.value | {"dryRun": True} if isinstance(ask.value, dict) else ask.value
    return replace(ask, value=value)


FEW = 100
"""So many values are all tried on PostgreSQL, too: half of them may miss every one that is accepted."""


def for_engine(asks: Sequence[Ask], engine: str) -> Sequence[Ask]:
    """PostgreSQL hears nothing of what the schema does not take, or of long lists; half of much is tried on it."""
    if engine == "sqlite":
        return asks
    heard = [ask for ask in asks if is_of_its_type(ask) and not ask.is_long]
    return heard if len(heard) <= FEW else heard[::2]


def reading(ask: Ask, mutation: str) -> Ask:
    """The same, with much to read of the answer."""
    success = f"... on {SUCCESS[mutation]} {{ {SELECTIONS[mutation]} }} ... on Rejection"
    return replace(ask, field=ask.field.replace("... on Rejection", success))


@pytest.fixture(scope="module")
def foreign(database: Database, place: DatabasePlace, runner: asyncio.Runner) -> list[str]:
    """Ids of another entity, which nobody changes."""

    async def made() -> list[str]:
        return ids_of(await prepared(await open_books(database, place, Settings())))

    return runner.run(made())


@dataclass(frozen=True, slots=True)
class Readable:
    """Books that are only read, and ids of theirs."""

    books: TestBooks
    ids: list[str]


@pytest.fixture(scope="module")
def readable(database: Database, place: DatabasePlace, runner: asyncio.Runner) -> Readable:
    async def made() -> Readable:
        books = await open_books(database, place, Settings())
        return Readable(books, ids_of(await prepared(books)))

    return runner.run(made())


@pytest.mark.parametrize("mutation", sorted(SUCCESS))
async def test_no_value_in_an_input_breaks_the_service_or_leaves_a_trace_when_refused(
    service: Service, engine: str, mutation: str, foreign: list[str]
) -> None:
    known = await prepared(service.books)
    asks = for_engine(mutation_asks(mutation, inputs_of(known)[mutation], [*foreign, *ids_of(known)]), engine)
    before = await trace(service.books.place)
    fates = await fates_of(service, "mutation", [dry(ask) for ask in asks])
    assert await trace(service.books.place) == before

    refused = [ask for ask, fate in zip(asks, fates, strict=True) if fate is Fate.REFUSED]
    unsuccessful = [ask for ask in refused if not ask.is_long]
    again = await fates_of(service, "mutation", unsuccessful)
    assert set(again) <= {Fate.REFUSED}
    assert await trace(service.books.place) == before

    # What passes may only exclude what comes after it; the books hold whatever was done.
    passing = [ask for ask, fate in zip(asks, fates, strict=True) if fate is Fate.DONE]
    assert passing, "the example is accepted with some values at least"
    await fates_of(service, "mutation", [reading(ask, mutation) for ask in passing[::5]])
    assert [each async for each in audit(service.books.database, service.books.entity.id)] == []


def argument_asks(name: str, field: GraphQLField, ids: Sequence[str]) -> Iterator[Ask]:
    required = {
        each: argument for each, argument in field.args.items() if isinstance(argument.type, GraphQLNonNull)
    }
    shown = "{ totalCount nodes { __typename } }" if "first" in field.args else "{ __typename }"
    for each, argument in field.args.items():
        others = [f"{one}: {literal(kind.type)}" for one, kind in required.items() if one != each]
        if "first" in field.args and each not in ("first", "last"):
            others.append("first: 2")
        arguments = ", ".join([f"{each}: $v", *others])
        for number, place in enumerate(places_of(argument.type)):
            for value in values_of_argument(place, ids, number):
                yield Ask(
                    f"{name}({arguments}) {shown}",
                    str(argument.type),
                    with_value(argument.type, None, place.path, value),
                )


def values_of_argument(place: Place, ids: Sequence[str], number: int) -> Iterator[Any]:
    """A filter has hundreds of places: there values take turns."""
    values = list(values_for(place, ids, number))
    if len(place.path) < 2:
        yield from values
    else:
        yield from turns(values, VALUES_A_FILTER, number)


def literal(kind: GraphQLInputType) -> str:
    inner = get_nullable_type(kind)
    if isinstance(inner, GraphQLList):
        return f"[{literal(inner.of_type)}]"
    return next(iter(inner.values)) if isinstance(inner, GraphQLEnumType) else '"x"'


assert schema.query_type is not None
QUERIES = {name: field for name, field in schema.query_type.fields.items() if field.args}


@pytest.mark.parametrize("name", sorted(QUERIES))
async def test_no_value_in_an_argument_of_a_query_breaks_the_service(
    readable: Readable, tmp_path: Path, engine: str, name: str, foreign: list[str]
) -> None:
    service = Service(readable.books, tmp_path)
    asks = for_engine(list(argument_asks(name, QUERIES[name], [*foreign, *readable.ids])), engine)
    await fates_of(service, "query", asks)
    assert service.books.connections_in_use() == 0


async def test_what_was_accepted_can_be_read_again(service: Service) -> None:
    """Texts of every script at their full length, the first and the last day, the largest numbers."""
    text = "😀" * 255
    entry = {
        "number": text,
        "name": "שלום\u202e",
        "currency": "USD",
        "metadata": {"": "\uffff", "n": 2**63 - 1},
    }
    line = {"amount": "9999999999999.99", "description": "ｆ" * 1000, "serviceStart": "0001-01-01"}
    await service.mutate("upsertAccounts", {"accounts": [entry]})
    made = await service.mutate(
        "createInvoices",
        {
            "invoices": [
                {
                    "account": {"number": text},
                    "invoiceDate": "9999-12-31",
                    "dueDate": "0001-01-01",
                    "post": True,
                    "lines": [line],
                }
            ]
        },
        "invoices { invoiceDate dueDate balance account { number name metadata }"
        " lines { nodes { description serviceStart amount } } }",
    )
    [invoice] = made["invoices"]
    assert invoice["account"] == {name: entry[name] for name in ("number", "name", "metadata")}
    assert (invoice["invoiceDate"], invoice["dueDate"]) == ("9999-12-31", "0001-01-01")
    assert invoice["balance"] == "9999999999999.99"
    assert invoice["lines"]["nodes"] == [line]
