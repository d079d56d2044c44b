"""Whether two databases hold the same books, but for ids and instants."""

from typing import Any

from benchmarks.stand import Place, connected


def _joined(table: str, column: str, of: str = "it") -> str:
    return f"JOIN {table} ON {table}.entity_id = {of}.entity_id AND {table}.id = {of}.{column}"


_MEMO = f"{_joined('credit_memo', 'credit_memo_id')} {_joined('invoice', 'invoice_id', 'credit_memo')}"
_DOCUMENT = (
    f"LEFT {_joined('credit_memo', 'document_id')} JOIN invoice ON invoice.entity_id = it.entity_id"
    " AND invoice.id = coalesce(credit_memo.invoice_id, it.document_id)"
)
_OF_INVOICE = "invoice.number"
# Table: what its rows are known by in place of the ids that differ, and what has to be joined for it.
_TABLES = {
    "invoice": ("it.number", ""),
    "invoice_line": ("it.id", ""),
    "invoice_line_tax": ("it.id", ""),
    "credit_memo": (_OF_INVOICE, _joined("invoice", "invoice_id")),
    "credit_memo_line": (_OF_INVOICE, _MEMO),
    "credit_memo_line_tax": (_OF_INVOICE, _MEMO),
    "credit_memo_application": (_OF_INVOICE, _MEMO),
    "credit_memo_line_application": (
        "it.sequence",
        f"{_joined('credit_memo_line', 'credit_memo_line_id')}"
        f" {_joined('credit_memo', 'credit_memo_id', 'credit_memo_line')}",
    ),
    "balance_entry": (f"credit_memo.id IS NULL, {_OF_INVOICE}", _DOCUMENT),
    "document_change": ("it.kind", ""),
    "journal_entry": (
        _OF_INVOICE,
        f"{_joined('credit_memo', 'document_id')} {_joined('invoice', 'invoice_id', 'credit_memo')}",
    ),
    "job": ("it.total", ""),
    "job_item": (f"it.credit_memo_id IS NULL, {_OF_INVOICE}", _joined("invoice", "invoice_id")),
    "job_queue": ("1", ""),
    "number_sequence": ("it.kind", ""),
}
# Ids of new rows, and instants.
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
    "history_hash",
)
_GIVEN_IDS = {"invoice", "invoice_line", "invoice_line_tax"}
# Of several workers any may be the first to take numbers, and their chunks grow from small ones; who may submit, the
# floor does not ask.
_ALSO_APART = {
    "credit_memo": ("number",),
    "credit_memo_application": ("number",),
    # The floor writes links as long as the service's, and does not seal in its form.
    "document_change": ("changes", "previous_hash", "hash"),
    "journal_entry": ("ordinal",),
    "job": ("version", "options", "permissions", "approval_limits"),
}


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
    apart = [*_APART, *_ALSO_APART.get(table, ()), *(() if table in _GIVEN_IDS else ("id",))]
    names = ", ".join(f"'{each}'" for each in apart)
    return (
        "SELECT count(*), md5(string_agg(content, ' ' ORDER BY content)) FROM ("
        f"SELECT md5(ROW({key})::text || (to_jsonb(it) - ARRAY[{names}])::text) AS content"
        f" FROM {table} AS it {joined}) AS contents"
    )
