"""What one line of a request may take from its invoice line: strategy, sign, tax items, what is left (domain 5)."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.commands import InvoiceCreditEntry
from app.domain.drawing import amount_of_quantity, quantity_left
from app.domain.facts import Facts
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.line_credit import CreditCommand, LineCredit, line_credit
from app.domain.money import amount_text, minor_digits
from app.domain.proration import Drawn, amount_left
from app.domain.tax_choice import Taking, line_strategy
from app.domain.violation import Path, Violation
from app.domain.vocabulary import TaxStrategy, ViolationCode
from app.validation.amounts import asked_amount, quantity_text
from app.validation.credited_entry import sign, sign_of, violations_of_entry, violations_of_given_tax


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditedLine:
    """An entry of a request that can be understood, with what it takes of the invoice line it credits."""

    credit: LineCredit
    path: Path
    """Of the entry."""
    asked: str | None
    """The amount, or the quantity alone, as a refusal shows it."""
    tax_field: str
    """The field that gives its tax."""
    is_whole: bool
    """False where its tax is wrong, or not known yet: then its amount can be judged, its total with tax cannot."""

    @property
    def line(self) -> InvoiceLine:
        return self.credit.line

    @property
    def drawn(self) -> Drawn:
        return self.credit.drawn


def read_credited_line(
    entry: InvoiceCreditEntry,
    command: CreditCommand,
    facts: Facts,
    invoice: Invoice,
    line: InvoiceLine,
    path: Path,
    *,
    takes_zero: bool,
) -> tuple[CreditedLine | None, list[Violation]]:
    """The entry as it is meant, and what is wrong with it whatever is left; None where it cannot be understood.

    Given tax is held to its sources; where some does not fit, the amount is still meant, without any tax.
    `takes_zero`: whether data can be corrected, by an amount of 0.
    """
    digits = minor_digits(line.currency)
    strategy = line_strategy(entry, command, facts.settings)
    violations = violations_of_entry(entry, strategy, facts, line, path, takes_zero=takes_zero)
    if violations:
        return None, violations
    violations = violations_of_given_tax(entry, strategy, facts, line, path)
    if violations:
        entry = replace(entry, tax_items=None, tax_amount=None)
    credit = line_credit(entry, strategy, command, facts, invoice, line)
    if entry.amount is not None:
        asked: str | None = asked_amount(entry.amount, digits)
    else:
        asked = quantity_text(credit.quantity) if credit.quantity else None
    credited = CreditedLine(
        credit=credit,
        path=path,
        asked=asked,
        tax_field="tax_items" if entry.tax_amount is None else "tax_amount",
        is_whole=credit.is_answered and not violations,
    )
    return credited, violations


def violations_of_credited_line(
    credited: CreditedLine, *, line_balance: int | None, room: int
) -> list[Violation]:
    """No more than is left of the line and, where its lines are settled, than the line owes (`line_balance`).

    `room`: what the invoice leaves beside the other lines. It refuses nothing here, for all lines together are
    judged against the invoice; but the amount named as the largest that would pass keeps to it, too.
    """
    violations = _violations_of_quantity_left(credited) + _violations_of_no_tax(credited)
    found = _broken(credited, line_balance)
    if not found:
        return violations
    return violations + exceeding(credited, found, line_balance=line_balance, room=room)


def exceeding(
    credited: CreditedLine,
    found: Sequence[tuple[ViolationCode, str]],
    *,
    line_balance: int | None,
    room: int,
) -> list[Violation]:
    """What was found is told of the line, with the largest amount that keeps to both limits."""
    allowed = _largest_that_passes(credited, room if line_balance is None else min(room, line_balance))
    asked, path = credited.asked, (*credited.path, "quantity" if credited.credit.is_prorated else "amount")
    if _credits_given_tax_only(credited.credit.taking):
        asked, path = (
            amount_text(credited.drawn.tax, credited.line.currency),
            (*credited.path, credited.tax_field),
        )
    return [
        Violation(
            code=code, message=message, path=path, asked=asked, allowed=allowed, ids=(credited.line.id,)
        )
        for code, message in found
    ]


def _violations_of_quantity_left(credited: CreditedLine) -> list[Violation]:
    """A line without a quantity has none to credit."""
    quantity, left = credited.credit.quantity or 0, quantity_left(credited.line)
    if abs(quantity) <= abs(left):
        return []
    return [
        Violation(
            code=ViolationCode.EXCEEDS_CREDITABLE_QUANTITY,
            message="Less is left of the line's quantity.",
            path=(*credited.path, "quantity"),
            asked=quantity_text(quantity),
            allowed=quantity_text(left),
            ids=(credited.line.id,),
        )
    ]


def _violations_of_no_tax(credited: CreditedLine) -> list[Violation]:
    """A tax-only line that takes no tax would credit nothing at all."""
    if not credited.credit.taking.tax_only or not credited.is_whole or any(credited.drawn.taxes):
        return []
    return [
        Violation(
            code=ViolationCode.NOTHING_CREDITABLE,
            message="No tax is credited: none is left on the line, or what is asked for comes to 0.",
            path=(*credited.path, "tax_only"),
            ids=(credited.line.id,),
        )
    ]


def passes(credited: CreditedLine, *, line_balance: int | None) -> bool:
    """The line by itself breaks no rule."""
    return not _broken(credited, line_balance)


def _broken(credited: CreditedLine, line_balance: int | None) -> list[tuple[ViolationCode, str]]:
    found = []
    if not _is_left(credited, credited.drawn):
        found.append((ViolationCode.EXCEEDS_CREDITABLE_AMOUNT, "Less is left to credit on this line."))
    if not _is_within(credited.drawn, line_balance):
        found.append(
            (
                ViolationCode.EXCEEDS_LINE_BALANCE,
                "The line's balance is less than the credit with its tax.",
            )
        )
    return found


def _largest_that_passes(credited: CreditedLine, most_with_tax: int) -> str | None:
    """The largest amount of the entry that its rules let pass, by magnitude; 0 where they let none.

    Of a quantity alone, the largest quantity. Found by trying: what is taken rises with what is asked, so it is where
    passing ends. None where a tax-only line has no such amount: there 0 would mean all the tax.
    """
    credit, line = credited.credit, credited.line
    if _credits_given_tax_only(credit.taking):
        return amount_text(max(0, most_with_tax), line.currency)

    def fails(magnitude: int) -> bool:
        drawn = credit.taking.drawn(_amount(credit, magnitude))
        return not (_is_left(credited, drawn) and _is_within(drawn, most_with_tax))

    # A tax-only line that names no amount takes at most the tax of the whole line.
    of_amount = abs(credit.amount) or abs(line.amount)
    asked = abs(credit.quantity) if credit.is_prorated and credit.quantity else of_amount
    largest = bisect_left(range(1, asked), True, key=fails)
    if credit.is_prorated:
        return quantity_text(sign(line.quantity) * largest)
    if credit.taking.tax_only and not largest:
        return None
    return amount_text(sign_of(line) * largest, line.currency)


def _amount(credit: LineCredit, magnitude: int) -> int:
    """The amount of a credit that asks for so much: of the amount, or of the quantity alone."""
    if not credit.is_prorated:
        return sign_of(credit.line) * magnitude
    return amount_of_quantity(credit.line, sign(credit.line.quantity) * magnitude)


def _credits_given_tax_only(taking: Taking) -> bool:
    return taking.tax_only and taking.strategy is TaxStrategy.MANUAL_OVERRIDE


def _is_left(credited: CreditedLine, drawn: Drawn) -> bool:
    """Each tax is kept within its item's rest before; so the amount alone decides, also of an amount with its tax."""
    left = amount_left(credited.credit.taking.line)
    return abs(drawn.amount) <= abs(left) and not _shares_in_nothing(credited, left)


def _shares_in_nothing(credited: CreditedLine, left: int) -> bool:
    """A quantity that is there asks, alone, for a share of an amount that was charged and of which none is left."""
    if not credited.credit.is_prorated or left or not credited.line.amount:
        return False
    return not _violations_of_quantity_left(credited)


def _is_within(drawn: Drawn, most_with_tax: int | None) -> bool:
    """What is drawn from a negative line settles nothing, and leaves more of the invoice."""
    return most_with_tax is None or drawn.total <= max(0, most_with_tax)
