"""Calculating the tax of a draft again: every line whose tax an engine finds, as it would be by the engine of now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.calculated_tax import question_of_credit, tax_of_credit
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.draft_lines import put_taxes, put_totals
from app.domain.drawing import charged, drawn_by, redraw, taxes_of
from app.domain.facts import Facts, Worksheet
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.memo_making import credited_taxes
from app.domain.proration import ChargedLine, Drawn, give_back
from app.domain.standalone_tax import calculated_items, question_of_memo_line, standalone_tax
from app.domain.tax_engine import TaxFailure, TaxQuestion
from app.domain.vocabulary import TaxMode, TaxStrategy


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalculated:
    """A line as it is to be. `drawn`: what it then takes from its invoice line, which is `left` without it."""

    line: CreditMemoLine
    amount: int
    taxes: Sequence[dict[str, Any]]
    left: ChargedLine | None = None
    drawn: Drawn | None = None

    @property
    def total(self) -> int:
        tax: int = sum(item["amount"] for item in self.taxes)
        return self.amount + tax


def calculated_lines(facts: Facts, memo: CreditMemo) -> list[CreditMemoLine]:
    """The memo's lines whose tax an engine finds; that of a tax-only line is a share of what was charged."""
    return [
        line
        for line in facts.of(CreditMemoLine, "credit_memo_id", memo.id)
        if line.tax_strategy is TaxStrategy.CALCULATE and not line.tax_only
    ]


def question_of(facts: Facts, memo: CreditMemo, line: CreditMemoLine) -> TaxQuestion | None:
    """What the engine is asked for the line, over the amount that was asked for; None where it is asked nothing."""
    if line.source_invoice_line_id is None:
        return question_of_memo_line(memo, line, _amount_asked(line))
    source = facts.get(InvoiceLine, line.source_invoice_line_id)
    return question_of_credit(
        facts.get(Invoice, source.invoice_id),
        source,
        taxes_of(facts, source),
        amount=_amount_asked(line),
        mode=line.tax_mode,
        memo_tax_date=memo.tax_date,
    )


def recalculated(facts: Facts, memo: CreditMemo, line: CreditMemoLine) -> Recalculated | TaxFailure | None:
    """The line by the engine of now; None while its callback has not been asked."""
    question = question_of(facts, memo, line)
    if line.source_invoice_line_id is None:
        answer = standalone_tax(facts, question)
        if answer is None or isinstance(answer, TaxFailure):
            return answer
        items = calculated_items(answer, question.tax_date) if question else []
        contained = sum(item["amount"] for item in items) if line.tax_mode is TaxMode.INCLUSIVE else 0
        return Recalculated(line=line, amount=_amount_asked(line) - contained, taxes=items)
    source = facts.get(InvoiceLine, line.source_invoice_line_id)
    sources = taxes_of(facts, source)
    tax = tax_of_credit(facts, question, source, sources)
    if tax is None or isinstance(tax, TaxFailure):
        return tax
    left = give_back(charged(source, sources), drawn_by(facts, line, sources))
    drawn = tax.drawn(left, _amount_asked(line), line.tax_mode)
    taxes = credited_taxes(source, sources, drawn, tax.rates)
    return Recalculated(line=line, amount=drawn.amount, taxes=taxes, left=left, drawn=drawn)


def put_recalculated(sheet: Worksheet, memo: CreditMemo, lines: Sequence[Recalculated]) -> CreditMemo:
    """Put the lines down with what they draw, and the draft's totals; its tax is complete."""
    for each in lines:
        if each.drawn is not None:
            redraw(sheet, each.line, each.drawn)
        tax = each.total - each.amount
        sheet.change(
            each.line,
            amount=each.amount,
            amount_to_tax=None,
            tax_amount=tax,
            total_amount=each.total,
            balance=each.total,
        )
        put_taxes(sheet, each.line, each.taxes)
    return put_totals(sheet, memo)


def _amount_asked(line: CreditMemoLine) -> int:
    """The amount that was asked for, whatever tax has been found in it so far."""
    if line.amount_to_tax is not None:
        return line.amount_to_tax
    return line.total_amount if line.tax_mode is TaxMode.INCLUSIVE else line.amount
