"""`expectedVersion` stands beside everything that a mutation changes, and refuses a stale write of it."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, build_schema, get_named_type

from app.api.schema import sdl
from tests.api.examples import inputs_of, prepared
from tests.support.service import Service

Place = tuple[str, ...]
VERSIONED: list[tuple[str, Place]] = [
    ("postInvoice", ("expectedVersion",)),
    ("recordPayment", ("expectedVersion",)),
    ("reversePayment", ("expectedVersion",)),
    ("createAndApplyCreditMemo", ("expectedVersion",)),
    ("createCreditMemoFromInvoice", ("expectedVersion",)),
    ("postCreditMemo", ("expectedVersion",)),
    ("cancelCreditMemo", ("expectedVersion",)),
    ("recalculateTax", ("expectedVersion",)),
    ("applyCreditMemo", ("expectedVersion",)),
    ("applyCreditMemo", ("applications", "0", "expectedVersion")),
    ("applyCreditMemoLine", ("expectedVersion",)),
    ("applyCreditMemoLine", ("applications", "0", "expectedVersion")),
    ("unapplyCreditMemo", ("expectedVersion",)),
    ("unapplyCreditMemo", ("expectedInvoiceVersion",)),
    ("unapplyCreditMemoLine", ("expectedVersion",)),
    ("unapplyCreditMemoLine", ("expectedInvoiceVersion",)),
    ("convertNegativeInvoiceLines", ("expectedVersion",)),
    ("updateCreditMemoApplication", ("expectedVersion",)),
    ("cancelJob", ("expectedVersion",)),
    ("resumeJob", ("expectedVersion",)),
    ("retryJob", ("expectedVersion",)),
]


def places_in(kind: GraphQLInputObjectType, path: Place = ()) -> Iterator[Place]:
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if name.startswith("expected"):
            yield (*path, name)
        elif isinstance(inner, GraphQLInputObjectType) and name in ("applications", "lines"):
            yield from places_in(inner, (*path, name, "0"))


def test_every_place_of_a_version_in_the_schema_is_tested() -> None:
    mutations = build_schema(sdl()).mutation_type
    assert mutations is not None
    found = [
        (mutation, place)
        for mutation, field in mutations.fields.items()
        for place in places_in(get_named_type(field.args["input"].type))
    ]
    assert sorted(found) == sorted(VERSIONED)


def with_version(input: dict[str, Any], place: Place, version: int) -> dict[str, Any]:
    """A dry run of the input with the version at its place."""
    asked: Any = copy.deepcopy(input) | {"dryRun": True}
    holder = asked
    for part in place[:-1]:
        holder = holder[int(part)] if part.isdigit() else holder[part]
    holder[place[-1]] = version
    return dict(asked)


@pytest.mark.parametrize(
    ("mutation", "where"), VERSIONED, ids=[".".join((name, *place)) for name, place in VERSIONED]
)
async def test_a_stale_write_is_refused_and_names_the_version_that_passes(
    service: Service, mutation: str, where: Place
) -> None:
    input = inputs_of(await prepared(service.books))[mutation]
    [violation] = (await service.mutate(mutation, with_version(input, where, 99)))["violations"]
    assert (violation["code"], violation["path"]) == ("VERSION_CONFLICT", list(where))
    allowed = int(violation["details"]["allowed"])
    assert (await service.mutate(mutation, with_version(input, where, allowed)))["dryRun"] is True
