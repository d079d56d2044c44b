"""Invariant 8: what a row names exists in its entity, and both sides of an application have one account and currency.

The foreign keys say so; here they are read as if the database had not kept them.
"""

from sqlalchemy import ForeignKeyConstraint, Table

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
    "balance_entry": "d.document_id",
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
    "balance_entry": "'position ' || d.position",
    "job_item": "'item ' || d.position",
}


def reference(table: Table, key: ForeignKeyConstraint) -> Check:
    """Rows of the table that name, in one foreign key, what is not there."""
    parent = key.referred_table.name
    pairs = [(element.parent.name, element.column.name) for element in key.elements]
    own = [local for local, _ in pairs if local != "entity_id"]
    there = " AND ".join(f"r.{remote} = d.{local}" for local, remote in pairs)
    missing = (
        "".join(f"d.{name} IS NOT NULL AND " for name in own)
        + f"NOT EXISTS (SELECT 1 FROM {parent} r WHERE {there})"
    )
    document = DOCUMENT.get(table.name, "d.id")
    logged = parent == "log_entry"
    return check(
        f"{table.name}_has_its_{'_and_'.join(own) or parent}",
        "log" if logged else "8",
        f"the {table.name.replace('_', ' ')} names {_one(parent)} that is not in the books"
        + (" with this account and currency" if len(own) > 1 else ""),
        source=f"{table.name} d",
        document=document,
        number=_number(document),
        currency="NULL",
        expected=f"'{_one(parent)}'",
        found=" || ', ' || ".join(f"d.{name}" for name in own) if own else "'none'",
        where=missing,
        first_row=FIRST_ROW.get(table.name, "NULL"),
    )


def _one(table: str) -> str:
    return f"{'an' if table[0] in 'aeiou' else 'a'} {table.replace('_', ' ')}"


def _number(document: str) -> str:
    return (
        f"COALESCE((SELECT m.number FROM credit_memo m WHERE m.entity_id = d.entity_id AND m.id = {document}),"
        f" (SELECT i.number FROM invoice i WHERE i.entity_id = d.entity_id AND i.id = {document}))"
    )


def currency_of(table: str, header: str, key: str) -> Check:
    """A line, a tax item or a balance entry in another currency than its document."""
    return check(
        f"{table}_has_the_currency_of_its_{header}",
        "8",
        f"the {table.replace('_', ' ')} is in another currency than its document",
        source=f"{table} d JOIN {header} h ON h.entity_id = d.entity_id AND h.id = d.{key}",
        document="h.id",
        number="h.number",
        currency="NULL",
        expected="h.currency",
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
        source=f"{table} d JOIN log_entry g ON g.entity_id = d.entity_id AND g.id = d.log_id",
        document=document,
        number=_number(document),
        currency="NULL",
        expected="g.actor",
        found="d.recorded_by",
        first_row=FIRST_ROW[table],
    )


REFERENCES = [
    *(
        reference(table, key)
        for table in tables.metadata.sorted_tables
        for key in sorted(table.foreign_key_constraints, key=lambda each: str(each.name))
    ),
    currency_of("credit_memo_line", "credit_memo", "credit_memo_id"),
    currency_of("credit_memo_line_tax", "credit_memo", "credit_memo_id"),
    currency_of("invoice_line", "invoice", "invoice_id"),
    currency_of("invoice_line_tax", "invoice", "invoice_id"),
    currency_of("balance_entry", "credit_memo", "document_id"),
    currency_of("balance_entry", "invoice", "document_id"),
    *(
        logged_by(table)
        for table in ("credit_memo_application", "credit_memo_line_application", "payment", "balance_entry")
    ),
    check(
        "application_was_made_by_its_operation",
        "log",
        "the application names another operation than the command that made it",
        source="credit_memo_application d JOIN log_entry g ON g.entity_id = d.entity_id AND g.id = d.log_id",
        document="d.credit_memo_id",
        number=_number("d.credit_memo_id"),
        currency="NULL",
        expected="g.operation",
        found="d.operation",
        first_row="d.number",
    ),
]
