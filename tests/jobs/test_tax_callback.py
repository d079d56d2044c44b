"""Jobs whose tax is asked for at a stranger's server: once for a whole chunk, with nothing locked while it thinks."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

from app.domain.commands import (
    CancelJob,
    CreditMemoReference,
    DirectCreditMemoEntry,
    InvoiceReference,
    RecalculateTax,
    RetryJob,
    SubmitDirectCreditMemos,
    TaxItem,
)
from app.domain.credit_memo import CreditMemo
from app.domain.entity import TaxCallback
from app.domain.invoice import Invoice
from app.domain.tax_engine import AskTax, TaxAnswers, TaxFailure, TaxQuestion
from app.domain.vocabulary import CreditMemoStatus, JobItemOutcome, JobStatus, OnTaxFailure, TaxStatus
from app.outside.tax_callback import TaxCallbackClient
from tests.jobs.submitting import counts, items, job, negative_invoices, outcomes, worked_off, worker
from tests.jobs.submitting import submitted as submitted_conversions
from tests.support.books import TestBooks, assert_books_hold
from tests.support.building import Made, applied, credit, invoice_line, paid, posted_invoice, posted_memo
from tests.support.processes import PATIENCE_SECONDS
from tests.support.tax_engines import with_callback
from tests.support.tax_server import THIS_MACHINE, TaxServer, tax_server

DONE, REFUSED, PENDING = JobItemOutcome.DONE, JobItemOutcome.REFUSED, JobItemOutcome.PENDING
FIRST_CHUNK = 16
PATIENT = 30_000
"""Milliseconds of time-out: nothing here ends by it."""


class Meanwhile:
    """The client of callbacks; while it waits for its so many-th answers, something else happens."""

    def __init__(self, turn: int, happening: Callable[[], Awaitable[None]]) -> None:
        self._left, self._happening = turn, happening
        self._client = TaxCallbackClient(THIS_MACHINE)

    async def __call__(
        self, callback: TaxCallback, questions: Sequence[TaxQuestion], *, preview: bool
    ) -> TaxAnswers:
        answers = asyncio.ensure_future(self._client(callback, questions, preview=preview))
        self._left -= 1
        if self._left == 0:
            await self._happening()
        return await answers


async def taxed_invoices(books: TestBooks, count: int) -> list[Made]:
    """Of 100.00 and 8.25 tax, which is named as the callback names it."""
    tax = TaxItem(name="SALES TAX", code="SAAS", jurisdiction="TEXAS", amount=Decimal("8.25"))
    line = invoice_line("100.00", tax_code="SAAS", jurisdiction="TEXAS", tax_items=[tax])
    return [await posted_invoice(books, line) for _ in range(count)]


def calculated(invoice: Made, on_failure: OnTaxFailure | None = None) -> DirectCreditMemoEntry:
    """All of it, at the tax that the engine finds, posted at once."""
    return DirectCreditMemoEntry(
        invoice=InvoiceReference(id=invoice.id),
        full_credit=True,
        calculate_tax=True,
        auto_approve=True,
        on_tax_failure=on_failure,
    )


async def submitted(books: TestBooks, *entries: DirectCreditMemoEntry) -> str:
    """The only job in the database; its id."""
    await worked_off(books)
    job_id: str = (await books.perform(SubmitDirectCreditMemos(credit_memos=list(entries)))).outcome["job"]
    return job_id


async def worked_off_asking(books: TestBooks, ask: AskTax) -> None:
    hand = worker(books, ask=ask)
    while await hand.work_once():
        pass


def amounts_asked(server: TaxServer, behaviour: str) -> list[list[str]]:
    """The lines' amounts, request by request."""
    bodies = [json.loads(request["body"]) for request in server.requests(behaviour)]
    return [[line["amount"] for line in body["lines"]] for body in bodies]


async def test_a_chunk_asks_once_for_all_its_items(books: TestBooks, tmp_path: Path) -> None:
    with tax_server(tmp_path) as server:
        await with_callback(books, server.url("honest"), PATIENT)
        job_id = await submitted(books, *map(calculated, await taxed_invoices(books, 3)))
        await worked_off_asking(books, TaxCallbackClient(THIS_MACHINE))
        assert amounts_asked(server, "honest") == [["100.00"] * 3]
    assert await outcomes(books, job_id) == [DONE] * 3
    await assert_books_hold(books)


async def test_what_others_credit_while_the_engine_thinks_is_asked_again(
    books: TestBooks, tmp_path: Path
) -> None:
    """Only that: the answer for the other invoices still stands."""
    first, second, third = await taxed_invoices(books, 3)

    async def happening() -> None:
        await credit(books, first, (0, "40.00"))
        await paid(books, second, "10.00")
        await applied(books, await posted_memo(books, "10.00"), (third, "10.00"))

    with tax_server(tmp_path) as server:
        await with_callback(books, server.url("honest"), PATIENT)
        job_id = await submitted(books, *map(calculated, (first, second, third)))
        await worked_off_asking(books, Meanwhile(1, happening))
        assert amounts_asked(server, "honest") == [["100.00"] * 3, ["60.00"]]
    assert await outcomes(books, job_id) == [DONE] * 3
    memos = [await books.record(CreditMemo, each.credit_memo_id or "") for each in await items(books, job_id)]
    assert [(each.charge_amount, each.tax_amount) for each in memos] == [(60_00, 4_95), *[(100_00, 8_25)] * 2]
    for invoice in (first, second, third):
        assert (await books.record(Invoice, invoice.id)).credited_amount == 108_25
    await assert_books_hold(books)


async def test_an_engine_that_dies_in_the_middle_costs_nobody_a_lock_and_its_items_their_tax(
    books: TestBooks, tmp_path: Path
) -> None:
    """The second chunk's question is never answered. Others work on its invoices, and then the engine is killed."""
    invoices = await taxed_invoices(books, FIRST_CHUNK + 3)
    refusing, drafting, by_copy = invoices[FIRST_CHUNK:]

    with ExitStack() as alive:
        server = alive.enter_context(tax_server(tmp_path))

        async def happening() -> None:
            while len(server.requests("slow-after-the-first")) < 2:
                assert (await outcomes(books, job_id))[FIRST_CHUNK:] == [PENDING] * 3
            while books.connections_in_use():
                # Its worker looks for others' jobs meanwhile; the chunk that asks holds nothing.
                await outcomes(books, job_id)
            for invoice in (refusing, drafting):
                await credit(books, invoice, (0, "10.00"))
                await paid(books, invoice, "1.00")
            alive.close()

        await with_callback(books, server.url("slow-after-the-first"), PATIENT)
        copying = DirectCreditMemoEntry(invoice=InvoiceReference(id=by_copy.id), full_credit=True)
        job_id = await submitted(
            books,
            *map(calculated, invoices[:FIRST_CHUNK]),
            calculated(refusing),
            calculated(drafting, OnTaxFailure.DRAFT),
            copying,
        )
        await worked_off_asking(books, Meanwhile(2, happening))
    assert await outcomes(books, job_id) == [*[DONE] * FIRST_CHUNK, REFUSED, DONE, DONE]
    refused, drafted, _ = (await items(books, job_id))[FIRST_CHUNK:]
    assert refused.violations is not None
    assert [each["code"] for each in refused.violations] == ["TAX_ENGINE_FAILED"]
    draft = await books.record(CreditMemo, drafted.credit_memo_id or "")
    assert (draft.status, draft.tax_status) == (CreditMemoStatus.DRAFT, TaxStatus.ERROR)
    assert (draft.charge_amount, draft.tax_amount) == (90_00, 0)
    assert "cannot be reached" in (draft.tax_message or "")
    await assert_books_hold(books)
    await mended(books, tmp_path, job_id, draft)


async def mended(books: TestBooks, directory: Path, job_id: str, draft: CreditMemo) -> None:
    """With an engine that lives, what was refused is done, and the draft has its tax."""
    asking = books.asking(TaxCallbackClient(THIS_MACHINE))
    (directory / "another").mkdir()
    with tax_server(directory / "another") as server:
        await with_callback(books, server.url("honest"), PATIENT)
        retried = (await books.perform(RetryJob(job_id=job_id))).outcome["job"]
        await worked_off_asking(books, TaxCallbackClient(THIS_MACHINE))
        await asking.perform(RecalculateTax(credit_memo=CreditMemoReference(id=draft.id)))
    assert await counts(books, retried) == (1, 1, 0, 0)
    after = await books.record(CreditMemo, draft.id)
    assert (after.tax_status, after.tax_amount) == (TaxStatus.COMPLETE, 7_42)
    await assert_books_hold(books)


async def test_an_engine_that_does_not_answer_holds_up_no_other_entitys_jobs(books: TestBooks) -> None:
    """With one worker, and whatever the neighbour submits meanwhile; whoever asks goes on when there is an answer."""
    neighbour = await books.neighbour()
    await with_callback(books)
    asked, let_go = asyncio.Event(), asyncio.Event()

    async def silent(_: TaxCallback, questions: Sequence[TaxQuestion], *, preview: bool) -> TaxAnswers:
        asked.set()
        await let_go.wait()
        return {each: TaxFailure("Nobody has answered.") for each in questions}

    job_id = await submitted(books, *map(calculated, await taxed_invoices(books, 1)))
    hand = worker(books, ask=silent)
    working = asyncio.create_task(hand.run())
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asked.wait()
        for _ in range(2):
            other = await submitted_conversions(neighbour, await negative_invoices(neighbour, 1))
            hand.wake()
            is_done = False
            while not is_done:
                is_done = (await job(neighbour, other)).status is JobStatus.DONE
        assert await outcomes(books, job_id) == [PENDING]
        hand.stop()
        let_go.set()
        await working
    assert await outcomes(books, job_id) == [REFUSED]


async def test_a_worker_that_is_cancelled_leaves_no_question_behind(books: TestBooks) -> None:
    await with_callback(books)
    asked, ended = asyncio.Event(), asyncio.Event()

    async def silent(_: TaxCallback, __: Sequence[TaxQuestion], *, preview: bool) -> TaxAnswers:
        asked.set()
        try:
            return await asyncio.Future()
        finally:
            ended.set()

    job_id = await submitted(books, *map(calculated, await taxed_invoices(books, 1)))
    working = asyncio.create_task(worker(books, ask=silent).run())
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asked.wait()
        working.cancel()
        await asyncio.wait((working,))
    assert working.cancelled()
    assert ended.is_set()
    assert await outcomes(books, job_id) == [PENDING]
    await books.perform(CancelJob(job_id=job_id))
