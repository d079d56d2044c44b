"""How many statements a query takes depends on what it asks, never on how much there is."""

import re

import pytest

from app.domain.entity import Settings
from app.domain.vocabulary import ApplicationLevel
from tests.api.counting import selects
from tests.support.books import TestBooks
from tests.support.building import applied, credit, paid, posted_invoice, posted_memo
from tests.support.service import Service

QUERY = """{ accounts(first: 4) { nodes { balances { owed { amount } } invoices(first: 4) { totalCount nodes { account { name }
  canPost { allowed } payments(first: 2) { nodes { amount } } balanceEntries(first: 2) { nodes { impactAmount } }
  lines(first: 3) { nodes { maximumApplicable taxItems { amount creditMemoLineTaxes { amount } }
    creditMemoLines(first: 1) { nodes { creditMemo { number } } } } }
  applications(first: 3) { nodes { creditMemo { number } lineApplications(first: 2) { nodes { amount } } } } } } } } }"""
AT_LINES = pytest.mark.parametrize(
    "entity_settings", [Settings(application_level=ApplicationLevel.INVOICE_LINE)], ids=["lines"]
)


async def furnish(books: TestBooks, number: str, invoices: int) -> None:
    for _ in range(invoices):
        invoice = await posted_invoice(books, ("100.00", "8.00"), ("50.00", "4.00"), account_number=number)
        await credit(books, invoice, (0, "10.00"))
        memo = await posted_memo(books, "30.00", account_number=number)
        await applied(books, memo, (invoice, "5.00"))
        await paid(books, invoice, "2.00")


@AT_LINES
async def test_nested_lists_take_one_statement_each_whatever_the_number_of_parents(service: Service) -> None:
    await furnish(service.books, "A-1", 1)
    with selects() as few:
        await service.read(QUERY)
    for number in ("A-2", "A-3", "A-4"):
        await furnish(service.books, number, 3)
    with selects() as many:
        answer = await service.read(QUERY)
    assert sum(len(each["invoices"]["nodes"]) for each in answer["accounts"]["nodes"]) == 10
    assert len(many) == len(few), "\n".join(many)


async def test_the_same_document_asked_for_in_many_places_is_read_once(service: Service) -> None:
    await furnish(service.books, "A-1", 1)
    with selects() as seen:
        await service.read(
            "{ invoices { nodes { account { name } applications { nodes { account { name }"
            " creditMemo { account { number } } } } payments { nodes { account { currency } } } } } }"
        )
    assert sum("FROM account" in each for each in seen) == 1


@pytest.mark.parametrize("list", ["invoices", "accounts { nodes { invoices"])
async def test_a_list_is_counted_only_when_its_count_is_asked_for(service: Service, list: str) -> None:
    await furnish(service.books, "A-1", 1)
    closing = "}" * (list.count("{") + 1)
    with selects() as uncounted:
        await service.read(f"{{ {list} {{ nodes {{ id }} pageInfo {{ hasNextPage }} }} {closing}")
    with selects() as counted:
        await service.read(f"{{ {list} {{ totalCount }} {closing}")
    # An answer in one statement says of each part how many rows came: "FROM p0".
    counting = re.compile(r"count\(\*\)(?!.*FROM p\d)")
    assert [each for each in uncounted if counting.search(each)] == []
    assert len([each for each in counted if counting.search(each)]) == 1


async def test_nodes_of_one_kind_come_in_one_statement(service: Service) -> None:
    invoices = [(await posted_invoice(service.books, "10.00")).id for _ in range(5)]
    memos = [(await posted_memo(service.books, "10.00")).id for _ in range(3)]
    with selects() as seen:
        await service.read(
            "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=invoices + memos + invoices
        )
    assert len(seen) == 2
