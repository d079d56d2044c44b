"""Post invoices, and do with each what its entity wants done on posting (domain 9), whichever verb posts them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.available_credit import apply_available_credit
from app.domain.conversion import apply_converted, convert_lines
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.entity import Settings
from app.domain.facts import Worksheet
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax
from app.domain.invoice_making import posted_invoice
from app.domain.record import Record
from app.domain.settling import chosen_allocation
from app.domain.violation import Path, reject_if_any
from app.domain.vocabulary import ApplicationLevel
from app.repository.books import Books
from app.repository.open_documents import open_memo_ids
from app.use_cases.numbering import number_invoices, number_memos
from app.validation.convert import convertible_lines, violations_of_conversion_on_posting
from app.validation.pairing import violations_of_pair_count


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """Ids of the memo of an invoice's negative lines, and of its application to that invoice."""

    credit_memo: str | None = None
    application: str | None = None


async def credit_for_posting(books: Books, settings: Settings, account_ids: Iterable[str]) -> list[Record]:
    """The open memos of the accounts whose invoices are to be posted, locked, where the entity has credit applied then.

    Of an account with more than one call matches, the oldest. Memos are locked before invoices and order items.
    """
    if not settings.apply_available_credit_on_posting:
        return []
    found = await open_memo_ids(books, account_ids, books.actor.limits.open_documents)
    memos = await books.lock(CreditMemo, found)
    if settings.application_level is not ApplicationLevel.INVOICE_LINE:
        return [*memos]
    return [*memos, *await books.children(CreditMemoLine, "credit_memo_id", [each.id for each in memos])]


async def records_for_posting(books: Books, settings: Settings, invoice_ids: Sequence[str]) -> list[Record]:
    """What is needed of drafts in the books beside their headers, whose locks cover it."""
    settles_lines = (
        settings.apply_available_credit_on_posting
        and settings.application_level is ApplicationLevel.INVOICE_LINE
    )
    if not settings.convert_negative_lines_on_posting and not settles_lines:
        return []
    return [
        *await books.children(InvoiceLine, "invoice_id", invoice_ids),
        *await books.children(InvoiceLineTax, "invoice_id", invoice_ids),
    ]


def post_invoices(sheet: Worksheet, invoices: Mapping[Path, str]) -> list[Converted]:
    """Post drafts, each under its place in the input; what was converted of each, in order.

    The rules have said that each is postable. Invoices and memos are numbered afterwards, in this order.
    """
    drafts = [(at, sheet.get(Invoice, id)) for at, id in invoices.items()]
    reject_if_any(
        [each for at, draft in drafts for each in violations_of_conversion_on_posting(sheet, draft, at)]
    )
    return [_post(sheet, draft) for _, draft in drafts]


async def number_posted(
    books: Books, sheet: Worksheet, invoice_ids: Sequence[str], converted: Sequence[Converted]
) -> None:
    """The numbers of invoices, then those of the memos that were made of them."""
    await number_invoices(books, sheet, invoice_ids)
    await number_memos(books, sheet, [each.credit_memo for each in converted if each.credit_memo])


def _post(sheet: Worksheet, draft: Invoice) -> Converted:
    """In this order: converted, the memo of that applied, and then whatever credit the account has."""
    invoice = posted_invoice(sheet, draft)
    converted = _convert(sheet, invoice)
    if sheet.settings.apply_available_credit_on_posting:
        memos = sheet.of(CreditMemo, "account_id", invoice.account_id)
        apply_available_credit(
            sheet, invoice, [each for each in memos if _is_settled_at_once(sheet, each, invoice)]
        )
    return converted


def _convert(sheet: Worksheet, invoice: Invoice) -> Converted:
    settings = sheet.settings
    lines = convertible_lines(sheet, invoice) if settings.convert_negative_lines_on_posting else []
    if not lines:
        return Converted()
    memo = convert_lines(sheet, invoice, lines, number=None, fields={})
    application = (
        apply_converted(sheet, memo.id, invoice.id) if settings.apply_converted_memo_on_posting else None
    )
    return Converted(credit_memo=memo.id, application=application.id if application else None)


def _is_settled_at_once(sheet: Worksheet, memo: CreditMemo, invoice: Invoice) -> bool:
    """Whether one application may settle so many lines. A memo with more is left to a job: nobody's invoice stays a draft
    because of it.
    """
    giving = (line.balance for line in sheet.of(CreditMemoLine, "credit_memo_id", memo.id))
    rule = chosen_allocation(None, memo, invoice.id, sheet)
    return not violations_of_pair_count(rule, giving, sheet, invoice.id, ())
