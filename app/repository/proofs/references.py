"""Invariant 8: what a row names exists in its entity, and both sides of an application have one account and currency.

The foreign keys say so; here they are read as if the database had not kept them.
"""

from collections.abc import Sequence

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Table

from app.domain.change_history import CHAINED
from app.domain.entity_history import ENTITY
from app.repository import tables
from app.repository.proofs.check import Check, check

OF_APPLICATION = "COALESCE((SELECT a.credit_memo_id FROM credit_memo_application a WHERE a.entity_id = d.entity_id AND a.id = d.application_id), d.application_id)"
DOCUMENT = {
    "credit_memo_line": "d.credit_memo_id",
    "credit_memo_line_tax": "d.credit_memo_id",
    "credit_memo_application": "d.credit_memo_id",
    "credit_memo_line_application": OF_APPLICATION,
    "invoice_line": "d.invoice_id",
    "invoice_line_tax": "d.invoice_id",
    "payment": "d.invoice_id",
    "refund": "d.credit_memo_id",
    "balance_entry": "d.document_id",
    "document_change": "d.document_id",
    "journal_entry": "d.document_id",
    "job_item": "d.job_id",
}
"""The document that a row belongs to; a row of another table is a document itself."""

FIRST_ROW = {
    "credit_memo_line": "'line ' || d.line_number",
    "invoice_line": "'line ' || d.line_number",
    "credit_memo_line_tax": "'tax item ' || d.id",
    "invoice_line_tax": "'tax item ' || d.id",
    "credit_memo_application": "d.number",
    "credit_memo_line_application": "'line application ' || d.id",
    "payment": "'position ' || d.invoice_position",
    "refund": "'position ' || d.credit_memo_position",
    "balance_entry": "'position ' || d.position",
    "document_change": "'version ' || d.version",
    "journal_entry": "d.id",
    "job_item": "'item ' || d.position",
}


HEADERS_OF: dict[str, tuple[tuple[str, str], ...]] = {
    "credit_memo_line_tax": (("credit_memo", "credit_memo_id"),),
    "invoice_line_tax": (("invoice", "invoice_id"),),
    "balance_entry": (("credit_memo", "document_id"), ("invoice", "document_id")),
    "document_change": tuple((name, "document_id") for name in CHAINED.values()),
}
"""Documents that a table names without a foreign key, and by which column."""


def _own(key: ForeignKeyConstraint) -> list[str]:
    return [element.parent.name for element in key.elements if element.parent.name != "entity_id"]


def _word(key: ForeignKeyConstraint) -> str:
    """What is named by the key is joined under the key's own word: `log` by log_id, `associated_application` …"""
    own = _own(key)
    return own[0].removesuffix("_id") if own else key.referred_table.name


def _keys(table: Table) -> list[ForeignKeyConstraint]:
    return sorted(table.foreign_key_constraints, key=lambda each: str(each.name))


def _by_id(key: ForeignKeyConstraint) -> Sequence[ForeignKey]:
    """By which columns a row finds what it names: an entity has one of an id, whatever else the key says of it."""
    elements = list(key.elements)
    ids = [each for each in elements if each.column.name in ("entity_id", "id")]
    return ids if len(ids) == 2 else elements


def _with_parents(table: Table) -> str:
    """The row d beside everything that it names, each of which may be missing."""
    joined = ""
    for key in _keys(table):
        word = _word(key)
        same = (f"{word}.{element.column.name} = d.{element.parent.name}" for element in _by_id(key))
        joined += f" LEFT JOIN {key.referred_table.name} {word} ON {' AND '.join(same)}"
    for header, column in HEADERS_OF.get(table.name, ()):
        joined += f" LEFT JOIN {header} ON {header}.entity_id = d.entity_id AND {header}.id = d.{column}"
    return f"{table.name} d{joined}"


def reference(table: Table, key: ForeignKeyConstraint) -> Check:
    """Rows of the table that name, in one foreign key, what is not there."""
    parent = key.referred_table.name
    own = _own(key)
    named = "".join(f"d.{name} IS NOT NULL AND " for name in own)
    document = DOCUMENT.get(table.name, "d.id")
    return check(
        f"{table.name}_has_its_{'_and_'.join(own) or parent}",
        "log" if parent == "log_entry" else "8",
        f"the {table.name.replace('_', ' ')} names {_one(parent)} that is not in the books"
        + (" with this account and currency" if len(own) > 1 else ""),
        source=_with_parents(table),
        document=document,
        number=_number(document),
        currency="NULL",
        expected=f"'{_one(parent)}'",
        found=" || ', ' || ".join(f"d.{name}" for name in own) if own else "'none'",
        where=f"{named}{_is_not_there(key)}",
        first_row=FIRST_ROW.get(table.name, "NULL"),
    )


def _is_not_there(key: ForeignKeyConstraint) -> str:
    word = _word(key)
    others = (each for each in key.elements if each not in _by_id(key))
    alike = " AND ".join(f"{word}.{each.column.name} = d.{each.parent.name}" for each in others)
    missing = f"{word}.{key.elements[0].column.name} IS NULL"
    return f"({missing} OR NOT ({alike}))" if alike else missing


def _one(table: str) -> str:
    return f"{'an' if table[0] in 'aeiou' else 'a'} {table.replace('_', ' ')}"


def _number(document: str) -> str:
    return (
        f"COALESCE((SELECT m.number FROM credit_memo m WHERE m.entity_id = d.entity_id AND m.id = {document}),"
        f" (SELECT i.number FROM invoice i WHERE i.entity_id = d.entity_id AND i.id = {document}))"
    )


def currency_of(table: str, header: str) -> Check:
    """A line, a tax item or a balance entry in another currency than its document."""
    return check(
        f"{table}_has_the_currency_of_its_{header}",
        "8",
        f"the {table.replace('_', ' ')} is in another currency than its document",
        source=_with_parents(tables.metadata.tables[table]),
        document=f"{header}.id",
        number=f"{header}.number",
        currency="NULL",
        expected=f"{header}.currency",
        found="d.currency",
        first_row=FIRST_ROW[table],
    )


def logged_by(table: str) -> Check:
    """A row that says it was recorded by someone else than its command."""
    document = DOCUMENT[table]
    return check(
        f"{table}_was_recorded_by_its_commands_actor",
        "log",
        f"the {table.replace('_', ' ')} names another actor than the command that made it",
        source=_with_parents(tables.metadata.tables[table]),
        document=document,
        number=_number(document),
        currency="NULL",
        expected="log.actor",
        found="d.recorded_by",
        first_row=FIRST_ROW[table],
    )


CHANGED_DOCUMENT = "COALESCE(" + ", ".join(f"{name}.id" for name in CHAINED.values()) + ")"

REFERENCES = [
    *(reference(table, key) for table in tables.metadata.sorted_tables for key in _keys(table)),
    currency_of("credit_memo_line", "credit_memo"),
    currency_of("credit_memo_line_tax", "credit_memo"),
    currency_of("invoice_line", "invoice"),
    currency_of("invoice_line_tax", "invoice"),
    currency_of("balance_entry", "credit_memo"),
    currency_of("balance_entry", "invoice"),
    *(
        logged_by(table)
        for table in (
            "credit_memo_application",
            "credit_memo_line_application",
            "payment",
            "refund",
            "balance_entry",
        )
    ),
    check(
        "document_change_has_its_document",
        "chain",
        "the history of a document that is not in the books",
        source=_with_parents(tables.document_change),
        document="d.document_id",
        number="NULL",
        currency="NULL",
        expected="'a document'",
        found="'none'",
        where=f"{CHANGED_DOCUMENT} IS NULL AND d.document_id <> '{ENTITY}'",
        place="d.version",
        first_only=True,
    ),
    check(
        "application_was_made_by_its_operation",
        "log",
        "the application names another operation than the command that made it",
        source=_with_parents(tables.credit_memo_application),
        document="d.credit_memo_id",
        number=_number("d.credit_memo_id"),
        currency="NULL",
        expected="log.operation",
        found="d.operation",
        first_row="d.number",
    ),
]
