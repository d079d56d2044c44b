"""Books to measure on: posted invoices with lines and taxes, written past the rules, and yet such as they would make."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Table, create_engine, insert

from app.domain.application import BalanceEntry
from app.domain.entity import Account, NumberSequence, Settings
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax
from app.domain.vocabulary import (
    BalanceEntryKind,
    InvoiceStatus,
    Operation,
    SequenceKind,
    TaxRateType,
)
from app.repository import tables
from app.repository.entities import register_entity
from app.repository.identity import new_id, uuid7_hex
from app.repository.opening import open_database
from app.repository.rows import TABLES, values_of
from benchmarks.adopted import adopt
from benchmarks.stand import Place, connected

ACCOUNT = "A-1"
EARLIER_ACCOUNT = "A-0"
EARLIER = 500
"""Invoices of the account whose credit is history: PostgreSQL plans for tables as they are after some time."""
ACTOR = "bench"
LINES = 10
"""Lines of an invoice, each with one tax item."""
_BATCH = 500
_BATCHES_UNTIL_PLANNED = 3
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_SEQUENCES = (
    NumberSequence(kind=SequenceKind.CREDIT_MEMO, prefix="CM-", padding=7),
    NumberSequence(kind=SequenceKind.INVOICE, prefix="INV-", padding=7),
)

Rows = dict[Table, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """An entity's books: two accounts, by their ids."""

    entity_id: int
    account_id: str
    earlier_account_id: str


async def seed(place: Place, invoices: int, settings: Settings) -> Seeded:
    """An entity with an account of so many posted invoices, and one of some hundred; nothing is credited or paid."""
    database = open_database(place.url)
    try:
        entity = await register_entity(
            database, code="bench", name="Bench", settings=settings, sequences=_SEQUENCES
        )
    finally:
        await database.close()
    account, earlier = _account(ACCOUNT), _account(EARLIER_ACCOUNT)
    books = _books(
        entity.id, {earlier: range(1, EARLIER + 1), account: range(EARLIER + 1, EARLIER + invoices + 1)}
    )
    if place.engine == "sqlite":
        await asyncio.to_thread(_write_to_sqlite, place, books)
    else:
        await _write_to_postgresql(place, books)
    await adopt(place, entity.id)
    return Seeded(entity_id=entity.id, account_id=account.id, earlier_account_id=earlier.id)


async def _write_to_postgresql(place: Place, books: Iterator[Rows]) -> None:
    connection = await connected(place.owner_url)
    try:
        for batch, rows in enumerate(books):
            for table, values in rows.items():
                await connection.copy_records_to_table(
                    table.name,
                    columns=list(values[0]),
                    records=[tuple(each.values()) for each in values],
                )
            if batch < _BATCHES_UNTIL_PLANNED:
                # Foreign keys are checked by plans for the table as it was: for an empty one, any index will do.
                await connection.execute("ANALYZE")
    finally:
        await connection.close()


def _write_to_sqlite(place: Place, books: Iterator[Rows]) -> None:
    engine = create_engine(place.url)
    try:
        with engine.begin() as connection:
            for rows in books:
                for table, values in rows.items():
                    connection.execute(insert(table), values)
    finally:
        engine.dispose()


def _account(number: str) -> Account:
    return Account(
        id=new_id(Account),
        number=number,
        name=f"Buyer {number}",
        currency="USD",
        created_at=_BEGIN,
        created_by=ACTOR,
        updated_at=_BEGIN,
        updated_by=ACTOR,
    )


def _books(entity_id: int, numbers: Mapping[Account, range]) -> Iterator[Rows]:
    """Rows by table, referenced ones first, some hundred invoices at a time."""
    entry = {
        "entity_id": entity_id,
        "id": f"log_{uuid7_hex()}",
        "operation": Operation.CREATE_INVOICES,
        "actor": ACTOR,
        "recorded_at": _BEGIN,
    }
    accounts = [values_of(each, entity_id) for each in numbers]
    yield {tables.account: accounts, tables.log_entry: [entry]}
    for account, of_account in numbers.items():
        for first in of_account[::_BATCH]:
            batch = range(first, min(first + _BATCH, of_account.stop))
            yield _rows(entity_id, [_invoice(account.id, number) for number in batch], entry["id"])


def _rows(
    entity_id: int, made: Sequence[tuple[Invoice, list[InvoiceLine], list[InvoiceLineTax]]], log_id: Any
) -> Rows:
    return {
        TABLES[Invoice]: [values_of(invoice, entity_id) for invoice, _, _ in made],
        TABLES[InvoiceLine]: [values_of(line, entity_id) for _, lines, _ in made for line in lines],
        TABLES[InvoiceLineTax]: [values_of(tax, entity_id) for _, _, taxes in made for tax in taxes],
        tables.balance_entry: [
            {"entity_id": entity_id, **asdict(_posting(invoice, log_id))} for invoice, _, _ in made
        ],
    }


def _invoice(account_id: str, number: int) -> tuple[Invoice, list[InvoiceLine], list[InvoiceLineTax]]:
    invoice_id = new_id(Invoice)
    lines, taxes = [], []
    for place in range(1, LINES + 1):
        line = _line(invoice_id, number, place)
        lines.append(line)
        taxes.append(_tax(line))
    charge, tax = sum(line.amount for line in lines), sum(line.tax_amount for line in lines)
    moment = _BEGIN + timedelta(seconds=number)
    invoice = Invoice(
        id=invoice_id,
        number=f"INV-{number:07d}",
        account_id=account_id,
        currency="USD",
        status=InvoiceStatus.POSTED,
        invoice_date=date(2026, 1, 1),
        due_date=date(2026, 1, 31),
        charge_amount=charge,
        tax_amount=tax,
        total_amount=charge + tax,
        balance=charge + tax,
        posted_at=moment,
        posted_by=ACTOR,
        position=1,
        version=2,
        created_at=moment,
        created_by=ACTOR,
        updated_at=moment,
        updated_by=ACTOR,
    )
    return invoice, lines, taxes


def _line(invoice_id: str, number: int, place: int) -> InvoiceLine:
    """Amounts that differ from line to line and invoice to invoice, the tax rounded."""
    price = 1_000 + (number * 37 + place * 101) % 9_000
    amount = 3 * price
    tax = (amount * 825 + 5_000) // 10_000
    return InvoiceLine(
        id=new_id(InvoiceLine),
        invoice_id=invoice_id,
        line_number=place,
        currency="USD",
        sku=f"SKU-{place:03d}",
        description="Seats of the team plan",
        quantity=3_000_000,
        unit_of_measure="seat",
        unit_price=f"{price // 100}.{price % 100:02d}",
        service_start=date(2026, 1, 1),
        service_end=date(2026, 1, 31),
        tax_code="STANDARD",
        jurisdiction="TEXAS",
        amount=amount,
        tax_amount=tax,
        total_amount=amount + tax,
        balance=amount + tax,
    )


def _tax(line: InvoiceLine) -> InvoiceLineTax:
    return InvoiceLineTax(
        id=new_id(InvoiceLineTax),
        invoice_id=line.invoice_id,
        invoice_line_id=line.id,
        ordinal=1,
        currency=line.currency,
        name="SALES TAX",
        code="STANDARD",
        jurisdiction="TEXAS",
        rate=8_250_000,
        rate_type=TaxRateType.PERCENTAGE,
        tax_date=date(2026, 1, 1),
        amount=line.tax_amount,
    )


def _posting(invoice: Invoice, log_id: str) -> BalanceEntry:
    return BalanceEntry(
        document_id=invoice.id,
        position=1,
        currency=invoice.currency,
        kind=BalanceEntryKind.POSTING,
        impact_amount=invoice.total_amount,
        balance_before=0,
        balance_after=invoice.total_amount,
        log_id=log_id,
        recorded_at=invoice.updated_at,
        recorded_by=ACTOR,
    )
