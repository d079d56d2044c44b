"""When the tax of a draft may be calculated again (domain 5: onTaxFailure)."""

from app.domain.commands import RecalculateTax
from app.domain.credit_memo import CreditMemo
from app.domain.drawing import creditable_total
from app.domain.entity import Settings
from app.domain.facts import Facts
from app.domain.invoice import Invoice
from app.domain.money import MAX_MINOR, amount_text
from app.domain.proration import amount_left, total_left
from app.domain.recalculation import Recalculated, calculated_lines, recalculated
from app.domain.tax_engine import TaxFailure
from app.domain.violation import Path, Violation
from app.domain.vocabulary import Operation, ViolationCode
from app.validation.amounts import exceeds
from app.validation.documents import (
    asked_of,
    not_found,
    violations_of_memo_life,
    violations_of_version,
)
from app.validation.taxes import no_engine, tax_engine_failed, tax_not_allowed

_MEMO: Path = ("credit_memo",)


def violations_of_recalculate(command: RecalculateTax, facts: Facts) -> list[Violation]:
    """A draft of lines that an engine taxes; the engine answers for all of them, and the invoice leaves enough.

    A callback's answers that are still missing are taken for good.
    """
    memo = facts.named_record(CreditMemo, "credit_memo")
    if memo is None:
        return [not_found("credit memo", _MEMO, asked_of(command.credit_memo))]
    lines = calculated_lines(facts, memo)
    violations = violations_of_version(memo, command.expected_version, ("expected_version",))
    violations += violations_of_recalculable_memo(memo, facts.settings, has_calculated_lines=bool(lines))
    if violations:
        return violations
    found = [(line, recalculated(facts, memo, line)) for line in lines]
    for line, each in found:
        if isinstance(each, TaxFailure):
            failed = TaxFailure(f"Line {line.line_number}: {each.message}")
            violations.append(tax_engine_failed(failed, _MEMO))
    made = [each for _, each in found if isinstance(each, Recalculated)]
    return violations + _violations_of_drawn(facts, memo, made)


def violations_of_recalculable_memo(
    memo: CreditMemo, settings: Settings, *, has_calculated_lines: bool
) -> list[Violation]:
    """What is wrong whatever the engine would answer; `canRecalculateTax` asks the same."""
    violations = violations_of_memo_life(memo, Operation.RECALCULATE_TAX)
    if settings.tax_engine is None:
        return [*violations, no_engine(_MEMO)]
    if not has_calculated_lines:
        violations.append(tax_not_allowed("No line of the memo has its tax calculated.", _MEMO))
    return violations


def _violations_of_drawn(facts: Facts, memo: CreditMemo, made: list[Recalculated]) -> list[Violation]:
    """Others may have drawn from the invoice since the draft was made.

    Line by line there is enough of an amount without tax, which stays, and no tax is found beyond what is left of it;
    of an amount that contains its tax, others may have taken the tax.
    """
    violations = [
        _too_much(
            "Less is left to credit on the line than the memo takes with its tax.",
            each.total,
            total_left(each.left),
            memo.currency,
            each.line.source_invoice_line_id or "",
        )
        for each in made
        if each.left is not None and abs(each.amount) > abs(amount_left(each.left))
    ]
    invoice = facts.find(Invoice, memo.invoice_id)
    rises_by = sum(each.total - each.line.total_amount for each in made)
    if invoice is not None and rises_by > (room := creditable_total(invoice)):
        message = "Less is left to credit on the invoice than the memo takes with its tax."
        violations.append(_too_much(message, rises_by, room, memo.currency, invoice.id))
    if not 0 <= memo.total_amount + rises_by < MAX_MINOR:
        violations.append(
            Violation(
                code=ViolationCode.INVALID_AMOUNT,
                message="With the tax of now the memo would come to less than 0, or to more than can be kept.",
                path=_MEMO,
                asked=amount_text(memo.total_amount + rises_by, memo.currency),
            )
        )
    return violations


def _too_much(message: str, asked: int, allowed: int, currency: str, id: str) -> Violation:
    return exceeds(
        ViolationCode.EXCEEDS_CREDITABLE_AMOUNT,
        message,
        _MEMO,
        asked,
        allowed,
        currency,
        id,
    )
