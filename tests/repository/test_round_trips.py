"""How many statements the two most frequent mutations send between BEGIN and COMMIT, by the tables they are about.

On PostgreSQL each is a round trip, the dearest thing about them; on SQLite it is a call.
"""

import re
from collections.abc import Awaitable
from typing import Any

import pytest

from app.domain.entity import Settings
from app.domain.vocabulary import ApplicationLevel
from tests.repository.direct import owner_connection
from tests.support.books import TestBooks
from tests.support.building import applying, posted_invoice, posted_memo
from tests.support.crediting import crediting, of_line
from tests.support.sent import noting

pytestmark = pytest.mark.parametrize(
    "entity_settings", [Settings(application_level=ApplicationLevel.INVOICE_LINE)], ids=["lines"]
)
TABLE = re.compile(r"(FROM|INTO|UPDATE) (\w+)")
NO_TABLES = ("unnest", "json_each", "claimed")
LINES = 10
ONE_OF = "IN (SELECT value FROM json_each(?))"
BY_ID = re.compile(rf"id (= \?|{re.escape(ONE_OF)}) ORDER BY")

APPLICATION = [
    "write log_entry entity",
    "lock credit_memo",
    "lock invoice",
    "read credit_memo_line",
    "read invoice_line",
    "write log_entry credit_memo credit_memo_line invoice invoice_line"
    " credit_memo_application credit_memo_line_application balance_entry document_change",
]
APPLICATION_IN_CALLS = [
    "read log_entry entity",
    "read credit_memo",
    "read invoice",
    "read credit_memo_line",
    "read invoice_line",
    "write log_entry",
    "write credit_memo",
    "write credit_memo_line",
    "write invoice",
    "write invoice_line",
    "write credit_memo_application",
    "write credit_memo_line_application",
    "write balance_entry",
    "write document_change",
]
FROM_INVOICE = [
    "write log_entry entity",
    "read reason_code",
    "lock invoice",
    "read invoice_line",
    "read invoice_line_tax",
    "write number_sequence",
    "write log_entry invoice invoice_line credit_memo credit_memo_line document_change",
]
FROM_INVOICE_IN_CALLS = [
    "read log_entry entity",
    "read reason_code",
    "read invoice",
    "read invoice_line",
    "read invoice_line_tax",
    "write number_sequence",
    "write log_entry",
    "write invoice",
    "write invoice_line",
    "write credit_memo",
    "write credit_memo_line",
    "write document_change",
]


def about(statement: str) -> str:
    """`read`, `lock` or `write`, and the tables in the order of the statement."""
    does = "write" if re.search(r"INSERT INTO|UPDATE \w+ SET", statement) else "read"
    tables = dict.fromkeys(name for _, name in TABLE.findall(statement) if name not in NO_TABLES)
    return " ".join(["lock" if "FOR UPDATE" in statement else does, *(each for each in tables)])


async def sent_by(work: Awaitable[Any]) -> list[str]:
    seen: list[str] = []
    with noting(seen.append):
        await work
    return [about(each) for each in seen]


async def test_an_application_locks_its_headers_reads_their_lines_and_writes_all_at_once(
    books: TestBooks, engine: str
) -> None:
    memo, invoice = await posted_memo(books, *["10.00"] * 3), await posted_invoice(books, *["10.00"] * LINES)
    sent = await sent_by(books.perform(applying(memo, (invoice, "15.00"), idempotency_key="key")))
    assert sent == (APPLICATION if engine == "postgresql" else APPLICATION_IN_CALLS)


async def test_a_memo_from_an_invoice_locks_it_reads_its_lines_and_writes_all_at_once(
    books: TestBooks, engine: str
) -> None:
    invoice = await posted_invoice(books, *["10.00"] * LINES)
    lines = [of_line(invoice, place, "1.00") for place in range(LINES)]
    sent = await sent_by(books.perform(crediting(invoice, *lines, idempotency_key="key")))
    assert sent == (FROM_INVOICE if engine == "postgresql" else FROM_INVOICE_IN_CALLS)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_what_is_asked_for_by_id_is_looked_up_and_not_looked_for(books: TestBooks) -> None:
    """An index finds the entity's rows, or the rows by their ids: a condition that is compared hides the ids from it."""
    memo, invoices = await posted_memo(books, "10.00"), [await posted_invoice(books, "9.00") for _ in "ab"]
    seen: list[str] = []
    with noting(seen.append):
        await books.perform(applying(memo, *((each, "1.00") for each in invoices)))
    asked = {each: found[1] for each in seen if (found := BY_ID.search(each))}
    assert list(asked.values()) == ["= ?", ONE_OF, "= ?", ONE_OF]
    async with owner_connection(books.place) as connection:
        for statement, compared in asked.items():
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", (1, "[]"))
            steps = [row.detail for row in plan]
            [looked_up] = [each for each in steps if each.startswith("SEARCH")]
            assert re.search(r"entity_id=\? AND \w+=\?", looked_up), (statement, looked_up)
            assert compared == ONE_OF or steps == [looked_up]
