"""Tax is asked for outside while nothing is locked, again where the question has changed, and not for ever."""

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.domain.calculated_tax import question_of_credit, require_answers
from app.domain.commands import (
    AccountReference,
    CancelCreditMemo,
    CreateCreditMemo,
    CreditMemoReference,
    InvoiceReference,
    PostCreditMemo,
    PostInvoice,
    RecalculateTax,
)
from app.domain.drawing import taxes_of
from app.domain.entity import TaxCallback
from app.domain.facts import Changes
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax
from app.domain.tax_engine import TaxAnswers, TaxQuestion
from app.domain.violation import Rejected
from app.domain.vocabulary import Operation, TaxMode, TaxStrategy
from app.repository.books import Books
from app.repository.database import Busy
from app.use_cases.run import ROUNDS, Verb, perform
from tests.support.books import TestBooks
from tests.support.building import ACCOUNT, credit, invoice_line, memo_line, posted_invoice, posted_memo
from tests.support.tax_engines import Answering, with_callback


class Waiting(Answering):
    """Answers when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.is_asked = asyncio.Event()
        self.may_answer = asyncio.Event()

    async def __call__(
        self, callback: TaxCallback, questions: Sequence[TaxQuestion], *, preview: bool
    ) -> TaxAnswers:
        self.is_asked.set()
        await self.may_answer.wait()
        return await super().__call__(callback, questions, preview=preview)


def crediting_with_tax(part: str) -> Verb:
    """A verb that locks an invoice and asks for the tax of a credit of what `part` of its first line leaves.

    It changes nothing: what is watched is when and what is asked.
    """

    async def use_case(books: Books, command: PostInvoice) -> Changes:
        settings = await books.settings()
        named = await books.locate(Invoice, {("invoice",): command.invoice})
        [invoice] = await books.lock(Invoice, named.values())
        lines = await books.children(InvoiceLine, "invoice_id", [invoice.id])
        taxes = await books.children(InvoiceLineTax, "invoice_id", [invoice.id])
        facts = books.facts(settings, [invoice, *lines, *taxes, *await books.all(TaxCallback)], named)
        question = question_of_credit(
            invoice,
            lines[0],
            taxes_of(facts, lines[0]),
            amount=lines[0].amount - (lines[0].amount_credited if part == "what is left" else 0),
            mode=TaxMode.EXCLUSIVE,
            memo_tax_date=None,
        )
        assert question is not None
        require_answers(facts, [question])
        return Changes(outcome={"invoice": invoice.id})

    return Verb(
        operation=Operation.POST_INVOICE, command=PostInvoice, use_case=use_case, permission="invoices:post"
    )


async def taxed_invoice(books: TestBooks) -> Any:
    return await posted_invoice(
        books, invoice_line(("100.00", "8.25"), tax_code="SAAS", jurisdiction="TEXAS")
    )


@pytest.mark.parametrize(("part", "rounds"), [("the whole", [10000]), ("what is left", [10000, 6000])])
async def test_while_the_callback_thinks_another_credit_of_the_invoice_goes_through(
    books: TestBooks, part: str, rounds: list[int]
) -> None:
    """And only a question that has changed by then is asked again."""
    await with_callback(books)
    invoice = await taxed_invoice(books)
    ask = Waiting()
    command = PostInvoice(invoice=InvoiceReference(id=invoice.id))
    asking = asyncio.create_task(
        perform(books.database, books.actor, crediting_with_tax(part), command, ask=ask)
    )
    await ask.is_asked.wait()
    copying = TaxStrategy.COPY_FROM_INVOICE_LINE
    await credit(books, invoice, (0, "40.00"), tax_strategy=copying)
    assert not asking.done()
    ask.may_answer.set()
    assert (await asking).outcome == {"invoice": invoice.id}
    assert [question.amount for question in ask.asked] == rounds


async def test_while_a_memo_is_asked_about_others_of_its_account_are_made(books: TestBooks) -> None:
    await with_callback(books)
    await posted_memo(books, "1.00")
    ask = Waiting()
    asking = asyncio.create_task(books.asking(ask).perform(calculated_memo()))
    await ask.is_asked.wait()
    await posted_memo(books, "2.00")
    ask.may_answer.set()
    await asking
    totals = await books.rows("SELECT total_amount FROM credit_memo WHERE entity_id = :entity_id ORDER BY 1")
    assert totals == [(100,), (200,), (5413,)]


async def test_a_draft_that_is_canceled_while_it_is_asked_about_is_not_recalculated(books: TestBooks) -> None:
    await with_callback(books)
    await posted_memo(books, "1.00")
    made = await books.asking(Answering()).perform(calculated_memo(post=False))
    draft = CreditMemoReference(id=made.outcome["credit_memo"])
    ask = Waiting()
    asking = asyncio.create_task(books.asking(ask).perform(RecalculateTax(credit_memo=draft)))
    await ask.is_asked.wait()
    await books.perform(CancelCreditMemo(credit_memo=draft))
    ask.may_answer.set()
    with pytest.raises(Rejected) as refused:
        await asking
    assert [each.code for each in refused.value.violations] == ["INVALID_STATUS"]


async def test_who_is_cancelled_while_asking_leaves_no_trace(books: TestBooks) -> None:
    await with_callback(books)
    await posted_memo(books, "1.00")
    ask = Waiting()
    asking = asyncio.create_task(books.asking(ask).perform(calculated_memo(idempotency_key="key")))
    await ask.is_asked.wait()
    assert books.connections_in_use() == 0
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await books.value("SELECT count(*) FROM credit_memo WHERE entity_id = :entity_id") == 1
    assert not (await books.asking(Answering()).perform(calculated_memo(idempotency_key="key"))).replayed


async def test_two_calls_under_one_key_make_one_memo_whatever_the_callback_takes(books: TestBooks) -> None:
    await with_callback(books)
    await posted_memo(books, "1.00")
    ask = Waiting()
    asking = asyncio.create_task(books.asking(ask).perform(calculated_memo(idempotency_key="key")))
    await ask.is_asked.wait()
    other = await books.asking(Answering()).perform(calculated_memo(idempotency_key="key"))
    ask.may_answer.set()
    first = await asking
    assert (first.outcome, first.replayed, other.replayed) == (other.outcome, True, False)


async def test_a_question_that_changes_every_time_ends_as_busy(books: TestBooks) -> None:
    await with_callback(books)
    asked = list[TaxQuestion]()

    async def restless(books: Books, _: PostCreditMemo) -> Changes:
        facts = books.facts(await books.settings(), await books.all(TaxCallback))
        require_answers(facts, [replace(QUESTION, amount=len(asked) + 1)])
        raise AssertionError("it has no answer yet")

    async def ask(callback: TaxCallback, questions: Sequence[TaxQuestion], *, preview: bool) -> TaxAnswers:
        asked.extend(questions)
        return await Answering()(callback, questions, preview=preview)

    verb = Verb(
        operation=Operation.POST_CREDIT_MEMO, command=PostCreditMemo, use_case=restless, permission=""
    )
    command = PostCreditMemo(credit_memo=CreditMemoReference(id="cm_1"))
    with pytest.raises(Busy):
        await perform(books.database, books.actor, verb, command, ask=ask)
    assert [question.amount for question in asked] == list(range(1, ROUNDS + 1))


def calculated_memo(**said: Any) -> CreateCreditMemo:
    line = memo_line("50.00", tax_code="SAAS", jurisdiction="TEXAS", tax_strategy=TaxStrategy.CALCULATE)
    return CreateCreditMemo(
        **{"account": AccountReference(number=ACCOUNT), "lines": [line], "post": True, **said}
    )


QUESTION = TaxQuestion(
    currency="USD",
    digits=2,
    tax_date=dt.date(2026, 1, 10),
    sku=None,
    tax_code="SAAS",
    jurisdiction="TEXAS",
    mode=TaxMode.EXCLUSIVE,
    amount=0,
)
