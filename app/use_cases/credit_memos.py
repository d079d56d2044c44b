"""Create a standalone memo; cancel a memo that is not posted."""

from collections.abc import Iterable

from app.domain.approval import post_or_wait
from app.domain.calculated_tax import require_answers
from app.domain.commands import CancelCreditMemo, CreateCreditMemo
from app.domain.credit_memo import CreditMemo, CreditMemoLine, CreditMemoLineTax
from app.domain.drawing import give_back_drawn
from app.domain.entity import Account, Settings
from app.domain.facts import Changes, Worksheet
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax, OrderItem
from app.domain.lifecycle import stepped
from app.domain.memo_making import (
    default_reason,
    header_fields,
    make_memo,
    with_default_reason,
)
from app.domain.record import Record
from app.domain.standalone_tax import is_taxed_by_engine, standalone_lines, standalone_questions
from app.domain.tax_pending import leave_tax_pending
from app.domain.violation import reject_if_any
from app.domain.vocabulary import CreditMemoSource, CreditMemoStatus
from app.repository.books import Books
from app.repository.reads import gapless_sequences_of_memos, is_promised
from app.use_cases.deliveries import first_delivery
from app.use_cases.memo_headers import records_of_headers
from app.use_cases.numbering import number_memos
from app.use_cases.tax_records import tax_records
from app.validation.memos import violations_of_create
from app.validation.posting import violations_of_cancel


async def create_credit_memo(books: Books, command: CreateCreditMemo) -> Changes:
    """A draft, or at once a posted memo, or one that waits for approval; a second delivery of the same external reference makes nothing.

    Its tax may be asked for outside: Unanswered.
    """
    settings = await books.settings(command.effective_date)
    named = await books.locate(Account, {("account",): command.account})
    records: list[Record] = [
        *await books.find(Account, named.values()),
        *await records_of_headers(books, [command]),
        *await _tax_records(books, command, settings),
    ]
    facts = books.facts(settings, records, named)
    first = await first_delivery(books, CreditMemo, command)
    if first is not None:
        return Changes(outcome={"credit_memo": first.id}, repeated=True)
    reject_if_any(violations_of_create(command, facts))
    account = facts.get(Account, named["account",])
    currency = command.currency or account.currency
    require_answers(facts, standalone_questions(command, facts, currency))
    lines, failures = standalone_lines(command, facts, currency)
    sheet = Worksheet(facts)
    memo = make_memo(
        sheet,
        number=None,
        account_id=account.id,
        currency=currency,
        source=CreditMemoSource.STANDALONE,
        invoice_id=None,
        lines=lines,
        fields=header_fields(with_default_reason(command, default_reason(facts))),
    )
    if failures:
        leave_tax_pending(sheet, memo, failures)
    elif command.post:
        post_or_wait(sheet, memo)
    await number_memos(books, sheet, [memo.id])
    return sheet.changes(credit_memo=memo.id)


async def _tax_records(books: Books, command: CreateCreditMemo, settings: Settings) -> list[Record]:
    calculated = [each for each in command.lines if is_taxed_by_engine(each, command, settings)]
    return await tax_records(books, settings, (each.tax_code for each in calculated)) if calculated else []


async def cancel_credit_memo(books: Books, command: CancelCreditMemo) -> Changes:
    """The memo is given up; what it had drawn from its invoice can be credited again."""
    settings = await books.settings()
    named = await books.locate(CreditMemo, {("credit_memo",): command.credit_memo})
    memos = await books.lock(CreditMemo, named.values())
    facts = books.facts(settings, [*memos, *await drawn_records(books, memos)], named)
    gapless = await books.rows(gapless_sequences_of_memos(), values=[each.id for each in memos])
    has_gapless_number = any(map(is_promised, gapless))
    reject_if_any(violations_of_cancel(command, facts, has_gapless_number=has_gapless_number))
    sheet = Worksheet(facts)
    memo = facts.get(CreditMemo, named["credit_memo",])
    give_back_drawn(sheet, memo)
    sheet.change(
        memo,
        status=stepped(memo.status, CreditMemoStatus.CANCELED),
        balance=0,
        canceled_at=sheet.moment(memo),
        canceled_by=sheet.stamp.actor,
    )
    return sheet.changes(credit_memo=memo.id)


async def drawn_records(
    books: Books, memos: list[CreditMemo], further_line_ids: Iterable[str] = ()
) -> list[Record]:
    """What the memos may have drawn from: their invoices and order items (locked), lines and tax items.

    `further_line_ids`: invoice lines that one of them is to draw from as well.
    """
    lines = await books.children(CreditMemoLine, "credit_memo_id", [each.id for each in memos])
    invoices = await books.lock(Invoice, [each.invoice_id for each in memos if each.invoice_id])
    sources = {each.source_invoice_line_id for each in lines if each.source_invoice_line_id}
    sources |= set(further_line_ids)
    invoice_lines = await books.find(InvoiceLine, sources)
    ordered = {each.order_item_id for each in lines} | {each.order_item_id for each in invoice_lines}
    return [
        *lines,
        *await books.children(CreditMemoLineTax, "credit_memo_id", [each.id for each in memos]),
        *invoices,
        *invoice_lines,
        *await books.children(InvoiceLineTax, "invoice_line_id", sources),
        *await books.lock(OrderItem, filter(None, ordered)),
    ]
