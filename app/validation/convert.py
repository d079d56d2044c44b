"""When negative invoice lines may be converted to credit (Salesforce: convert-to-credit; domain 4.7)."""

from app.domain.commands import ConvertNegativeInvoiceLines
from app.domain.facts import Facts
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.violation import Violation
from app.domain.vocabulary import InvoiceStatus, ViolationCode
from app.validation.documents import (
    asked_of,
    not_found,
    violations_of_day,
    violations_of_invoice_status,
    violations_of_version,
)


def lines_to_convert(
    command: ConvertNegativeInvoiceLines, facts: Facts, invoice: Invoice
) -> list[InvoiceLine]:
    """The named lines, else every negative line that has not been converted; in line order."""
    lines = [line for line in facts.of(InvoiceLine, "invoice_id", invoice.id) if is_convertible(line)]
    if command.invoice_line_ids is None:
        return lines
    return [line for line in lines if line.id in command.invoice_line_ids]


def is_convertible(line: InvoiceLine) -> bool:
    return line.total_amount < 0 and line.converted_amount == 0


def violations_of_convert(command: ConvertNegativeInvoiceLines, facts: Facts) -> list[Violation]:
    """Negative, unconverted lines of one posted invoice without an active settlement."""
    violations = violations_of_day(
        command.effective_date or facts.stamp.today, facts.settings, ("effective_date",)
    )
    invoice = facts.named_record(Invoice, "invoice")
    if invoice is None:
        return [not_found("invoice", ("invoice",), asked_of(command.invoice)), *violations]
    violations += violations_of_version(invoice, command.expected_version, ("expected_version",))
    violations += violations_of_unsettled(invoice)
    if command.invoice_line_ids is None:
        if not any(map(is_convertible, facts.of(InvoiceLine, "invoice_id", invoice.id))):
            violations.append(_no_lines("The invoice has no negative line left to convert."))
        return violations
    if not command.invoice_line_ids:
        violations.append(_no_lines("At least one line is needed."))
    seen: set[str] = set()
    for place, id in enumerate(command.invoice_line_ids):
        violations += _violations_of_line(id, facts, invoice, seen, place)
    return violations


def violations_of_unsettled(invoice: Invoice) -> list[Violation]:
    """Posted, and no application or payment on it that has not been taken back; `canConvert` asks the same."""
    violations = violations_of_invoice_status(invoice, InvoiceStatus.POSTED)
    if invoice.credits_applied or invoice.payments_applied:
        violations.append(
            Violation(
                code=ViolationCode.ACTIVE_SETTLEMENT,
                message="Credit or payments are on the invoice; take them back first.",
                path=("invoice",),
                ids=(invoice.id,),
            )
        )
    return violations


def _violations_of_line(
    id: str, facts: Facts, invoice: Invoice, seen: set[str], place: int
) -> list[Violation]:
    path = ("invoice_line_ids", place)
    line = facts.find(InvoiceLine, id)
    if line is None:
        return [not_found("invoice line", path, id)]
    code, message = None, ""
    if line.invoice_id != invoice.id:
        code, message = ViolationCode.LINE_NOT_ON_INVOICE, "The line belongs to another invoice."
    elif line.id in seen:
        code, message = ViolationCode.DUPLICATE_LINE, "The line is named twice."
    elif line.total_amount >= 0:
        code, message = ViolationCode.NOT_NEGATIVE, "Only a line with a negative amount is converted."
    elif line.converted_amount:
        code, message = ViolationCode.ALREADY_CONVERTED, "The line has been converted already."
    seen.add(line.id)
    return [] if code is None else [Violation(code=code, message=message, path=path, asked=id, ids=(id,))]


def _no_lines(message: str) -> Violation:
    return Violation(code=ViolationCode.NO_LINES, message=message, path=("invoice_line_ids",))
