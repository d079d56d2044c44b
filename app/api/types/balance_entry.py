"""The history of a document's balance: an entry is a place in it, found through its document."""

import datetime as dt
from decimal import Decimal

import strawberry

from app.api.declarations import DOCUMENTS, Document, column, money
from app.api.filters import filter_type
from app.api.lists import connection_type, order_type
from app.api.types.node import document
from app.domain.vocabulary import BalanceEntryKind
from app.repository import tables


@document(
    tables.balance_entry, "", "One change of a document's balance, at its place in the document's history."
)
class BalanceEntry(Document):
    position: int = column("1, 2, 3 … without gaps.", filter=True, sort=True)
    kind: BalanceEntryKind = column("Why it moved.", filter=True)
    impact_amount: Decimal = money("By how much.")
    balance_before: Decimal = money("The balance before.")
    balance_after: Decimal = money("The balance after.")
    cause_id: strawberry.ID | None = column(
        "The application, payment, refund or memo that moved it; none where the document's own state did."
    )
    recorded_at: dt.datetime = column("When.", filter=True)
    recorded_by: str = column("By whom.")


BalanceEntryConnection = connection_type(DOCUMENTS["BalanceEntry"])
BalanceEntryFilter = filter_type(DOCUMENTS["BalanceEntry"])
BalanceEntryOrder = order_type(DOCUMENTS["BalanceEntry"])
