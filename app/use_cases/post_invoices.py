"""Post invoices, and do with each what its entity wants done on posting (domain 9), whichever verb posts them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.conversion import apply_converted, convert_lines
from app.domain.entity import Settings
from app.domain.facts import Worksheet
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax
from app.domain.invoice_making import posted_invoice
from app.domain.record import Record
from app.domain.violation import Path, reject_if_any
from app.repository.books import Books
from app.use_cases.numbering import number_invoices, number_memos
from app.validation.convert import convertible_lines, violations_of_conversion_on_posting


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """Ids of the memo of an invoice's negative lines, and of its application to that invoice."""

    credit_memo: str | None = None
    application: str | None = None


async def records_for_posting(books: Books, settings: Settings, invoice_ids: Sequence[str]) -> list[Record]:
    """What is needed of drafts in the books beside their headers, whose locks cover it."""
    if not settings.convert_negative_lines_on_posting:
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
    invoice = posted_invoice(sheet, draft)
    settings = sheet.settings
    lines = convertible_lines(sheet, invoice) if settings.convert_negative_lines_on_posting else []
    if not lines:
        return Converted()
    memo = convert_lines(sheet, invoice, lines, number=None, fields={})
    application = (
        apply_converted(sheet, memo.id, invoice.id) if settings.apply_converted_memo_on_posting else None
    )
    return Converted(credit_memo=memo.id, application=application.id if application else None)
