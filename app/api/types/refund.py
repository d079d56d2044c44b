"""Refunds: credit that was paid back outside."""

import datetime as dt
from decimal import Decimal
from typing import Any

import strawberry

from app.api.declarations import DOCUMENTS, SumsPlan, column, money, reference_source
from app.api.edges import judged, many, one
from app.api.filters import filter_type
from app.api.lists import connection_type, order_type
from app.api.scalars import CurrencyCode
from app.api.types.ability import Ability, answered
from app.api.types.node import Node, document
from app.domain import refund as domain
from app.domain.vocabulary import RefundType
from app.repository import reads, tables
from app.repository.rows import record_from
from app.validation.reversing import violations_of_reversible


def _refund(row: Any) -> domain.Refund:
    return record_from(domain.Refund, row)


def _can_reverse(row: Any, reversals: list[domain.Refund]) -> Ability:
    return answered(violations_of_reversible(_refund(row), reversals))


REVERSALS = SumsPlan(reads.reversals_of_refunds, "reversed_refund_id", _refund)


@document(
    tables.refund,
    "rfd",
    "Credit that was paid back to the buyer elsewhere, or the reversal of that. No money is moved here.",
)
class Refund(Node):
    number: str | None = column(
        "Its number; none on a reversal, which is its refund's.", filter=True, sort=True
    )
    type: RefundType = column("Refunded or reversed.", filter=True)
    credit_memo_id: strawberry.ID = column("The memo's id.", filter=True)
    account_id: strawberry.ID = column("The buyer's id.", filter=True)
    currency: CurrencyCode = column("Currency of its amounts.", filter=True)
    amount: Decimal = money("What was paid back or taken back; above 0 in both.", filter=True, sort=True)
    impact_amount: Decimal = money("Added to the memo's balance.")
    credit_memo_balance: Decimal = money("The memo's balance after it, frozen.")
    credit_memo_position: int = column("Its place in the history of the memo's balance.", sort=True)
    refund_date: dt.date = column("Its day (Zuora: refundDate).", filter=True, sort=True)
    method: str | None = column("How it was paid back (Zuora: methodType).", filter=True)
    reference: str | None = column("The reference that the buyer sees.", filter=True)
    description: str | None = column("What it was paid back for; of a reversal, why it was taken back.")
    external_reference: str | None = column("Its id in another system.", filter=True)
    external_reference_source: str | None = reference_source(
        "That system; none where the reference was given without one."
    )
    recorded_at: dt.datetime = column("When it was recorded.", filter=True)
    recorded_by: str = column("By whom.")

    credit_memo = one("CreditMemo", "credit_memo_id", "The memo whose credit it is.")
    account = one("Account", "account_id", "The buyer.")
    reversed_refund = one(
        "Refund", "reversed_refund_id", "On a reversal: the refund it takes back.", nullable=True
    )
    reversals = many(
        "Refund", "reversed_refund_id", "credit_memo_position", "The row that takes it back: one at most."
    )
    can_reverse = judged(Ability, _can_reverse, REVERSALS, "Whether reverseRefund would pass.")


RefundConnection = connection_type(DOCUMENTS["Refund"])
RefundFilter = filter_type(DOCUMENTS["Refund"])
RefundOrder = order_type(DOCUMENTS["Refund"])
