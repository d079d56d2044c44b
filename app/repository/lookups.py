"""Small questions of the loaders and of the operator's commands: about one entity, or about where the books lie."""

from pathlib import Path

from sqlalchemy import bindparam, make_url, select
from sqlalchemy.exc import ArgumentError

from app.domain.entity import Settings
from app.repository import tables
from app.repository.database import Snapshot
from app.repository.rows import settings_selection
from app.repository.types import own

ADDRESSES = "use sqlite:///path or postgresql://user@host/name"


async def line_ids(snapshot: Snapshot, invoice_number: str) -> dict[int, str]:
    """Ids of an invoice's lines by line number; of an invoice and a debit memo of one number, the invoice's."""
    invoice, line = tables.invoice, tables.invoice_line
    statement = (
        select(line.c.line_number, line.c.id)
        .join(invoice, (invoice.c.entity_id == line.c.entity_id) & (invoice.c.id == line.c.invoice_id))
        .where(own(line), invoice.c.number == bindparam("number"))
        .order_by(invoice.c.kind)
    )
    rows = await snapshot.rows(statement, {"number": invoice_number})
    return {row.line_number: row.id for row in rows}


async def tax_item_ids(snapshot: Snapshot, invoice_line_id: str) -> list[str]:
    """Ids of an invoice line's tax items, in the order in which they were given."""
    table = tables.invoice_line_tax
    statement = select(table.c.id).where(own(table), table.c.invoice_line_id == bindparam("line"))
    rows = await snapshot.rows(statement.order_by(table.c.ordinal), {"line": invoice_line_id})
    return [row.id for row in rows]


async def memo_line_ids(snapshot: Snapshot, credit_memo_id: str) -> dict[int, str]:
    """Ids of a memo's lines by line number."""
    table = tables.credit_memo_line
    statement = select(table.c.line_number, table.c.id).where(
        own(table), table.c.credit_memo_id == bindparam("memo")
    )
    return {row.line_number: row.id for row in await snapshot.rows(statement, {"memo": credit_memo_id})}


async def line_application_ids(snapshot: Snapshot, application_id: str) -> list[str]:
    """Ids of an application's line rows, in their order."""
    table = tables.credit_memo_line_application
    statement = select(table.c.id).where(own(table), table.c.application_id == bindparam("application"))
    rows = await snapshot.rows(statement.order_by(table.c.sequence), {"application": application_id})
    return [row.id for row in rows]


async def account_id(snapshot: Snapshot, number: str) -> str | None:
    """The id of the account of that number, or None."""
    table = tables.account
    statement = select(table.c.id).where(own(table), table.c.number == bindparam("number"))
    return next((row.id for row in await snapshot.rows(statement, {"number": number})), None)


async def is_key_used(snapshot: Snapshot, idempotency_key: str) -> bool:
    """Whether a command was done under the key."""
    table = tables.log_entry
    statement = select(table.c.id).where(own(table), table.c.idempotency_key == bindparam("key"))
    return bool(await snapshot.rows(statement, {"key": idempotency_key}))


async def settings_of(snapshot: Snapshot) -> Settings:
    """How the entity wants its books kept."""
    [row] = await snapshot.rows(settings_selection())
    return Settings(**row._mapping)


def file_of(url: str) -> Path | None:
    """The file that the books lie in, or None where a server keeps them. Raises ValueError for any other address."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ValueError(f"the database address is none: {ADDRESSES}") from error
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        return None
    if backend == "sqlite" and parsed.database and parsed.database != ":memory:":
        return Path(parsed.database)
    raise ValueError(f"books cannot be kept in {parsed.render_as_string()}: {ADDRESSES}")
