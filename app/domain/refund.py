"""Refunds: credit that was paid back to the buyer outside, as facts of a memo's history."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from app.domain.record import Record
from app.domain.vocabulary import RefundType


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund(Record):
    """A fact recorded from outside; taken back once, whole, by a second row. The service moves no money.

    A refund that failed is one that was taken back: what is on the memo is always what the buyer has not got.
    """

    PREFIX: ClassVar[str] = "rfd"

    number: str | None
    """Of the entity's sequence; a reversal has none of its own."""
    credit_memo_id: str
    account_id: str
    currency: str
    type: RefundType
    amount: int
    impact_amount: int
    """Added to the memo's balance: negative when refunded, positive when reversed."""
    credit_memo_balance: int
    credit_memo_position: int
    refund_date: date
    method: str | None = None
    reference: str | None = None
    description: str | None = None
    """What it was paid back for; of a reversal, why it was taken back."""
    external_reference: str | None = None
    external_reference_source: str | None = None
    content_fingerprint: str | None = None
    reversed_refund_id: str | None = None
    """On a REVERSED row: the refund that it takes back."""
    log_id: str
    recorded_at: datetime
    recorded_by: str
