"""When a standalone memo may be created (Salesforce: generate; domain 4.1)."""

from app.domain.commands import (
    CreateCreditMemo,
    MemoHeader,
    MemoLineEntry,
)
from app.domain.facts import Facts
from app.domain.money import MAX_MINOR, amount_text, minor_digits
from app.domain.standalone_tax import question_of_entry, standalone_tax
from app.domain.tax_choice import flag_contradicts, header_strategy, line_strategy
from app.domain.tax_engine import TaxFailure
from app.domain.violation import Path, Violation
from app.domain.vocabulary import (
    OnTaxFailure,
    TaxMode,
    TaxStrategy,
    ViolationCode,
)
from app.validation.amounts import (
    exceeds,
    read_amount,
    read_extended,
    violations_of_quantity,
    violations_of_unit_price,
)
from app.validation.documents import (
    account_of,
    not_found,
    violations_of_currency,
    violations_of_day,
    violations_of_no_lines,
    violations_of_period,
    violations_of_reason,
    violations_of_template,
)
from app.validation.taxes import (
    inclusive_needs_automatic,
    no_engine,
    tax_engine_failed,
    tax_not_allowed,
    violations_of_given_amount,
    violations_of_items_use,
    violations_of_tax_items,
)


def violations_of_create(command: CreateCreditMemo, facts: Facts) -> list[Violation]:
    """≥ 1 line, each above 0; tax as given or calculated: there is no invoice line to copy it from."""
    violations = violations_of_no_lines(command.lines, ("lines",))
    account, missing = account_of(facts, ("account",), command.account)
    violations += missing + violations_of_header(command, facts)
    currency = command.currency or (account.currency if account else None)
    if currency is None:
        return violations
    unknown = violations_of_currency(currency, ("currency",))
    if unknown:
        return violations + unknown
    total, wrong = read_standalone_lines(command, facts, currency)
    return violations + wrong + violations_of_memo_total(total, currency, ("lines",))


def read_standalone_lines(
    command: CreateCreditMemo, facts: Facts, currency: str
) -> tuple[int, list[Violation]]:
    """What the lines come to with their tax, in minor units, and what is wrong with them."""
    total, violations = 0, list[Violation]()
    for place, entry in enumerate(command.lines):
        amount, wrong = _read_line(entry, command, facts, currency, ("lines", place))
        if not wrong:
            tax, wrong = _read_calculated(place, command, facts, currency)
            amount += tax
        violations += wrong
        total += amount
    return total, violations


def violations_of_memo_total(total: int, currency: str, path: Path) -> list[Violation]:
    """A total that can be kept."""
    if total < MAX_MINOR:
        return []
    message = "The total is too large."
    return [exceeds(ViolationCode.INVALID_AMOUNT, message, path, total, MAX_MINOR - 1, currency)]


def violations_of_header(header: MemoHeader, facts: Facts) -> list[Violation]:
    """Reason code, template, dates and tax strategy of a new memo."""
    violations = violations_of_reason(header.reason_code, facts)
    violations += violations_of_template(header.template, facts)
    violations += violations_of_day(
        header.effective_date or facts.stamp.today, facts.settings, ("effective_date",)
    )
    if flag_contradicts(header):
        violations.append(
            tax_not_allowed(
                "taxAutoCalculation and taxStrategy contradict each other.", ("tax_auto_calculation",)
            )
        )
    return violations


def _read_line(
    entry: MemoLineEntry, command: CreateCreditMemo, facts: Facts, currency: str, path: Path
) -> tuple[int, list[Violation]]:
    digits = minor_digits(currency)
    violations = violations_of_period(entry.service_start, entry.service_end, path)
    strategy = line_strategy(entry, command, facts.settings)
    named = entry.tax_strategy or header_strategy(command, facts.settings)
    has_engine = facts.settings.tax_engine is not None
    violations += _violations_of_strategy(entry, strategy, named, path, has_engine=has_engine)
    items = entry.tax_items or []
    wrong_items = violations_of_tax_items(items, digits, (*path, "tax_items"))
    violations += wrong_items
    tax = 0
    if not wrong_items:
        for place, item in enumerate(items):
            minor, wrong = read_amount(item.amount, digits, ())
            tax += minor
            if minor < 0:
                violations.append(
                    _negative_tax(amount_text(minor, currency), (*path, "tax_items", place, "amount"))
                )
            if item.source_tax_item_id is not None:
                violations.append(
                    not_found(
                        "tax item of a source line",
                        (*path, "tax_items", place, "source_tax_item_id"),
                        item.source_tax_item_id,
                    )
                )
    if entry.tax_only:
        return tax, violations + _violations_of_tax_only(entry, tax, wrong_items, digits, path)
    amount, wrong = read_extended(entry.amount, entry.quantity, entry.unit_price, digits, path)
    if not wrong and amount <= 0:
        wrong = [
            Violation(
                code=ViolationCode.INVALID_AMOUNT,
                message="The amount must be greater than 0.",
                path=(*path, "amount"),
                asked=amount_text(amount, currency),
            )
        ]
    return amount + tax, violations + wrong


def _read_calculated(
    place: int, command: CreateCreditMemo, facts: Facts, currency: str
) -> tuple[int, list[Violation]]:
    """The tax that the entity's engine adds to a line; 0 while its callback has not been asked."""
    answer = standalone_tax(facts, question_of_entry(place, command, facts, currency))
    if isinstance(answer, TaxFailure):
        refused = command.on_tax_failure is not OnTaxFailure.DRAFT
        return 0, [tax_engine_failed(answer, ("lines", place))] if refused else []
    if answer is None or command.lines[place].tax_mode is TaxMode.INCLUSIVE:
        return 0, []
    return sum(item.amount for item in answer.items), []


def _violations_of_tax_only(
    entry: MemoLineEntry, tax: int, wrong_items: list[Violation], digits: int, path: Path
) -> list[Violation]:
    violations = violations_of_quantity(entry.quantity, (*path, "quantity"))
    violations += violations_of_unit_price(entry.unit_price, (*path, "unit_price"))
    violations += violations_of_given_amount(entry.amount, digits, (*path, "amount"))
    if tax <= 0 and not wrong_items:
        violations.append(
            Violation(
                code=ViolationCode.INVALID_AMOUNT,
                message="A tax-only line credits its given tax items, and they come to nothing.",
                path=(*path, "tax_items"),
            )
        )
    return violations


def _violations_of_strategy(
    entry: MemoLineEntry,
    strategy: TaxStrategy,
    named: TaxStrategy | None,
    path: Path,
    *,
    has_engine: bool,
) -> list[Violation]:
    """`named`: the strategy that the request names for the line; the entity's own is not held against it."""
    if strategy is TaxStrategy.CALCULATE:
        if not has_engine:
            return [no_engine((*path, "tax_strategy"))]
        return violations_of_items_use(entry, strategy, path)
    violations = []
    if named is TaxStrategy.COPY_FROM_INVOICE_LINE and strategy is named:
        violations.append(
            tax_not_allowed(
                "A line without an invoice line has no tax to copy.",
                (*path, "tax_strategy"),
                asked=strategy,
                allowed=f"{TaxStrategy.MANUAL_OVERRIDE}, {TaxStrategy.IGNORE}",
            )
        )
    if entry.tax_mode is TaxMode.INCLUSIVE:
        violations.append(inclusive_needs_automatic((*path, "tax_mode"), strategy))
    return violations + violations_of_items_use(entry, strategy, path)


def _negative_tax(asked: str, path: Path) -> Violation:
    return Violation(
        code=ViolationCode.INVALID_AMOUNT,
        message="The tax must have the sign of its line.",
        path=path,
        asked=asked,
        allowed="0 or more",
    )
