"""Documents that have changed since a place in the log, or since an instant."""

from datetime import datetime
from typing import Any

TOUCHED = (
    "SELECT c.document_id FROM document_change c"
    " LEFT JOIN log_entry t ON t.entity_id = c.entity_id AND t.id = c.log_id"
    " WHERE c.entity_id = :entity_id AND (t.number > CAST(:after_number AS BIGINT)"
    # What is not numbered yet comes after every number.
    " OR (CAST(:after_number AS BIGINT) IS NOT NULL AND t.id IS NOT NULL AND t.number IS NULL)"
    " OR c.recorded_at >= :from_instant)"
)
"""A subquery of ids; its parameters are `touched_since`."""


def touched_since(since: int | datetime) -> dict[str, Any]:
    """After the log entry of that number, or recorded at the instant or later."""
    if isinstance(since, datetime):
        return {"after_number": None, "from_instant": since}
    return {"after_number": since, "from_instant": None}
