"""When a memo's rest or an invoice's balance may be written off, and an invoice voided (Zuora; domain 4.10)."""

from app.domain.commands import VoidInvoice, WriteOffCreditMemo, WriteOffInvoice
from app.domain.credit_memo import CreditMemo
from app.domain.facts import Facts
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.memo_making import default_reason
from app.domain.violation import Path, Violation, under
from app.domain.vocabulary import AllocationRule, Operation, ViolationCode
from app.domain.voiding import has_drawn_lines
from app.domain.writing_off import drawn_by_write_off
from app.validation.amounts import exceeds
from app.validation.approval_limits import violations_of_limit
from app.validation.convert import active_settlement
from app.validation.credit_from_invoice import violations_of_creditable_invoice
from app.validation.documents import (
    asked_of,
    not_found,
    violations_of_day,
    violations_of_earlier_day,
    violations_of_invoice_life,
    violations_of_memo_life,
    violations_of_reason,
    violations_of_version,
)
from app.validation.pairing import violations_of_pair_count

_MEMO: Path = ("credit_memo",)
_INVOICE: Path = ("invoice",)
_EARLIER = "It cannot be dated before what it takes back."


def violations_of_memo_write_off(command: WriteOffCreditMemo, facts: Facts) -> list[Violation]:
    """A posted memo with something left, for a reason, and not dated before it."""
    violations = violations_of_needed_reason(command.reason_code, facts)
    memo = facts.named_record(CreditMemo, "credit_memo")
    if memo is None:
        return [not_found("credit memo", _MEMO, asked_of(command.credit_memo)), *violations]
    violations += violations_of_version(memo, command.expected_version, ("expected_version",))
    violations += violations_of_day(command.date or facts.stamp.today, facts.settings, ("date",))
    violations += violations_of_earlier_day(command.date, memo.memo_date, _EARLIER, ("date",))
    return violations + violations_of_memo_to_write_off(memo)


def violations_of_memo_to_write_off(memo: CreditMemo) -> list[Violation]:
    """What keeps a memo from being written off at all; `canWriteOff` asks the same."""
    if wrong := violations_of_memo_life(memo, Operation.WRITE_OFF_CREDIT_MEMO):
        return wrong
    if memo.balance:
        return []
    message = "The credit memo has no balance left."
    return [exceeds(ViolationCode.EXCEEDS_MEMO_BALANCE, message, _MEMO, 0, 0, memo.currency, memo.id)]


def violations_of_invoice_write_off(command: WriteOffInvoice, facts: Facts, at: Path = ()) -> list[Violation]:
    """A posted invoice that owes something, for a reason, within the actor's limit: the memo is posted at once.

    `at`: where in the input the command stands, for one among many.
    """
    invoice = facts.named_record(Invoice, *at, "invoice")
    return under(at, _violations_of_invoice_write_off(command, facts, invoice))


def _violations_of_invoice_write_off(
    command: WriteOffInvoice, facts: Facts, invoice: Invoice | None
) -> list[Violation]:
    violations = violations_of_needed_reason(command.reason_code, facts)
    violations += violations_of_day(
        command.effective_date or facts.stamp.today, facts.settings, ("effective_date",)
    )
    if invoice is None:
        return [not_found("invoice", _INVOICE, asked_of(command.invoice)), *violations]
    violations += violations_of_version(invoice, command.expected_version, ("expected_version",))
    unfit = violations_of_invoice_to_write_off(invoice)
    violations += unfit
    if unfit:
        return violations
    drawn = [each.drawn.total for each in drawn_by_write_off(facts, invoice)]
    giving = [*drawn, invoice.balance - sum(drawn)]
    violations += violations_of_pair_count(AllocationRule.SOURCE_LINE, giving, facts, invoice.id, _INVOICE)
    return violations + _violations_of_limit(facts, invoice, invoice.balance)


def violations_of_invoice_to_write_off(invoice: Invoice) -> list[Violation]:
    """What keeps an invoice from being written off at all; `canWriteOff` asks the same."""
    if wrong := violations_of_invoice_life(invoice, Operation.WRITE_OFF_INVOICE):
        return wrong
    if invoice.balance > 0:
        return []
    return [
        Violation(
            code=ViolationCode.NOTHING_CREDITABLE,
            message="The invoice owes nothing that could be written off.",
            path=_INVOICE,
            ids=(invoice.id,),
        )
    ]


def violations_of_void_invoice(command: VoidInvoice, facts: Facts) -> list[Violation]:
    """Posted, not negative, and nothing has been done with it; within the actor's limit: the memo is posted at once."""
    violations = violations_of_reason(command.reason_code, facts)
    violations += violations_of_day(
        command.effective_date or facts.stamp.today, facts.settings, ("effective_date",)
    )
    invoice = facts.named_record(Invoice, "invoice")
    if invoice is None:
        return [not_found("invoice", _INVOICE, asked_of(command.invoice)), *violations]
    violations += violations_of_version(invoice, command.expected_version, ("expected_version",))
    violations += violations_of_earlier_day(
        command.effective_date, invoice.invoice_date, _EARLIER, ("effective_date",)
    )
    unfit = violations_of_voidable_invoice(invoice, is_drawn=has_drawn_lines(facts, invoice))
    violations += unfit
    if unfit:
        return violations
    giving = (line.total_amount for line in facts.of(InvoiceLine, "invoice_id", invoice.id))
    violations += violations_of_pair_count(AllocationRule.SOURCE_LINE, giving, facts, invoice.id, _INVOICE)
    return violations + _violations_of_limit(facts, invoice, invoice.total_amount)


def violations_of_voidable_invoice(invoice: Invoice, *, is_drawn: bool) -> list[Violation]:
    """What keeps an invoice from being voided; `is_drawn`: a memo has drawn from a line. `canVoid` asks the same.

    That it owes its total is not enough: 400 - 100, converted and applied, owes its 300 too.
    """
    if wrong := violations_of_invoice_life(invoice, Operation.VOID_INVOICE):
        return wrong
    violations = violations_of_creditable_invoice(invoice)
    if invoice.credits_applied or invoice.payments_applied:
        violations.append(active_settlement(_INVOICE, invoice.id))
    if invoice.converted_amount:
        violations.append(
            Violation(
                code=ViolationCode.ALREADY_CONVERTED,
                message="A line is converted: void the memo that was made of it first.",
                path=_INVOICE,
                ids=(invoice.id,),
            )
        )
    if is_drawn:
        violations.append(
            Violation(
                code=ViolationCode.HAS_CREDITS,
                message="Memos have drawn from the invoice: cancel drafts, void or reverse what is posted.",
                path=_INVOICE,
                ids=(invoice.id,),
            )
        )
    return violations


def violations_of_needed_reason(code: str | None, facts: Facts) -> list[Violation]:
    """Like any reason, and there must be one: given, or the entity's default."""
    if code is not None or default_reason(facts) is not None:
        return violations_of_reason(code, facts)
    return [
        Violation(
            code=ViolationCode.INVALID_REASON_CODE,
            message="A write-off needs a reason code; the entity has no default one.",
            path=("reason_code",),
        )
    ]


def _violations_of_limit(facts: Facts, invoice: Invoice, total: int) -> list[Violation]:
    """What is posted and applied in one step cannot wait for approval."""
    return violations_of_limit(facts.approval_limits, invoice.currency, total, _INVOICE, invoice.id)
