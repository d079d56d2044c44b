"""One line of a credit of an invoice, as it is meant: what it takes, and what the memo line says (domain 4.8, 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from app.domain.calculated_tax import CalculatedTax, TaxToCome, question_of_credit, tax_of_credit
from app.domain.commands import CreateAndApplyCreditMemo, CreateCreditMemoFromInvoice, InvoiceCreditEntry
from app.domain.construction import quickly_made
from app.domain.drawing import Taken, amount_of_quantity, charged, quantity_left, taxes_of
from app.domain.entity import Settings
from app.domain.facts import Facts
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax
from app.domain.memo_making import (
    NewMemoLine,
    credited_taxes,
    fields_of_source_line,
    tax_item_fields,
)
from app.domain.money import minor_digits, quantity_to_scaled, to_minor
from app.domain.proration import Drawn, all_that_is_left, amount_left
from app.domain.tax_choice import Taking, line_strategy, matched_items, strategy_of_memo, taking_of
from app.domain.tax_engine import TaxFailure, TaxQuestion
from app.domain.vocabulary import TaxMode, TaxStrategy

CreditCommand = CreateAndApplyCreditMemo | CreateCreditMemoFromInvoice
"""The commands that credit lines of an invoice."""


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class LineCredit:
    """A credit of an invoice line: what it takes of what, and by which tax."""

    line: InvoiceLine
    sources: Sequence[InvoiceLineTax]
    taking: Taking
    amount: int
    """As asked, or found from the quantity; in minor units."""
    quantity: int | None
    """Counted, in millionths."""
    is_prorated: bool
    """The amount was found from the quantity."""
    drawn: Drawn
    question: TaxQuestion | None = None
    """What the tax engine is asked."""
    failure: TaxFailure | None = None
    """Why the engine found no tax: then the line has none yet."""
    is_answered: bool = True
    """False while the engine's callback has not been asked: then the tax drawn is a stand-in."""

    @property
    def taken(self) -> Taken:
        return Taken(
            line=self.line,
            taxes=self.sources,
            state=self.taking.line,
            drawn=self.drawn,
            quantity=self.quantity or 0,
            is_prorated=self.is_prorated,
        )


def line_credit(
    entry: InvoiceCreditEntry,
    strategy: TaxStrategy,
    command: CreditCommand,
    facts: Facts,
    invoice: Invoice,
    line: InvoiceLine,
) -> LineCredit:
    """An entry as it is meant. The caller has judged its numbers, and the tax that it gives."""
    digits = minor_digits(line.currency)
    sources = taxes_of(facts, line)
    quantity = None if entry.quantity is None else quantity_to_scaled(entry.quantity)
    prorated = quantity if entry.amount is None and not entry.tax_only else None
    if prorated is not None:
        amount = amount_of_quantity(line, prorated)
    else:
        amount = 0 if entry.amount is None else to_minor(entry.amount, digits)
    mode = entry.tax_mode or TaxMode.EXCLUSIVE
    tax = _Calculated()
    if strategy is TaxStrategy.CALCULATE and not entry.tax_only:
        tax = _tax_by_engine(command, facts, invoice, line, sources, amount=amount, mode=mode)
    taking = taking_of(entry, strategy, charged(line, sources), sources, digits, tax.calculated)
    return LineCredit(
        line=line,
        sources=sources,
        taking=taking,
        amount=amount,
        quantity=quantity,
        is_prorated=prorated is not None,
        drawn=taking.drawn(amount),
        question=tax.question,
        failure=tax.failure,
        is_answered=tax.is_answered,
    )


def is_full_credit(command: CreditCommand) -> TypeGuard[CreateCreditMemoFromInvoice]:
    """Whether the command credits all that is left of its invoice: then its entries are not looked at."""
    return isinstance(command, CreateCreditMemoFromInvoice) and command.full_credit


def strategies_of(command: CreditCommand, settings: Settings) -> set[TaxStrategy]:
    """Those by which the command credits lines."""
    if is_full_credit(command):
        return {strategy_of_memo(command, settings)}
    return {line_strategy(entry, command, settings) for entry in command.lines or ()}


def full_credits(command: CreateCreditMemoFromInvoice, facts: Facts, invoice: Invoice) -> list[LineCredit]:
    """Everything still creditable, line by line: copied tax is all that is left of it, an engine's is capped.

    Of a line that was charged nothing, the quantity left. Lines that have nothing left are left out.
    """
    return facts.once(invoice, command, lambda: _full_credits(command, facts, invoice))


def _full_credits(command: CreateCreditMemoFromInvoice, facts: Facts, invoice: Invoice) -> list[LineCredit]:
    strategy = strategy_of_memo(command, facts.settings)
    credits = (
        _full_credit(strategy, command, facts, invoice, line)
        for line in facts.of(InvoiceLine, "invoice_id", invoice.id)
    )
    return [each for each in credits if _takes_something(each)]


def _full_credit(
    strategy: TaxStrategy,
    command: CreateCreditMemoFromInvoice,
    facts: Facts,
    invoice: Invoice,
    line: InvoiceLine,
) -> LineCredit:
    sources = taxes_of(facts, line)
    state = charged(line, sources)
    amount = amount_left(state)
    tax = _Calculated()
    if strategy is TaxStrategy.CALCULATE:
        tax = _tax_by_engine(command, facts, invoice, line, sources, amount=amount, mode=TaxMode.EXCLUSIVE)
    taking = Taking(
        line=state,
        strategy=strategy,
        mode=TaxMode.EXCLUSIVE,
        tax_only=False,
        given=(0,) * len(sources),
        calculated=tax.calculated,
    )
    is_copied = strategy is TaxStrategy.COPY_FROM_INVOICE_LINE
    return LineCredit(
        line=line,
        sources=sources,
        taking=taking,
        amount=amount,
        quantity=None if line.quantity is None else quantity_left(line),
        is_prorated=False,
        drawn=all_that_is_left(state) if is_copied else taking.drawn(amount),
        question=tax.question,
        failure=tax.failure,
        is_answered=tax.is_answered,
    )


def _takes_something(credit: LineCredit) -> bool:
    if credit.drawn.amount or any(credit.drawn.taxes):
        return True
    return credit.line.amount == 0 and bool(credit.quantity)


@quickly_made
@dataclass(frozen=True, slots=True)
class _Calculated:
    """What came of asking an engine; nothing where it is not asked at all."""

    question: TaxQuestion | None = None
    calculated: CalculatedTax | None = None
    failure: TaxFailure | None = None
    is_answered: bool = True


def _tax_by_engine(
    command: CreditCommand,
    facts: Facts,
    invoice: Invoice,
    line: InvoiceLine,
    sources: Sequence[InvoiceLineTax],
    *,
    amount: int,
    mode: TaxMode,
) -> _Calculated:
    """What the entity's engine says. A line whose tax it cannot tell has none yet."""
    if facts.settings.tax_engine is None:
        return _Calculated()
    question = question_of_credit(
        invoice, line, sources, amount=amount, mode=mode, memo_tax_date=command.tax_date
    )
    tax = tax_of_credit(facts, question, line, sources)
    if isinstance(tax, TaxFailure):
        return _Calculated(question, TaxToCome(len(sources)), failure=tax)
    return _Calculated(question, tax, is_answered=tax is not None)


def new_memo_line(credit: LineCredit, entry: InvoiceCreditEntry | None = None) -> NewMemoLine:
    """The memo line for the credit; what the entry does not say is the invoice line's."""
    line, taking = credit.line, credit.taking
    fields = fields_of_source_line(line) | {
        "quantity": credit.quantity,
        "amount_prorated": credit.is_prorated,
        "amount_to_tax": None if credit.failure is None else credit.amount,
        "tax_strategy": taking.strategy,
        "tax_mode": taking.mode,
        "tax_only": taking.tax_only,
    }
    if entry is not None:
        said = (
            "sku",
            "description",
            "unit_of_measure",
            "service_start",
            "service_end",
            "accounting_code",
        )
        fields |= {name: value for name in said if (value := getattr(entry, name)) is not None}
        fields |= {"comment": entry.comment, "metadata": entry.metadata}
    return NewMemoLine(amount=credit.drawn.amount, taxes=_taxes(credit, entry), fields=fields)


def _taxes(credit: LineCredit, entry: InvoiceCreditEntry | None) -> list[dict[str, Any]]:
    """The items given as they are given; else the parts of the invoice's items that are taken."""
    if credit.taking.strategy is TaxStrategy.IGNORE:
        return []
    if entry is not None and entry.tax_items and credit.taking.strategy is TaxStrategy.MANUAL_OVERRIDE:
        digits = minor_digits(credit.line.currency)
        return [
            tax_item_fields(matched.item, digits)
            | {"source_tax_item_id": None if matched.place is None else credit.sources[matched.place].id}
            for matched in matched_items(entry.tax_items, credit.sources, digits)
        ]
    rates = None if credit.taking.calculated is None else credit.taking.calculated.rates
    return credited_taxes(credit.line, credit.sources, credit.drawn, rates)


def credits_of(
    command: CreditCommand, facts: Facts, invoice: Invoice
) -> list[tuple[LineCredit, InvoiceCreditEntry | None]]:
    """Every line that the command credits, with the entry that asks for it; the rules have said that it may."""
    if is_full_credit(command):
        return [(each, None) for each in full_credits(command, facts, invoice)]
    found: list[tuple[LineCredit, InvoiceCreditEntry | None]] = []
    for entry in command.lines or ():
        line = facts.get(InvoiceLine, entry.invoice_line_id)
        strategy = line_strategy(entry, command, facts.settings)
        found.append((line_credit(entry, strategy, command, facts, invoice, line), entry))
    return found
