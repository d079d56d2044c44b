"""Filters and orders answer what Python works out from all rows, the same on both engines."""

import random
from typing import Any

import pytest

from app.api.declarations import DOCUMENTS, ColumnPlan, DocumentPlan, filterable_columns, sortable_columns
from app.domain.reading import camel
from tests.api.oracle import ROOT_LISTS, as_input, holds, operands, ordered, rows_of, value_of
from tests.support.service import Service

FIELDS_A_DOCUMENT = 15


async def operators_of(service: Service, plan: DocumentPlan) -> dict[str, list[str]]:
    """The operators that each filterable field offers, by the schema."""
    answer = await service.read(
        f'{{ __type(name: "{plan.name}Filter") {{ inputFields {{ name type {{ inputFields {{ name }} }} }} }} }}'
    )
    return {
        field["name"]: [each["name"] for each in field["type"]["inputFields"]]
        for field in answer["__type"]["inputFields"]
        if field["name"] not in ("and", "or", "not")
    }


async def filtered(service: Service, field: str, filters: list[Any]) -> list[set[str]]:
    """The ids that each filter lets through."""
    kind = f"{ROOT_LISTS[field]}Filter"
    found: list[set[str]] = []
    for start in range(0, len(filters), FIELDS_A_DOCUMENT):
        batch = {f"f{place}": each for place, each in enumerate(filters[start : start + FIELDS_A_DOCUMENT])}
        variables = ", ".join(f"${name}: {kind}" for name in batch)
        lists = " ".join(
            f"{name}: {field}(first: 250, filter: ${name}) {{ nodes {{ id }} }}" for name in batch
        )
        answer = await service.read(f"query ({variables}) {{ {lists} }}", **batch)
        found += [{node["id"] for node in answer[name]["nodes"]} for name in batch]
    return found


def comparisons_of(
    rows: list[Any], plan: DocumentPlan, operators: dict[str, list[str]]
) -> list[tuple[str, ColumnPlan, str, Any]]:
    """Every operator of every filterable column with operands that occur, or nearly."""
    return [
        (name, column, operator, operand)
        for name, column in filterable_columns(plan)
        for operator in operators[camel(name)]
        for operand in operands([value_of(row, name, column) for row in rows], operator)
    ]


@pytest.mark.parametrize("field", sorted(ROOT_LISTS))
async def test_every_operator_of_every_column_finds_the_rows_it_names(assorted: Service, field: str) -> None:
    plan = DOCUMENTS[ROOT_LISTS[field]]
    rows = await rows_of(assorted.books, plan)
    operators = await operators_of(assorted, plan)
    assert set(operators) == {camel(name) for name, _ in filterable_columns(plan)}
    tests = comparisons_of(rows, plan, operators)
    filters = [{camel(name): {operator: as_input(operand)}} for name, _, operator, operand in tests]
    for (name, column, operator, operand), given, found in zip(
        tests, filters, await filtered(assorted, field, filters), strict=True
    ):
        expected = {row.id for row in rows if holds(value_of(row, name, column), operator, operand)}
        assert found == expected, given


def random_condition(
    chance: random.Random, tests: list[tuple[str, ColumnPlan, str, Any]], depth: int
) -> tuple[Any, Any]:
    """A nested filter and the predicate that it stands for."""
    group = chance.choice(("and", "or", "not", "test")) if depth else "test"
    if group == "test":
        name, column, operator, operand = chance.choice(tests)
        return {camel(name): {operator: as_input(operand)}}, lambda row: holds(
            value_of(row, name, column), operator, operand
        )
    if group == "not":
        given, inner = random_condition(chance, tests, depth - 1)
        return {"not": given}, lambda row: not inner(row)
    parts = [random_condition(chance, tests, depth - 1) for _ in range(chance.randrange(4))]
    every = all if group == "and" else any
    return {group: [given for given, _ in parts]}, lambda row: every(inner(row) for _, inner in parts)


@pytest.mark.parametrize("field", ["invoices", "creditMemoApplications"])
async def test_and_or_and_not_combine_as_in_logic(assorted: Service, field: str) -> None:
    plan = DOCUMENTS[ROOT_LISTS[field]]
    rows = await rows_of(assorted.books, plan)
    tests = comparisons_of(rows, plan, await operators_of(assorted, plan))
    chance = random.Random(7)
    conditions = [random_condition(chance, tests, 4) for _ in range(60)]
    found = await filtered(assorted, field, [given for given, _ in conditions])
    for (given, predicate), ids in zip(conditions, found, strict=True):
        assert ids == {row.id for row in rows if predicate(row)}, given


async def test_all_of_nothing_holds_of_every_row_and_any_of_nothing_of_none(
    assorted: Service,
) -> None:
    rows = await rows_of(assorted.books, DOCUMENTS["Invoice"])
    everything = {row.id for row in rows}
    given = [{"and": []}, {"or": []}, {"not": {"and": []}}, {"not": {"or": []}}, {"and": [], "or": []}, {}]
    found = await filtered(assorted, "invoices", given)
    assert found == [everything, set(), set(), everything, set(), everything]


async def test_an_amount_is_compared_in_the_decimals_of_its_own_currency(assorted: Service) -> None:
    [tens, over, none] = await filtered(
        assorted,
        "invoices",
        [
            {"totalAmount": {"eq": "10"}},
            {"totalAmount": {"gt": "9.9999"}},
            {"totalAmount": {"eq": "10.0001"}},
        ],
    )
    currencies = "SELECT DISTINCT currency FROM invoice WHERE entity_id = :entity_id AND id = :id"
    assert {await assorted.books.value(currencies, id=id) for id in tens} == {"USD", "JPY", "KWD"}
    assert tens < over
    assert none == set()


@pytest.mark.parametrize("field", sorted(ROOT_LISTS))
async def test_every_order_is_by_stored_value_then_id_with_missing_values_last(
    assorted: Service, field: str
) -> None:
    plan = DOCUMENTS[ROOT_LISTS[field]]
    rows = await rows_of(assorted.books, plan)
    for name, column in sortable_columns(plan):
        for descending in (False, True):
            order = f"{{field: {name.upper()}, direction: {'DESC' if descending else 'ASC'}}}"
            answer = await assorted.read(f"{{ {field}(first: 250, orderBy: {order}) {{ nodes {{ id }} }} }}")
            found = [node["id"] for node in answer[field]["nodes"]]
            assert found == ordered(rows, column.column or name, descending), order


def nested(depth: int) -> dict[str, Any]:
    given: dict[str, Any] = {"balance": {"gte": "0"}}
    for _ in range(depth):
        given = {"not": given}
    return given


@pytest.mark.parametrize(
    ("given", "is_accepted"),
    [
        (nested(6), True),
        (nested(7), False),
        ({"number": {"in": ["x"] * 250}}, True),
        ({"number": {"in": ["x"] * 251}}, False),
        ({"or": [{"balance": {"eq": "1"}}] * 250}, True),
        ({"or": [{"balance": {"eq": "1"}}] * 251}, False),
        ({"or": [{"or": [{"balance": {"eq": "1"}}] * 16}] * 16}, False),
        ({"or": [{"balance": {"in": ["1"] * 60}}] * 5}, False),
        ({"and": [{}] * 250}, True),
        ({"and": [{"or": []}] * 125 + [{"not": {}}] * 126}, False),
        ({"number": {"eq": "\0"}}, False),
        ({"number": {"contains": "\ud800"}}, False),
    ],
    ids=lambda each: str(each)[:30],
)
async def test_a_filter_has_a_size_and_its_texts_can_be_stored(
    service: Service, given: Any, is_accepted: bool
) -> None:
    response = await service.send(
        "query ($filter: InvoiceFilter) { invoices(filter: $filter) { nodes { id } } }", {"filter": given}
    )
    body = response.json()
    if is_accepted:
        assert body == {"data": {"invoices": {"nodes": []}}, "extensions": body.get("extensions")}
    else:
        assert [each["extensions"]["code"] for each in body["errors"]] == ["BAD_USER_INPUT"]


ZUORA = {
    "accountId": "accountId",
    "amount": "totalAmount",
    "appliedAmount": "applied",
    "autoApplyUponPosting": "autoApplyUponPosting",
    "createdById": "createdBy",
    "createdDate": "createdAt",
    "creditMemoDate": "memoDate",
    "currency": "currency",
    "excludeFromAutoApplyRules": "excludeFromAutoApply",
    "number": "number",
    "referredInvoiceId": "invoiceId",
    "refundAmount": "refunded",
    "status": "status",
    "targetDate": "targetDate",
    "taxAmount": "taxAmount",
    "totalTaxExemptAmount": "taxExemptAmount",
    "transferredToAccounting": "transferredToAccounting",
    "unappliedAmount": "balance",
    "updatedById": "updatedBy",
    "updatedDate": "updatedAt",
}


async def test_memos_are_found_by_all_that_zuora_finds_them_by(assorted: Service) -> None:
    """By account number too: `account(by: {number})` lists the account's own memos."""
    assert set(ZUORA.values()) <= set(await operators_of(assorted, DOCUMENTS["CreditMemo"]))
    answer = await assorted.read(
        '{ account(by: {number: "A-JPY"}) { creditMemos(filter: {balance: {gt: "5"}}) {'
        " totalCount nodes { currency } } } }"
    )
    found = answer["account"]["creditMemos"]
    assert found["totalCount"] == len(found["nodes"]) > 0
    assert {each["currency"] for each in found["nodes"]} == {"JPY"}
