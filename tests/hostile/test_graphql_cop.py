"""The twelve findings that the scanner graphql-cop looks for, one request each: none is found in a closed service.

Closed: without introspection, GraphiQL and GET, as `docs/limits.md` advises for a service that others reach.
"""

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.http.hostile_requests import many
from tests.support.books import TestBooks
from tests.support.service import Service


@pytest.fixture(scope="session", params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    """What is asked here never comes to a database."""
    return str(request.param)


@pytest.fixture
def closed(books: TestBooks, tmp_path: Path) -> Service:
    return Service(books, tmp_path, introspection=False, graphiql=False, get=False)


async def asked(service: Service, query: Any) -> Any:
    """The body of the answer to a POST with JSON, or to a list of them."""
    body = query if isinstance(query, list) else {"query": query}
    sent = await service.request(
        "POST", content=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    assert sent.status_code < 500
    return sent.json()


def is_executed(body: Any) -> bool:
    return isinstance(body, list) or body.get("data") is not None


async def test_aliases_are_not_overloaded(closed: Service) -> None:
    assert not is_executed(await asked(closed, "{ " + many("alias#: __typename", 101) + " }"))


async def test_queries_are_not_batched(closed: Service) -> None:
    assert not is_executed(await asked(closed, [{"query": "{ __typename }"}] * 10))


async def test_directives_are_not_overloaded(closed: Service) -> None:
    """Ten mistakes of one kind are told as one, so that their number multiplies nothing."""
    assert len((await asked(closed, "{ __typename " + "@aa" * 10 + " }"))["errors"]) == 1


async def test_introspection_does_not_go_in_circles(closed: Service) -> None:
    circle = "{ __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }"
    assert not is_executed(await asked(closed, circle))


async def test_fields_are_not_duplicated_without_end(closed: Service) -> None:
    assert not is_executed(await asked(closed, "{ " + "__typename " * 1_001 + "}"))


async def test_the_schema_is_not_shown(closed: Service) -> None:
    assert not is_executed(await asked(closed, "{ __schema { types { name fields { name } } } }"))
    assert not is_executed(await asked(closed, '{ __type(name: "Query") { name } }'))


@pytest.mark.parametrize(
    "near",
    [
        "{ entitie { code } }",
        "{ entity { cod } }",
        "{ invoice(bye: 1) { id } }",
        '{ invoices(filter: {balanc: {gt: "0"}}) { totalCount } }',
        "{ entity { code ... on Entit { id } } }",
        "{ invoices(orderBy: {field: NUMBE, direction: ASC}) { totalCount } }",
    ],
)
async def test_nothing_that_exists_is_suggested(closed: Service, near: str) -> None:
    body = await asked(closed, near)
    assert not is_executed(body)
    assert "Did you mean" not in json.dumps(body)


async def test_values_that_exist_are_not_suggested_in_variables_either(closed: Service) -> None:
    query = "query ($o: InvoiceOrder, $f: InvoiceFilter) { invoices(orderBy: $o, filter: $f) { totalCount } }"
    for variables in ({"o": {"field": "NUMBE", "direction": "ASC"}}, {"f": {"balanc": {"gt": "0"}}}):
        sent = await closed.send(query, variables)
        assert "errors" in sent.json()
        assert "Did you mean" not in sent.text


@pytest.mark.parametrize("path", ["/", "/graphql", "/graphiql", "/playground", "/console", "/altair"])
async def test_no_page_for_developers_is_served(closed: Service, path: str) -> None:
    sent = await closed.request("GET", path, headers={"Accept": "text/html"})
    assert sent.status_code in (404, 405, 406)
    assert "<html" not in sent.text.lower()


async def test_queries_are_not_taken_by_get(closed: Service) -> None:
    assert_refused(await closed.request("GET", "/graphql?query={__typename}"), 405)


async def test_mutations_are_not_taken_by_get(closed: Service) -> None:
    assert_refused(await closed.request("GET", "/graphql?query=mutation{__typename}"), 405)


async def test_queries_are_not_taken_from_forms(closed: Service) -> None:
    assert_refused(await closed.request("POST", data={"query": "{ __typename }"}), 415)


async def test_no_trace_is_told(closed: Service) -> None:
    assert set((await asked(closed, "{ __typename }"))["extensions"]) == {"cost"}


@pytest.mark.parametrize("query", ["qwerty", "{ wrong }", "query { __typename @abc }"])
async def test_no_stack_is_told(closed: Service, query: str) -> None:
    for error in (await asked(closed, query))["errors"]:
        assert set(error) <= {"message", "locations", "extensions"}
        assert set(error["extensions"]) == {"code"}


def assert_refused(sent: httpx2.Response, status: int) -> None:
    assert sent.status_code == status
    assert not is_executed(sent.json())
