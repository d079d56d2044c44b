"""From every document one can walk to every other that explains it."""

from collections.abc import Iterable
from typing import Any

import pytest

from app.api.declarations import DOCUMENTS, ConnectionPlan, DocumentPlan, ListPlan, OnePlan
from app.domain.entity import Settings
from app.domain.reading import camel
from app.domain.vocabulary import ApplicationLevel
from tests.support.building import entity_data, one_row_of_everything
from tests.support.service import Service

AT_LINES = pytest.mark.parametrize(
    "entity_settings", [Settings(application_level=ApplicationLevel.INVOICE_LINE)], ids=["lines"]
)
Graph = dict[str, set[str]]
WITHOUT_ID = {"BalanceEntry": "id: causeId", "DocumentChange": "version"}
NODE_KINDS = [plan for plan in DOCUMENTS.values() if plan.prefix]


def edges_of(plan: DocumentPlan) -> str:
    """A selection of the ids behind every edge of the type; an entry of a balance's history names its cause, a change of
    a document no other.
    """
    parts = []
    for name, field in plan.fields.items():
        if isinstance(field, OnePlan | ListPlan):
            parts.append(f"{camel(name)} {{ id }}")
        elif isinstance(field, ConnectionPlan):
            inner = WITHOUT_ID.get(field.target, "id")
            parts.append(f"{camel(name)}(first: 25) {{ nodes {{ {inner} }} }}")
    return f"... on {plan.name} {{ id {' '.join(parts)} }}"


def ids_in(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "id" and inner is not None:
                yield inner
            yield from ids_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from ids_in(inner)


async def graph_of(service: Service) -> Graph:
    """Every document of the entity and those that one step leads to."""
    graph: Graph = {}
    for plan in NODE_KINDS:
        rows = await service.books.rows(f"SELECT id FROM {plan.table.name} WHERE entity_id = :entity_id")
        assert rows, f"the test's books have no {plan.name}"
        ids = [row[0] for row in rows]
        query = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename {edges_of(plan)} }} }}"
        for node in (await service.read(query, ids=ids))["nodes"]:
            assert node["__typename"] == plan.name
            graph[node["id"]] = set(ids_in(node)) - {node["id"]}
    return graph


def reachable(graph: Graph, start: str) -> set[str]:
    seen, ahead = {start}, [start]
    while ahead:
        for each in graph[ahead.pop()] - seen:
            seen.add(each)
            ahead.append(each)
    return seen


@AT_LINES
async def test_every_document_of_an_account_is_reached_from_every_other(service: Service) -> None:
    await one_row_of_everything(service.books)
    graph = await graph_of(service)
    for start in graph:
        assert reachable(graph, start) == set(graph), f"from {start}"


@AT_LINES
async def test_edges_lead_there_and_back(service: Service) -> None:
    """What one document names, names it."""
    await one_row_of_everything(service.books)
    graph = await graph_of(service)
    one_way = [(start, end) for start, ends in graph.items() for end in ends if start not in graph[end]]
    kinds = {(start.partition("_")[0], end.partition("_")[0]) for start, end in one_way}
    # A document's history names what moved its balance; a job's item is found from the memo that it names, too.
    assert kinds <= {("lapp", "lapp"), ("inv", "cm"), ("cm", "inv"), ("jit", "app")}, sorted(one_way)


@AT_LINES
async def test_the_history_of_every_balance_adds_up_and_each_cause_can_be_fetched(service: Service) -> None:
    await one_row_of_everything(service.books)
    history = "balanceEntries { nodes { position impactAmount balanceBefore balanceAfter causeId kind } }"
    answer = await service.read(
        f"{{ invoices {{ nodes {{ balance {history} }} }} creditMemos {{ nodes {{ balance {history} }} }} }}"
    )
    causes = set()
    for document in answer["invoices"]["nodes"] + answer["creditMemos"]["nodes"]:
        entries = document["balanceEntries"]["nodes"]
        assert [each["position"] for each in entries] == list(range(1, len(entries) + 1))
        assert entries[-1]["balanceAfter"] == document["balance"]
        before = [entries[0]["balanceBefore"], *(each["balanceAfter"] for each in entries[:-1])]
        assert [each["balanceBefore"] for each in entries] == before
        causes |= {each["causeId"] for each in entries if each["causeId"]}
    found = await service.read("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=sorted(causes))
    assert {each["id"] for each in found["nodes"]} == causes


async def test_an_account_shows_what_it_owes_and_holds_per_currency(service: Service) -> None:
    await one_row_of_everything(service.books)
    await service.mutate(
        "createInvoices",
        {
            "invoices": [
                {
                    "account": {"number": "A-1"},
                    "currency": "JPY",
                    "invoiceDate": "2026-01-01",
                    "post": True,
                    "lines": [{"amount": "1200"}],
                }
            ]
        },
    )
    account = await service.read(
        '{ account(by: {number: "A-1"}) { balances { owed { amount currency } unusedCredit { amount } }'
        " invoices { nodes { balance currency } } creditMemos { nodes { balance status } } } }"
    )
    owed = {each["owed"]["currency"]: each["owed"]["amount"] for each in account["account"]["balances"]}
    assert owed["JPY"] == "1200"
    [dollars] = [
        each["balance"] for each in account["account"]["invoices"]["nodes"] if each["currency"] == "USD"
    ]
    assert owed["USD"] == dollars


async def test_documents_are_found_by_id_by_number_and_by_external_reference(service: Service) -> None:
    reference = {"externalReference": "X-1", "externalReferenceSource": "crm"}
    account = {"number": "A-1", "name": "Buyer", "currency": "USD", **reference}
    await service.mutate("upsertAccounts", {"accounts": [account]})
    lines = [{"amount": "10.00"}]
    invoice = {"account": {"number": "A-1"}, "number": "I-1", "invoiceDate": "2026-01-01", "lines": lines}
    await service.mutate("createInvoices", {"invoices": [invoice | reference]})
    await service.mutate("createCreditMemo", {"account": {"number": "A-1"}, "lines": lines, **reference})
    for kind, number in (("account", "A-1"), ("invoice", "I-1"), ("creditMemo", "CM-000001")):
        by_number = await service.read(f'{{ {kind}(by: {{number: "{number}"}}) {{ id number }} }}')
        id = by_number[kind]["id"]
        assert by_number[kind]["number"] == number
        external = '{externalReference: {source: "crm", reference: "X-1"}}'
        for by in (f'{{id: "{id}"}}', external):
            assert (await service.read(f"{{ {kind}(by: {by}) {{ id }} }}"))[kind] == {"id": id}
        for by in ('{id: "x"}', '{number: "x"}', '{externalReference: {source: "x", reference: "X-1"}}'):
            assert (await service.read(f"{{ {kind}(by: {by}) {{ id }} }}"))[kind] is None


async def test_a_reference_without_a_source_is_shown_and_found_without_one(service: Service) -> None:
    reference = {"externalReference": "X-1"}
    lines = [{"amount": "10.00"}]
    account = {"number": "A-1", "name": "Buyer", "currency": "USD", **reference}
    await service.mutate("upsertAccounts", {"accounts": [account]})
    invoice = {"invoiceDate": "2026-01-01", "post": True, "lines": lines}
    named = {"account": {"externalReference": {"reference": "X-1"}}}
    await service.mutate("createInvoices", {"invoices": [invoice | named | reference]})
    await service.mutate("createCreditMemo", {"lines": lines, **named, **reference})
    unsourced = '{externalReference: {reference: "X-1"}}'
    for kind in ("account", "invoice", "creditMemo"):
        shown = f"{{ {kind}(by: {unsourced}) {{ externalReference externalReferenceSource }} }}"
        assert (await service.read(shown))[kind] == {**reference, "externalReferenceSource": None}
        for source, is_found in (('""', True), ("null", True), ('"crm"', False)):
            by = f'{{externalReference: {{source: {source}, reference: "X-1"}}}}'
            found = (await service.read(f"{{ {kind}(by: {by}) {{ __typename }} }}"))[kind]
            assert (found is not None) is is_found, by
    paid = {"invoice": {"externalReference": {"reference": "X-1"}}, "amount": "1.00", **reference}
    answer = await service.mutate("recordPayment", paid, "payment { externalReferenceSource }")
    assert answer["payment"] == {"externalReferenceSource": None}
    unknown = {"invoice": {"externalReference": {"reference": "X-2"}}, "amount": "1.00"}
    [violation] = (await service.mutate("recordPayment", unknown))["violations"]
    assert (violation["code"], violation["details"]["asked"]) == ("NOT_FOUND", "X-2")


async def test_a_number_shared_by_an_invoice_and_a_debit_memo_names_the_invoice(service: Service) -> None:
    await service.mutate("upsertAccounts", {"accounts": [{"number": "A", "name": "A", "currency": "USD"}]})
    entry = {"account": {"number": "A"}, "number": "N-1", "invoiceDate": "2026-01-01"}
    for kind in ("INVOICE", "DEBIT_MEMO"):
        await service.mutate(
            "createInvoices", {"invoices": [entry | {"kind": kind, "lines": [{"amount": "1.00"}]}]}
        )
    found = await service.read('{ invoice(by: {number: "N-1"}) { kind } }')
    assert found["invoice"]["kind"] == "INVOICE"


async def test_the_entity_tells_its_settings_and_reason_codes(service: Service) -> None:
    answer = await service.read(
        "{ entity { code name applicationLevel defaultAllocation defaultTaxStrategy timeZone closedThrough"
        " convertNegativeLinesOnPosting applyConvertedMemoOnPosting applyAvailableCreditOnPosting taxEngine taxCallback { url }"
        " reasonCodes { code label active allowedForDirect isDefault } templates { code }"
        " numberSequences { kind prefix next padding gapless } taxRates { totalCount } } }"
    )
    codes = (
        ("Credit & Rebill", "Credit & Rebill", True, False),
        ("GOODWILL", "Goodwill", True, True),
        ("OLD", "Retired", False, True),
        ("Wallet Application", "Wallet Application", True, False),
    )
    assert answer["entity"] == {
        "code": service.books.entity.code,
        "name": service.books.entity.code.title(),
        "applicationLevel": "INVOICE",
        "defaultAllocation": "HIGHEST_FIRST",
        "defaultTaxStrategy": "COPY_FROM_INVOICE_LINE",
        "timeZone": "UTC",
        "closedThrough": None,
        "convertNegativeLinesOnPosting": False,
        "applyConvertedMemoOnPosting": False,
        "applyAvailableCreditOnPosting": False,
        "taxEngine": None,
        "taxCallback": None,
        "reasonCodes": [
            {"code": code, "label": label, "active": active, "allowedForDirect": direct, "isDefault": False}
            for code, label, active, direct in codes
        ],
        "templates": [],
        "numberSequences": [
            {"kind": kind, "prefix": prefix, "next": 1, "padding": 6, "gapless": False}
            for kind, prefix in (
                ("CREDIT_MEMO", "CM-"),
                ("DEBIT_MEMO", "DM-"),
                ("INVOICE", "INV-"),
                ("REFUND", "RF-"),
            )
        ],
        "taxRates": {"totalCount": 0},
    }


async def test_the_entity_tells_its_templates_rates_and_tax_server_and_never_the_secret(
    service: Service,
) -> None:
    await entity_data(service.books)
    answer = await service.read(
        "{ entity { templates { code label type active } taxCallback { url timeoutMilliseconds }"
        ' taxRates(first: 1, filter: {taxCode: {eq: "STANDARD"}}, orderBy: {field: VALID_FROM, direction: ASC})'
        " { totalCount nodes { taxCode jurisdiction name rate validFrom validThrough } } } }"
    )
    assert answer["entity"] == {
        "templates": [{"code": "PLAIN", "label": "PLAIN", "type": "CREDIT_MEMO", "active": True}],
        "taxCallback": {"url": "https://tax.example", "timeoutMilliseconds": 5000},
        "taxRates": {
            "totalCount": 1,
            "nodes": [
                {
                    "taxCode": "STANDARD",
                    "jurisdiction": "TEXAS",
                    "name": "STATE TAX",
                    "rate": "0.0625",
                    "validFrom": "2026-01-01",
                    "validThrough": None,
                }
            ],
        },
    }
