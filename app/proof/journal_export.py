"""The journal as an accounting system takes it over: command by command, whole, in an order behind which nothing appears."""

from collections.abc import AsyncIterator
from typing import Any

from app.domain.money import amount_text
from app.repository.database import Database, Snapshot
from app.repository.journal_export import exported_entries, number_of_entry

COLUMNS = (
    "log_number",
    "ordinal",
    "id",
    "journal_date",
    "type",
    "debit_code",
    "credit_code",
    "currency",
    "amount",
    "document_type",
    "document_number",
    "account_number",
    "operation",
    "recorded_at",
    "recorded_by",
)


async def exported_journal(
    database: Database, snapshot: Snapshot, *, after: int = 0, limit: int | None = None
) -> AsyncIterator[dict[str, str]]:
    """Entries as texts, by `COLUMNS`, of the commands after the log number, each command whole.

    `limit`: how many entries; the last command's go over it. What has no log number yet comes with a later export.
    """
    through = None
    if limit is not None:
        found = await snapshot.rows(number_of_entry(), {"after": after, "place": limit - 1})
        through = found[0].number if found else None
    statement = exported_entries()
    async for row in database.stream(snapshot, statement, {"after": after, "through": through}):
        yield _shown(row)


def _shown(row: Any) -> dict[str, str]:
    shown = {name: getattr(row, name) for name in COLUMNS}
    shown |= {
        "amount": amount_text(row.amount, row.currency),
        "journal_date": row.journal_date.isoformat(),
        "recorded_at": row.recorded_at.isoformat(),
    }
    return {name: "" if value is None else str(value) for name, value in shown.items()}
