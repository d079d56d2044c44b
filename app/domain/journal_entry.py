"""Double entry: what the service does to the entity's ledger, one balanced pair a row."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from app.domain.record import Record
from app.domain.vocabulary import AccountingCodeType


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry(Record):
    """An amount that one account is debited and another credited with: balanced by what it is.

    It comes with the balance entry at its document's `position`, and never changes.
    """

    PREFIX: ClassVar[str] = "jrn"

    document_id: str
    """The credit memo, or the debit memo that the service made."""
    position: int
    ordinal: int
    """Place among the entries of its command, from 1."""
    type: AccountingCodeType
    """What stands opposite accounts receivable, which is one side of every entry."""
    debit_code: str
    credit_code: str
    currency: str
    amount: int
    impact_amount: int
    """Added to accounts receivable: -amount where that is the side credited."""
    journal_date: date
    log_id: str
    recorded_at: datetime
    recorded_by: str


def journal_entry_id(log_id: str, ordinal: int) -> str:
    """The id of the entry at a place among those of its command; ids sort as the entries do."""
    return f"{JournalEntry.PREFIX}_{log_id.partition('_')[2]}-{ordinal:07d}"
