"""Payments: facts recorded from outside."""

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
from app.domain import invoice as domain
from app.domain.vocabulary import PaymentType
from app.repository import reads, tables
from app.repository.rows import record_from
from app.validation.reversing import violations_of_reversible


def _payment(row: Any) -> domain.Payment:
    return record_from(domain.Payment, row)


def _can_reverse(row: Any, reversals: list[domain.Payment]) -> Ability:
    return answered(violations_of_reversible(_payment(row), reversals))


REVERSALS = SumsPlan(reads.reversals_of_payments, "reversed_payment_id", _payment)


@document(
    tables.payment, "pay", "A payment that was received elsewhere, or its reversal. No money is moved here."
)
class Payment(Node):
    type: PaymentType = column("Received or reversed.", filter=True)
    invoice_id: strawberry.ID = column("The invoice's id.", filter=True)
    account_id: strawberry.ID = column("The buyer's id.", filter=True)
    currency: CurrencyCode = column("Currency of its amounts.", filter=True)
    amount: Decimal = money("What was paid or taken back; above 0 in both.", filter=True, sort=True)
    impact_amount: Decimal = money("Added to the invoice's balance.")
    invoice_balance: Decimal = money("The invoice's balance after it, frozen.")
    invoice_position: int = column("Its place in the history of the invoice's balance.", sort=True)
    payment_date: dt.date = column("Its day.", filter=True, sort=True)
    method: str | None = column("How it was paid.", filter=True)
    reference: str | None = column("The payer's reference.", filter=True)
    external_reference: str | None = column("Its id in another system.", filter=True)
    external_reference_source: str | None = reference_source(
        "That system; none where the reference was given without one."
    )
    recorded_at: dt.datetime = column("When it was recorded.", filter=True)
    recorded_by: str = column("By whom.")

    invoice = one("Invoice", "invoice_id", "The invoice it was paid on.")
    account = one("Account", "account_id", "The buyer.")
    reversed_payment = one(
        "Payment", "reversed_payment_id", "On a reversal: the payment it takes back.", nullable=True
    )
    reversals = many(
        "Payment", "reversed_payment_id", "invoice_position", "The row that takes it back: one at most."
    )
    can_reverse = judged(Ability, _can_reverse, REVERSALS, "Whether reversePayment would pass.")


PaymentConnection = connection_type(DOCUMENTS["Payment"])
PaymentFilter = filter_type(DOCUMENTS["Payment"])
PaymentOrder = order_type(DOCUMENTS["Payment"])
