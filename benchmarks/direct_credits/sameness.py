"""Whether two databases hold the same books, but for ids and instants."""

from typing import Any

from benchmarks.stand import Place, connected

_MEMO = "JOIN credit_memo AS memo ON memo.entity_id = it.entity_id AND memo.id = it.credit_memo_id"
_LINE = "JOIN credit_memo_line AS line ON line.entity_id = it.entity_id AND line.id = it.credit_memo_line_id"
_APPLICATION = (
    "JOIN credit_memo_application AS application"
    " ON application.entity_id = it.entity_id AND application.id = it.application_id"
)
_DOCUMENT = (
    "LEFT JOIN credit_memo AS memo ON memo.entity_id = it.entity_id AND memo.id = it.document_id"
    " LEFT JOIN invoice ON invoice.entity_id = it.entity_id AND invoice.id = it.document_id"
)
# Table: what its rows are known by in place of the ids that differ, and what has to be joined for it.
_TABLES = {
    "invoice": ("it.number", ""),
    "invoice_line": ("it.id", ""),
    "invoice_line_tax": ("it.id", ""),
    "credit_memo": ("it.number", ""),
    "credit_memo_line": ("memo.number", _MEMO),
    "credit_memo_line_tax": ("memo.number || ' ' || line.line_number", f"{_MEMO} {_LINE}"),
    "credit_memo_application": ("memo.number", _MEMO),
    "credit_memo_line_application": (
        "application.number || ' ' || line.line_number",
        f"{_APPLICATION} {_LINE}",
    ),
    "balance_entry": ("coalesce(memo.number, invoice.number)", _DOCUMENT),
    "job": ("it.total", ""),
    "job_item": ("memo.number", f"LEFT {_MEMO}"),
    "job_queue": ("1", ""),
    "number_sequence": ("it.kind", ""),
}
# Ids of new rows, instants, and what counts the chunks.
_APART = (
    "credit_memo_id",
    "credit_memo_line_id",
    "application_id",
    "document_id",
    "cause_id",
    "log_id",
    "job_id",
    "recorded_at",
    "applied_date",
    "posted_at",
    "created_at",
    "updated_at",
    "started_at",
    "finished_at",
)
_GIVEN_IDS = {"invoice", "invoice_line", "invoice_line_tax"}


async def differences(one: Place, other: Place) -> list[str]:
    """What differs, a line for each table; none where both hold the same."""
    found, expected = await _books(one), await _books(other)
    return [
        f"{table}: {found[table]} against {expected[table]}"
        for table in _TABLES
        if found[table] != expected[table]
    ]


async def _books(place: Place) -> dict[str, tuple[Any, ...]]:
    """Of each table the number of its rows, and a hash over them."""
    connection = await connected(place.owner_url)
    try:
        return {table: tuple(await connection.fetchrow(_content(table))) for table in _TABLES}
    finally:
        await connection.close()


def _content(table: str) -> str:
    key, joined = _TABLES[table]
    apart = [*_APART, *([] if table in _GIVEN_IDS else ["id"])]
    # A worker's chunks grow from small ones: how often it has touched the job says nothing.
    if table == "job":
        apart += ["version", "options"]
    names = ", ".join(f"'{each}'" for each in apart)
    return (
        "SELECT count(*), md5(string_agg(content, ' ' ORDER BY content)) FROM ("
        f"SELECT md5({key}::text || (to_jsonb(it) - ARRAY[{names}])::text) AS content"
        f" FROM {table} AS it {joined}) AS contents"
    )
