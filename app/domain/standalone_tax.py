"""The tax that the entity's engine finds on memo lines that credit no invoice line."""

from dataclasses import asdict, replace
from datetime import date
from typing import Any

from app.domain.calculated_tax import tax_of_line
from app.domain.commands import CreateCreditMemo, MemoLineEntry
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.entity import Settings
from app.domain.facts import Facts
from app.domain.memo_making import NewMemoLine, entry_amount, standalone_line
from app.domain.money import minor_digits
from app.domain.tax_choice import line_strategy
from app.domain.tax_engine import TaxAnswer, TaxFailure, TaxQuestion
from app.domain.vocabulary import TaxMode, TaxStrategy

NO_TAX = TaxAnswer(items=())


def is_taxed_by_engine(entry: MemoLineEntry, command: CreateCreditMemo, settings: Settings) -> bool:
    """Whether the entity's engine finds the tax of the line."""
    return line_strategy(entry, command, settings) is TaxStrategy.CALCULATE and not entry.tax_exempt


def question_of_entry(
    place: int, command: CreateCreditMemo, facts: Facts, currency: str
) -> TaxQuestion | None:
    """What an engine is asked for a line of the request; None where it is asked nothing.

    ValueError where the rules should have refused the line.
    """
    entry = command.lines[place]
    if not is_taxed_by_engine(entry, command, facts.settings):
        return None
    digits = minor_digits(currency)
    return TaxQuestion(
        currency=currency,
        digits=digits,
        tax_date=command.tax_date or command.effective_date or facts.stamp.today,
        sku=entry.sku,
        tax_code=entry.tax_code,
        jurisdiction=entry.jurisdiction,
        mode=entry.tax_mode or TaxMode.EXCLUSIVE,
        amount=entry_amount(entry, digits),
    )


def question_of_memo_line(memo: CreditMemo, line: CreditMemoLine, amount: int) -> TaxQuestion | None:
    """The same question about the line that the request became; `amount`: as it was asked for."""
    if line.tax_exempt:
        return None
    return TaxQuestion(
        currency=memo.currency,
        digits=minor_digits(memo.currency),
        tax_date=memo.tax_date or memo.memo_date,
        sku=line.sku,
        tax_code=line.tax_code,
        jurisdiction=line.jurisdiction,
        mode=line.tax_mode,
        amount=amount,
    )


def standalone_tax(facts: Facts, question: TaxQuestion | None) -> TaxAnswer | TaxFailure | None:
    """The tax items of the line, none where nothing is asked; None while the callback has not been asked."""
    return NO_TAX if question is None else tax_of_line(facts, question)


def standalone_questions(command: CreateCreditMemo, facts: Facts, currency: str) -> list[TaxQuestion]:
    """All that an engine is asked for the request, in line order."""
    asked = (question_of_entry(place, command, facts, currency) for place in range(len(command.lines)))
    return [question for question in asked if question is not None]


def standalone_lines(
    command: CreateCreditMemo, facts: Facts, currency: str
) -> tuple[list[NewMemoLine], dict[int, TaxFailure]]:
    """The lines with their tax, and why it is missing, by place of the line. Every question has been answered."""
    lines: list[NewMemoLine] = []
    failures: dict[int, TaxFailure] = {}
    for place, entry in enumerate(command.lines):
        question = question_of_entry(place, command, facts, currency)
        tax = standalone_tax(facts, question)
        items = calculated_items(tax, question.tax_date) if question and isinstance(tax, TaxAnswer) else []
        strategy = line_strategy(entry, command, facts.settings)
        if strategy is TaxStrategy.COPY_FROM_INVOICE_LINE:
            # The entity's own, for it is refused where the request names it: there is no tax to copy.
            strategy = TaxStrategy.IGNORE
        line = standalone_line(entry, strategy, minor_digits(currency), items)
        if isinstance(tax, TaxFailure):
            failures[place] = tax
            line = replace(line, fields=line.fields | {"amount_to_tax": line.amount})
        lines.append(line)
    return lines, failures


def calculated_items(answer: TaxAnswer, tax_date: date) -> list[dict[str, Any]]:
    """The engine's tax items as the columns of tax rows."""
    return [{**asdict(item), "tax_date": tax_date} for item in answer.items]
