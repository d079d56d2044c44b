"""When lines of an invoice may be credited and the credit applied to it (Salesforce: credit an invoice; domain 4.2)."""

from app.domain.commands import CreateAndApplyCreditMemo
from app.domain.drawing import creditable_total
from app.domain.facts import Facts
from app.domain.invoice import Invoice
from app.domain.violation import Path, Violation, under
from app.domain.vocabulary import AllocationRule, ApplicationLevel, Operation, ViolationCode
from app.validation.amounts import exceeds
from app.validation.credited_line import CreditedLine
from app.validation.credited_lines import (
    read_lines,
    violations_of_drawn,
    violations_of_limit_of_credit,
    violations_of_line_names,
    violations_of_total_of_lines,
)
from app.validation.documents import (
    asked_of,
    not_found,
    violations_of_invoice_life,
    violations_of_made_debit_memo,
    violations_of_no_lines,
    violations_of_version,
)
from app.validation.memos import violations_of_header
from app.validation.pairing import violations_of_pair_count


def violations_of_create_and_apply(
    command: CreateAndApplyCreditMemo, facts: Facts, at: Path = ()
) -> list[Violation]:
    """Every line within what is creditable on it, all together within what the invoice can be drawn and owes, and within
    what the actor may post.

    `at`: where in the input the command stands, for one among many.
    """
    invoice = facts.named_record(Invoice, *at, "invoice")
    found = _violations(command, facts, invoice)
    if invoice is not None and not found:
        found = violations_of_limit_of_credit(command, facts, invoice, ("lines",))
    return under(at, found)


def _violations(command: CreateAndApplyCreditMemo, facts: Facts, invoice: Invoice | None) -> list[Violation]:
    violations = violations_of_no_lines(command.lines, ("lines",)) + violations_of_header(command, facts)
    violations += violations_of_line_names([each.invoice_line_id for each in command.lines], facts)
    if invoice is None:
        return [*violations, not_found("invoice", ("invoice",), asked_of(command.invoice))]
    violations += violations_of_version(invoice, command.expected_version, ("expected_version",))
    not_creditable = violations_of_invoice_life(invoice, Operation.CREATE_AND_APPLY_CREDIT_MEMO)
    not_creditable = not_creditable or violations_of_made_debit_memo(invoice)
    credited, wrong = read_lines(command, facts, invoice, takes_zero=False)
    violations += not_creditable + wrong
    if not_creditable:
        # What such an invoice owes, or leaves to credit, would say nothing.
        return violations
    violations += _violations_of_applied(credited, facts, invoice, refused=bool(violations))
    if not violations:
        giving = (each.drawn.total for each in credited)
        violations = violations_of_pair_count(
            AllocationRule.SOURCE_LINE, giving, facts, invoice.id, ("lines",)
        )
    return violations


def _violations_of_applied(
    credited: list[CreditedLine], facts: Facts, invoice: Invoice, *, refused: bool
) -> list[Violation]:
    """Each line by itself, then all together. Where lines are settled, a line's credit is applied to that line."""
    at_lines = facts.settings.application_level is ApplicationLevel.INVOICE_LINE
    balances = [each.line.balance if at_lines and each.is_whole else None for each in credited]
    room = min(creditable_total(invoice), invoice.balance)
    violations = violations_of_drawn(credited, facts, balances, room)
    if not all(each.credit.is_answered for each in credited):
        return violations
    violations += violations_of_total_of_lines(credited, violations, invoice, balances, room)
    total = sum(each.drawn.total for each in credited if each.is_whole)
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
    if total <= 0 and not (refused or violations):
        violations.append(
            Violation(
                code=ViolationCode.NOTHING_CREDITABLE,
                message="The credit comes to nothing.",
                path=("lines",),
                ids=(invoice.id,),
            )
        )
    return violations
