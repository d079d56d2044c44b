"""The journal: what the service does to the entity's ledger, in double entry."""

import datetime as dt
from decimal import Decimal

import strawberry

from app.api.declarations import DOCUMENTS, column, money
from app.api.edges import one
from app.api.filters import filter_type
from app.api.lists import connection_type, order_type
from app.api.scalars import CurrencyCode
from app.api.types.node import Node, document
from app.domain.vocabulary import AccountingCodeType
from app.repository import tables


@document(
    tables.journal_entry,
    "jrn",
    "An amount with which one accounting code is debited and another credited; one of them is accounts receivable.",
)
class JournalEntry(Node):
    journal_date: dt.date = column(
        "The day on which it counts: the memo's or refund's own; of what is voided, the day of that.",
        filter=True,
        sort=True,
    )
    type: AccountingCodeType = column("What stands opposite accounts receivable.", filter=True)
    debit_code: str = column("The code that is debited.", filter=True)
    credit_code: str = column("The code that is credited.", filter=True)
    currency: CurrencyCode = column("Currency of the amount.", filter=True)
    amount: Decimal = money("The amount, above 0.", filter=True, sort=True)
    impact_amount: Decimal = money("Added to accounts receivable: below 0 where that is credited.")
    document_id: strawberry.ID = column("The memo's id, or that of a debit memo made here.", filter=True)
    position: int = column("Its place in the history of the document's balance.", sort=True)
    log_id: strawberry.ID = column("The log entry of its command.", filter=True)
    ordinal: int = column("Its place among the entries of its command, from 1.")
    log_number: int | None = column(
        "The command's place in the log: where an export stands. None until it has one, which is soon.",
        filter=True,
    )
    transferred: bool = column("Accounting has confirmed that it has it.", filter=True)
    recorded_at: dt.datetime = column("When it was recorded.", filter=True, sort=True)
    recorded_by: str = column("By whom.")

    credit_memo = one("CreditMemo", "document_id", "The memo that it is of.", nullable=True)
    debit_memo = one("Invoice", "document_id", "The debit memo that it is of.", nullable=True)


JournalEntryConnection = connection_type(DOCUMENTS["JournalEntry"])
JournalEntryFilter = filter_type(DOCUMENTS["JournalEntry"])
JournalEntryOrder = order_type(DOCUMENTS["JournalEntry"])
