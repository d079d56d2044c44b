"""Several statements as one question: what a part finds feeds the parts below it, and each part has its own rows."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Date, literal_column, select
from sqlalchemy.types import TypeEngine

from app.repository import reads, tables
from app.repository.opening import open_database
from app.repository.pages import Page, page_below, page_of, pages_of
from app.repository.sent_rows import Inseparable
from app.repository.together import Feed, Part, Values, together
from app.repository.types import Instant
from tests.support.books import TestBooks
from tests.support.building import posted_memo
from tests.support.stores import Place

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)

MEMO, LINE, ACCOUNT = tables.credit_memo, tables.credit_memo_line, tables.account
MEMOS = Page(order="number", descending=False, limit=3)
LINES = Page(order="line_number", descending=True, limit=2)


async def found(books: TestBooks, values: Values, *parts: Part) -> list[list[tuple[Any, ...]]]:
    answer = books.database.answer
    assert answer is not None
    question = together(parts, books.database.dialect)
    rows: Sequence[Any] = await answer(books.entity.id, question, values, plans_once=True)
    return [[tuple(row) for row in each] for each in rows]


async def test_a_part_is_read_for_what_the_part_above_has_found(books: TestBooks) -> None:
    memo = await posted_memo(books, "1.00", "2.00", "3.00")
    await posted_memo(books, "4.00")
    parts = (
        Part(reads.rows_by(MEMO, "id", ("id", "account_id", "number"))),
        Part(page_below(LINE, "credit_memo_id", LINES, ("amount",)), Feed("parent", 0, 0)),
        Part(reads.rows_by(ACCOUNT, "id", ("number", "metadata")), Feed("values", 0, 1)),
    )
    [[(id, _, _)], lines, [(number, metadata)]] = await found(books, [{"values": [memo.id]}, {}, {}], *parts)
    assert (id, lines, number, metadata) == (memo.id, [(300,), (200,)], "A-1", None)
    assert await found(books, [{"values": ["cm_none"]}, {}, {}], *parts) == [[], [], []]


async def test_each_part_has_its_own_values_under_the_same_name(books: TestBooks) -> None:
    one, other = [await posted_memo(books, amount) for amount in ("1.00", "2.00")]
    part = Part(reads.rows_by(MEMO, "id", ("id",)))
    values = [{"values": [one.id]}, {"values": [other.id, "cm_none"]}]
    assert await found(books, values, part, part) == [[(one.id,)], [(other.id,)]]


async def test_rows_keep_their_order_and_those_beyond_the_page_have_nothing_read_below(
    books: TestBooks,
) -> None:
    memos = [await posted_memo(books, "1.00", "2.00", "3.00") for _ in range(4)]
    parts = (
        Part(page_of(MEMO, MEMOS, ("id",))),
        Part(pages_of(LINE, "credit_memo_id", LINES, ("credit_memo_id", "amount")), Feed("values", 0, 0, 2)),
    )
    rows, lines = await found(books, [{}, {}], *parts)
    assert rows == [(each.id,) for each in memos[:3]]
    read = sorted({each.id for each in memos[:2]})
    assert lines == [(id, amount) for id in read for amount in (300, 200)]


@pytest.mark.parametrize("backward", [False, True], ids=["from the front", "from the end"])
async def test_of_many_lists_with_an_order_of_their_own_only_the_rows_of_the_page_are_read(
    books: TestBooks, backward: bool
) -> None:
    """Not all of them and their places: a list may be long. Sorted by what others have as well, there is no other way."""
    memos = [await posted_memo(books, *(f"{number}.00" for number in range(1, 9))) for _ in range(2)]
    page = Page(order="line_number", descending=False, limit=2, backward=backward)
    columns, values = ("credit_memo_id", "line_number"), {"values": [each.id for each in memos]}
    dialect = books.database.dialect
    [rows] = await found(books, [values], Part(pages_of(LINE, "credit_memo_id", page, columns, dialect)))
    [the_same] = await found(books, [values], Part(pages_of(LINE, "credit_memo_id", page, columns)))
    read = [8, 7] if backward else [1, 2]
    assert rows == [(each.id, number) for each in memos for number in read]
    assert sorted(rows) == sorted(the_same)
    assert "row_number" not in str(pages_of(LINE, "credit_memo_id", page, columns, dialect))
    by_amount = replace(page, order="amount")
    assert "row_number" in str(pages_of(LINE, "credit_memo_id", by_amount, columns, dialect))


@pytest.mark.parametrize(
    "text", ["\x1f", "a\x1fb", "\x1e"], ids=["a separator", "one inside", "what stands for nothing"]
)
async def test_a_text_with_what_texts_are_told_apart_by_is_noticed(books: TestBooks, text: str) -> None:
    part = Part(page_of(MEMO, MEMOS, ("comment", "status")))
    await posted_memo(books, "1.00")
    await posted_memo(books, "2.00", comment="")
    assert await found(books, [{}], part) == [[(None, "POSTED"), ("", "POSTED")]]
    await posted_memo(books, "3.00", comment=text)
    with pytest.raises(Inseparable):
        await found(books, [{}], part)


async def test_json_comes_as_its_text_and_what_is_missing_as_none(books: TestBooks) -> None:
    """By itself, and in a snapshot, whose driver has been told of JSON by SQLAlchemy."""
    kept, without = (
        await posted_memo(books, "1.00", metadata={"ü": 1.5}),
        await posted_memo(books, "2.00"),
    )
    part = Part(page_of(MEMO, MEMOS, ("id", "metadata", "created_at")))
    [rows] = await found(books, [{}], part)
    async with books.database.snapshot(books.entity.id) as snapshot:
        [in_snapshot] = await snapshot.answer(together((part,), books.database.dialect), [{}])
    for read in (rows, in_snapshot):
        assert [(row[0], row[1] and json.loads(row[1])) for row in read] == [
            (kept.id, {"ü": 1.5}),
            (without.id, None),
        ]


@pytest.mark.parametrize("kind", [Date(), Instant()], ids=["day", "instant"])
async def test_the_ends_of_the_calendar_whose_texts_are_words_are_noticed(
    books: TestBooks, kind: TypeEngine[Any]
) -> None:
    name = "date" if isinstance(kind, Date) else "timestamptz"
    part = Part(select(literal_column(f"'infinity'::{name}", kind).label("last")))
    with pytest.raises(Inseparable):
        await found(books, [{}], part)


async def test_days_and_instants_are_read_alike_whatever_the_database_writes_by_itself(
    books: TestBooks, place: Place
) -> None:
    await posted_memo(books, "1.00")
    part = Part(page_of(MEMO, MEMOS, ("memo_date", "created_at", "reversed")))
    [rows] = await found(books, [{}], part)
    owner = await asyncpg.connect(f"postgresql://{place.owner_url.partition('://')[2]}")
    try:
        name = await owner.fetchval("SELECT current_database()")
        for setting in ("TimeZone = 'Asia/Kolkata'", "DateStyle = 'German'"):
            await owner.execute(f'ALTER DATABASE "{name}" SET {setting}')
        database = open_database(place.url)
        try:
            assert await found(replace(books, database=database), [{}], part) == [rows]
        finally:
            await database.close()
            for setting in ("TimeZone", "DateStyle"):
                await owner.execute(f'ALTER DATABASE "{name}" RESET {setting}')
    finally:
        await owner.close()
    [(day, instant, flag)] = rows
    assert (type(day), instant.tzinfo, flag) == (date, UTC, False)


async def test_a_question_is_put_together_once(books: TestBooks) -> None:
    parts = (Part(page_of(MEMO, MEMOS, ("id",))),)
    dialect = books.database.dialect
    assert together(parts, dialect) is together(tuple(Part(each.statement) for each in parts), dialect)
