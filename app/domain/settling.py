"""Applying credit: which lines it settles, and the row that says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.allocation import AllocatableLine, Pair, allocate
from app.domain.application import CreditMemoApplication
from app.domain.auto_apply import PlannedApplication
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.facts import Facts, Worksheet
from app.domain.history import move_credit, move_line_credit
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.vocabulary import (
    AllocationRule,
    ApplicationLevel,
    ApplicationType,
    CreditMemoSource,
    SettledLevel,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """Credit to apply to one invoice; `amount` in minor units. `pairs` names the lines, else the level decides."""

    credit_memo_id: str
    invoice_id: str
    amount: int
    effective_date: datetime | None = None
    description: str | None = None
    allocation: AllocationRule | None = None
    pairs: Sequence[Pair] | None = None
    said: Sequence[tuple[datetime | None, str | None]] | None = None
    """Effective date and description of each pair, where the caller named the pairs; else the application's."""
    planned: PlannedApplication | None = None
    """The part of a plan that it carries out, whose rule the application names."""
    job_item_id: str | None = None
    """The item of a job that it is made for, where the item is an account."""


def chosen_allocation(
    asked: AllocationRule | None, memo: CreditMemo, invoice_id: str, facts: Facts
) -> AllocationRule:
    """The call's rule, else SOURCE_LINE for the invoice the memo was drawn from, else the entity's default.

    A conversion restates lines that take nothing any more: its memo has no source lines to go back to.
    """
    if asked is not None:
        return asked
    drawn = memo.source is CreditMemoSource.INVOICE and memo.invoice_id == invoice_id
    return AllocationRule.SOURCE_LINE if drawn else facts.settings.default_allocation


def settle(sheet: Worksheet, settlement: Settlement) -> CreditMemoApplication:
    """Apply the credit. The rules have said that every balance carries it."""
    memo = sheet.get(CreditMemo, settlement.credit_memo_id)
    invoice = sheet.get(Invoice, settlement.invoice_id)
    at_lines, rule, pairs = _pairs_of(sheet, settlement, memo, invoice)
    application = move_credit(
        sheet,
        ApplicationType.APPLIED,
        memo.id,
        invoice.id,
        settlement.amount,
        level=SettledLevel.LINE if at_lines else SettledLevel.HEADER,
        allocation_rule=rule,
        effective_date=settlement.effective_date,
        description=settlement.description,
        auto_apply_rule=settlement.planned and settlement.planned.rule,
        auto_apply_rank=settlement.planned and settlement.planned.rank,
        job_item_id=settlement.job_item_id,
    )
    for place, pair in enumerate(pairs):
        effective_date, description = (
            settlement.said[place] if settlement.said else (settlement.effective_date, settlement.description)
        )
        move_line_credit(
            sheet,
            application,
            place + 1,
            pair.memo_line_id,
            pair.invoice_line_id,
            pair.amount,
            effective_date=effective_date,
            description=description,
        )
    return application


def apply_to_source(
    sheet: Worksheet,
    memo: CreditMemo,
    amount: int,
    description: str | None,
    planned: PlannedApplication | None = None,
) -> CreditMemoApplication:
    """Apply so much of a memo to the invoice that it was made of, each line to its own. `planned`: where a rule found it."""
    return settle(
        sheet,
        Settlement(
            credit_memo_id=memo.id,
            invoice_id=memo.invoice_id or "",
            amount=amount,
            description=description,
            allocation=AllocationRule.SOURCE_LINE,
            planned=planned,
        ),
    )


def _pairs_of(
    sheet: Worksheet, settlement: Settlement, memo: CreditMemo, invoice: Invoice
) -> tuple[bool, AllocationRule | None, Sequence[Pair]]:
    """Whether lines are settled, by which rule, and which pairs: the named ones, else as the entity's level says."""
    if settlement.pairs is not None:
        return True, None, settlement.pairs
    if sheet.facts.settings.application_level is not ApplicationLevel.INVOICE_LINE:
        return False, None, ()
    rule = chosen_allocation(settlement.allocation, memo, invoice.id, sheet.facts)
    return True, rule, allocated_pairs(sheet, rule, settlement.amount, memo, invoice)


def allocated_pairs(
    sheet: Worksheet, rule: AllocationRule, amount: int, memo: CreditMemo, invoice: Invoice
) -> list[Pair]:
    """Which memo line pays which invoice line, by the rule, on the balances as the sheet has them."""
    memo_lines = sheet.of(CreditMemoLine, "credit_memo_id", memo.id)
    invoice_lines = sheet.of(InvoiceLine, "invoice_id", invoice.id)
    return allocate(
        rule,
        amount,
        [
            AllocatableLine(line.id, line.line_number, line.balance, line.source_invoice_line_id)
            for line in memo_lines
        ],
        [
            AllocatableLine(line.id, line.line_number, line.balance, service_start=line.service_start)
            for line in invoice_lines
        ],
    )
