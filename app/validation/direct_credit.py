"""What direct credit memos must keep to beside the rules of any credit from an invoice (Conga; domain 4.9)."""

from app.domain.commands import DirectCreditMemoEntry, DirectCreditSelection
from app.domain.facts import Facts
from app.domain.violation import Path, Violation, under
from app.domain.vocabulary import ViolationCode
from app.validation.documents import (
    violations_of_direct_reason,
    violations_of_template,
)


def violations_of_direct_entry(entry: DirectCreditMemoEntry, facts: Facts) -> list[Violation]:
    """That its reason code is one for direct memos, and that what it names to be credited is more than 0."""
    violations = violations_of_direct_reason(entry.reason_code, facts)
    if entry.full_credit:
        return violations
    for place, line in enumerate(entry.lines or ()):
        if line.amount <= 0:
            violations.append(_not_positive(("lines", place, "amount"), format(line.amount, "f")))
    return violations


def violations_of_selected_options(selection: DirectCreditSelection, facts: Facts) -> list[Violation]:
    """What all items of a selection share is refused before a million of them are."""
    violations = violations_of_direct_reason(selection.reason_code, facts)
    violations += violations_of_template(selection.template, facts)
    return under(("selection",), violations)


def _not_positive(path: Path, asked: str) -> Violation:
    return Violation(
        code=ViolationCode.INVALID_AMOUNT,
        message="A direct credit is more than 0; fullCredit mirrors negative lines.",
        path=path,
        asked=asked,
        allowed="more than 0",
    )
