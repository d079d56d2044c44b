"""Whatever a schema-valid document asks for, of every root field: an answer, and never an unexpected error."""

import json
import os
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import schemathesis
from graphql import (
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLNonNull,
    build_schema,
    print_schema,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation.case import Case
from schemathesis.graphql import nodes
from schemathesis.schemas import APIOperation

from app.api.schema import sdl
from app.proof.audit import audit
from tests.api.input_paths import schema
from tests.hostile.asking import check_messages
from tests.support.service import Service

EXAMPLES = 200 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 6


def told_without_one_of() -> str:
    """The schema for a generator that knows no @oneOf: each such input has one of its keys, and has to have it."""
    whole = build_schema(sdl())
    kinds = [each for each in whole.type_map.values() if isinstance(each, GraphQLInputObjectType)]
    for place, kind in enumerate(each for each in kinds if each.is_one_of):
        name, field = list(kind.fields.items())[place % len(kind.fields)]
        kind.fields = {name: GraphQLInputField(GraphQLNonNull(field.type))}
        kind.is_one_of = False
    return print_schema(whole)


@cache
def operations() -> dict[str, APIOperation[Any, Any, Any, Any]]:
    """The root fields of the whole schema, by their labels."""
    made = {}
    for found in schemathesis.graphql.from_file(told_without_one_of()).get_all_operations():
        assert isinstance(found, Ok)
        made[found.ok().label] = found.ok()
    return made


def text_of(strategy: st.SearchStrategy[Any], written: Callable[[Any], str]) -> st.SearchStrategy[Any]:
    """A scalar that is written as a string."""
    return strategy.map(lambda value: nodes.String(written(value)))


SCALARS = {
    "Decimal": text_of(st.decimals("-1000", "1000000", places=2), lambda each: format(each, "f")),
    "Date": text_of(st.dates(), lambda each: each.isoformat()),
    "DateTime": text_of(st.datetimes(), lambda each: f"{each.isoformat()}Z"),
    "CurrencyCode": text_of(st.sampled_from(["USD", "JPY", "KWD", "XXX"]), str),
    "JSONObject": st.just(nodes.Object(fields=[])),
}
for scalar, strategy in SCALARS.items():
    schemathesis.graphql.scalar(scalar, strategy)
assert schema.mutation_type is not None
assert schema.query_type is not None
LABELS = [
    f"{kind.name}.{field}" for kind in (schema.mutation_type, schema.query_type) for field in kind.fields
]


@cache
def cases_of(label: str) -> list[Case[Any]]:
    """Documents for one root field, the same in each run."""
    found: list[Case[Any]] = []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operations()[label].as_strategy())
    def collect(case: Case[Any]) -> None:
        found.append(case)

    collect()
    return found


def test_every_root_field_is_asked_for() -> None:
    assert sorted(LABELS) == sorted(operations())


@pytest.mark.parametrize("label", sorted(LABELS))
async def test_no_document_for_a_root_field_meets_an_unexpected_error(
    service: Service, engine: str, label: str
) -> None:
    answered = 0
    for case in cases_of(label)[:: 2 if engine == "postgresql" else 1]:
        sent = await service.post(json.dumps({"query": case.body}).encode())
        check_messages(sent.json().get("errors", ()))
        # Its demand that everything is accepted cannot be met: it sends null to what may only be left out.
        case.validate_response(sent, checks=[not_a_server_error])
        answered += "data" in sent.json()
    assert answered, "each was refused unread"
    if label.startswith("Mutation"):
        assert [each async for each in audit(service.books.database, service.books.entity.id)] == []
