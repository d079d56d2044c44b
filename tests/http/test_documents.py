"""Documents: measured in linear time, limited, kept in a bounded cache."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import DocumentNode, SelectionSetNode, Visitor, get_introspection_query, parse, visit

from app.api.http.document import Documents, parsed
from app.api.http.document_cache import DocumentCache
from app.api.http.limits import DocumentLimits
from app.api.http.measure import DocumentSize, measure
from tests.http.client import codes, post
from tests.http.service import Door, new_endpoint


class Counted(tuple[Any, ...]):
    """Selections that count how often they are walked."""

    walks: int = 0

    def __iter__(self) -> Iterator[Any]:
        self.walks += 1
        return super().__iter__()


class CountSelections(Visitor):
    """Makes all selection sets of a document count their walks."""

    def __init__(self) -> None:
        super().__init__()
        self.counted: list[Counted] = []

    def leave_selection_set(self, node: SelectionSetNode, *_: object) -> None:
        counted = Counted(node.selections)
        object.__setattr__(
            node, "selections", counted
        )  # nodes are frozen, and rebuilding them makes plain tuples
        self.counted.append(counted)


def doubling(length: int, inner: str = "name") -> str:
    """A chain of fragments each of which spreads the next one twice."""
    chain = [f"fragment F{i} on Recorded {{ child {{ ...F{i + 1} ...F{i + 1} }} }}" for i in range(length)]
    return f"{{ tree {{ ...F0 }} }} {' '.join(chain)} fragment F{length} on Recorded {{ {inner} }}"


@pytest.mark.parametrize("length", [1, 10, 100])
def test_each_part_of_a_document_is_walked_once_however_often_it_is_spread(length: int) -> None:
    document = parse(doubling(length))
    count = CountSelections()
    visit(document, count)
    size = measure(document)
    # One field at the root, then 2**i times the field of fragment i, and 2**length times the name at the end.
    assert size.fields == 1 + sum(2**i for i in range(length)) + 2**length
    assert size.depth == length + 2
    assert [counted.walks for counted in count.counted] == [1] * (2 * length + 3)


def test_circles_of_fragments_are_measured_without_an_end() -> None:
    size = measure(
        parse("{ ...A } fragment A on Query { a ...B } fragment B on Query { b ...A ...B ...Unknown }")
    )
    assert size.fields == 2


def test_fragments_that_stand_in_any_order_are_expanded() -> None:
    document = parse(
        "fragment A on T { x { ...B } } { a: x { ...C } ...A } fragment C on T { ...A @skip(if: true) ... { y } } "
        "fragment B on T { b: z @include(if: true) }"
    )
    assert measure(document) == DocumentSize(
        operations=1, depth=3, root_fields=2, fields=6, aliases=3, directives=3
    )


def test_the_subtree_of_introspection_counts_for_nothing_but_nothing_else_is_exempt() -> None:
    assert measure(parse("{ __schema { types { a: name fields { name } } } }")).depth == 1
    assert measure(parse('{ __type(name: "A") { b: name } x { y { z } } }')) == DocumentSize(1, 3, 2, 4, 0, 0)


def test_the_introspection_query_of_tools_is_within_the_limits() -> None:
    query = get_introspection_query(
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
        one_of=True,
    )
    assert post(new_endpoint(), query).json().keys() == {"data"}


def test_a_generous_page_of_a_user_interface_is_within_the_limits() -> None:
    line = "{ edges { node { name child { name child { name } } } } }"
    fields = " ".join(f"field{i} {line}" for i in range(60))
    document = parse(f"query Page($first: Int!) {{ one: x {{ {fields} }} two: x {{ name }} }}")
    limits = DocumentLimits()
    for what, number in vars(measure(document)).items():
        assert number <= getattr(limits, what)


def test_limits_are_a_setting() -> None:
    assert codes(post(new_endpoint(limits=DocumentLimits(depth=2)), "{ tree { child { name } } }")) == [
        "DOCUMENT_TOO_COMPLEX"
    ]
    wide = "{ " + " ".join(f"a{i}: one" for i in range(40)) + " }"
    assert post(new_endpoint(limits=DocumentLimits(root_fields=40, aliases=40)), wide).status_code == 200


def valid_documents(endpoint_limits: DocumentLimits | None = None) -> Documents:
    """Documents of the test's schema."""
    return new_endpoint(Door(), limits=endpoint_limits).documents


def test_a_document_is_parsed_once_for_all_requests_with_the_same_text() -> None:
    endpoint = new_endpoint()
    assert post(endpoint, "{ one }").status_code == 200
    kept = endpoint.documents.valid("{ one }")
    assert post(endpoint, "{ one }").status_code == 200
    assert endpoint.documents.valid("{ one }") is kept
    assert len(endpoint.documents.cache) == 1


def test_refused_documents_are_not_remembered() -> None:
    endpoint = new_endpoint()
    for query in ("{ one", "{ two }", doubling(12), "{ one }" + " " * 20_000):
        assert post(endpoint, query).status_code == 400
    assert len(endpoint.documents.cache) == 0


def test_the_cache_is_bounded_in_documents_and_drops_the_least_recently_used() -> None:
    documents = valid_documents()
    documents.cache = DocumentCache(documents=3)
    for text in ("{ a: one }", "{ b: one }", "{ c: one }"):
        documents.keep(documents.valid(text))
    kept = documents.valid("{ a: one }")
    documents.keep(documents.valid("{ d: one }"))
    assert len(documents.cache) == 3
    assert documents.valid("{ a: one }") is kept
    assert documents.cache.get("{ b: one }") is None


def test_the_cache_is_bounded_in_text_and_takes_no_document_that_would_empty_it() -> None:
    documents = valid_documents()
    documents.cache = DocumentCache(characters=1_000)
    for number in range(200):
        documents.keep(documents.valid("{ one }" + " " * number))
    assert documents.cache.kept_characters <= 1_000
    assert documents.cache.get("{ one }" + " " * 199) is None
    assert documents.cache.get("{ one }" + " " * 93) is not None
    assert documents.cache.kept_characters == sum(len(text) for text in documents.cache._kept)


def test_a_document_that_is_dropped_leaves_nothing_behind_for_a_look_for_garbage() -> None:
    query = get_introspection_query()
    gc.collect()
    gc.disable()
    try:
        parsed(query, DocumentLimits())
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_document_is_not_changed_by_being_executed() -> None:
    endpoint = new_endpoint()
    query = "query($v: Int!) { integer(value: $v) ...F } fragment F on Query { tree { child { name } } }"
    answers = [
        post(endpoint, query, variables={"v": number}).json()["data"]["integer"] for number in (1, 2, 3)
    ]
    assert answers == [1, 2, 3]


def test_a_name_chooses_between_operations() -> None:
    query = "query A { a: one } query B { b: one }"
    assert post(new_endpoint(), query, operationName="B").json() == {"data": {"b": 1}}


def test_an_empty_document_node_measures_nothing() -> None:
    assert measure(DocumentNode(definitions=())) == DocumentSize()
