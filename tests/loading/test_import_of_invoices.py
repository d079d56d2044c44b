"""Importing invoices: what is right comes in once, what is wrong is reported, whatever ends the process."""

import csv
import os
from pathlib import Path
from typing import Any

import pytest

from app.domain.entity import Settings
from app.domain.invoice_import import reading_of
from app.domain.vocabulary import JobItemOutcome, JobStatus
from app.loading.submission import ImportImpossible
from tests.jobs.submitting import items, until_done
from tests.loading.importing import (
    amounts,
    entry,
    imported,
    imports,
    json_lines,
    reported,
    row,
    submitted,
    table,
    with_account,
)
from tests.support.books import TestBooks, assert_books_hold
from tests.support.building import posted_memo
from tests.support.matches import applications


async def test_every_invoice_of_the_file_comes_in_and_a_second_delivery_does_nothing(
    books: TestBooks, tmp_path: Path
) -> None:
    await with_account(books)
    path = json_lines(tmp_path / "a.jsonl", *(entry(f"{n}.00") for n in range(1, 11)))
    first = await imported(books, path)
    second = await imported(books, path)
    assert (first.imported, first.known, first.refused) == (10, 0, 0)
    assert (second.imported, second.known, second.refused) == (0, 10, 0)
    assert len(await amounts(books)) == 10
    assert os.listdir(tmp_path) == ["a.jsonl"]
    assert len(await imports(books)) == 1
    await assert_books_hold(books)


async def test_an_import_posts_as_the_entity_wants_it_done(books: TestBooks, tmp_path: Path) -> None:
    await books.change_settings(
        Settings(convert_negative_lines_on_posting=True, apply_converted_memo_on_posting=True)
    )
    await with_account(books)
    lines = [{"amount": amount, "description": amount} for amount in ("400.00", "-100.00")]
    path = json_lines(tmp_path / "a.jsonl", *(entry("0.00", lines=lines, post=True) for _ in range(3)))
    done = await imported(books, path, batch=2)
    assert (done.imported, done.refused) == (3, 0)
    memos = await books.rows(
        "SELECT number, total_amount, applied FROM credit_memo WHERE entity_id = :entity_id"
    )
    assert sorted(memos) == [(f"CM-00000{place}", 10_000, 10_000) for place in (1, 2, 3)]


async def test_an_import_uses_open_credit_invoice_by_invoice_as_a_call_does(
    books: TestBooks, tmp_path: Path
) -> None:
    await books.change_settings(Settings(apply_available_credit_on_posting=True))
    await with_account(books)
    memo = await posted_memo(books, "100.00", account_number="A-1")
    path = json_lines(
        tmp_path / "a.jsonl",
        *(entry("80.00", dueDate=due, post=True) for due in ("2026-05-02", "2026-05-01")),
    )
    done = await imported(books, path)
    assert (done.imported, done.refused) == (2, 0)
    rows = await applications(books)
    invoices = await books.rows("SELECT id FROM invoice WHERE entity_id = :entity_id ORDER BY number")
    assert [(each[:3]) for each in rows] == [
        (memo.id, invoice, amount) for (invoice,), amount in zip(invoices, (8_000, 2_000), strict=True)
    ]
    await assert_books_hold(books)


async def test_faulty_invoices_are_reported_and_the_others_of_their_batch_come_in(
    books: TestBooks, tmp_path: Path
) -> None:
    await with_account(books)
    path = json_lines(
        tmp_path / "a.jsonl",
        entry("1.00"),
        entry("2.00", account="nobody"),
        entry("3.00", number="X-1"),
        entry("4.00", number="X-1"),
        entry("5.001"),
        {**entry("6.00"), "invoiceDate": "2026-11-31", "colour": "red"},
        "not an invoice",
        entry("8.00"),
    )
    with path.open("a", encoding="utf-8") as file:
        file.write("{broken\n")
    done = await imported(books, path)
    assert await amounts(books) == ["1.00", "3.00", "8.00"]
    assert (done.imported, done.refused) == (3, 6)
    assert reported(path) == [
        (2, "NOT_FOUND", "account"),
        (4, "NUMBER_TAKEN", "number"),
        (5, "TOO_MANY_DECIMALS", "lines.0.amount"),
        (6, "UNREADABLE", "colour"),
        (6, "UNREADABLE", "invoiceDate"),
        (7, "UNREADABLE", ""),
        (9, "UNREADABLE", ""),
    ]


@pytest.mark.parametrize("batch", [1, 3, 7, 40])
async def test_the_report_is_in_the_order_of_the_file_whatever_the_batches(
    books: TestBooks, tmp_path: Path, batch: int
) -> None:
    await with_account(books)
    faulty: dict[int, dict[str, Any]] = {
        2: entry("2.001"),
        3: {"number": 3},
        5: entry("5.00", account="nobody"),
        8: {"number": 8},
        9: entry("9.001", account="nobody"),
        11: {"number": 11},
    }
    path = json_lines(tmp_path / "a.jsonl", *(faulty.get(n) or entry(f"{n}.00") for n in range(1, 13)))
    done = await imported(books, path, batch=batch)
    rows = [row for row, _, _ in reported(path)]
    assert rows == sorted(rows)
    assert (set(rows), done.imported, done.refused) == (set(faulty), 6, 6)
    assert sorted(os.listdir(tmp_path)) == ["a.jsonl", "a.jsonl.errors.jsonl"]


async def test_what_was_refused_is_tried_again_with_the_next_delivery(
    books: TestBooks, tmp_path: Path
) -> None:
    path = json_lines(tmp_path / "a.jsonl", {"number": 1}, entry("2.00"), entry("3.001"))
    first = await imported(books, path)
    assert (first.imported, first.known, first.refused) == (0, 0, 3)
    assert {(row, code) for row, code, _ in reported(path)} == {
        (1, "UNREADABLE"),
        (2, "NOT_FOUND"),
        (3, "NOT_FOUND"),
    }
    await with_account(books)
    second = await imported(books, path)
    assert (second.imported, second.known, second.refused) == (1, 0, 2)
    third = await imported(books, path)
    assert (third.imported, third.known, third.refused) == (0, 1, 2)
    assert {row for row, _, _ in reported(path)} == {1, 3}
    assert [each.total for each in await imports(books)] == [2, 2, 1]
    await assert_books_hold(books)


async def test_an_import_is_left_to_the_workers(books: TestBooks, tmp_path: Path) -> None:
    await with_account(books)
    path = json_lines(
        tmp_path / "a.jsonl",
        entry("1.00", externalReference="E-1", number="X-1"),
        entry("1.00", externalReference="E-1", number="X-1"),
        entry("2.00", externalReference="E-1"),
        entry("3.00", number="X-1"),
        {"number": 5},
    )
    job = await submitted(books, path)
    assert (job.status, job.total, reading_of(job).unreadable) == (JobStatus.QUEUED, 4, 1)
    assert await amounts(books) == []
    await until_done(books, job.id)
    first, again, other, taken = await items(books, job.id)
    outcomes = [each.outcome for each in (first, again, other, taken)]
    refused = JobItemOutcome.REFUSED
    assert outcomes == [JobItemOutcome.DONE, JobItemOutcome.SKIPPED, refused, refused]
    # Delivered before, word for word: the item names the first one's invoice.
    assert first.invoice_id == again.invoice_id is not None
    done = await imported(books, path)
    assert (done.imported, done.known, done.refused) == (0, 2, 3)
    assert {(row, code) for row, code, _ in reported(path)} == {
        (3, "EXTERNAL_REFERENCE_REUSED"),
        (4, "NUMBER_TAKEN"),
        (5, "UNREADABLE"),
    }
    await assert_books_hold(books)


async def test_texts_that_no_database_keeps_are_reported_and_make_no_item(
    books: TestBooks, tmp_path: Path
) -> None:
    await with_account(books)
    path = json_lines(
        tmp_path / "a.jsonl", entry("1.00", number="X\0"), entry("2.00", number="X" * 256), entry("3.00")
    )
    done = await imported(books, path)
    assert (done.imported, done.refused) == (1, 2)
    assert reported(path) == [(1, "INVALID_TEXT", "number"), (2, "LIMIT_EXCEEDED", "number")]
    assert [each.total for each in await imports(books)] == [1]


async def test_invoices_are_numbered_in_the_order_of_the_file(books: TestBooks, tmp_path: Path) -> None:
    await with_account(books)
    path = json_lines(
        tmp_path / "a.jsonl",
        entry("1.00", post=True),
        entry("2.00", number="INV-000002"),
        entry("3.00"),
        entry("4.00", kind="DEBIT_MEMO"),
        entry("5.00", post=True),
    )
    assert (await imported(books, path)).imported == 5
    rows = await books.rows(
        "SELECT i.number, l.description FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id"
        " AND l.entity_id = i.entity_id WHERE i.entity_id = :entity_id ORDER BY l.description"
    )
    assert [number for number, _ in rows] == [
        "INV-000001",
        "INV-000002",
        "INV-000003",
        "DM-000001",
        "INV-000004",
    ]


async def test_several_workers_share_an_import(books: TestBooks, tmp_path: Path) -> None:
    await with_account(books)
    path = json_lines(tmp_path / "a.jsonl", *(entry(f"{n}.00") for n in range(1, 61)))
    job = await submitted(books, path, batch=20)
    await until_done(books, job.id, hands=3)
    assert await amounts(books) == sorted(f"{n}.00" for n in range(1, 61))
    await assert_books_hold(books)


async def test_rows_of_one_number_are_lines_of_one_invoice(books: TestBooks, tmp_path: Path) -> None:
    await with_account(books)
    path = table(tmp_path / "a.csv", row("X-1", "1.00"), row("X-1", "2.00"), row("X-2", "3.00"))
    assert (await imported(books, path)).imported == 2
    rows = await books.rows(
        "SELECT number, total_amount FROM invoice WHERE entity_id = :entity_id ORDER BY number"
    )
    assert rows == [("X-1", 300), ("X-2", 300)]


async def test_a_row_that_cannot_be_split_holds_back_the_invoices_it_may_belong_to(
    books: TestBooks, tmp_path: Path
) -> None:
    await with_account(books)
    path = table(tmp_path / "a.csv", row("X-1", "1.00"), row("X-2", "2.00"))
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write('"X-2"oops,A-1,2026-11-02,9.00,9.00,\r\n')
        csv.writer(file).writerows([row("X-3", "3.00"), row("X-4", "4.00")])
    done = await imported(books, path)
    assert await amounts(books) == ["1.00", "4.00"]
    assert done.imported == 2
    assert reported(path) == [(3, "UNREADABLE", ""), (4, "UNREADABLE", ""), (5, "UNREADABLE", "")]


async def test_a_fault_in_a_line_is_reported_with_the_row_of_that_line(
    books: TestBooks, tmp_path: Path
) -> None:
    await with_account(books)
    path = table(
        tmp_path / "a.csv",
        row("X-1", "1.00"),
        row("X-1", "1,5"),
        row("X-2", "1.00"),
        row("X-2", "2.001"),
        row("X-3", "1.00"),
        row("X-3", "1.00", account="A-2"),
    )
    await imported(books, path)
    assert reported(path) == [
        (3, "UNREADABLE", "lines.1.amount"),
        (5, "TOO_MANY_DECIMALS", "lines.1.amount"),
        (7, "UNREADABLE", "account"),
    ]


async def test_a_misspelt_column_is_refused_with_the_nearest_one(books: TestBooks, tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", header=["invoice_number", "account_number", "invoice_dat", "amount"])
    with pytest.raises(ImportImpossible, match="invoice_date"):
        await imported(books, path)
