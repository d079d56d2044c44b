"""What an entry of the log has to do with, for filters: the documents that its command touched, and their accounts."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.repository import tables
from app.repository.types import own

IsWanted = Callable[[ColumnElement[Any]], ColumnElement[bool]]
"""A column of ids -> whether it has one that is asked for."""

_CHANGE = tables.document_change


class Unsought(FunctionElement[Any]):
    """The column's value, which SQLite shall not look for in an index, as it has what a row concerns to begin with.

    Without statistics it takes the rows of an entity for ten, and would go through them all in an index's order.
    """

    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(Unsought, "sqlite")
def _unsought_sqlite(element: Unsought, compiler: SQLCompiler, **kw: Any) -> str:
    # It sees through the usual `+`, from which it knows that a number is there: so much is a partial index asked with.
    return f"coalesce({compiler.process(element.clauses, **kw)}, NULL)"


@compiles(Unsought)
def _unsought(element: Unsought, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


def _touching_documents(is_wanted: IsWanted) -> Select[Any]:
    return select(_CHANGE.c.log_id).where(own(_CHANGE), is_wanted(_CHANGE.c.document_id))


def _touching_accounts(is_wanted: IsWanted) -> Select[Any]:
    """An account's own changes, and those of its documents.

    In this form PostgreSQL can begin at an account that has little, and at the log where an account has much of it.
    """
    account = tables.account
    owned = union_all(
        select(account.c.entity_id, account.c.id, account.c.id.label("account_id")),
        *(
            select(each.c.entity_id, each.c.id, each.c.account_id)
            for each in (tables.invoice, tables.credit_memo)
        ),
    ).subquery("owned")
    wanted = select(owned.c.id).where(
        owned.c.entity_id == bindparam("entity_id"), is_wanted(owned.c.account_id)
    )
    return _touching_documents(lambda document_id: document_id.in_(wanted))


CONCERNED: dict[str, dict[str, Callable[[IsWanted], Select[Any]]]] = {
    "log_entry": {"document_id": _touching_documents, "account_id": _touching_accounts}
}
"""Table -> what its rows have to do with -> the ids of its rows that have to do with what is wanted."""
