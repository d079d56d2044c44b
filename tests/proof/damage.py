"""What was done to the books behind their back, what the audit must say of it, and what else may follow from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import EllipsisType


@dataclass(frozen=True)
class Damage:
    """Documents by number, None where the damaged one has none; an ellipsis for a row that is named by its id."""

    what: str
    statements: Sequence[str]
    finds: tuple[str, str, str | None, str | EllipsisType | None]
    """Invariant, check, document and first row."""
    also: Mapping[str | None, Sequence[str]]
    """Every further difference, by document: nothing else may be said."""


def memo(number: str) -> str:
    return f"(SELECT id FROM credit_memo WHERE number = '{number}')"


def invoice(number: str) -> str:
    return f"(SELECT id FROM invoice WHERE number = '{number}')"


def of_memo(number: str, line: int) -> str:
    return f"credit_memo_id = {memo(number)} AND line_number = {line}"


def of_invoice(number: str, line: int) -> str:
    return f"invoice_id = {invoice(number)} AND line_number = {line}"


def memo_line(number: str, line: int) -> str:
    return f"(SELECT id FROM credit_memo_line WHERE {of_memo(number, line)})"


def invoice_line(number: str, line: int) -> str:
    return f"(SELECT id FROM invoice_line WHERE {of_invoice(number, line)})"


def application(number: str) -> str:
    return f"(SELECT id FROM credit_memo_application WHERE number = '{number}')"


def entry(document: str, position: int) -> str:
    return f"document_id = {document} AND position = {position}"


def forged(table: str, row: str, **values: str) -> tuple[str, ...]:
    """Insert a copy of a row with other values."""
    changes = ", ".join(f"{name} = {value}" for name, value in values.items())
    return (
        f"CREATE TABLE forged AS SELECT * FROM {table} WHERE {row}",
        f"UPDATE forged SET {changes}",
        f"INSERT INTO {table} SELECT * FROM forged",
        "DROP TABLE forged",
    )
