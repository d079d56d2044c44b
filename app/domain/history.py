"""A row of the application history: both sides move by its amount, and it keeps both balances as they then are."""

from datetime import datetime
from typing import Any

from app.domain.application import CreditMemoApplication, CreditMemoLineApplication
from app.domain.balances import move_balance, with_settlement
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.facts import Worksheet
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.vocabulary import ApplicationType, BalanceEntryKind, HasBeenUnapplied

_ENTRY = {
    ApplicationType.APPLIED: BalanceEntryKind.APPLICATION,
    ApplicationType.UNAPPLIED: BalanceEntryKind.UNAPPLICATION,
}


def move_credit(
    sheet: Worksheet, type: ApplicationType, memo_id: str, invoice_id: str, amount: int, **said: Any
) -> CreditMemoApplication:
    """Take the amount from both balances (APPLIED) or give it back to both (UNAPPLIED); returns the new row.

    `said` are the row's other fields. Salesforce: ImpactAmount is negative when applied, positive when unapplied.
    """
    applied = amount if type is ApplicationType.APPLIED else -amount
    memo = sheet.get(CreditMemo, memo_id)
    invoice = sheet.get(Invoice, invoice_id)
    moment = sheet.moment(memo, invoice)
    row_id = sheet.stamp.new_id(CreditMemoApplication)
    # One event has one time, on both sides.
    memo = move_balance(
        sheet, memo, _ENTRY[type], -applied, row_id, applied=memo.applied + applied, updated_at=moment
    )
    invoice = move_balance(
        sheet,
        invoice,
        _ENTRY[type],
        -applied,
        row_id,
        credits_applied=invoice.credits_applied + applied,
        updated_at=moment,
    )
    with_settlement(sheet, invoice)
    return sheet.add(
        CreditMemoApplication(
            **_common(sheet, type, moment, said),
            id=row_id,
            number=f"{memo.number}-{memo.position}",
            credit_memo_id=memo.id,
            invoice_id=invoice.id,
            account_id=memo.account_id,
            currency=memo.currency,
            amount=amount,
            impact_amount=-applied,
            credit_memo_balance=memo.balance,
            invoice_balance=invoice.balance,
            credit_memo_position=memo.position,
            invoice_position=invoice.position,
            operation=sheet.stamp.operation,
        )
    )


def move_line_credit(
    sheet: Worksheet,
    row: CreditMemoApplication,
    sequence: int,
    memo_line_id: str,
    invoice_line_id: str,
    amount: int,
    **said: Any,
) -> CreditMemoLineApplication:
    """The same for the part of a row that goes from one memo line to one invoice line."""
    applied = amount if row.type is ApplicationType.APPLIED else -amount
    memo_line = sheet.get(CreditMemoLine, memo_line_id)
    memo_line = sheet.change(
        memo_line, applied=memo_line.applied + applied, balance=memo_line.balance - applied
    )
    invoice_line = sheet.get(InvoiceLine, invoice_line_id)
    invoice_line = sheet.change(
        invoice_line,
        credits_applied=invoice_line.credits_applied + applied,
        balance=invoice_line.balance - applied,
    )
    return sheet.add(
        CreditMemoLineApplication(
            **_common(sheet, row.type, row.recorded_at, said),
            id=sheet.stamp.new_id(CreditMemoLineApplication),
            application_id=row.id,
            credit_memo_line_id=memo_line.id,
            invoice_line_id=invoice_line.id,
            sequence=sequence,
            currency=row.currency,
            amount=amount,
            impact_amount=-applied,
            credit_memo_line_balance=memo_line.balance,
            invoice_line_balance=invoice_line.balance,
        )
    )


def _common(
    sheet: Worksheet, type: ApplicationType, moment: datetime, said: dict[str, Any]
) -> dict[str, Any]:
    """What a row and its parts by line have alike; an UNAPPLIED one brings its original's applied date along."""
    is_applied = type is ApplicationType.APPLIED
    return {
        "type": type,
        "applied_date": moment,
        "unapplied_date": None if is_applied else moment,
        "has_been_unapplied": HasBeenUnapplied.NO if is_applied else HasBeenUnapplied.NA,
        "log_id": sheet.stamp.log_id,
        "recorded_at": moment,
        "recorded_by": sheet.stamp.actor,
    } | said
