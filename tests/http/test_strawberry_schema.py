"""Strawberry's types work when graphql-core is called directly, and the known traps of Strawberry 0.341 are shut.

Elsewhere: limiters that take exponential time (test_documents, test_hostile_requests), bodies that are no objects
(test_hostile_requests), loose scalars (test_scalars), Python in messages (test_masking). The traps of its extensions and
of their caches are shut by running none.
"""

from typing import Any

import pytest
import strawberry
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig

from app.api.http.endpoint import GraphQLEndpoint
from app.api.scalars import SCALAR_MAP
from tests.http.client import codes, post
from tests.http.service import Door, Mutation, Query, new_endpoint, new_schema


def data(query: str, **variables: Any) -> Any:
    """The data of an answer without errors."""
    body = post(new_endpoint(), query, variables=variables).json()
    assert body.keys() == {"data"}, body
    return body["data"]


def test_unions_and_interfaces_are_resolved() -> None:
    query = "query($a: Boolean!) { either(accepted: $a) { __typename ... on Recorded { name } ... on Error { message } } }"
    assert data(query, a=True) == {"either": {"__typename": "Recorded", "name": "it"}}
    assert data(query, a=False) == {"either": {"__typename": "Rejection", "message": "no"}}


def test_enums_come_and_go_by_name_and_defaults_hold() -> None:
    assert data("{ shade a: shade(value: LIGHT) }") == {"shade": "DARK", "a": "LIGHT"}
    assert data("query($v: Shade!) { shade(value: $v) }", v="LIGHT") == {"shade": "LIGHT"}


def test_inputs_become_objects_and_absent_differs_from_null_only_where_it_may() -> None:
    query = "query($p: Patch!) { patched(patch: $p) }"
    absent = data(query, p={})["patched"]
    assert "own_note=None, memo=None, shades=UNSET, inner=UNSET" in absent
    given = data(query, p={"ownNote": "a", "memo": None, "shades": ["DARK"], "inner": {"memo": "b"}})[
        "patched"
    ]
    assert "own_note=Some('a'), memo=Some(None)" in given
    assert "shades=[<Shade.DARK: 'dark'>]" in given
    assert "memo=Some('b')" in given
    assert data('{ patched(patch: {memo: null, ownNote: "a"}) }')["patched"].startswith(
        "Patch(own_note=Some('a'), memo=Some(None)"
    )


def test_a_one_of_takes_exactly_one_key() -> None:
    assert data('{ a: found(by: {id: "1"}) b: found(by: {invoiceNumber: "2"}) }') == {"a": "1", "b": "2"}
    assert data("query($b: By!) { found(by: $b) }", b={"invoiceNumber": "3"}) == {"found": "3"}
    assert data('{ __type(name: "By") { isOneOf } }') == {"__type": {"isOneOf": True}}
    for literal in ("{}", "{id: null}", '{id: "1", invoiceNumber: "2"}'):
        assert codes(post(new_endpoint(), f"{{ found(by: {literal}) }}")) == ["GRAPHQL_VALIDATION_FAILED"]


def test_a_one_of_in_a_fragment_before_the_operation_is_valid() -> None:
    # Strawberry's own rule fails here with AttributeError.
    query = "fragment F on Query { found(by: {id: $x}) } query($x: ID!) { ...F }"
    assert data(query, x="3") == {"found": "3"}


def test_info_and_parameters_reach_the_resolver() -> None:
    body = post(
        new_endpoint(),
        "query A { parameters }",
        operationName="A",
        extensions={"clientLibrary": {"name": "x"}},
    ).json()
    assert body["data"]["parameters"] == {
        "operationName": "A",
        "extensions": {"clientLibrary": {"name": "x"}},
        "idempotencyKey": None,
        "fieldName": "parameters",
        "selected": ["parameters"],
    }


def test_a_schema_that_strawberry_sorted_is_refused_since_its_unions_do_not_work() -> None:
    with pytest.raises(ValueError, match="sort_schema"):
        GraphQLEndpoint(new_schema(sort_schema=True), authenticate=Door().authenticate, allowed_hosts=["*"])


def test_a_schema_with_extensions_is_refused_since_they_would_not_run() -> None:
    schema = strawberry.Schema(
        query=Query, config=StrawberryConfig(scalar_map=SCALAR_MAP), extensions=[SchemaExtension]
    )
    with pytest.raises(ValueError, match="extensions"):
        GraphQLEndpoint(schema, authenticate=Door().authenticate, allowed_hosts=["*"])


def test_a_subscription_by_plain_post_is_refused_and_opens_nothing() -> None:
    door = Door()
    response = post(new_endpoint(door), "subscription { ticks }")
    assert (response.status_code, codes(response), door.opened) == (400, ["BAD_REQUEST"], [])


def test_several_schemas_and_endpoints_can_be_built_from_the_same_types() -> None:
    schema = new_schema()
    for _ in range(2):
        endpoint = GraphQLEndpoint(schema, authenticate=Door().authenticate, allowed_hosts=["*"])
        assert post(endpoint, '{ found(by: {id: "1"}) }').json()["data"] == {"found": "1"}
    again = strawberry.Schema(query=Query, mutation=Mutation, config=StrawberryConfig(scalar_map=SCALAR_MAP))
    endpoint = GraphQLEndpoint(again, authenticate=Door().authenticate, allowed_hosts=["*"])
    assert post(endpoint, "{ either(accepted: true) { __typename } }").status_code == 200


def test_a_mutation_on_a_schema_without_mutations_is_a_fault_of_the_client() -> None:
    schema = strawberry.Schema(query=Query, config=StrawberryConfig(scalar_map=SCALAR_MAP))
    endpoint = GraphQLEndpoint(schema, authenticate=Door().authenticate, allowed_hosts=["*"])
    for mutation in ("mutation { record }", "mutation { __typename }"):
        response = post(endpoint, mutation)
        assert response.status_code == 400
        assert "INTERNAL_SERVER_ERROR" not in codes(response)
