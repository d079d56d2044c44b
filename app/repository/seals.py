"""Documents that are what their one link has sealed: most are so, and PostgreSQL sees it by itself.

It writes the text that the link's hash is over (`app/domain/sealing`), computes the hash and compares, as with all that
an audit compares; only documents of which that does not show are read. SQLite has no such function, and is no other
process that could do it meanwhile.
"""

from typing import Any

from sqlalchemy import TextClause, bindparam, text

from app.domain.application import BalanceEntry, CreditMemoLineApplication
from app.domain.change_history import CHAINED, EVENTS, LINE_APPLICATIONS, PARTS
from app.domain.credit_memo import CreditMemo
from app.domain.sealing import BOOKKEEPING
from app.domain.vocabulary import ChangeKind
from app.repository import tables
from app.repository.canonical_text import UNWRITTEN, SealedTable, document_text, instant_text
from app.repository.proofs.touched import TOUCHED
from app.repository.remembered import remembered
from app.repository.rows import names_of
from app.repository.types import INSTANT

NO_CHANGES = "{}"
"""What the link of a new or adopted document says of changes."""


@remembered
def unproved_headers() -> TextClause:
    """Headers of documents that may not be what their chain seals: all that are not, and some that are."""
    return text(_unproved())


@remembered
def unproved_headers_since() -> TextClause:
    """The same of documents that have changed since: its further parameters are `touched_since`."""
    return text(_unproved(f" AND {{}}.id IN ({TOUCHED})")).bindparams(
        bindparam("from_instant", type_=INSTANT)
    )


def _unproved(condition: str = "") -> str:
    """`condition`: which of the documents, with {} for their table."""
    each = " UNION ALL ".join(_unproved_of(name, condition.format(name)) for name in CHAINED.values())
    return f"{each} ORDER BY account_id, type, id"


def _unproved_of(type: str, condition: str) -> str:
    account = "id" if type == "account" else "account_id"
    # OFFSET: or the text, which is looked at twice, would be written twice.
    return (
        f"SELECT '{type}' AS type, id, account_id, number, version, history_hash FROM ("
        f"SELECT {type}.id, {type}.{account} AS account_id, {type}.number, {type}.version, {type}.history_hash,"
        f" {_sealed_text(type)} AS sealed FROM {type}"
        f" LEFT JOIN document_change link ON link.entity_id = {type}.entity_id AND link.document_id = {type}.id"
        f" AND link.version = {type}.version AND link.hash = {type}.history_hash"
        f" LEFT JOIN log_entry log ON log.entity_id = link.entity_id AND log.id = link.log_id"
        f" LEFT JOIN (SELECT x.document_id AS id, COUNT(*) AS count FROM document_change x"
        f" WHERE x.entity_id = :entity_id GROUP BY x.document_id) AS chain ON chain.id = {type}.id"
        f" WHERE {type}.entity_id = :entity_id{condition} OFFSET 0) AS {type}"
        f" WHERE COALESCE(strpos(sealed, '{UNWRITTEN}') > 0"
        " OR encode(sha256(convert_to(sealed, 'UTF8')), 'hex') <> history_hash, TRUE)"
    )


def _sealed_text(type: str) -> str:
    """What the document's only link has to be the hash of; null where it is not the only one, or not of a beginning."""
    head = (
        f"'[\"\",\"' || {type}.id || '\",' || link.version || ',' || link.part || ',\"' || link.kind"
        " || '\",\"' || COALESCE(link.log_id, '') || '\",\"' || COALESCE(log.operation, '')"
        f" || '\",\"' || link.recorded_by || '\",\"' || {instant_text('link.recorded_at')} || '\",'"
    )
    quoted = f"{type}.id, link.kind, link.log_id, log.operation, link.recorded_by"
    # In a statement's text a colon begins a parameter where it is not told otherwise.
    rows = document_text(_tables_of(type)).replace(":", r"\:").replace(r"\:entity_id", ":entity_id")
    return (
        f"CASE WHEN chain.count = 1 AND link.kind <> '{ChangeKind.CHANGED}' AND link.changes = '{NO_CHANGES}'"
        f" AND link.previous_hash IS NULL AND strpos(concat({quoted}), '\"') = 0"
        f" THEN {head} || {rows} || ']' || chr(10) || link.changes END"
    )


def _tables_of(type: str) -> list[SealedTable]:
    """The header's own, and those of what belongs to documents of the type."""
    found = [_sealed_table(kind, name, "") for kind, name in CHAINED.items() if name == type]
    for kind, (name, key) in PARTS.items():
        if key == f"{type}_id":
            found.append(_sealed_table(kind, name, f"{name}.{key} = {type}.id"))
    for kind, (name, key) in EVENTS.items():
        if key == f"{type}_id" or (key == "document_id" and type != "account"):
            found.append(_sealed_table(kind, name, f"{name}.{key} = {type}.id"))
    if type == CHAINED[CreditMemo]:
        # As a list, for where whole tables are read a join reads them whole.
        ids = (
            "SELECT a.id FROM credit_memo_application a"
            f" WHERE a.entity_id = {type}.entity_id AND a.credit_memo_id = {type}.id"
        )
        belongs = f"{LINE_APPLICATIONS}.application_id = ANY (ARRAY({ids}))"
        found.append(_sealed_table(CreditMemoLineApplication, LINE_APPLICATIONS, belongs))
    return found


def _sealed_table(kind: type[Any], name: str, belongs: str) -> SealedTable:
    """`belongs`: in words of the document's header; empty for the header itself."""
    columns = tables.metadata.tables[name].c
    names = sorted({*names_of(kind)} - (frozenset() if belongs else BOOKKEEPING))
    # What another command has put down is none of what the link seals, whatever the hash says.
    only_if = f"COALESCE({name}.log_id = link.log_id, TRUE)" if belongs and "log_id" in names else "TRUE"
    return SealedTable(
        name=name,
        columns={each: columns[each].type for each in names},
        place="position" if kind is BalanceEntry else "id",
        belongs=belongs and f"{name}.entity_id = :entity_id AND {belongs}",
        only_if=only_if,
    )
