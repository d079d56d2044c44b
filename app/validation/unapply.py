"""When an application may be taken back, whole or in part (domain 4.5, 4.6)."""

from app.domain.application import CreditMemoApplication, CreditMemoLineApplication
from app.domain.commands import (
    Unapplication,
    UnapplyCreditMemo,
    UnapplyCreditMemoLine,
    UpdateCreditMemoApplication,
)
from app.domain.credit_memo import CreditMemo
from app.domain.facts import Facts
from app.domain.invoice import Invoice
from app.domain.money import minor_digits, to_minor
from app.domain.taking_back import application_date, remaining_of, remaining_of_line
from app.domain.violation import Path, Violation
from app.domain.vocabulary import ApplicationType, InvoiceSource, InvoiceStatus, ViolationCode
from app.domain.writing_off import is_write_off
from app.validation.amounts import exceeds, read_positive_amount
from app.validation.documents import (
    not_found,
    violations_of_day,
    violations_of_invoice_status,
    violations_of_version,
)


def violations_of_unapply(command: UnapplyCreditMemo, facts: Facts) -> list[Violation]:
    original = facts.find(CreditMemoApplication, command.application_id)
    if original is None:
        return [not_found("credit memo application", ("application_id",), command.application_id)]
    remaining = remaining_of(facts, original)
    untakeable = violations_of_takeable(original, remaining)
    if original.type is not ApplicationType.APPLIED:
        return untakeable
    invoice = facts.get(Invoice, original.invoice_id)
    untakeable += violations_of_final_application(invoice, ("application_id",))
    violations = untakeable + _violations_of_common(command, facts, original)
    wrong = _violations_of_amount(command, remaining, original)
    return violations + (wrong or _violations_of_part(command, facts, original, remaining))


def violations_of_unapply_line(command: UnapplyCreditMemoLine, facts: Facts) -> list[Violation]:
    row = facts.find(CreditMemoLineApplication, command.line_application_id)
    if row is None:
        return [not_found("line application", ("line_application_id",), command.line_application_id)]
    remaining = remaining_of_line(facts, row)
    untakeable = violations_of_takeable(row, remaining, ("line_application_id",))
    if row.type is not ApplicationType.APPLIED:
        return untakeable
    original = facts.get(CreditMemoApplication, row.application_id)
    invoice = facts.get(Invoice, original.invoice_id)
    untakeable += violations_of_final_application(invoice, ("line_application_id",))
    untakeable += _violations_of_line_of_write_off(facts.get(CreditMemo, original.credit_memo_id), invoice)
    violations = untakeable + _violations_of_common(command, facts, original)
    return violations + _violations_of_amount(command, remaining, row)


def violations_of_takeable(
    row: CreditMemoApplication | CreditMemoLineApplication,
    remaining: int,
    path: Path = ("application_id",),
) -> list[Violation]:
    """What keeps a row from being unapplied at all; `canUnapply` asks the same."""
    if row.type is not ApplicationType.APPLIED:
        return [
            Violation(
                code=ViolationCode.NOT_AN_APPLIED_ROW,
                message="This row took an application back; only an APPLIED row can be unapplied.",
                path=path,
                asked=ApplicationType.UNAPPLIED,
                allowed=ApplicationType.APPLIED,
                ids=(row.id,),
            )
        ]
    if remaining:
        return []
    return [
        Violation(
            code=ViolationCode.ALREADY_UNAPPLIED,
            message="Nothing of this application remains applied.",
            path=path,
            asked=row.id,
            ids=(row.id,),
        )
    ]


def violations_of_final_application(invoice: Invoice, path: Path) -> list[Violation]:
    """What was applied to a voided document, or to the debit memo of a reversal, stays; `canUnapply` asks the same."""
    if invoice.source is InvoiceSource.CREDIT_MEMO_REVERSAL:
        return [
            Violation(
                code=ViolationCode.ALREADY_REVERSED,
                message="The application took the credit of a reversed memo back: that is final.",
                path=path,
                ids=(invoice.id,),
            )
        ]
    if invoice.status is not InvoiceStatus.VOIDED:
        return []
    return violations_of_invoice_status(invoice, InvoiceStatus.POSTED, path)


def violations_of_update(command: UpdateCreditMemoApplication, facts: Facts) -> list[Violation]:
    """A description may change at any time: only the memo's version can stand against it."""
    row = facts.find(CreditMemoApplication, command.application_id)
    if row is None:
        return [not_found("credit memo application", ("application_id",), command.application_id)]
    memo = facts.get(CreditMemo, row.credit_memo_id)
    return violations_of_version(memo, command.expected_version, ("expected_version",))


def _violations_of_common(
    command: Unapplication, facts: Facts, original: CreditMemoApplication
) -> list[Violation]:
    memo = facts.get(CreditMemo, original.credit_memo_id)
    invoice = facts.get(Invoice, original.invoice_id)
    violations = violations_of_version(memo, command.expected_version, ("expected_version",))
    violations += violations_of_version(
        invoice, command.expected_invoice_version, ("expected_invoice_version",)
    )
    violations += violations_of_day(command.effective_date, facts.settings, ("effective_date",))
    earliest = application_date(original)
    if command.effective_date is not None and command.effective_date < earliest:
        violations.append(
            Violation(
                code=ViolationCode.INVALID_DATE,
                message="An application cannot be taken back before it was made.",
                path=("effective_date",),
                asked=command.effective_date.isoformat(),
                allowed=f"{earliest.isoformat()} or later",
                ids=(original.id,),
            )
        )
    return violations


def _violations_of_part(
    command: UnapplyCreditMemo, facts: Facts, original: CreditMemoApplication, remaining: int
) -> list[Violation]:
    """A part of a write-off would leave credit that could be used elsewhere."""
    memo, invoice = facts.get(CreditMemo, original.credit_memo_id), facts.get(Invoice, original.invoice_id)
    if command.amount is None or not remaining or not is_write_off(memo, invoice):
        return []
    amount = to_minor(command.amount, minor_digits(original.currency))
    if amount == remaining:
        return []
    return [
        exceeds(
            ViolationCode.INVALID_AMOUNT,
            "A write-off is taken back only whole.",
            ("amount",),
            amount,
            remaining,
            original.currency,
            original.id,
        )
    ]


def _violations_of_line_of_write_off(memo: CreditMemo, invoice: Invoice) -> list[Violation]:
    if not is_write_off(memo, invoice):
        return []
    return [
        Violation(
            code=ViolationCode.INVALID_SOURCE,
            message="A write-off is taken back only whole: unapplyCreditMemo.",
            path=("line_application_id",),
            asked=f"{memo.source} on {invoice.source}",
            ids=(memo.id, invoice.id),
        )
    ]


def _violations_of_amount(
    command: Unapplication, remaining: int, row: CreditMemoApplication | CreditMemoLineApplication
) -> list[Violation]:
    if remaining == 0 or command.amount is None:
        return []
    amount, wrong = read_positive_amount(command.amount, minor_digits(row.currency), ("amount",))
    if wrong or amount <= remaining:
        return wrong
    return [
        exceeds(
            ViolationCode.EXCEEDS_REMAINING_APPLICATION,
            "Less than that remains applied.",
            ("amount",),
            amount,
            remaining,
            row.currency,
            row.id,
        )
    ]
