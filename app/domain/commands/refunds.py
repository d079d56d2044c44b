"""Recording what was paid back to buyers."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from app.domain.commands.fields import Command, CreditMemoReference, optional, required


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundCreditMemo(Command):
    """Record that credit was paid back to the buyer elsewhere (Zuora: external refund). No money is moved here."""

    credit_memo: CreditMemoReference = required("The posted memo whose credit was paid back.")
    amount: Decimal = required("What was paid back; at most the memo's balance.")
    date: dt.date | None = optional(
        "The day of the refund, not before the memo's date. Default: today in the entity's time zone, or the memo's"
        " date where that is later."
    )
    method: str | None = optional("How it was paid back, e.g. `WIRE`.")
    reference: str | None = optional("The reference that the buyer sees.")
    description: str | None = optional("What it was paid back for.", limit="description")
    external_reference: str | None = optional(
        "The refund's id in another system. A second delivery with the same content returns the first refund.",
        is_name=True,
    )
    external_reference_source: str | None = optional("That system.")
    expected_version: int | None = optional("Refuse unless the memo still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseRefund(Command):
    """Take a recorded refund back, once and whole, as when it failed: the credit is on the memo again."""

    refund_id: str = required("The refund to take back.", is_id=True)
    date: dt.date | None = optional("The day of the reversal, not before the refund's. Default: today.")
    description: str | None = optional("Why it is taken back.", limit="description")
    expected_version: int | None = optional("Refuse unless the refund's memo still has this version.")
