"""An id of another entity is answered like one that nobody has: the same bytes, found out by the same statements."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type

from app.domain.invoice import InvoiceLineTax
from tests.api.examples import Prepared, inputs_of, prepared
from tests.api.input_paths import input_of, schema
from tests.hostile.places import Path, places_of, with_value
from tests.isolation.statements import statements
from tests.support.books import TestBooks, trace
from tests.support.building import account
from tests.support.service import SUCCESS, Service, mutation_document

NUMBER = "ONLY-THE-NEIGHBOUR-HAS-THIS"
SOURCE, REFERENCE = "crm", "only-the-neighbour-has-this"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What another entity has: an id for every name under which an input takes one."""

    known: Prepared
    account: str
    tax_item: str

    def id(self, path: Path) -> str:
        """A real id of the neighbour's, of the kind that belongs at the path."""
        names = [each for each in path if isinstance(each, str)]
        of_documents = {
            "account": self.account,
            "accounts": self.account,
            "invoice": self.known.invoice.id,
            "invoices": self.known.invoice.id,
            "creditMemo": self.known.memo.id,
            "creditMemos": self.known.memo.id,
        }
        of_rows = {
            "invoiceLineId": self.known.invoice.lines[0],
            "invoiceLineIds": self.known.invoice.lines[0],
            "creditMemoLineId": self.known.memo.lines[0],
            "removeLineIds": self.known.memo.lines[0],
            "applicationId": self.known.application,
            "lineApplicationId": self.known.line_application,
            "paymentId": self.known.payment,
            "refundId": self.known.refund,
            "jobId": self.known.refused_job,
            "credentialId": self.known.credential,
            "sourceTaxItemId": self.tax_item,
        }
        return of_documents[names[-2]] if names[-1] == "id" else of_rows[names[-1]]


async def neighbour_of(books: TestBooks) -> Neighbour:
    """Another entity, with documents of every kind that only it has."""
    other = await books.neighbour()
    known = await prepared(other)
    [item] = await other.of(InvoiceLineTax, "invoice_line_id", known.invoice.lines[0])
    owner = await account(other, NUMBER, external_reference=REFERENCE, external_reference_source=SOURCE)
    return Neighbour(known, owner, item.id)


def nobodys(id: str) -> str:
    """An id of the same kind that nobody has."""
    return f"{id.partition('_')[0]}_{uuid.uuid4().hex}"


async def answered(service: Service, query: str, variables: dict[str, Any], id: str) -> Any:
    """All that a caller can observe but the time: status, headers, body with the id left out; and the statements."""
    # Who asks is found out once, whatever is asked for.
    await service.read("{ entity { code } }")
    with statements() as sent:
        answer = await service.send(query, variables, X_Request_Id="the-same")
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    # What is left of the caller's budget comes back with time.
    text = re.sub('"budget":{[^}]*}', "", answer.text)
    return answer.status_code, headers, text.replace(id, "<id>"), sent


def id_places() -> Iterator[tuple[str, Path]]:
    """Every place in a mutation's input that takes an id."""
    for mutation in sorted(SUCCESS):
        for place in places_of(input_of(mutation)):
            if get_named_type(place.type).name == "ID" and not isinstance(place.path[-1], int):
                yield mutation, place.path


async def test_no_mutation_tells_a_foreign_id_from_none_by_anything(service: Service) -> None:
    mine = inputs_of(await prepared(service.books))
    neighbour = await neighbour_of(service.books)
    before = await trace(service.books.place)
    places = list(id_places())
    assert len(places) > len(SUCCESS)
    for mutation, path in places:
        answers = []
        for id in (neighbour.id(path), nobodys(neighbour.id(path))):
            value: Any = [id] if path[-1] == "invoiceLineIds" else id
            given = with_value(input_of(mutation), mine[mutation], path, value) | {"dryRun": True}
            answers.append(await answered(service, mutation_document(mutation), {"input": given}, id))
        assert answers[0] == answers[1], (mutation, path)
        assert answers[0][0] == 200, (mutation, path)
    assert await trace(service.books.place) == before


async def test_every_root_query_that_takes_an_id_is_asked_below() -> None:
    assert isinstance(schema.query_type, GraphQLObjectType)
    taking = {
        name for name, field in schema.query_type.fields.items() if {"id", "ids", "by"} & set(field.args)
    }
    assert taking == set(BY_ID)


BY_ID: dict[str, str] = {
    "node": "query ($id: ID!) { node(id: $id) { id } }",
    "nodes": "query ($id: ID!) { nodes(ids: [$id]) { id } }",
    "account": "query ($id: ID!) { account(by: {id: $id}) { id number } }",
    "invoice": "query ($id: ID!) { invoice(by: {id: $id}) { id number } }",
    "creditMemo": "query ($id: ID!) { creditMemo(by: {id: $id}) { id number } }",
    "creditMemoApplication": "query ($id: ID!) { creditMemoApplication(id: $id) { id number } }",
    "job": "query ($id: ID!) { job(id: $id) { id } }",
    "credential": "query ($id: ID!) { credential(id: $id) { id } }",
}


def ids_of(neighbour: Neighbour) -> dict[str, list[str]]:
    """Which of the neighbour's ids each root query is asked for."""
    known = neighbour.known
    own = {
        "account": neighbour.account,
        "invoice": known.invoice.id,
        "creditMemo": known.memo.id,
        "creditMemoApplication": known.application,
        "job": known.refused_job,
        "credential": known.credential,
    }
    every = [
        *own.values(),
        *known.invoice.lines,
        *known.memo.lines,
        known.line_application,
        known.payment,
        known.refund,
        neighbour.tax_item,
    ]
    return {"node": every, "nodes": every, **{name: [id] for name, id in own.items()}}


async def test_no_query_tells_a_foreign_id_from_none_by_anything(service: Service) -> None:
    for field, ids in ids_of(await neighbour_of(service.books)).items():
        for id in ids:
            first, second = [
                await answered(service, BY_ID[field], {"id": each}, each) for each in (id, nobodys(id))
            ]
            assert first == second, (field, id)
            assert first[0] == 200, (field, id)
            assert '"id"' not in first[2], (field, id)


BY_NAME = {
    "number": f'{{number: "{NUMBER}"}}',
    "external reference": f'{{externalReference: {{source: "{SOURCE}", reference: "{REFERENCE}"}}}}',
}


@pytest.mark.parametrize("name", BY_NAME)
async def test_a_name_that_only_the_neighbour_has_finds_nothing(service: Service, name: str) -> None:
    await neighbour_of(service.books)
    query = f"{{ account(by: {BY_NAME[name]}) {{ id }} }}"
    nobodys_name = query.replace("ONLY-THE", "NOT-EVEN-THE").replace("only-the", "not-even-the")
    first, second = [await answered(service, each, {}, "<id>") for each in (query, nobodys_name)]
    assert first == second
    assert '{"data":{"account":null}' in first[2]


def filters() -> Iterator[tuple[str, str]]:
    """Every filter of a root list that compares with an id."""
    assert isinstance(schema.query_type, GraphQLObjectType)
    for name, field in sorted(schema.query_type.fields.items()):
        if "filter" in field.args and "first" in field.args:
            kind: Any = get_named_type(field.args["filter"].type)
            for each, compared in kind.fields.items():
                if "ID" in {
                    get_named_type(inner.type).name
                    for inner in getattr(get_named_type(compared.type), "fields", {}).values()
                }:
                    yield name, each


async def test_no_filter_tells_a_foreign_id_from_none_by_anything(service: Service) -> None:
    ids = ids_of(await neighbour_of(service.books))["node"]
    compared = list(filters())
    assert len(compared) > 10
    for field, name in compared:
        filtered = f"{field}(filter: {{{name}: {{in: [$id]}}}})"
        query = f"query ($id: ID!) {{ {filtered} {{ totalCount nodes {{ id }} }} }}"
        for id in ids:
            first, second = [await answered(service, query, {"id": each}, each) for each in (id, nobodys(id))]
            assert first == second, (filtered, id)
            assert f'"{field}":{{"totalCount":0,"nodes":[]}}' in first[2], (filtered, id)


async def test_lists_sums_and_counts_of_one_entity_do_not_move_with_another(service: Service) -> None:
    """A neighbour with many documents changes no count, sum, page or cost that this entity can see."""
    await prepared(service.books)
    query = """{ accounts { totalCount } invoices { totalCount pageInfo { endCursor } } jobs { totalCount }
      creditMemos { totalCount } payments { totalCount } creditMemoApplications { totalCount }
      creditMemoApplicationSums(groupBy: [TYPE]) { count amount { amount } } entity { code } }"""
    before = await answered(service, query, {}, "<id>")
    await neighbour_of(service.books)
    assert await answered(service, query, {}, "<id>") == before
