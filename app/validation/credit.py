"""When lines of an invoice may be credited (Salesforce: credit an invoice; domain 4.2, 5)."""

from app.domain.commands import CreateAndApplyCreditMemo, InvoiceCreditEntry
from app.domain.drawing import charged, creditable_total, taxes_of
from app.domain.facts import Facts
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax
from app.domain.money import minor_digits
from app.domain.proration import ChargedLine, Drawn, amount_left, tax_left, total_left
from app.domain.tax_choice import drawn_by, line_strategy, matched_items
from app.domain.violation import Path, Violation
from app.domain.vocabulary import ApplicationLevel, InvoiceStatus, TaxMode, TaxStrategy, ViolationCode
from app.validation.amounts import exceeds, read_amount
from app.validation.documents import (
    asked_of,
    not_found,
    violations_of_invoice_status,
    violations_of_no_lines,
    violations_of_version,
)
from app.validation.memos import (
    inclusive_needs_automatic,
    no_engine,
    tax_not_allowed,
    violations_of_header,
    violations_of_items_use,
    violations_of_tax_items,
)


def violations_of_create_and_apply(command: CreateAndApplyCreditMemo, facts: Facts) -> list[Violation]:
    """Every line within what is creditable on it, all together within what the invoice can be drawn and owes."""
    violations = violations_of_no_lines(command.lines, ("lines",)) + violations_of_header(command, facts)
    invoice = facts.named_record(Invoice, "invoice")
    if invoice is None:
        return [*violations, not_found("invoice", ("invoice",), asked_of(command.invoice))]
    violations += violations_of_version(invoice, command.expected_version, ("expected_version",))
    violations += violations_of_invoice_status(invoice, InvoiceStatus.POSTED)
    seen: set[str] = set()
    total = 0
    for place, entry in enumerate(command.lines):
        path: Path = ("lines", place)
        wrong = _violations_of_line(entry, facts, invoice, seen, path)
        if not wrong:
            line = facts.get(InvoiceLine, entry.invoice_line_id)
            drawn, wrong = _read_credit(entry, command, facts, line, path)
            if drawn is not None:
                total += drawn.total
                wrong = wrong + _violations_of_level(drawn, line, facts, path)
        violations += wrong
    return violations + _violations_of_total(total, invoice, bool(violations))


def _violations_of_line(
    entry: InvoiceCreditEntry, facts: Facts, invoice: Invoice, seen: set[str], path: Path
) -> list[Violation]:
    here: Path = (*path, "invoice_line_id")
    line = facts.find(InvoiceLine, entry.invoice_line_id)
    if line is None:
        return [not_found("invoice line", here, entry.invoice_line_id)]
    if line.invoice_id != invoice.id:
        return [
            Violation(
                code=ViolationCode.LINE_NOT_ON_INVOICE,
                message="The line belongs to another invoice.",
                path=here,
                asked=line.id,
                ids=(line.invoice_id,),
            )
        ]
    if line.id in seen:
        return [
            Violation(
                code=ViolationCode.DUPLICATE_LINE,
                message="The line is named twice.",
                path=here,
                asked=line.id,
                ids=(line.id,),
            )
        ]
    seen.add(line.id)
    return []


def _read_credit(
    entry: InvoiceCreditEntry, command: CreateAndApplyCreditMemo, facts: Facts, line: InvoiceLine, path: Path
) -> tuple[Drawn | None, list[Violation]]:
    """What the entry draws, or why it may not; None where that cannot be said."""
    digits = minor_digits(line.currency)
    strategy = line_strategy(entry, command, facts.settings.default_tax_strategy)
    sources = taxes_of(facts, line)
    state = charged(line, sources)
    violations = _violations_of_strategy(entry, strategy, path)
    violations += violations_of_tax_items(entry.tax_items or [], digits, (*path, "tax_items"))
    violations += _violations_of_amount(entry, digits, line, path)
    if violations:
        return None, violations
    violations = _violations_of_given_taxes(entry, strategy, sources, state, digits, line, path)
    if violations:
        return None, violations
    drawn = drawn_by(entry, strategy, state, sources, digits)
    if _beyond(drawn.amount, amount_left(state), line) or _beyond(drawn.total, total_left(state), line):
        return drawn, [_over_creditable(entry, drawn, state, line, path)]
    return drawn, []


def _sign(line: InvoiceLine) -> int:
    """A credit carries the sign of its line: what is drawn from a discount is negative (invariant 7)."""
    return -1 if line.total_amount < 0 else 1


def _beyond(part: int, left: int, line: InvoiceLine) -> bool:
    return part * _sign(line) > left * _sign(line)


def _violations_of_strategy(entry: InvoiceCreditEntry, strategy: TaxStrategy, path: Path) -> list[Violation]:
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
    entry: InvoiceCreditEntry, digits: int, line: InvoiceLine, path: Path
) -> list[Violation]:
    """An amount with its line's sign; a tax-only line may leave it out, or name 0, for all the tax there is."""
    here: Path = (*path, "amount")
    if entry.amount is None:
        if entry.tax_only:
            return []
        return [Violation(code=ViolationCode.INVALID_AMOUNT, message="The amount is missing.", path=here)]
    amount, wrong = read_amount(entry.amount, digits, here)
    if wrong:
        return wrong
    if amount * _sign(line) < 0 or (amount == 0 and not entry.tax_only):
        side = "less" if _sign(line) < 0 else "greater"
        return [
            Violation(
                code=ViolationCode.INVALID_AMOUNT,
                message=f"A credit has the sign of its line: the amount must be {side} than 0.",
                path=here,
                asked=format(entry.amount, "f"),
            )
        ]
    return []


def _violations_of_given_taxes(
    entry: InvoiceCreditEntry,
    strategy: TaxStrategy,
    sources: list[InvoiceLineTax],
    state: ChargedLine,
    digits: int,
    line: InvoiceLine,
    path: Path,
) -> list[Violation]:
    """MANUAL_OVERRIDE: each item within what is left on its source, their sum within the line's tax left."""
    if strategy is not TaxStrategy.MANUAL_OVERRIDE:
        return []
    violations: list[Violation] = []
    asked = [0] * len(sources)
    total = 0
    for place, matched in enumerate(matched_items(entry.tax_items or (), sources, digits)):
        here: Path = (*path, "tax_items", place)
        total += matched.amount
        if matched.amount * _sign(line) < 0:
            violations.append(
                Violation(
                    code=ViolationCode.INVALID_AMOUNT,
                    message="The tax must have the sign of its line.",
                    path=(*here, "amount"),
                    asked=format(matched.item.amount, "f"),
                )
            )
            continue
        if matched.place is None:
            violations.append(_unmatched(matched.item.source_tax_item_id, sources, here))
            continue
        source, charged_tax = sources[matched.place], state.taxes[matched.place]
        asked[matched.place] += matched.amount
        left = charged_tax.amount - charged_tax.credited
        if _beyond(asked[matched.place], left, line):
            violations.append(
                exceeds(
                    ViolationCode.EXCEEDS_CREDITABLE_TAX,
                    "Less is left of this tax item.",
                    (*here, "amount"),
                    asked[matched.place],
                    left,
                    line.currency,
                    source.id,
                )
            )
    if not violations and _beyond(total, tax_left(state), line):
        violations.append(
            exceeds(
                ViolationCode.EXCEEDS_CREDITABLE_TAX,
                "Less is left of the line's tax.",
                (*path, "tax_items"),
                total,
                tax_left(state),
                line.currency,
                line.id,
            )
        )
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


def _over_creditable(
    entry: InvoiceCreditEntry, drawn: Drawn, state: ChargedLine, line: InvoiceLine, path: Path
) -> Violation:
    inclusive = entry.tax_mode is TaxMode.INCLUSIVE
    return exceeds(
        ViolationCode.EXCEEDS_CREDITABLE_AMOUNT,
        "Less is left to credit on this line.",
        (*path, "amount"),
        drawn.total if inclusive else drawn.amount,
        total_left(state) if inclusive else amount_left(state),
        line.currency,
        line.id,
    )


def _violations_of_level(drawn: Drawn, line: InvoiceLine, facts: Facts, path: Path) -> list[Violation]:
    """Where lines are settled, what is credited on a line is applied to that line."""
    at_lines = facts.settings.application_level is ApplicationLevel.INVOICE_LINE
    if not at_lines or drawn.total <= max(0, line.balance):
        return []
    return [
        exceeds(
            ViolationCode.EXCEEDS_LINE_BALANCE,
            "The line's balance is less than the credit with its tax.",
            (*path, "amount"),
            drawn.total,
            max(0, line.balance),
            line.currency,
            line.id,
        )
    ]


def _violations_of_total(total: int, invoice: Invoice, refused: bool) -> list[Violation]:
    violations = []
    if total > (creditable := max(0, creditable_total(invoice))):
        violations.append(
            exceeds(
                ViolationCode.EXCEEDS_CREDITABLE_AMOUNT,
                "Less is left to credit on the invoice as a whole.",
                ("lines",),
                total,
                creditable,
                invoice.currency,
                invoice.id,
            )
        )
    if total > max(0, invoice.balance):
        violations.append(
            exceeds(
                ViolationCode.EXCEEDS_INVOICE_BALANCE,
                "The invoice's balance is less.",
                ("lines",),
                total,
                max(0, invoice.balance),
                invoice.currency,
                invoice.id,
            )
        )
    if total <= 0 and not refused:
        violations.append(
            Violation(
                code=ViolationCode.NOTHING_CREDITABLE,
                message="The credit comes to nothing.",
                path=("lines",),
                ids=(invoice.id,),
            )
        )
    return violations
