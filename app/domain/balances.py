"""The one way in which a document's balance moves: with an entry that says why, at the next position."""

from typing import Any, TypeVar

from app.domain.application import BalanceEntry
from app.domain.credit_memo import CreditMemo
from app.domain.facts import Worksheet
from app.domain.invoice import Invoice
from app.domain.vocabulary import BalanceEntryKind, InvoiceStatus, SettlementStatus

D = TypeVar("D", Invoice, CreditMemo)


def move_balance(
    sheet: Worksheet, document: D, kind: BalanceEntryKind, impact: int, cause_id: str | None, **fields: Any
) -> D:
    """Put the document down with its new balance and other fields, and enter the move in its history.

    A posting starts from 0: a draft's balance is not history yet, nor again.
    """
    before = sheet.get(type(document), document.id)
    position = before.position + 1
    balance_before = 0 if kind is BalanceEntryKind.POSTING else before.balance
    balance_after = balance_before + impact
    after = sheet.change(before, balance=balance_after, position=position, **fields)
    sheet.enter(
        BalanceEntry(
            document_id=document.id,
            position=position,
            currency=document.currency,
            kind=kind,
            impact_amount=impact,
            balance_before=balance_before,
            balance_after=balance_after,
            cause_id=cause_id,
            log_id=sheet.stamp.log_id,
            recorded_at=after.updated_at,
            recorded_by=sheet.stamp.actor,
        )
    )
    return after


def with_settlement(sheet: Worksheet, invoice: Invoice) -> Invoice:
    """The invoice with the settlement status that its balance calls for; the date is set on reaching 0."""
    current = sheet.get(Invoice, invoice.id)
    status = settlement_status(current)
    if status is current.settlement_status:
        return current
    settled_on = sheet.stamp.today if status is SettlementStatus.SETTLED else None
    return sheet.change(current, settlement_status=status, full_settlement_date=settled_on)


def settlement_status(invoice: Invoice) -> SettlementStatus:
    """SETTLED at balance 0 once posted, or voided since; NOT_SETTLED while nothing is applied or paid (Salesforce: SettlementStatus)."""
    if invoice.status is not InvoiceStatus.DRAFT and invoice.balance == 0:
        return SettlementStatus.SETTLED
    if invoice.credits_applied == 0 and invoice.payments_applied == 0:
        return SettlementStatus.NOT_SETTLED
    return SettlementStatus.PARTIALLY_SETTLED
