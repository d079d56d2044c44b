"""Applying credit and taking it back: both sides move, and the history gains a row with both balances frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.allocation import AllocatableLine, Pair, allocate, unwind
from app.domain.application import CreditMemoApplication, CreditMemoLineApplication
from app.domain.balances import move_balance, with_settlement
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.facts import Facts, Worksheet
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.vocabulary import (
    AllocationRule,
    ApplicationLevel,
    ApplicationType,
    BalanceEntryKind,
    CreditMemoSource,
    HasBeenUnapplied,
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
    """Apply the credit. The rules have said that every balance carries it; Salesforce: ImpactAmount is negative."""
    amount = settlement.amount
    memo = sheet.get(CreditMemo, settlement.credit_memo_id)
    invoice = sheet.get(Invoice, settlement.invoice_id)
    at_lines = settlement.pairs is not None or (
        sheet.facts.settings.application_level is ApplicationLevel.INVOICE_LINE
    )
    rule = None
    pairs: Sequence[Pair] = ()
    if settlement.pairs is not None:
        pairs = settlement.pairs
    elif at_lines:
        rule = chosen_allocation(settlement.allocation, memo, invoice.id, sheet.facts)
        pairs = allocated_pairs(sheet, rule, amount, memo, invoice)
    moment = sheet.moment(memo, invoice)
    application_id = sheet.stamp.new_id(CreditMemoApplication)
    memo = move_balance(
        sheet, memo, BalanceEntryKind.APPLICATION, -amount, application_id, applied=memo.applied + amount
    )
    invoice = move_balance(
        sheet,
        invoice,
        BalanceEntryKind.APPLICATION,
        -amount,
        application_id,
        credits_applied=invoice.credits_applied + amount,
    )
    with_settlement(sheet, invoice)
    application = sheet.add(
        CreditMemoApplication(
            id=application_id,
            number=f"{memo.number}-{memo.position}",
            credit_memo_id=memo.id,
            invoice_id=invoice.id,
            account_id=memo.account_id,
            currency=memo.currency,
            type=ApplicationType.APPLIED,
            level=SettledLevel.LINE if at_lines else SettledLevel.HEADER,
            amount=amount,
            impact_amount=-amount,
            credit_memo_balance=memo.balance,
            invoice_balance=invoice.balance,
            credit_memo_position=memo.position,
            invoice_position=invoice.position,
            applied_date=moment,
            effective_date=settlement.effective_date,
            description=settlement.description,
            has_been_unapplied=HasBeenUnapplied.NO,
            allocation_rule=rule,
            operation=sheet.stamp.operation,
            log_id=sheet.stamp.log_id,
            recorded_at=moment,
            recorded_by=sheet.stamp.actor,
        )
    )
    for place, pair in enumerate(pairs):
        effective_date, description = (
            settlement.said[place] if settlement.said else (settlement.effective_date, settlement.description)
        )
        _settle_lines(sheet, application, place + 1, pair, effective_date, description)
    return application


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


def _settle_lines(
    sheet: Worksheet,
    application: CreditMemoApplication,
    sequence: int,
    pair: Pair,
    effective_date: datetime | None,
    description: str | None,
) -> None:
    memo_line = sheet.get(CreditMemoLine, pair.memo_line_id)
    invoice_line = sheet.get(InvoiceLine, pair.invoice_line_id)
    memo_line = _move_memo_line(sheet, memo_line, pair.amount)
    invoice_line = _move_invoice_line(sheet, invoice_line, pair.amount)
    sheet.add(
        CreditMemoLineApplication(
            id=sheet.stamp.new_id(CreditMemoLineApplication),
            application_id=application.id,
            credit_memo_line_id=memo_line.id,
            invoice_line_id=invoice_line.id,
            sequence=sequence,
            currency=application.currency,
            type=ApplicationType.APPLIED,
            amount=pair.amount,
            impact_amount=-pair.amount,
            credit_memo_line_balance=memo_line.balance,
            invoice_line_balance=invoice_line.balance,
            applied_date=application.applied_date,
            effective_date=effective_date,
            description=description,
            has_been_unapplied=HasBeenUnapplied.NO,
            log_id=application.log_id,
            recorded_at=application.recorded_at,
            recorded_by=application.recorded_by,
        )
    )


def remaining_of(sheet: Facts | Worksheet, application: CreditMemoApplication) -> int:
    """What of an APPLIED row has not been unapplied yet (invariant 6)."""
    taken_back = sheet.of(CreditMemoApplication, "associated_application_id", application.id)
    return application.amount - sum(row.amount for row in taken_back)


def remaining_of_line(sheet: Facts | Worksheet, row: CreditMemoLineApplication) -> int:
    taken_back = sheet.of(CreditMemoLineApplication, "associated_line_application_id", row.id)
    return row.amount - sum(each.amount for each in taken_back)


def unwound(
    sheet: Facts | Worksheet, application: CreditMemoApplication, amount: int
) -> list[tuple[str, int]]:
    """Which line applications give how much back: last allocated first (Salesforce has only the whole)."""
    rows = sheet.of(CreditMemoLineApplication, "application_id", application.id)
    ordered = sorted(rows, key=lambda row: row.sequence)
    return unwind(amount, [(row.id, remaining_of_line(sheet, row)) for row in ordered])


def take_back(
    sheet: Worksheet,
    original: CreditMemoApplication,
    amount: int,
    lines: Sequence[tuple[str, int]],
    *,
    effective_date: datetime | None,
    description: str | None,
) -> CreditMemoApplication:
    """Return the amount to both sides by an UNAPPLIED row; `lines` are the line applications that it takes back."""
    memo = sheet.get(CreditMemo, original.credit_memo_id)
    invoice = sheet.get(Invoice, original.invoice_id)
    moment = sheet.moment(memo, invoice)
    row_id = sheet.stamp.new_id(CreditMemoApplication)
    memo = move_balance(
        sheet, memo, BalanceEntryKind.UNAPPLICATION, amount, row_id, applied=memo.applied - amount
    )
    invoice = move_balance(
        sheet,
        invoice,
        BalanceEntryKind.UNAPPLICATION,
        amount,
        row_id,
        credits_applied=invoice.credits_applied - amount,
    )
    with_settlement(sheet, invoice)
    if remaining_of(sheet, original) == amount:
        sheet.change(original, has_been_unapplied=HasBeenUnapplied.YES, unapplied_date=moment)
    row = sheet.add(
        CreditMemoApplication(
            id=row_id,
            number=f"{memo.number}-{memo.position}",
            credit_memo_id=memo.id,
            invoice_id=invoice.id,
            account_id=memo.account_id,
            currency=memo.currency,
            type=ApplicationType.UNAPPLIED,
            level=original.level,
            amount=amount,
            impact_amount=amount,
            credit_memo_balance=memo.balance,
            invoice_balance=invoice.balance,
            credit_memo_position=memo.position,
            invoice_position=invoice.position,
            applied_date=original.applied_date,
            unapplied_date=moment,
            effective_date=effective_date or max(moment, application_date(original)),
            description=description,
            associated_application_id=original.id,
            has_been_unapplied=HasBeenUnapplied.NA,
            operation=sheet.stamp.operation,
            log_id=sheet.stamp.log_id,
            recorded_at=moment,
            recorded_by=sheet.stamp.actor,
        )
    )
    for sequence, (line_application_id, part) in enumerate(lines, start=1):
        _take_back_lines(sheet, row, sequence, line_application_id, part)
    return row


def application_date(application: CreditMemoApplication) -> datetime:
    """The instant an application counts by: its effective date, else when it was made."""
    return application.effective_date or application.recorded_at


def _take_back_lines(
    sheet: Worksheet, row: CreditMemoApplication, sequence: int, line_application_id: str, amount: int
) -> None:
    original = sheet.get(CreditMemoLineApplication, line_application_id)
    memo_line = sheet.get(CreditMemoLine, original.credit_memo_line_id)
    invoice_line = sheet.get(InvoiceLine, original.invoice_line_id)
    memo_line = _move_memo_line(sheet, memo_line, -amount)
    invoice_line = _move_invoice_line(sheet, invoice_line, -amount)
    if remaining_of_line(sheet, original) == amount:
        sheet.change(original, has_been_unapplied=HasBeenUnapplied.YES, unapplied_date=row.recorded_at)
    sheet.add(
        CreditMemoLineApplication(
            id=sheet.stamp.new_id(CreditMemoLineApplication),
            application_id=row.id,
            credit_memo_line_id=memo_line.id,
            invoice_line_id=invoice_line.id,
            sequence=sequence,
            currency=row.currency,
            type=ApplicationType.UNAPPLIED,
            amount=amount,
            impact_amount=amount,
            credit_memo_line_balance=memo_line.balance,
            invoice_line_balance=invoice_line.balance,
            applied_date=original.applied_date,
            unapplied_date=row.recorded_at,
            effective_date=row.effective_date,
            description=row.description,
            associated_line_application_id=original.id,
            has_been_unapplied=HasBeenUnapplied.NA,
            log_id=row.log_id,
            recorded_at=row.recorded_at,
            recorded_by=row.recorded_by,
        )
    )


def _move_memo_line(sheet: Worksheet, line: CreditMemoLine, amount: int) -> CreditMemoLine:
    return sheet.change(line, applied=line.applied + amount, balance=line.balance - amount)


def _move_invoice_line(sheet: Worksheet, line: InvoiceLine, amount: int) -> InvoiceLine:
    return sheet.change(line, credits_applied=line.credits_applied + amount, balance=line.balance - amount)
