"""What one line of a request may take from its invoice line: strategy, sign, tax items, what is left (domain 5)."""

from bisect import bisect_left
from dataclasses import dataclass, replace

from app.domain.drawing import charged, taxes_of
from app.domain.facts import Facts
from app.domain.invoice import InvoiceLine, InvoiceLineTax
from app.domain.money import minor_digits
from app.domain.proration import ChargedLine, Drawn, amount_left
from app.domain.tax_choice import CreditedEntry, Taking, matched_items, named_amount, taking_of
from app.domain.violation import Path, Violation
from app.domain.vocabulary import TaxMode, TaxStrategy, ViolationCode
from app.validation.amounts import asked_amount, exceeds, read_amount, text_of
from app.validation.documents import not_found
from app.validation.taxes import (
    inclusive_needs_automatic,
    no_engine,
    tax_not_allowed,
    violations_of_given_amount,
    violations_of_items_use,
    violations_of_tax_items,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditedLine:
    """An entry of a request that can be understood, with the invoice line it credits."""

    line: InvoiceLine
    taking: Taking
    path: Path
    """Of the entry."""
    asked: str | None
    """The amount as a refusal shows it."""
    amount: int
    """The same in minor units; 0 where none is named."""
    drawn: Drawn
    """What is taken with that amount."""
    is_whole: bool
    """False where a tax item does not fit: then its amount can be judged, its total with tax cannot."""


def read_credited_line(
    entry: CreditedEntry, strategy: TaxStrategy, facts: Facts, line: InvoiceLine, path: Path
) -> tuple[CreditedLine | None, list[Violation]]:
    """The entry as it is meant, and what is wrong with it whatever is left; None where it cannot be understood.

    Given tax items are held to their sources; where one does not fit, the amount is still meant, without any tax.
    """
    digits = minor_digits(line.currency)
    sources = taxes_of(facts, line)
    state = charged(line, sources)
    violations = _violations_of_strategy(entry, strategy, path)
    violations += violations_of_tax_items(entry.tax_items or [], digits, (*path, "tax_items"))
    violations += _violations_of_amount(entry, strategy, digits, line, (*path, "amount"))
    if violations:
        return None, violations
    violations = _violations_of_given_taxes(entry, strategy, sources, state, line, path)
    taking = taking_of(entry, strategy, state, sources, digits)
    if violations:
        taking = replace(taking, given=(0,) * len(sources))
    amount = named_amount(entry, digits)
    credited = CreditedLine(
        line=line,
        taking=taking,
        path=path,
        asked=None if entry.amount is None else asked_amount(entry.amount, digits),
        amount=amount,
        drawn=taking.drawn(amount),
        is_whole=not violations,
    )
    return credited, violations


def violations_of_credited_line(
    credited: CreditedLine, *, line_balance: int | None, room: int | None
) -> list[Violation]:
    """No more than is left of the line and, where its lines are settled, than the line owes (`line_balance`).

    `room`: what the invoice leaves beside the other lines. It refuses nothing here, for all lines together are
    judged against the invoice; but the amount named as the largest that would pass keeps to it, too.
    """
    found = _broken(credited, line_balance)
    if not found:
        return []
    limits = [limit for limit in (line_balance, room) if limit is not None]
    allowed = _largest_that_passes(credited, min(limits, default=None))
    asked, path = credited.asked, (*credited.path, "amount")
    if _credits_given_tax_only(credited.taking):
        asked, path = text_of(credited.drawn.tax, credited.line.currency), (*credited.path, "tax_items")
    return [
        Violation(
            code=code, message=message, path=path, asked=asked, allowed=allowed, ids=(credited.line.id,)
        )
        for code, message in found
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


def _largest_that_passes(credited: CreditedLine, most_with_tax: int | None) -> str | None:
    """The largest amount of the entry that its rules let pass, by magnitude; 0 where they let none.

    Found by trying: what is taken rises with the amount, so it is where passing ends. None where a tax-only line has
    no such amount: there 0 would mean all the tax.
    """
    line, taking = credited.line, credited.taking
    if _credits_given_tax_only(taking):
        return text_of(max(0, most_with_tax or 0), line.currency)
    sign = _sign(line)

    def fails(magnitude: int) -> bool:
        drawn = taking.drawn(sign * magnitude)
        return not (_is_left(credited, drawn) and _is_within(drawn, most_with_tax))

    # A tax-only line that names no amount takes at most the tax of the whole line.
    first_refused = abs(credited.amount) or abs(line.amount)
    largest = bisect_left(range(1, first_refused), True, key=fails)
    return None if taking.tax_only and not largest else text_of(sign * largest, line.currency)


def _credits_given_tax_only(taking: Taking) -> bool:
    return taking.tax_only and taking.strategy is TaxStrategy.MANUAL_OVERRIDE


def _is_left(credited: CreditedLine, drawn: Drawn) -> bool:
    """Each tax is kept within its item's rest before; so the amount alone decides, also of an amount with its tax."""
    return not _beyond(drawn.amount, amount_left(credited.taking.line), credited.line)


def _is_within(drawn: Drawn, most_with_tax: int | None) -> bool:
    """What is drawn from a negative line settles nothing, and leaves more of the invoice."""
    return most_with_tax is None or drawn.total <= max(0, most_with_tax)


def _sign(line: InvoiceLine) -> int:
    """A credit carries the sign of its line: what is drawn from a discount is negative (invariant 7)."""
    return -1 if line.total_amount < 0 else 1


def _beyond(part: int, left: int, line: InvoiceLine) -> bool:
    return part * _sign(line) > left * _sign(line)


def _violations_of_strategy(entry: CreditedEntry, strategy: TaxStrategy, path: Path) -> list[Violation]:
    if strategy is TaxStrategy.CALCULATE:
        return [no_engine((*path, "tax_strategy"))]
    violations = violations_of_items_use(entry, strategy, path)
    automatic = strategy is TaxStrategy.COPY_FROM_INVOICE_LINE
    if entry.tax_only:
        if not automatic and not entry.tax_items:
            violations.append(
                tax_not_allowed("A tax-only line needs a tax.", (*path, "tax_only"), asked=strategy)
            )
    elif entry.tax_mode is TaxMode.INCLUSIVE and not automatic:
        violations.append(inclusive_needs_automatic((*path, "tax_mode"), strategy))
    return violations


def _violations_of_amount(
    entry: CreditedEntry, strategy: TaxStrategy, digits: int, line: InvoiceLine, path: Path
) -> list[Violation]:
    """An amount with its line's sign; a tax-only line may leave it out, or name 0, for all the tax there is."""
    if entry.tax_only and strategy is TaxStrategy.MANUAL_OVERRIDE:
        return violations_of_given_amount(entry.amount, digits, path)
    if entry.amount is None:
        if entry.tax_only:
            return []
        return [Violation(code=ViolationCode.INVALID_AMOUNT, message="The amount is missing.", path=path)]
    amount, wrong = read_amount(entry.amount, digits, path)
    if wrong:
        return wrong
    if amount * _sign(line) < 0 or (amount == 0 and not entry.tax_only):
        side = "less" if _sign(line) < 0 else "greater"
        return [
            Violation(
                code=ViolationCode.INVALID_AMOUNT,
                message=f"A credit has the sign of its line: the amount must be {side} than 0.",
                path=path,
                asked=asked_amount(entry.amount, digits),
            )
        ]
    return []


def _violations_of_given_taxes(
    entry: CreditedEntry,
    strategy: TaxStrategy,
    sources: list[InvoiceLineTax],
    state: ChargedLine,
    line: InvoiceLine,
    path: Path,
) -> list[Violation]:
    """MANUAL_OVERRIDE: each item fits one source, and is within what the items before it leave there.

    So their sum is within the line's tax left.
    """
    if strategy is not TaxStrategy.MANUAL_OVERRIDE:
        return []
    violations: list[Violation] = []
    left = [tax.amount - tax.credited for tax in state.taxes]
    digits = minor_digits(line.currency)
    for place, matched in enumerate(matched_items(entry.tax_items or (), sources, digits)):
        here: Path = (*path, "tax_items", place)
        if matched.amount * _sign(line) < 0:
            violations.append(
                Violation(
                    code=ViolationCode.INVALID_AMOUNT,
                    message="The tax must have the sign of its line.",
                    path=(*here, "amount"),
                    asked=text_of(matched.amount, line.currency),
                )
            )
        elif matched.place is None:
            violations.append(_unmatched(matched.item.source_tax_item_id, sources, here))
        elif _beyond(matched.amount, left[matched.place], line):
            violations.append(
                exceeds(
                    ViolationCode.EXCEEDS_CREDITABLE_TAX,
                    "Less is left of this tax item.",
                    (*here, "amount"),
                    matched.amount,
                    left[matched.place],
                    line.currency,
                    sources[matched.place].id,
                )
            )
            left[matched.place] = 0
        else:
            left[matched.place] -= matched.amount
    return violations


def _unmatched(named: str | None, sources: list[InvoiceLineTax], path: Path) -> Violation:
    if named is not None:
        return not_found("tax item on the invoice line", (*path, "source_tax_item_id"), named)
    return Violation(
        code=ViolationCode.TAX_NOT_ALLOWED,
        message="The item fits no tax item of the invoice line, or more than one; name its sourceTaxItemId.",
        path=path,
        allowed=", ".join(source.id for source in sources) or None,
        ids=tuple(source.id for source in sources),
    )
