"""Where a balance comes from: the entries that make it, in order, with running totals and what caused each."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    Subquery,
    Table,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)

from app.repository import tables
from app.repository.database import Snapshot
from app.repository.remembered import remembered
from app.repository.types import among, own

MEMO, INVOICE = "CreditMemo", "Invoice"
MEMOS, INVOICES = tables.credit_memo, tables.invoice


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose balance is explained: a document's own, or what an account owes and holds on all of its documents."""

    documents: tuple[tuple[str, Table], ...]
    key: str
    in_order: tuple[str, ...]
    """Columns that say which entry comes first. In an account's trail documents mix, so it is their common order."""


OWNERS = {
    "CreditMemo": Owner(((MEMO, MEMOS),), "id", ("position",)),
    "Invoice": Owner(((INVOICE, INVOICES),), "id", ("position",)),
    "Account": Owner(
        ((MEMO, MEMOS), (INVOICE, INVOICES)),
        "account_id",
        ("recorded_at", "log_id", "document_id", "position"),
    ),
}


async def owner_named(snapshot: Snapshot, name: str) -> tuple[str, str] | None:
    """What is of that id or number, and its id: of a number that several have it is the memo, then the invoice."""
    for owner, table in (("CreditMemo", MEMOS), ("Invoice", INVOICES), ("Account", tables.account)):
        named = or_(table.c.id == bindparam("name"), table.c.number == bindparam("name"))
        statement = select(table.c.id).where(own(table), named)
        if "kind" in table.c:
            # A debit memo may have the number of an invoice, which is named before it.
            statement = statement.order_by(table.c.kind.desc())
        if rows := await snapshot.rows(statement, {"name": name}):
            return owner, str(rows[0].id)
    return None


@remembered
def trail_of(owner: str) -> Select[Any]:
    """The trails of all owners in `:values`, each from the place `:after` on, up to the place `:through`.

    `:currency`: only entries in it, null for all; totals run for each currency by itself. `:log`: only what the log had
    at that number, null for all.
    """
    moves = _moves(OWNERS[owner])
    application, payment, refund = tables.credit_memo_application, tables.payment, tables.refund
    original = application.alias("original")
    memo, invoice, converted = MEMOS.alias("memo"), INVOICES.alias("on_invoice"), MEMOS.alias("converted")
    joined = moves
    for table, id in (
        (application, moves.c.cause_id),
        (payment, moves.c.cause_id),
        (refund, moves.c.cause_id),
        (converted, moves.c.cause_id),
        (original, application.c.associated_application_id),
        (memo, application.c.credit_memo_id),
        (invoice, application.c.invoice_id),
    ):
        joined = joined.outerjoin(table, and_(table.c.entity_id == bindparam("entity_id"), table.c.id == id))  # type: ignore[assignment]
    return (
        select(
            *moves.c,
            application.c.number.label("application_number"),
            application.c.auto_apply_rule,
            application.c.auto_apply_rank,
            original.c.number.label("original_number"),
            memo.c.number.label("memo_number"),
            invoice.c.number.label("invoice_number"),
            converted.c.number.label("converted_number"),
            refund.c.number.label("refund_number"),
            *(
                func.coalesce(payment.c[paid], refund.c[back]).label(name)
                for name, paid, back in (
                    ("moved_on", "payment_date", "refund_date"),
                    ("method", "method", "method"),
                    ("reference", "reference", "reference"),
                )
            ),
        )
        .select_from(joined)
        .where(moves.c.place > bindparam("after"), moves.c.place <= bindparam("through"))
        .order_by(moves.c.owner_id, moves.c.place)
    )


def _moves(owner: Owner) -> Subquery:
    """Entries with their place in the owner's trail and the totals up to them."""
    entry, log, documents = tables.balance_entry, tables.log_entry, _documents(owner)
    wanted, last = bindparam("currency", type_=String()), bindparam("log", type_=BigInteger())
    of_documents = documents.join(entry, and_(own(entry), entry.c.document_id == documents.c.document_id))
    order = [entry.c[name] for name in owner.in_order]
    impact_of = {
        word: case((documents.c.document_type == word, entry.c.impact_amount), else_=0)
        for word in (MEMO, INVOICE)
    }

    def running(impact: ColumnElement[Any]) -> ColumnElement[int]:
        total = func.sum(impact).over(
            partition_by=[documents.c.owner_id, entry.c.currency], order_by=order, rows=(None, 0)
        )
        return cast(total, BigInteger)

    return (
        select(
            documents.c.owner_id,
            documents.c.document_type,
            documents.c.document_number,
            *(each for each in entry.c if each.name != "entity_id"),
            log.c.operation,
            log.c.number.label("log_number"),
            running(impact_of[INVOICE]).label("owed"),
            running(impact_of[MEMO]).label("credit"),
            func.row_number().over(partition_by=documents.c.owner_id, order_by=order).label("place"),
        )
        # The entry is there in honest books; damaged ones are to be explained, too.
        .select_from(of_documents.outerjoin(log, and_(own(log), log.c.id == entry.c.log_id)))
        .where(or_(wanted.is_(None), entry.c.currency == wanted), or_(last.is_(None), log.c.number <= last))
        .subquery("moves")
    )


def _documents(owner: Owner) -> Subquery:
    each: list[Select[Any]] = [
        select(
            table.c[owner.key].label("owner_id"),
            table.c.id.label("document_id"),
            table.c.number.label("document_number"),
            literal(word).label("document_type"),
        ).where(own(table), among(table.c[owner.key], "values"))
        for word, table in owner.documents
    ]
    found: Select[Any] | CompoundSelect[Any] = each[0] if len(each) == 1 else union_all(*each)
    return found.subquery("documents")
