"""The cost of an operation counts what the pages it asks for may hold."""

from collections.abc import Hashable
from typing import Any

import pytest
from graphql import GraphQLObjectType, OperationDefinitionNode, parse

from app.api.http.cost import WORK_OF_FIELDS, CostOfOperation, lists_of_payloads
from app.api.http.limits import DocumentLimits
from app.api.schema import made_schema
from tests.http.client import codes, post
from tests.http.service import Door, new_endpoint


def cost(document: str, **variables: Any) -> int:
    """The cost of the document's only operation."""
    node = parse(document)
    (operation,) = (d for d in node.definitions if isinstance(d, OperationDefinitionNode))
    return CostOfOperation(node, operation, variables, frozenset({"as"})).total


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("{ a }", 1),
        ("{ a { b c } }", 3),
        ("{ as(first: 5) { nodes { b } } }", 1 + 5 * 2),
        ("{ as(last: 5) { edges { cursor node { b } } } }", 1 + 5 * 4),
        ("{ as { nodes { b } totalCount pageInfo { c } } }", 1 + 20 * 2 + 3),
        ("{ as(first: null) { nodes { b } } }", 1 + 20 * 2),
        ("{ as(first: 0) { nodes { b } } }", 1),
        ("{ as(first: -5) { nodes { b } } }", 1),
        ("{ as(first: 5) { nodes { bs(first: 7) { nodes { c } } } } }", 1 + 5 * (1 + 1 + 7 * 2)),
        ("{ nodes(ids: [1, 2, 3]) { b } }", 6),
        ("{ as(first: 5) { ...F } } fragment F on C { nodes { b } totalCount }", 1 + 5 * 2 + 1),
        ("{ as(first: 5) { ... { nodes { b } } } }", 1 + 5 * 2),
    ],
)
def test_a_field_costs_one_and_the_rows_of_a_page_count_each(document: str, expected: int) -> None:
    assert cost(document) == expected


def test_page_sizes_and_lists_of_ids_may_come_from_variables() -> None:
    document = "query($n: Int = 3, $ids: [ID!]) { as(first: $n) { nodes { b } } nodes(ids: $ids) { b } }"
    assert cost(document, ids=["1", "2"]) == 1 + 3 * 2 + 2 * 2
    assert cost(document, n=10, ids=[]) == 1 + 10 * 2
    assert cost(document, n=None) == 1 + 20 * 2 + 2
    assert cost(document, n="10") == 1 + 20 * 2 + 2


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            "{ make(input: {as: [1, 2, 3], version: 9}) { ... on Made { as { b c } replayed } } }",
            1 + 3 * 3 + 1,
        ),
        ("{ make(input: {as: [1, 2], bs: [1, 2, 3]}) { ...F } } fragment F on Made { as { b } }", 1 + 3 * 2),
        ("{ make(input: {as: []}) { as { b } } }", 1),
        ("{ make(input: {name: 1}) { as { b } } }", 1 + 2),
        ("{ make { as { b } } }", 1 + 2),
        ("{ make(input: {as: [1, 2, 3]}) { as { c { as { b } } } } }", 1 + 3 * (1 + 1 + 2)),
        ("{ make(input: {as: [1, 2]}) { as { bs(first: 5) { nodes { c } } } } }", 1 + 2 * (1 + 1 + 5 * 2)),
        ("{ ...F } fragment F on Mutation { make(input: {as: [1, 2]}) { as { b } } }", 1 + 2 * 2),
        (
            "{ x: make(input: {as: [1, 2]}) { as { b } } y: make(input: {as: [1]}) { as { b } } }",
            1 + 4 + 1 + 2,
        ),
    ],
)
def test_a_list_that_a_mutation_answers_counts_for_each_item_of_its_input(
    document: str, expected: int
) -> None:
    assert cost(f"mutation {document}") == expected


def test_a_mutation_whose_work_is_not_in_its_input_counts_for_itself() -> None:
    document = "mutation { autoApplyCredits(input: {account: {id: 1}}) { as { b } } }"
    assert cost(document) == WORK_OF_FIELDS["autoApplyCredits"] + 2


def test_the_input_of_a_mutation_may_come_from_variables() -> None:
    whole = "mutation($input: I!) { make(input: $input) { as { b } } }"
    assert cost(whole, input={"as": [1, 2, 3], "version": 9}) == 1 + 3 * 2
    assert cost(whole, input=5) == cost(whole) == 1 + 2
    part = "mutation($as: [A!]) { make(input: {as: $as}) { as { b } } }"
    assert cost(part, **{"as": [1, 2, 3]}) == 1 + 3 * 2
    assert cost(part, **{"as": 7}) == cost(part) == 1 + 2


def test_what_is_kept_with_a_document_does_not_depend_on_variables() -> None:
    document = "mutation ($input: I, $n: Int) { a(input: $input) { as { bs(first: $n) { nodes { c } } } } d { ...F } }"
    node = parse(document + " fragment F on C { bs(first: $n) { nodes { c } } e }")
    (operation,) = (d for d in node.definitions if isinstance(d, OperationDefinitionNode))
    notes: dict[Hashable, Any] = {}
    for items, n in ((1, 1), (3, 1), (3, 7), (2, 0)):
        variables = {"input": {"of": [0] * items}, "n": n}
        found = CostOfOperation(node, operation, variables, frozenset({"as"}), notes).total
        assert found == 1 + items * (2 + 2 * n) + 1 + (1 + 2 * n) + 1
    assert not notes
    plain = parse("mutation ($input: I) { a(input: $input) { as { b } } }")
    (operation,) = (d for d in plain.definitions if isinstance(d, OperationDefinitionNode))
    for items in (1, 5):
        variables = {"input": {"of": [0] * items}}
        assert CostOfOperation(plain, operation, variables, frozenset({"as"}), notes).total == 1 + items * 2
    assert len(notes) == 1


def test_the_lists_that_mutations_answer_are_those_of_documents() -> None:
    lists = lists_of_payloads(made_schema()._schema)
    assert {"accounts", "invoices", "applications", "results", "templates"} <= lists
    assert not lists & {"nodes", "edges", "violations", "account"}


def test_a_page_of_a_million_million_rows_is_a_number_like_any_other() -> None:
    assert cost("{ as(first: " + "9" * 5_000 + ") { nodes { b } } }") > 10**10


def test_fragments_that_double_are_added_up_once_each() -> None:
    chain = " ".join(f"fragment F{i} on A {{ a {{ ...F{i + 1} ...F{i + 1} }} }}" for i in range(150))
    assert cost(f"{{ ...F0 }} {chain} fragment F150 on A {{ b }}") > 2**150


def test_the_cost_is_told_to_the_client_and_to_the_operation() -> None:
    door = Door()
    response = post(new_endpoint(door, show_cost=True), "{ tree { child { name } } }")
    assert response.json()["extensions"] == {"cost": {"requested": 3, "limit": 50_000}}
    assert door.only.parameters.cost == 3


def test_an_operation_that_costs_too_much_is_refused_before_it_is_opened() -> None:
    door = Door()
    endpoint = new_endpoint(door, limits=DocumentLimits(cost=2))
    response = post(endpoint, "{ tree { child { name } } }")
    assert (response.status_code, codes(response), door.opened) == (400, ["DOCUMENT_TOO_COMPLEX"], [])
    assert "costs 3, at most 2" in response.json()["errors"][0]["message"]
    assert post(endpoint, "{ tree { name } }").status_code == 200


def test_the_introspection_of_tools_is_cheap_enough() -> None:
    nested = "fields { type { ofType { ofType { name } } } }"
    assert cost(f"{{ __schema {{ types {{ {nested} }} }} }}") < 100


def test_fields_that_read_all_of_the_books_cost_what_they_do_and_not_what_they_answer() -> None:
    kinds = [each for each in made_schema()._schema.type_map.values() if isinstance(each, GraphQLObjectType)]
    assert set(WORK_OF_FIELDS) <= {name for each in kinds for name in each.fields}
    assert cost("{ audit { holds } }") == WORK_OF_FIELDS["audit"] + 1


def test_a_field_that_reads_a_history_costs_so_for_each_row_that_has_one() -> None:
    trails = "{ invoices(first: 3) { nodes { balanceTrail(first: 5) { nodes { place } } } } }"
    assert cost(trails) == 1 + 3 * (1 + WORK_OF_FIELDS["balanceTrail"] + 5 * 2)


def test_the_page_of_a_statement_is_no_field_of_anything_else() -> None:
    kinds = [each for each in made_schema()._schema.type_map.values() if isinstance(each, GraphQLObjectType)]
    assert [each.name for each in kinds if "page" in each.fields] == ["AccountStatement"]
