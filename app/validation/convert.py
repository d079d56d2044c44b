"""When negative invoice lines may be converted to credit (Salesforce: convert-to-credit; domain 4.7)."""

from app.domain.commands import ConvertNegativeInvoiceLines
from app.domain.facts import Facts
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.violation import Path, Violation, under
from app.domain.vocabulary import AllocationRule, Operation, ViolationCode
from app.validation.approval_limits import violations_of_limit
from app.validation.documents import (
    asked_of,
    not_found,
    violations_of_day,
    violations_of_invoice_life,
    violations_of_made_debit_memo,
    violations_of_version,
)
from app.validation.pairing import violations_of_pair_count


def lines_to_convert(
    command: ConvertNegativeInvoiceLines, facts: Facts, invoice: Invoice
) -> list[InvoiceLine]:
    """The named lines, else every negative line that has not been converted; in line order."""
    lines = convertible_lines(facts, invoice)
    if command.invoice_line_ids is None:
        return lines
    named = set(command.invoice_line_ids)
    return [line for line in lines if line.id in named]


def convertible_lines(facts: Facts, invoice: Invoice) -> list[InvoiceLine]:
    """Every negative line that has not been converted, in line order."""
    lines = facts.of(InvoiceLine, "invoice_id", invoice.id)
    return [line for line in lines if line.total_amount < 0 and line.converted_amount == 0]


def violations_of_convert(
    command: ConvertNegativeInvoiceLines, facts: Facts, at: Path = ()
) -> list[Violation]:
    """Negative, unconverted lines of one posted invoice without an active settlement.

    `at`: where in the input the command stands, for one among many.
    """
    return under(at, _violations_of_convert(command, facts, facts.named_record(Invoice, *at, "invoice")))


def _violations_of_convert(
    command: ConvertNegativeInvoiceLines, facts: Facts, invoice: Invoice | None
) -> list[Violation]:
    violations = violations_of_day(
        command.effective_date or facts.stamp.today, facts.settings, ("effective_date",)
    )
    violations += _violations_of_names(command, facts, invoice)
    if invoice is None:
        return [not_found("invoice", ("invoice",), asked_of(command.invoice)), *violations]
    violations += violations_of_version(invoice, command.expected_version, ("expected_version",))
    lines = lines_to_convert(command, facts, invoice)
    violations += violations_of_convertible_invoice(
        invoice, has_lines=bool(lines), named=command.invoice_line_ids is not None
    )
    if not violations and command.apply_to_invoice:
        violations = _violations_of_pairs(facts, invoice, lines, ("apply_to_invoice",))
    return violations or _violations_of_limit(facts, invoice, lines, ("invoice_line_ids",))


def violations_of_convertible_invoice(
    invoice: Invoice, *, has_lines: bool, named: bool = False
) -> list[Violation]:
    """Posted, with a negative line left, and no application or payment on it that has not been taken back.

    `canConvertNegativeLines` asks the same. Of `named` lines each is told by itself what is wrong with it. Without
    a line there is nothing that a settlement could stand against.
    """
    violations = violations_of_invoice_life(invoice, Operation.CONVERT_NEGATIVE_INVOICE_LINES)
    violations += violations_of_made_debit_memo(invoice)
    if not has_lines:
        message = "The invoice has no negative line left to convert."
        return violations if named else [*violations, _no_lines(message)]
    if invoice.credits_applied or invoice.payments_applied:
        violations.append(active_settlement(("invoice",), invoice.id))
    return violations


def active_settlement(path: Path, invoice_id: str) -> Violation:
    """Lines are not restated, nor put back, under credit or payments."""
    return Violation(
        code=ViolationCode.ACTIVE_SETTLEMENT,
        message="Credit or payments are on the invoice; take them back first.",
        path=path,
        ids=(invoice_id,),
    )


def _violations_of_names(
    command: ConvertNegativeInvoiceLines, facts: Facts, invoice: Invoice | None
) -> list[Violation]:
    if command.invoice_line_ids is None:
        return []
    if not command.invoice_line_ids:
        return [_no_lines("At least one line is needed.")]
    violations = []
    seen: set[str] = set()
    for place, id in enumerate(command.invoice_line_ids):
        violations += _violations_of_line(id, facts, invoice, seen, place)
    return violations


def violations_of_conversion_on_posting(facts: Facts, invoice: Invoice, at: Path) -> list[Violation]:
    """What keeps a draft from being posted where the entity has its negative lines converted then.

    `at`: where in the input the invoice stands. A postable invoice with negative lines is convertible.
    """
    settings = facts.settings
    if not settings.convert_negative_lines_on_posting:
        return []
    lines = convertible_lines(facts, invoice)
    violations = _violations_of_limit(facts, invoice, lines, at)
    if settings.apply_converted_memo_on_posting:
        violations += _violations_of_pairs(facts, invoice, lines, at)
    return violations


def _violations_of_limit(
    facts: Facts, invoice: Invoice, lines: list[InvoiceLine], at: Path
) -> list[Violation]:
    """A conversion makes a posted memo, which cannot wait for approval."""
    total = -sum(line.total_amount for line in lines)
    return violations_of_limit(facts.approval_limits, invoice.currency, total, at, invoice.id)


def _violations_of_pairs(
    facts: Facts, invoice: Invoice, lines: list[InvoiceLine], at: Path
) -> list[Violation]:
    """The memo of the lines is applied to the invoice's positive ones."""
    giving = (-line.total_amount for line in lines)
    return violations_of_pair_count(AllocationRule.HIGHEST_FIRST, giving, facts, invoice.id, at)


def _violations_of_line(
    id: str, facts: Facts, invoice: Invoice | None, seen: set[str], place: int
) -> list[Violation]:
    path = ("invoice_line_ids", place)
    line = facts.find(InvoiceLine, id)
    if line is None:
        return [not_found("invoice line", path, id)]
    found: tuple[ViolationCode, str] | None = None
    if invoice is not None and line.invoice_id != invoice.id:
        found = ViolationCode.LINE_NOT_ON_INVOICE, "The line belongs to another invoice."
    elif line.id in seen:
        found = ViolationCode.DUPLICATE_LINE, "The line is named twice."
    elif line.total_amount >= 0:
        found = ViolationCode.NOT_NEGATIVE, "Only a line with a negative amount is converted."
    elif line.converted_amount:
        found = ViolationCode.ALREADY_CONVERTED, "The line has been converted already."
    seen.add(line.id)
    if found is None:
        return []
    code, message = found
    return [Violation(code=code, message=message, path=path, asked=id, ids=(id,))]


def _no_lines(message: str) -> Violation:
    return Violation(code=ViolationCode.NO_LINES, message=message, path=("invoice_line_ids",))
