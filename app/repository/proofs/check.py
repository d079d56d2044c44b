"""A check: one SQL statement, the same on both engines, whose rows are the places where the books do not hold.

The database recomputes and compares; only what differs leaves it, so a proof of millions of rows needs no memory here.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.sql import Executable

from app.repository.proofs.touched import TOUCHED
from app.repository.types import INSTANT

Clauses = dict[str, Any]
"""Arguments of `check` that several checks share: which rows, whose document, in which order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Rows of the statement: document_id, number, currency, expected, found, first_row.

    `currency` is null where expected and found are no amounts. `first_only`: later rows of one document follow from
    its first, and are left out.
    """

    name: str
    invariant: str
    message: str
    source: str
    """The FROM clause, with the alias d: what checks share is read once for all of them."""
    broken: str
    """The condition under which a row of the source is named."""
    statement: Executable
    statement_since: Executable
    """The same of documents that have changed since: its further parameters are `touched_since`."""
    first_only: bool = False


def check(
    name: str,
    invariant: str,
    message: str,
    *,
    source: str,
    expected: str,
    found: str,
    where: str | None = None,
    document: str = "d.id",
    number: str = "d.number",
    currency: str = "d.currency",
    first_row: str = "NULL",
    place: str = "1",
    first_only: bool = False,
    instants: bool = False,
) -> Check:
    """A check over `source`, a FROM clause with the alias d; `where`: what is broken, else that both sides differ."""
    broken = where or f"({expected}) <> ({found})"

    def finding(condition: str) -> Any:
        statement = text(
            f"SELECT {document} AS document_id, {number} AS number, {currency} AS currency,"
            f" {expected} AS expected, {found} AS found, {first_row} AS first_row"
            f" FROM {source}"
            f" WHERE d.entity_id = :entity_id AND {condition}"
            f" ORDER BY document_id, {place}"
        )
        return statement.columns(expected=INSTANT, found=INSTANT) if instants else statement

    since = finding(f"({document}) IN ({TOUCHED}) AND ({broken})")
    return Check(
        name=name,
        invariant=invariant,
        message=message,
        source=source,
        broken=broken,
        statement=finding(f"({broken})"),
        statement_since=since.bindparams(bindparam("from_instant", type_=INSTANT)),
        first_only=first_only,
    )


def total(amount: str, rows: str) -> str:
    """The exact sum of an amount over rows of a FROM clause, 0 over none; for what explains a difference.

    A condition takes `summed` instead: this is computed anew for every row.
    """
    return f"(SELECT CAST(COALESCE(SUM({amount}), 0) AS BIGINT) FROM {rows})"


def exact(amount: str) -> str:
    """The sum of an amount in a group, as a whole number: PostgreSQL's own sum of them is a decimal."""
    return f"CAST(SUM({amount}) AS BIGINT)"


def summed(name: str, by: str, rows: str, **columns: str) -> str:
    """A join of d with what the rows come to in groups of one id, `name`; `rows` have no `WHERE` but their own entity.

    Over all rows at once: the same sums asked for row by row depend on the planner's finding the right index.
    """
    listed = ", ".join(f"{expression} AS {column}" for column, expression in columns.items())
    return f" LEFT JOIN (SELECT {by} AS id, {listed} FROM {rows} GROUP BY {by}) AS {name} ON {name}.id = d.id"
