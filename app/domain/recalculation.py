"""Calculating the tax of a draft again: every line whose tax an engine finds, as it would be by the engine of now."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from app.domain.calculated_tax import question_of_credit, tax_of_credit
from app.domain.credit_memo import CreditMemo, CreditMemoLine, CreditMemoLineTax
from app.domain.drawing import charged, drawn_by, redraw, taxes_of
from app.domain.facts import Facts, Worksheet
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.memo_making import credited_taxes
from app.domain.proration import ChargedLine, Drawn, give_back
from app.domain.standalone_tax import calculated_items, question_of_memo_line, standalone_tax
from app.domain.tax_engine import TaxFailure, TaxQuestion
from app.domain.vocabulary import TaxMode, TaxStatus, TaxStrategy

_SAME_TAX = ("source_tax_item_id", "jurisdiction", "location_code", "code", "name")
"""Two items of a line that agree in these are one and the same, before and after."""


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
        _put_taxes(sheet, each)
    all_lines = sheet.of(CreditMemoLine, "credit_memo_id", memo.id)
    items = sheet.of(CreditMemoLineTax, "credit_memo_id", memo.id)
    total = sum(line.total_amount for line in all_lines)
    return sheet.change(
        memo,
        charge_amount=sum(line.amount for line in all_lines),
        tax_amount=sum(line.tax_amount for line in all_lines),
        tax_exempt_amount=sum(item.exempt_amount for item in items),
        total_amount=total,
        balance=total,
        tax_status=TaxStatus.COMPLETE if any(map(_says_something, items)) else TaxStatus.NOT_APPLICABLE,
        tax_message=None,
        edited_by=sheet.stamp.actor,
    )


def _says_something(item: CreditMemoLineTax) -> bool:
    """False for an item that has gone, and for one of no tax at all."""
    return bool(item.amount or item.exempt_amount)


def _amount_asked(line: CreditMemoLine) -> int:
    """The amount that was asked for, whatever tax has been found in it so far."""
    if line.amount_to_tax is not None:
        return line.amount_to_tax
    return line.total_amount if line.tax_mode is TaxMode.INCLUSIVE else line.amount


def _put_taxes(sheet: Worksheet, to_be: Recalculated) -> None:
    """No row of the books is deleted: an item that has gone stays with an amount of 0."""
    rows = sheet.of(CreditMemoLineTax, "credit_memo_line_id", to_be.line.id)
    before: dict[tuple[Any, ...], list[CreditMemoLineTax]] = {}
    for row in rows:
        before.setdefault(tuple(getattr(row, name) for name in _SAME_TAX), []).append(row)
    ordinal = len(rows)
    for fields in to_be.taxes:
        if known := before.get(tuple(fields.get(name) for name in _SAME_TAX)):
            sheet.change(known.pop(0), **{"exempt_amount": 0, **fields})
            continue
        ordinal += 1
        sheet.add(
            CreditMemoLineTax(
                **fields,
                id=sheet.stamp.new_id(CreditMemoLineTax),
                credit_memo_id=to_be.line.credit_memo_id,
                credit_memo_line_id=to_be.line.id,
                ordinal=ordinal,
                currency=to_be.line.currency,
            )
        )
    for gone in chain.from_iterable(before.values()):
        sheet.change(gone, amount=0, exempt_amount=0)
