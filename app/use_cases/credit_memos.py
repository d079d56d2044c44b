"""Create a standalone memo; post or cancel a draft."""

from app.domain.commands import CancelCreditMemo, CreateCreditMemo, PostCreditMemo
from app.domain.credit_memo import CreditMemo, CreditMemoLine, CreditMemoLineTax
from app.domain.drawing import give_back_drawn
from app.domain.entity import Account, ReasonCode
from app.domain.facts import Changes, Facts, Worksheet
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax
from app.domain.memo_making import (
    header_fields,
    make_memo,
    post_memo,
    standalone_lines,
    with_default_reason,
)
from app.domain.money import minor_digits
from app.domain.record import Record
from app.domain.tax_choice import line_strategy
from app.domain.violation import reject_if_any
from app.domain.vocabulary import CreditMemoSource, CreditMemoStatus, SequenceKind, TaxStrategy
from app.repository.books import Books
from app.use_cases.deliveries import first_delivery
from app.validation.documents import default_reason
from app.validation.memos import violations_of_cancel, violations_of_create, violations_of_post


async def create_credit_memo(books: Books, command: CreateCreditMemo) -> Changes:
    """A draft, or at once a posted memo; a second delivery of the same external reference makes nothing."""
    settings = await books.settings(command.effective_date)
    named = await books.locate(Account, {("account",): command.account})
    records: list[Record] = [
        *await books.find(Account, named.values()),
        *await books.all(ReasonCode),
    ]
    facts = books.facts(settings, records, named)
    first = await first_delivery(books, CreditMemo, command)
    if first is not None:
        return Changes(outcome={"credit_memo": first.id}, repeated=True)
    reject_if_any(violations_of_create(command, facts))
    account = facts.get(Account, named["account",])
    currency = command.currency or account.currency
    strategies = [_effective_strategy(each, command, facts) for each in range(len(command.lines))]
    [number] = await books.next_numbers(SequenceKind.CREDIT_MEMO, 1, final=command.post)
    sheet = Worksheet(facts)
    memo = make_memo(
        sheet,
        number=number,
        account_id=account.id,
        currency=currency,
        source=CreditMemoSource.STANDALONE,
        invoice_id=None,
        lines=standalone_lines(command, strategies, minor_digits(currency)),
        fields=header_fields(with_default_reason(command, default_reason(facts))),
    )
    if command.post:
        post_memo(sheet, memo)
    return sheet.changes(credit_memo=memo.id)


def _effective_strategy(place: int, command: CreateCreditMemo, facts: Facts) -> TaxStrategy:
    """The entity's COPY_FROM_INVOICE_LINE means no tax on a line that has no invoice line."""
    strategy = line_strategy(command.lines[place], command, facts.settings.default_tax_strategy)
    return TaxStrategy.IGNORE if strategy is TaxStrategy.COPY_FROM_INVOICE_LINE else strategy


async def post_credit_memo(books: Books, command: PostCreditMemo) -> Changes:
    """The draft becomes final and can be applied; a gapless sequence numbers it now."""
    settings = await books.settings()
    named = await books.locate(CreditMemo, {("credit_memo",): command.credit_memo})
    facts = books.facts(settings, await books.lock(CreditMemo, named.values()), named)
    reject_if_any(violations_of_post(command, facts))
    sheet = Worksheet(facts)
    memo = facts.get(CreditMemo, named["credit_memo",])
    if memo.number is None:
        [number] = await books.next_numbers(SequenceKind.CREDIT_MEMO, 1, final=True)
        memo = sheet.change(memo, number=number)
    post_memo(sheet, memo)
    return sheet.changes(credit_memo=memo.id)


async def cancel_credit_memo(books: Books, command: CancelCreditMemo) -> Changes:
    """The draft is given up; what it had drawn from its invoice can be credited again."""
    settings = await books.settings()
    named = await books.locate(CreditMemo, {("credit_memo",): command.credit_memo})
    memos = await books.lock(CreditMemo, named.values())
    facts = books.facts(settings, [*memos, *await _drawn_by(books, memos)], named)
    reject_if_any(violations_of_cancel(command, facts))
    sheet = Worksheet(facts)
    memo = facts.get(CreditMemo, named["credit_memo",])
    give_back_drawn(sheet, memo)
    sheet.change(
        memo,
        status=CreditMemoStatus.CANCELED,
        balance=0,
        canceled_at=sheet.moment(memo),
        canceled_by=sheet.stamp.actor,
    )
    return sheet.changes(credit_memo=memo.id)


async def _drawn_by(books: Books, memos: list[CreditMemo]) -> list[Record]:
    """What the memos may have drawn from: their invoices (locked), lines and tax items."""
    lines = await books.children(CreditMemoLine, "credit_memo_id", [each.id for each in memos])
    invoices = await books.lock(Invoice, [each.invoice_id for each in memos if each.invoice_id])
    sources = [each.source_invoice_line_id for each in lines if each.source_invoice_line_id]
    return [
        *lines,
        *await books.children(CreditMemoLineTax, "credit_memo_id", [each.id for each in memos]),
        *invoices,
        *await books.find(InvoiceLine, sources),
        *await books.children(InvoiceLineTax, "invoice_line_id", sources),
    ]
