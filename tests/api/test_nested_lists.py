"""The lists inside documents filter and sort as Python does with all of their rows."""

from typing import Any

import pytest

from app.api.declarations import DOCUMENTS, ColumnPlan, filterable_columns, sortable_columns
from app.domain.entity import Settings
from app.domain.reading import camel
from app.domain.vocabulary import ApplicationLevel
from tests.api.oracle import as_input, holds, operands, ordered, rows_of, value_of
from tests.support.building import one_row_of_everything
from tests.support.service import Service

FIELDS_A_DOCUMENT = 15
# Document -> where it is listed: type and field of the parent, and the column that names the parent.
LISTED = {
    "InvoiceLine": ("Invoice", "lines", "invoice_id"),
    "CreditMemoLine": ("CreditMemo", "lines", "credit_memo_id"),
    "CreditMemoLineApplication": ("InvoiceLine", "lineApplications", "invoice_line_id"),
    "BalanceEntry": ("Invoice", "balanceEntries", "document_id"),
}
pytestmark = pytest.mark.parametrize(
    "entity_settings", [Settings(application_level=ApplicationLevel.INVOICE_LINE)], ids=["lines"]
)


class Parent:
    """The parent with the most rows in its list, and what its list answers."""

    def __init__(self, service: Service, document: str, rows: list[Any]) -> None:
        self.plan = DOCUMENTS[document]
        self.type, self.list, key = LISTED[document]
        parents = [getattr(row, key) for row in rows]
        self.id = max(parents, key=parents.count)
        self.rows = [row for row in rows if getattr(row, key) == self.id]
        self._service = service
        # An entry of a history is named by its place.
        self.name = "position" if document == "BalanceEntry" else "id"

    async def lists(self, kind: str, arguments: str, given: list[Any]) -> list[list[Any]]:
        """What the list answers to each; `$v` in the arguments stands for it."""
        found: list[list[Any]] = []
        for start in range(0, len(given), FIELDS_A_DOCUMENT):
            batch = {f"v{place}": each for place, each in enumerate(given[start : start + FIELDS_A_DOCUMENT])}
            declared = ", ".join(f"${name}: {kind}" for name in batch)
            fields = " ".join(
                f"{name}: {self.list}(first: 50, {arguments.replace('$v', f'${name}')}) {{ nodes {{ {self.name} }} }}"
                for name in batch
            )
            query = (
                f"query ($id: ID!, {declared}) {{ node(id: $id) {{ ... on {self.type} {{ {fields} }} }} }}"
            )
            node = (await self._service.read(query, id=self.id, **batch))["node"]
            found += [[each[self.name] for each in node[name]["nodes"]] for name in batch]
        return found

    def names(self, rows: list[Any]) -> list[Any]:
        return [getattr(row, self.name) for row in rows]


async def parent_of(service: Service, document: str) -> Parent:
    await one_row_of_everything(service.books)
    parent = Parent(service, document, await rows_of(service.books, DOCUMENTS[document]))
    assert len(parent.rows) > 1 or document == "CreditMemoLine"
    return parent


def operators(column: ColumnPlan, values: list[Any]) -> list[str]:
    """Operators that every filter of such values has."""
    known = [value for value in values if value is not None]
    if not known:
        return ["isNull"]
    if isinstance(known[0], bool):
        return ["eq", "isNull"]
    is_text = isinstance(known[0], str)
    return ["eq", "ne", "in", "isNull", *(() if is_text else ("gt", "gte", "lt", "lte"))]


@pytest.mark.parametrize("document", sorted(LISTED))
async def test_filters_of_a_nested_list_find_the_rows_they_name(service: Service, document: str) -> None:
    parent = await parent_of(service, document)
    comparisons = []
    for name, column in filterable_columns(parent.plan):
        values = [value_of(row, name, column) for row in parent.rows]
        comparisons += [
            (name, column, operator, operand)
            for operator in operators(column, values)
            for operand in operands(values, operator)
        ]
    given = [{camel(name): {operator: as_input(operand)}} for name, _, operator, operand in comparisons]
    answers = await parent.lists(f"{document}Filter", "filter: $v", given)
    for (name, column, operator, operand), asked, found in zip(comparisons, given, answers, strict=True):
        kept = [row for row in parent.rows if holds(value_of(row, name, column), operator, operand)]
        assert sorted(found) == sorted(parent.names(kept)), asked


@pytest.mark.parametrize("document", sorted(LISTED))
async def test_orders_of_a_nested_list_are_by_stored_value_then_id(service: Service, document: str) -> None:
    parent = await parent_of(service, document)
    asked = [
        (name, column.column or name, direction)
        for name, column in sortable_columns(parent.plan)
        for direction in ("ASC", "DESC")
    ]
    given = [{"field": name.upper(), "direction": direction} for name, _, direction in asked]
    answers = await parent.lists(f"{document}Order", "orderBy: $v", given)
    by_id = {row.id: getattr(row, parent.name) for row in parent.rows}
    for (_, column, direction), found in zip(asked, answers, strict=True):
        expected = [by_id[id] for id in ordered(parent.rows, column, direction == "DESC")]
        assert found == expected, (column, direction)
