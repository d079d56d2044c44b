"""When an application may be taken back, whole or in part (domain 4.5, 4.6)."""

from app.domain.application import CreditMemoApplication, CreditMemoLineApplication
from app.domain.commands import Unapplication, UnapplyCreditMemo, UnapplyCreditMemoLine
from app.domain.credit_memo import CreditMemo
from app.domain.facts import Facts
from app.domain.money import minor_digits
from app.domain.taking_back import application_date, remaining_of, remaining_of_line
from app.domain.violation import Violation
from app.domain.vocabulary import ApplicationType, ViolationCode
from app.validation.amounts import exceeds, read_positive_amount
from app.validation.documents import not_found, violations_of_day, violations_of_version


def violations_of_unapply(command: UnapplyCreditMemo, facts: Facts) -> list[Violation]:
    original = facts.find(CreditMemoApplication, command.application_id)
    if original is None:
        return [not_found("credit memo application", ("application_id",), command.application_id)]
    if original.type is not ApplicationType.APPLIED:
        return [_not_applied("application_id", original.id)]
    violations = _violations_of_common(command, facts, original)
    return violations + _violations_of_amount(
        command, remaining_of(facts, original), original.currency, "application_id", original.id
    )


def violations_of_unapply_line(command: UnapplyCreditMemoLine, facts: Facts) -> list[Violation]:
    row = facts.find(CreditMemoLineApplication, command.line_application_id)
    if row is None:
        return [not_found("line application", ("line_application_id",), command.line_application_id)]
    if row.type is not ApplicationType.APPLIED:
        return [_not_applied("line_application_id", row.id)]
    original = facts.get(CreditMemoApplication, row.application_id)
    violations = _violations_of_common(command, facts, original)
    return violations + _violations_of_amount(
        command, remaining_of_line(facts, row), row.currency, "line_application_id", row.id
    )


def violations_of_takeable(original: CreditMemoApplication, remaining: int) -> list[Violation]:
    """What keeps an application from being unapplied at all; `canUnapply` asks the same."""
    if original.type is not ApplicationType.APPLIED:
        return [_not_applied("application_id", original.id)]
    return [] if remaining else [_already_unapplied("application_id", original.id)]


def _violations_of_common(
    command: Unapplication, facts: Facts, original: CreditMemoApplication
) -> list[Violation]:
    memo = facts.get(CreditMemo, original.credit_memo_id)
    violations = violations_of_version(memo, command.expected_version, ("expected_version",))
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


def _violations_of_amount(
    command: Unapplication, remaining: int, currency: str, field: str, id: str
) -> list[Violation]:
    if remaining == 0:
        return [_already_unapplied(field, id)]
    if command.amount is None:
        return []
    amount, wrong = read_positive_amount(command.amount, minor_digits(currency), ("amount",))
    if wrong or amount <= remaining:
        return wrong
    return [
        exceeds(
            ViolationCode.EXCEEDS_REMAINING_APPLICATION,
            "Less than that remains applied.",
            ("amount",),
            amount,
            remaining,
            currency,
            id,
        )
    ]


def _not_applied(field: str, id: str) -> Violation:
    return Violation(
        code=ViolationCode.NOT_AN_APPLIED_ROW,
        message="This row took an application back; only an APPLIED row can be unapplied.",
        path=(field,),
        asked=ApplicationType.UNAPPLIED,
        allowed=ApplicationType.APPLIED,
        ids=(id,),
    )


def _already_unapplied(field: str, id: str) -> Violation:
    return Violation(
        code=ViolationCode.ALREADY_UNAPPLIED,
        message="Nothing of this application remains applied.",
        path=(field,),
        asked=id,
        ids=(id,),
    )
