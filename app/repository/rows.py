"""Rows to records and back: a record's fields are its table's columns."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import Dialect, Select, Table, bindparam, select

from app.domain.access import AccessChange, Credential, Grant, Role
from app.domain.application import BalanceEntry, CreditMemoApplication, CreditMemoLineApplication
from app.domain.change_history import DocumentChange
from app.domain.construction import construction_of
from app.domain.credit_memo import CreditMemo, CreditMemoLine, CreditMemoLineTax
from app.domain.entity import Account, ReasonCode, Settings, TaxCallback, TaxRate, Template
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax, OrderItem, Payment
from app.domain.job import Job, JobItem
from app.domain.journal_entry import JournalEntry
from app.domain.record import Record, of_values
from app.domain.refund import Refund
from app.repository import tables
from app.repository.remembered import remembered

R = TypeVar("R", bound=Record)
Row = Record | BalanceEntry | DocumentChange
"""What is written with all its fields; those that are no records have no id of their own."""

# In the order in which new rows are written: what is referenced comes first.
TABLES: dict[type[Record], Table] = {
    Credential: tables.credential,
    Grant: tables.credential_grant,
    Role: tables.role,
    AccessChange: tables.access_change,
    Account: tables.account,
    ReasonCode: tables.reason_code,
    Template: tables.template,
    TaxRate: tables.tax_rate,
    TaxCallback: tables.tax_callback,
    OrderItem: tables.order_item,
    Invoice: tables.invoice,
    InvoiceLine: tables.invoice_line,
    InvoiceLineTax: tables.invoice_line_tax,
    CreditMemo: tables.credit_memo,
    CreditMemoLine: tables.credit_memo_line,
    CreditMemoLineTax: tables.credit_memo_line_tax,
    CreditMemoApplication: tables.credit_memo_application,
    CreditMemoLineApplication: tables.credit_memo_line_application,
    Payment: tables.payment,
    Refund: tables.refund,
    JournalEntry: tables.journal_entry,
    Job: tables.job,
    JobItem: tables.job_item,
}


@remembered
def names_of(kind: type[Row]) -> tuple[str, ...]:
    """The columns of the record's table that the record carries: all but the entity."""
    return tuple(each.name for each in fields(kind))


def selection(kind: type[Record]) -> Select[Any]:
    """SELECT of the record's columns within one entity (parameter `entity_id`)."""
    table = TABLES[kind]
    return select(*(table.c[name] for name in names_of(kind)))


@remembered
def settings_selection() -> Select[Any]:
    """SELECT of the entity's settings (parameter `entity_id`)."""
    columns = (tables.entity.c[name] for name in _SETTINGS)
    return select(*columns).where(tables.entity.c.id == bindparam("entity_id"))


def settings_of(row: Sequence[Any]) -> Settings:
    """The settings of a row of that."""
    return Settings(**dict(zip(_SETTINGS, row, strict=True)))


_SETTINGS = tuple(each.name for each in fields(Settings))


def record_of(kind: type[R], row: Iterable[Any]) -> R:
    return of_values(kind, row)


def records_of(kind: type[R], rows: Iterable[Iterable[Any]]) -> list[R]:
    made = construction_of(kind).of_values
    return [made(*row) for row in rows]


def fields_of(record: Row) -> tuple[Any, ...]:
    """The values of the record's columns, in the order of `names_of`."""
    return _getter(type(record))(record)


@remembered
def _getter(kind: type[Row]) -> Callable[[Any], tuple[Any, ...]]:
    return attrgetter(*names_of(kind))


@remembered
def row_reader(
    table: Table, names: tuple[str, ...], dialect: Dialect
) -> Callable[[Record], tuple[Any, ...]] | None:
    """Record -> the row that the driver gives for it once it is written, of the columns of those names.

    None where the table keeps no records, or a column is not one of theirs.
    """
    kind = next((kind for kind, each in TABLES.items() if each is table), None)
    if kind is None or not set(names) <= set(names_of(kind)):
        return None
    read = _row_getter(names)
    processors = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
    written = [(place, write) for place, write in enumerate(processors) if write is not None]
    if not written:
        return read

    def row_of(record: Record) -> tuple[Any, ...]:
        row = list(read(record))
        for place, write in written:
            row[place] = write(row[place])
        return tuple(row)

    return row_of


def _row_getter(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) == 1:
        [name] = names
        return lambda record: (getattr(record, name),)
    return attrgetter(*names)


def values_of(record: Row, entity_id: int) -> dict[str, Any]:
    """The row of a record."""
    return {"entity_id": entity_id, **dict(zip(names_of(type(record)), fields_of(record), strict=True))}


def record_from(kind: type[R], row: Any) -> R:
    """The record of a row that may have other columns besides."""
    return kind(**{name: getattr(row, name) for name in names_of(kind)})
