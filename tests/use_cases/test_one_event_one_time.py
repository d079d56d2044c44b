"""Whatever one event writes carries one instant: its rows, their parts by line, its entries, its documents."""

import datetime as dt
from dataclasses import replace
from itertools import pairwise

from app.domain.application import BalanceEntry
from app.domain.commands import UnapplyCreditMemo
from app.domain.credit_memo import CreditMemo
from app.domain.facts import Worksheet
from app.domain.invoice import Invoice
from app.domain.settling import Settlement, settle
from app.domain.taking_back import take_back
from app.domain.vocabulary import Operation
from app.repository.books import Books
from app.use_cases.apply import apply_credit_memo
from tests.rules.facts import NOW, facts, invoice, line, memo, memo_line
from tests.support.books import TestBooks
from tests.support.building import (
    applied,
    applying,
    applying_line,
    crediting,
    paid,
    posted_invoice,
    posted_memo,
)
from tests.support.levels import LINES, at_lines

HISTORY = (
    "SELECT recorded_at FROM credit_memo_application WHERE entity_id = :entity_id AND log_id = :log",
    "SELECT recorded_at FROM credit_memo_line_application WHERE entity_id = :entity_id AND log_id = :log",
    "SELECT recorded_at FROM balance_entry WHERE entity_id = :entity_id AND log_id = :log",
    "SELECT recorded_at FROM payment WHERE entity_id = :entity_id AND log_id = :log",
)
DOCUMENTS = (
    "SELECT updated_at FROM invoice WHERE entity_id = :entity_id AND id IN"
    " (SELECT document_id FROM balance_entry WHERE entity_id = :entity_id AND log_id = :log)",
    "SELECT updated_at FROM credit_memo WHERE entity_id = :entity_id AND id IN"
    " (SELECT document_id FROM balance_entry WHERE entity_id = :entity_id AND log_id = :log)",
)


async def instants_of_the_last_command(books: TestBooks) -> list[set[object]]:
    """By table the instants that the last command which moved a balance left behind; nothing of an empty table."""
    log = await books.value(
        "SELECT log_id FROM balance_entry WHERE entity_id = :entity_id ORDER BY recorded_at DESC, log_id DESC LIMIT 1"
    )
    found = [{instant for (instant,) in await books.rows(each, log=log)} for each in (*HISTORY, *DOCUMENTS)]
    return [each for each in found if each]


@at_lines
async def test_every_row_that_a_command_writes_has_its_one_instant(books: TestBooks) -> None:
    first, second = await posted_invoice(books, "40.00", "30.00"), await posted_invoice(books, "50.00")
    source = await posted_memo(books, "60.00", "20.00")
    [application, _] = await applied(books, source, (first, "50.00"), (second, "10.00"))
    # Rows of the application, of its lines, entries; invoices; memo.
    assert [len(each) for each in await instants_of_the_last_command(books)] == [1, 1, 1, 1, 1]
    seen = [set.union(*await instants_of_the_last_command(books))]
    await books.perform(UnapplyCreditMemo(application_id=application))
    seen.append(set.union(*await instants_of_the_last_command(books)))
    await books.perform(applying_line(source.lines[0], (first.lines[0], "1.00"), (second.lines[0], "2.00")))
    seen.append(set.union(*await instants_of_the_last_command(books)))
    await books.perform(crediting(first, (0, "1.00"), (1, "1.00")))
    seen.append(set.union(*await instants_of_the_last_command(books)))
    await paid(books, second, "3.00")
    seen.append(set.union(*await instants_of_the_last_command(books)))
    assert [len(each) for each in seen] == [1, 1, 1, 1, 1]
    assert len(set.union(*seen)) == 5


@at_lines
async def test_posting_says_the_same_instant_everywhere(books: TestBooks) -> None:
    made = await posted_invoice(books, "10.00")
    document = await books.record(Invoice, made.id)
    [entry] = await books.rows(
        "SELECT COUNT(*) FROM balance_entry b JOIN invoice i ON i.entity_id = b.entity_id AND i.id = b.document_id"
        " WHERE b.entity_id = :entity_id AND b.recorded_at = i.posted_at AND i.posted_at = i.updated_at"
    )
    assert entry == (1,)
    assert document.posted_at == document.updated_at == document.created_at


def test_an_event_is_not_older_than_either_of_its_documents() -> None:
    """Another server's clock may be ahead: then all of the event takes that later instant."""
    later = NOW + dt.timedelta(minutes=5)
    records = (memo(), memo_line(), invoice(updated_at=later), line())
    sheet = Worksheet(facts(*records, settings=LINES))
    made = settle(sheet, Settlement(credit_memo_id="cm_1", invoice_id="inv_1", amount=1000))
    assert instants_on(sheet) == {later}
    undone = Worksheet(
        facts(
            replace(sheet.get(CreditMemo, "cm_1"), updated_at=later + dt.timedelta(minutes=5)),
            sheet.get(Invoice, "inv_1"),
            made,
            memo_line(),
            line(),
            settings=LINES,
        )
    )
    take_back(undone, made, 1000, [], effective_date=None, description=None)
    assert instants_on(undone) == {later + dt.timedelta(minutes=5)}


def instants_on(sheet: Worksheet) -> set[dt.datetime]:
    """Of new rows, entries and changed documents."""
    changes = sheet.changes()
    entries: tuple[BalanceEntry, ...] = changes.entries
    return {
        *(row.recorded_at for row in changes.new if hasattr(row, "recorded_at")),
        *(entry.recorded_at for entry in entries),
        *(after.updated_at for _, after in changes.changed if hasattr(after, "updated_at")),
    }


async def test_instants_rise_along_a_document_even_where_the_clock_goes_back(books: TestBooks) -> None:
    """And the log entry of a claimed key has the instant that its rows have."""
    memo, invoice = await posted_memo(books, "9.00"), await posted_invoice(books, "9.00")
    long_ago = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

    async def apply(inside: Books) -> None:
        inside._clock = lambda: long_ago
        command = applying(memo, (invoice, "1.00"), idempotency_key=f"key {len(done)}")
        await inside.claim(command)
        await inside.record(await apply_credit_memo(inside, command))

    done: list[int] = []
    for turn in range(3):
        await books.database.transact(books.actor, Operation.APPLY_CREDIT_MEMO, apply)
        done.append(turn)
    for document in (memo, invoice):
        rows = await books.rows(
            "SELECT c.recorded_at, l.recorded_at, e.recorded_at FROM document_change c"
            " JOIN log_entry l ON l.entity_id = c.entity_id AND l.id = c.log_id"
            " JOIN balance_entry e ON e.entity_id = c.entity_id AND e.document_id = c.document_id"
            " AND e.log_id = c.log_id"
            " WHERE c.entity_id = :entity_id AND c.document_id = :id ORDER BY e.position",
            id=document.id,
        )
        assert len(rows) == 4
        assert all(one == other == another for one, other, another in rows)
        assert all(one[0] < other[0] for one, other in pairwise(rows))
