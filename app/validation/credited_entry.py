"""What can be said of one credited line as it is written: strategy, sign, quantity, given tax (domain 4.8, 5)."""

from decimal import Decimal

from app.domain.commands import InvoiceCreditEntry
from app.domain.drawing import charged, taxes_of
from app.domain.facts import Facts
from app.domain.invoice import InvoiceLine, InvoiceLineTax
from app.domain.money import amount_text, minor_digits, quantity_to_scaled, to_minor
from app.domain.proration import ChargedLine, tax_left
from app.domain.tax_choice import AUTOMATIC, is_tax_only, matched_items
from app.domain.violation import Path, Violation
from app.domain.vocabulary import TaxMode, TaxStrategy, ViolationCode
from app.validation.amounts import asked_amount, exceeds, quantity_text, read_amount, violations_of_quantity
from app.validation.documents import not_found, violations_of_period
from app.validation.taxes import (
    inclusive_needs_automatic,
    no_engine,
    tax_not_allowed,
    violations_of_given_amount,
    violations_of_items_use,
    violations_of_tax_items,
)


def sign(number: int | None) -> int:
    """-1 of what is negative; 1 of all else, of 0 and of nothing as well."""
    return -1 if number is not None and number < 0 else 1


def sign_of(line: InvoiceLine) -> int:
    """A credit carries the sign of its line: what is drawn from a discount is negative (invariant 7)."""
    return sign(line.total_amount)


def violations_of_entry(
    entry: InvoiceCreditEntry,
    strategy: TaxStrategy,
    facts: Facts,
    line: InvoiceLine,
    path: Path,
    *,
    takes_zero: bool,
) -> list[Violation]:
    """What is wrong with the entry whatever is left of its line; where anything is, it cannot be understood."""
    digits = minor_digits(line.currency)
    violations = _violations_of_strategy(entry, strategy, facts, path)
    violations += violations_of_tax_items(entry.tax_items or [], digits, (*path, "tax_items"))
    if entry.tax_amount is not None:
        violations += read_amount(entry.tax_amount, digits, (*path, "tax_amount"))[1]
    violations += _violations_of_quantity(entry, line, (*path, "quantity"))
    violations += _violations_of_amount(
        entry, strategy, digits, line, (*path, "amount"), takes_zero=takes_zero
    )
    if entry.service_start is not None or entry.service_end is not None:
        start, end = entry.service_start or line.service_start, entry.service_end or line.service_end
        violations += violations_of_period(start, end, path)
    return violations


def _violations_of_strategy(
    entry: InvoiceCreditEntry, strategy: TaxStrategy, facts: Facts, path: Path
) -> list[Violation]:
    violations = violations_of_items_use(entry, strategy, path) + _violations_of_tax_amount(
        entry, strategy, path
    )
    if strategy is TaxStrategy.CALCULATE and facts.settings.tax_engine is None:
        return [no_engine((*path, "tax_strategy"))]
    automatic = strategy in AUTOMATIC
    if entry.tax_only:
        if entry.tax_mode is TaxMode.INCLUSIVE:
            violations.append(
                _only_exclusive("A tax-only line credits no amount that could contain its tax.", path)
            )
        if not automatic and not entry.gives_tax:
            violations.append(
                tax_not_allowed("A tax-only line needs a tax.", (*path, "tax_only"), asked=strategy)
            )
    elif entry.tax_mode is TaxMode.INCLUSIVE:
        if not automatic:
            violations.append(inclusive_needs_automatic((*path, "tax_mode"), strategy))
        elif entry.amount is None and entry.quantity is not None:
            violations.append(
                _only_exclusive(
                    "The amount of a quantity is found without tax: INCLUSIVE needs an amount that is named.",
                    path,
                )
            )
    return violations


def _only_exclusive(message: str, path: Path) -> Violation:
    return tax_not_allowed(message, (*path, "tax_mode"), asked=TaxMode.INCLUSIVE, allowed=TaxMode.EXCLUSIVE)


def _violations_of_tax_amount(
    entry: InvoiceCreditEntry, strategy: TaxStrategy, path: Path
) -> list[Violation]:
    """One number in place of the items; 0 says the same as IGNORE."""
    if entry.tax_amount is None:
        return []
    here: Path = (*path, "tax_amount")
    if entry.tax_items:
        return [tax_not_allowed("Give tax items, or their sum as taxAmount, not both.", here)]
    if strategy is TaxStrategy.MANUAL_OVERRIDE or (strategy is TaxStrategy.IGNORE and not entry.tax_amount):
        return []
    return [
        tax_not_allowed(
            "A tax amount is given, but the tax strategy is another.",
            here,
            asked=strategy,
            allowed=TaxStrategy.MANUAL_OVERRIDE,
        )
    ]


def _violations_of_quantity(entry: InvoiceCreditEntry, line: InvoiceLine, path: Path) -> list[Violation]:
    """A quantity with the sign of its line's; a tax-only line credits none."""
    violations = violations_of_quantity(entry.quantity, path)
    if entry.quantity is None or violations:
        return violations
    quantity = quantity_to_scaled(entry.quantity)
    if entry.tax_only and quantity:
        message = "A tax-only line credits no quantity."
    elif quantity and sign(quantity) != sign(line.quantity):
        message = "A quantity has the sign of its line's."
    elif not quantity and entry.amount is None and not entry.tax_only:
        message = "Without an amount, the quantity must not be 0."
    else:
        return []
    return [
        Violation(
            code=ViolationCode.INVALID_AMOUNT, message=message, path=path, asked=quantity_text(quantity)
        )
    ]


def _violations_of_amount(
    entry: InvoiceCreditEntry,
    strategy: TaxStrategy,
    digits: int,
    line: InvoiceLine,
    path: Path,
    *,
    takes_zero: bool,
) -> list[Violation]:
    """An amount with its line's sign; a tax-only line may leave it out, or name 0, for all the tax there is."""
    if entry.tax_only and strategy is TaxStrategy.MANUAL_OVERRIDE:
        return violations_of_given_amount(entry.amount, digits, path)
    if entry.amount is None:
        if entry.tax_only or entry.quantity is not None:
            return []
        return [
            Violation(code=ViolationCode.INVALID_AMOUNT, message="Give an amount, or a quantity.", path=path)
        ]
    amount, wrong = read_amount(entry.amount, digits, path)
    if wrong:
        return wrong
    if amount == 0 and not entry.tax_only:
        return (
            [] if takes_zero and _may_be_zero(entry, strategy, line) else [_zero(entry.amount, digits, path)]
        )
    if amount and sign(amount) != sign_of(line):
        side = "less" if line.total_amount < 0 else "greater"
        return [
            Violation(
                code=ViolationCode.INVALID_AMOUNT,
                message=f"A credit has the sign of its line: the amount must be {side} than 0.",
                path=path,
                asked=asked_amount(entry.amount, digits),
            )
        ]
    return []


def _may_be_zero(entry: InvoiceCreditEntry, strategy: TaxStrategy, line: InvoiceLine) -> bool:
    """A correction of data or of tax, or a quantity of a line that was charged nothing."""
    if entry.corrects_data or is_tax_only(entry, strategy):
        return True
    return line.amount == 0 and bool(entry.quantity)


def _zero(amount: Decimal, digits: int, path: Path) -> Violation:
    return Violation(
        code=ViolationCode.INVALID_AMOUNT,
        message="An amount of 0 credits nothing; where a memo may correct data, say what is corrected.",
        path=path,
        asked=asked_amount(amount, digits),
    )


def violations_of_given_tax(
    entry: InvoiceCreditEntry, strategy: TaxStrategy, facts: Facts, line: InvoiceLine, path: Path
) -> list[Violation]:
    """MANUAL_OVERRIDE: each item fits one source, and is within what the items before it leave there.

    So their sum is within the line's tax left; and so is the tax given as one number.
    """
    if strategy is not TaxStrategy.MANUAL_OVERRIDE:
        return []
    sources = taxes_of(facts, line)
    state = charged(line, sources)
    if entry.tax_amount is not None:
        tax = to_minor(entry.tax_amount, minor_digits(line.currency))
        here: Path = (*path, "tax_amount")
        return _violations_of_sign(tax, line, here) or _beyond(tax, tax_left(state), line, line.id, here)
    return _violations_of_items(entry, sources, state, line, path)


def _violations_of_items(
    entry: InvoiceCreditEntry,
    sources: list[InvoiceLineTax],
    state: ChargedLine,
    line: InvoiceLine,
    path: Path,
) -> list[Violation]:
    violations: list[Violation] = []
    left = [tax.amount - tax.credited for tax in state.taxes]
    for place, matched in enumerate(
        matched_items(entry.tax_items or (), sources, minor_digits(line.currency))
    ):
        here: Path = (*path, "tax_items", place)
        if wrong := _violations_of_sign(matched.amount, line, (*here, "amount")):
            violations += wrong
        elif matched.place is None:
            violations.append(_unmatched(matched.item.source_tax_item_id, sources, here))
        elif wrong := _beyond(
            matched.amount, left[matched.place], line, sources[matched.place].id, (*here, "amount")
        ):
            violations += wrong
            left[matched.place] = 0
        else:
            left[matched.place] -= matched.amount
    return violations


def _violations_of_sign(tax: int, line: InvoiceLine, path: Path) -> list[Violation]:
    if not tax or sign(tax) == sign_of(line):
        return []
    return [
        Violation(
            code=ViolationCode.INVALID_AMOUNT,
            message="The tax must have the sign of its line.",
            path=path,
            asked=amount_text(tax, line.currency),
        )
    ]


def _beyond(tax: int, left: int, line: InvoiceLine, of_id: str, path: Path) -> list[Violation]:
    if abs(tax) <= abs(left):
        return []
    message = "Less is left of this tax."
    return [exceeds(ViolationCode.EXCEEDS_CREDITABLE_TAX, message, path, tax, left, line.currency, of_id)]


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
