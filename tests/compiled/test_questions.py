"""On PostgreSQL an answer whose reading can be foreseen is one question: one statement, and no transaction around it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.api.compiled.foreseen import MOST_PARTS
from app.repository.flat import Row
from app.repository.together import Question, Values
from tests.support.books import TestBooks
from tests.support.building import applied, posted_invoice, posted_memo
from tests.support.passing import PassingDatabase
from tests.support.sent import noting
from tests.support.service import Service

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)

INVOICE = """query ($id: ID!, $first: Int!) { invoice(by: {id: $id}) { number account { number }
    lines(first: $first) { nodes { lineNumber taxItems { name } } pageInfo { hasNextPage } }
    applications(last: 2) { edges { cursor node { amount creditMemo { number lines(first: 1) { nodes { amount } } } } } } } }"""
MEMOS = """query ($first: Int!) { creditMemos(first: $first, filter: {status: {eq: POSTED}}) {
    nodes { number lines { nodes { amount } } } pageInfo { hasNextPage endCursor } } }"""


class Counting(PassingDatabase):
    """Counts the questions that are asked by themselves."""

    def __init__(self, books: TestBooks) -> None:
        super().__init__(books.database)
        self.asked = 0
        self.answer = self._counted

    async def _counted(
        self, entity_id: int, question: Question, values: Values, *, plans_once: bool
    ) -> Sequence[Sequence[Row]]:
        assert self._database.answer is not None
        self.asked += 1
        return await self._database.answer(entity_id, question, values, plans_once=plans_once)


async def sent_by(service: Service, query: str, **variables: Any) -> tuple[list[str], dict[str, Any]]:
    """The statements that the query sends once it is known, and its answer, which the executor gives as well."""
    await service.read(query, **variables)
    sent: list[str] = []
    with noting(sent.append):
        answer = await service.read(query, **variables)
    slow = Service(service.books, service.directory, fast_path=False)
    assert answer == await slow.read(query, **variables)
    assert service.fast_path.counts["failed"] == 0
    return sent, answer


async def test_a_document_with_all_that_hangs_on_it_is_one_statement(
    books: TestBooks, tmp_path: Path
) -> None:
    memo, invoice = await posted_memo(books, "5.00"), await posted_invoice(books, "8.00", "9.00")
    for amount in ("1.00", "2.00", "1.50"):
        await applied(books, memo, (invoice, amount))
    service = Service(books, tmp_path)
    for first in (1, 2):
        sent, answer = await sent_by(service, INVOICE, id=invoice.id, first=first)
        assert len(sent) == 1
        assert [each["node"]["amount"] for each in answer["invoice"]["applications"]["edges"]] == [
            "2.00",
            "1.50",
        ]
    sent, answer = await sent_by(service, INVOICE, id="inv_none", first=1)
    assert (len(sent), answer) == (1, {"invoice": None})


async def test_a_list_with_all_that_hangs_on_it_is_one_statement(books: TestBooks, tmp_path: Path) -> None:
    for amount in ("1.00", "2.00", "3.00"):
        await posted_memo(books, amount, "0.50")
    service = Service(books, tmp_path)
    for first, there_is_more in ((2, True), (3, False), (0, True)):
        sent, answer = await sent_by(service, MEMOS, first=first)
        assert len(sent) == 1
        assert len(answer["creditMemos"]["nodes"]) == first
        assert answer["creditMemos"]["pageInfo"]["hasNextPage"] is there_is_more


async def test_what_was_foreseen_for_one_value_does_for_another(books: TestBooks, tmp_path: Path) -> None:
    memos = [await posted_memo(books, amount, "0.50") for amount in ("1.00", "2.00")]
    service = Service(books, tmp_path)
    query = """query ($id: ID!, $first: Int!) { creditMemos(first: $first, filter: {id: {eq: $id}}) {
        nodes { id lines(first: 1) { nodes { amount } } } } }"""
    for memo, amount in zip(memos, ("1.00", "2.00"), strict=True):
        for first in (1, 2):
            sent, answer = await sent_by(service, query, id=memo.id, first=first)
            assert len(sent) == 1
            nodes = [{"id": memo.id, "lines": {"nodes": [{"amount": amount}]}}]
            assert answer == {"creditMemos": {"nodes": nodes}}
    for status, expected in (("POSTED", 2), ("DRAFT", 0)):
        of_status = (
            "query ($s: CreditMemoStatus!) { creditMemos(filter: {status: {eq: $s}}) { nodes { id } } }"
        )
        assert len((await sent_by(service, of_status, s=status))[1]["creditMemos"]["nodes"]) == expected


async def test_a_text_that_cannot_be_told_from_others_is_asked_for_by_itself(
    books: TestBooks, tmp_path: Path
) -> None:
    await posted_memo(books, "1.00", comment="a\x1fb")
    sent, answer = await sent_by(
        Service(books, tmp_path), "{ creditMemos { nodes { comment lines { nodes { amount } } } } }"
    )
    assert len(sent) > 1
    nodes = [{"comment": "a\x1fb", "lines": {"nodes": [{"amount": "1.00"}]}}]
    assert answer == {"creditMemos": {"nodes": nodes}}


async def test_what_cannot_be_foreseen_is_asked_bit_by_bit(books: TestBooks, tmp_path: Path) -> None:
    """What is counted, and what has too many parts for a plan to be kept of it."""
    invoice = await posted_invoice(books, "8.00")
    service = Service(books, tmp_path)
    counted = "query ($id: ID!) { invoice(by: {id: $id}) { lines { totalCount } } }"
    assert len((await sent_by(service, counted, id=invoice.id))[0]) > 1
    for parts, statements in ((MOST_PARTS, 1), (MOST_PARTS + 1, MOST_PARTS + 1)):
        lists = " ".join(
            f"l{place}: lines(first: {place}) {{ nodes {{ amount }} }}" for place in range(1, parts)
        )
        many = f"query ($id: ID!) {{ invoice(by: {{id: $id}}) {{ {lists} }} }}"
        assert len((await sent_by(service, many, id=invoice.id))[0]) == statements


async def test_one_root_field_asks_by_itself_and_several_share_a_snapshot(
    books: TestBooks, tmp_path: Path
) -> None:
    """Two questions by themselves would see two moments."""
    database = Counting(books)
    service = Service(replace(books, database=database), tmp_path)
    await service.read("{ creditMemos { nodes { number } } }")
    assert database.asked == 1
    await service.read("{ creditMemos { nodes { number } } invoices { nodes { number } } }")
    assert database.asked == 1
