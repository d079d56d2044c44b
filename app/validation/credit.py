"""When lines of an invoice may be credited (Salesforce: credit an invoice; domain 4.2, 5)."""

from collections.abc import Sequence

from app.domain.commands import CreateAndApplyCreditMemo
from app.domain.drawing import creditable_total
from app.domain.facts import Facts
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.tax_choice import line_strategy
from app.domain.violation import Path, Violation
from app.domain.vocabulary import AllocationRule, ApplicationLevel, InvoiceStatus, ViolationCode
from app.validation.amounts import exceeds
from app.validation.documents import (
    asked_of,
    not_found,
    violations_of_invoice_status,
    violations_of_no_lines,
    violations_of_version,
)
from app.validation.drawing import CreditedLine, passes, read_credited_line, violations_of_credited_line
from app.validation.memos import violations_of_header
from app.validation.pairing import violations_of_pair_count


def violations_of_create_and_apply(command: CreateAndApplyCreditMemo, facts: Facts) -> list[Violation]:
    """Every line within what is creditable on it, all together within what the invoice can be drawn and owes."""
    violations = violations_of_no_lines(command.lines, ("lines",)) + violations_of_header(command, facts)
    violations += violations_of_line_names([each.invoice_line_id for each in command.lines], facts)
    invoice = facts.named_record(Invoice, "invoice")
    if invoice is None:
        return [*violations, not_found("invoice", ("invoice",), asked_of(command.invoice))]
    violations += violations_of_version(invoice, command.expected_version, ("expected_version",))
    not_posted = violations_of_invoice_status(invoice, InvoiceStatus.POSTED)
    credited, wrong = _read_lines(command, facts, invoice)
    violations += not_posted + wrong
    if not_posted:
        # What an invoice that is not posted owes, or leaves to credit, would say nothing.
        return violations
    at_lines = facts.settings.application_level is ApplicationLevel.INVOICE_LINE
    violations += _violations_of_drawn(credited, invoice, at_lines=at_lines, refused=bool(violations))
    if at_lines and not violations:
        violations += violations_of_pair_count(
            AllocationRule.SOURCE_LINE,
            [each.drawn.total for each in credited],
            [line.balance for line in facts.of(InvoiceLine, "invoice_id", invoice.id)],
            facts.limits,
            ("lines",),
        )
    return violations


def violations_of_line_names(ids: Sequence[str], facts: Facts) -> list[Violation]:
    """Every invoice line exists, and none is named twice."""
    violations = []
    seen: set[str] = set()
    for place, id in enumerate(ids):
        path: Path = ("lines", place, "invoice_line_id")
        if facts.find(InvoiceLine, id) is None:
            violations.append(not_found("invoice line", path, id))
        elif id in seen:
            violations.append(
                Violation(
                    code=ViolationCode.DUPLICATE_LINE,
                    message="The line is named twice.",
                    path=path,
                    asked=id,
                    ids=(id,),
                )
            )
        seen.add(id)
    return violations


def _read_lines(
    command: CreateAndApplyCreditMemo, facts: Facts, invoice: Invoice
) -> tuple[list[CreditedLine], list[Violation]]:
    """The entries that name a line of the invoice, as they are meant; and what is wrong with them."""
    found: list[CreditedLine] = []
    violations: list[Violation] = []
    seen: set[str] = set()
    for place, entry in enumerate(command.lines):
        path: Path = ("lines", place)
        line = facts.find(InvoiceLine, entry.invoice_line_id)
        if line is None or line.id in seen:
            continue
        seen.add(line.id)
        if line.invoice_id != invoice.id:
            violations.append(_on_another_invoice(line, (*path, "invoice_line_id")))
            continue
        strategy = line_strategy(entry, command, facts.settings)
        credited, wrong = read_credited_line(entry, strategy, facts, line, path)
        violations += wrong
        if credited is not None:
            found.append(credited)
    return found, violations


def _on_another_invoice(line: InvoiceLine, path: Path) -> Violation:
    return Violation(
        code=ViolationCode.LINE_NOT_ON_INVOICE,
        message="The line belongs to another invoice.",
        path=path,
        asked=line.id,
        ids=(line.invoice_id,),
    )


def _violations_of_drawn(
    credited: list[CreditedLine], invoice: Invoice, *, at_lines: bool, refused: bool
) -> list[Violation]:
    """Each line by itself, then all together. Where lines are settled, a line's credit is applied to that line."""
    balances = [each.line.balance if at_lines and each.is_whole else None for each in credited]
    judged = list(zip(credited, balances, strict=True))
    beside = sum(
        each.drawn.total for each, balance in judged if each.is_whole and passes(each, line_balance=balance)
    )
    room = min(creditable_total(invoice), invoice.balance) - beside
    violations = [
        violation
        for each, balance in judged
        for violation in violations_of_credited_line(each, line_balance=balance, room=room)
    ]
    total = sum(each.drawn.total for each in credited if each.is_whole)
    return violations + _violations_of_total(total, invoice, refused or bool(violations))


def _violations_of_total(total: int, invoice: Invoice, refused: bool) -> list[Violation]:
    violations = []
    if total > (creditable := max(0, creditable_total(invoice))):
        violations.append(
            exceeds(
                ViolationCode.EXCEEDS_CREDITABLE_AMOUNT,
                "Less is left to credit on the invoice as a whole, with tax.",
                ("lines",),
                total,
                creditable,
                invoice.currency,
                invoice.id,
            )
        )
    if total > max(0, invoice.balance):
        violations.append(
            exceeds(
                ViolationCode.EXCEEDS_INVOICE_BALANCE,
                "The invoice's balance is less than the credit with its tax.",
                ("lines",),
                total,
                max(0, invoice.balance),
                invoice.currency,
                invoice.id,
            )
        )
    if total <= 0 and not refused:
        violations.append(
            Violation(
                code=ViolationCode.NOTHING_CREDITABLE,
                message="The credit comes to nothing.",
                path=("lines",),
                ids=(invoice.id,),
            )
        )
    return violations
