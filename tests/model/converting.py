"""Section 4.7: negative invoice lines restated as a posted memo."""

from fractions import Fraction

from tests.model.approving import check_limit
from tests.model.documents import CreditMemo, Invoice, InvoiceLine
from tests.model.drawing import Draft
from tests.model.ledger import Command, Ledger
from tests.model.memo_making import new_memo, post
from tests.model.money import ZERO
from tests.model.outcome import Accepted, Outcome, refused
from tests.model.payments import has_active_payment
from tests.model.reading import check_period, check_texts, check_version, read_date
from tests.model.settlement import apply_what_fits

OPERATION = "CONVERT_NEGATIVE_INVOICE_LINES"


def convert_negative_invoice_lines(ledger: Ledger, command: Command) -> Outcome:
    codes: set[str] = set()
    check_texts(command, codes)
    effective = read_date(command.get("effectiveDate"))
    check_period(ledger, effective, codes)
    wanted = command.get("invoiceLineIds")
    if wanted == []:
        codes.add("NO_LINES")
    if wanted and len(set(wanted)) < len(wanted):
        codes.add("DUPLICATE_LINE")
    invoice = ledger.find_invoice(command["invoice"])
    if invoice is None:
        return refused(codes | {"NOT_FOUND"})
    check_version(ledger, invoice.handle, command, codes)
    if invoice.status != "POSTED":
        codes.add("INVALID_STATUS")
    if invoice.source != "INGESTED":
        codes.add("INVALID_SOURCE")
    if has_active_settlement(ledger, invoice):
        codes.add("ACTIVE_SETTLEMENT")
    lines = _chosen_lines(ledger, invoice, command, codes)
    check_limit(ledger, _converted(lines), invoice.currency, codes)
    if codes:
        return refused(codes)
    memo = convert(ledger, invoice, lines, command)
    applies = bool(command.get("applyToInvoice"))
    applications = apply_what_fits(ledger, memo, invoice, OPERATION, "HIGHEST_FIRST") if applies else ()
    return Accepted(credit_memos=(memo.handle,), applications=applications, invoices=(invoice.handle,))


def convert(ledger: Ledger, invoice: Invoice, lines: list[InvoiceLine], header: Command) -> CreditMemo:
    """A posted memo of the lines' positive counterparts; the invoice's balance rises by it."""
    drafts = [
        Draft(-line.amount, [(item.handle, -item.amount) for item in line.tax_items], line.handle)
        for line in lines
    ]
    memo = new_memo(ledger, invoice.account, invoice.currency, "NEGATIVE_LINES", drafts, header, invoice)
    post(memo)
    for line in lines:
        line.is_converted = True
    invoice.move("CONVERSION", memo.total)
    ledger.touched.add(invoice.handle)
    return memo


def check_posting(ledger: Ledger, invoice: Invoice, codes: set[str]) -> None:
    """What posting would convert is not above the limit."""
    if ledger.entity.converts_on_posting:
        negative = [line for line in invoice.lines if line.total < 0]
        check_limit(ledger, _converted(negative), invoice.currency, codes)


def _converted(lines: list[InvoiceLine]) -> Fraction:
    return -sum((line.total for line in lines), ZERO)


def after_posting(
    ledger: Ledger, invoice: Invoice, operation: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Section 9, in this order: the memo of the negative lines, and its application, where the entity wants them."""
    lines = [line for line in invoice.lines if line.total < 0]
    if not lines or not ledger.entity.converts_on_posting:
        return (), ()
    memo = convert(ledger, invoice, lines, {})
    if not ledger.entity.applies_on_posting:
        return (memo.handle,), ()
    return (memo.handle,), apply_what_fits(ledger, memo, invoice, operation, "HIGHEST_FIRST")


def has_active_settlement(ledger: Ledger, invoice: Invoice) -> bool:
    """An application with a remaining amount, or a payment not reversed."""
    is_applied = any(
        row.invoice == invoice.handle and row.type == "APPLIED" and ledger.remaining(row) != ZERO
        for row in ledger.applications.values()
    )
    return is_applied or has_active_payment(ledger, invoice.handle)


def _chosen_lines(ledger: Ledger, invoice: Invoice, command: Command, codes: set[str]) -> list[InvoiceLine]:
    """In line order. Default: all negative lines not yet converted."""
    wanted = command.get("invoiceLineIds")
    if wanted is None:
        lines = [line for line in invoice.lines if line.total < 0 and not line.is_converted]
        if not lines:
            codes |= {"NOT_NEGATIVE", "NO_LINES"}
        if not lines and any(line.is_converted for line in invoice.lines):
            codes.add("ALREADY_CONVERTED")
        return lines
    for handle in wanted:
        found = ledger.find_invoice_line(handle)
        if found is None:
            codes.add("NOT_FOUND")
        elif found[0] is not invoice:
            codes.add("LINE_NOT_ON_INVOICE")
        elif found[1].total >= 0:
            codes.add("NOT_NEGATIVE")
        elif found[1].is_converted:
            codes.add("ALREADY_CONVERTED")
    return [line for line in invoice.lines if line.handle in wanted]
