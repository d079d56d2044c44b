"""PostgreSQL: many rows by one statement are the same rows as by an execution for each."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Integer, String, Table, insert
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.entity import Settings
from app.repository import tables
from app.repository.connection import Sent
from app.repository.many_rows import insert_many, update_many
from app.repository.rows import TABLES
from app.repository.types import Instant, Word
from tests.repository.direct import owner_connection, run, service_connection
from tests.support.books import TestBooks, trace
from tests.support.building import posted_invoice
from tests.support.stores import Place

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)

ROWS = 9
FEW = 3
WRITTEN = [*TABLES.values(), tables.balance_entry]
NUMBERS = (0, -1, 2**31 - 1)
JSONS: tuple[Any, ...] = ({"a": 1}, {"a": True}, {"a": 1.0, "b": [None, "é\\'\""]}, [{"path": ["x", 0]}], [])


def value(column: Column[Any], place: int) -> Any:
    """A value such as the column holds, another one for each of several places."""
    kind = column.type
    if isinstance(kind, Word):
        return list(kind.words)[place % len(kind.words)]
    if isinstance(kind, Instant):
        zone = timezone(timedelta(hours=place))
        return datetime(2026, 1, 1, 23, 59, 59, 123456 + place, zone)
    if isinstance(kind, BigInteger):
        return (*NUMBERS, 2**53 + 1)[place % 4]
    if isinstance(kind, Integer):
        return NUMBERS[place % 3]
    if isinstance(kind, Boolean):
        return place % 2 == 0
    if isinstance(kind, Date):
        return date(2026, 2, 28) + timedelta(days=place)
    if isinstance(kind, JSON):
        return JSONS[place % len(JSONS)]
    assert isinstance(kind, String)
    texts = ("", 'NULL, "{é}"\\', "a'b", "\n\t\x1f\x7f{}", "null")
    return texts[place % len(texts)][: kind.length or 20]


def names_in(table: Table) -> list[str]:
    return [column.name for column in table.c if column.name != "entity_id"]


def various(table: Table, names: Sequence[str]) -> list[tuple[Any, ...]]:
    """Rows with a value of their own in every column, and now and then with none."""
    return [
        tuple(
            None
            if table.c[name].nullable and (place + at) % 4 == 0
            else f"id {place}"
            if name == "id"
            else value(table.c[name], place)
            for at, name in enumerate(names)
        )
        for place in range(ROWS)
    ]


def alike(table: Table, names: Sequence[str], *, empty: bool) -> list[tuple[Any, ...]]:
    """Rows that differ by nothing but what names them."""
    return [
        tuple(
            f"id {place}"
            if name in ("id", "document_id")
            else None
            if empty and table.c[name].nullable
            else value(table.c[name], 1)
            for name in names
        )
        for place in range(ROWS)
    ]


def batches(table: Table, names: Sequence[str]) -> list[list[tuple[Any, ...]]]:
    return [
        various(table, names),
        various(table, names)[:FEW],
        alike(table, names, empty=False),
        alike(table, names, empty=True),
    ]


async def table_without_rules(connection: AsyncConnection, table: Table) -> None:
    """A table of this session in place of the table: the same columns, none of its keys and checks."""
    await run(connection, f"CREATE TEMP TABLE {table.name} (LIKE public.{table.name} INCLUDING DEFAULTS)")


async def taken_out(connection: AsyncConnection, table: Table) -> list[str]:
    """Every row as PostgreSQL writes it, in an order of its own; the table is empty then."""
    found = (await run(connection, f"DELETE FROM {table.name} AS it RETURNING it::text")).scalars().all()
    return sorted(found)


async def run_sent(connection: AsyncConnection, sent: Sent) -> None:
    statement, [parameters] = sent
    await connection.execute(statement, parameters)


async def insert_singly(
    connection: AsyncConnection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    values = [{"entity_id": 1, **dict(zip(names, row, strict=True))} for row in rows]
    await connection.execute(insert(table), values)


async def test_rows_inserted_together_are_those_inserted_one_by_one(place: Place) -> None:
    async with owner_connection(place) as connection:
        for table in WRITTEN:
            await table_without_rules(connection, table)
            names = names_in(table)
            for rows in batches(table, names):
                await insert_singly(connection, table, names, rows)
                singly = await taken_out(connection, table)
                await run_sent(connection, insert_many(1, table, names, rows))
                assert await taken_out(connection, table) == singly, table.name
                assert len(singly) == len(rows)


async def test_rows_updated_together_get_the_values_that_an_insert_would_give_them(place: Place) -> None:
    async with owner_connection(place) as connection:
        for table in TABLES.values():
            await table_without_rules(connection, table)
            names = names_in(table)
            others = [name for name in names if name != "id"]
            for rows in batches(table, names):
                await insert_singly(connection, table, names, rows)
                wanted = await taken_out(connection, table)
                await insert_singly(connection, table, names, alike(table, names, empty=False)[: len(rows)])
                at_id = names.index("id")
                await run_sent(
                    connection,
                    update_many(
                        1,
                        table,
                        others,
                        [(row[at_id], *row[:at_id], *row[at_id + 1 :]) for row in rows],
                    ),
                )
                assert await taken_out(connection, table) == wanted, table.name


async def test_another_entitys_rows_are_not_updated(place: Place) -> None:
    table = tables.account
    async with owner_connection(place) as connection:
        await table_without_rules(connection, table)
        names = names_in(table)
        await insert_singly(connection, table, names, alike(table, names, empty=False))
        await run_sent(
            connection, update_many(2, table, ["name"], [(f"id {each}", "other") for each in range(ROWS)])
        )
        before = await taken_out(connection, table)
        await insert_singly(connection, table, names, alike(table, names, empty=False))
        assert await taken_out(connection, table) == before


async def test_a_text_that_is_too_long_is_refused_and_not_cut_off(place: Place) -> None:
    table = tables.account
    async with owner_connection(place) as connection:
        await table_without_rules(connection, table)
        names = names_in(table)
        at_name = names.index("name")
        for is_one_value in (True, False):
            rows = [
                (
                    *row[:at_name],
                    "x" * 300 if is_one_value or place == 0 else "x",
                    *row[at_name + 1 :],
                )
                for place, row in enumerate(alike(table, names, empty=False))
            ]
            with pytest.raises(DBAPIError, match="too long"):
                await run_sent(connection, insert_many(1, table, names, rows))


async def test_a_naive_instant_is_refused(place: Place) -> None:
    table = tables.account
    naive = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    async with owner_connection(place) as connection:
        await table_without_rules(connection, table)
        with pytest.raises((StatementError, ValueError), match="no instant"):
            await run_sent(
                connection, update_many(1, table, ["updated_at"], [(f"id {n}", naive) for n in range(ROWS)])
            )


def test_the_statement_for_a_few_rows_is_the_same_whatever_they_hold(engine: str) -> None:
    for table in TABLES.values():
        names = names_in(table)
        batches_of_few = [various(table, names)[:FEW], alike(table, names, empty=True)[: FEW - 1]]
        first, second = (insert_many(1, table, names, rows)[0] for rows in batches_of_few)
        assert first is second
        first, second = (update_many(1, table, names[1:], rows)[0] for rows in batches_of_few)
        assert first is second


async def test_rows_of_another_entity_are_neither_inserted_nor_updated(books: TestBooks) -> None:
    other = await books.neighbour(Settings())
    theirs = await posted_invoice(other, *["10.00"] * ROWS)
    table = tables.reason_code
    names = ["id", "code", "label", "active", "allowed_for_direct", "is_default"]
    rows = [(f"rsn_{place}", f"C{place}", "label", True, False, False) for place in range(ROWS)]
    async with service_connection(books.place, books.entity.id) as connection:
        with pytest.raises(DBAPIError, match="row-level security"):
            await run_sent(connection, insert_many(other.entity.id, table, names, rows))
        before = await trace(books.place)
        renamed = [(each, f"MINE {place}") for place, each in enumerate(theirs.lines)]
        await run_sent(connection, update_many(other.entity.id, tables.invoice_line, ["sku"], renamed))
        assert await trace(books.place) == before


async def test_a_row_that_a_check_refuses_is_refused_among_many(books: TestBooks) -> None:
    invoice = await posted_invoice(books, *["10.00"] * ROWS)
    before = await trace(books.place)
    async with service_connection(books.place, books.entity.id) as connection:
        with pytest.raises(DBAPIError, match="ck_invoice_line_"):
            await run_sent(
                connection,
                update_many(
                    books.entity.id,
                    tables.invoice_line,
                    ["balance"],
                    [(each, place) for place, each in enumerate(invoice.lines)],
                ),
            )
    assert await trace(books.place) == before
