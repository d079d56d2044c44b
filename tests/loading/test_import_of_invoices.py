"""Importing invoices: what is right comes in once, what is wrong is reported, whatever ends the process."""

import csv
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from app.domain.commands import AccountEntry, UpsertAccounts
from app.domain.entity import Settings
from app.loading.invoices import ImportImpossible, InvoiceFile, import_invoices
from app.loading.progress_file import ImportProgress, ProgressFile, hash_of
from tests.support.books import TestBooks
from tests.support.processes import python_process

ROOT = Path(__file__).parents[2]


async def with_account(books: TestBooks) -> None:
    await books.perform(UpsertAccounts(accounts=[AccountEntry(number="A-1", name="Acme", currency="USD")]))


def entry(amount: str, account: str = "A-1", **fields: Any) -> dict[str, Any]:
    return {
        "account": {"number": account},
        "invoiceDate": "2026-11-02",
        "lines": [{"amount": amount, "description": amount}],
        **fields,
    }


def json_lines(path: Path, *entries: object) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in entries), encoding="utf-8")
    return path


async def imported(books: TestBooks, path: Path, *, batch: int = 4, resume: bool = False) -> ImportProgress:
    file = InvoiceFile(
        path=path,
        format=path.suffix[1:],
        entity=books.entity,
        errors=errors_of(path),
        batch=batch,
        resume=resume,
    )
    return await import_invoices(books.database, file)


def errors_of(path: Path) -> Path:
    return path.with_name(path.name + ".errors.jsonl")


def reported(path: Path) -> list[tuple[int, str, str]]:
    """Row, code and path of every reported fault, as they stand in the report."""
    lines = errors_of(path).read_text(encoding="utf-8").splitlines()
    return [(fault["row"], fault["code"], fault["path"]) for fault in map(json.loads, lines)]


async def amounts(books: TestBooks) -> list[str]:
    """The descriptions of all lines, which say the amounts they were delivered with."""
    rows = await books.rows("SELECT description FROM invoice_line WHERE entity_id = :entity_id")
    return sorted(description for (description,) in rows)


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
    assert not errors_of(path).exists()
    assert not ProgressFile(path).path.exists()


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


# Commits of this file: 1, 3 | 2 fails | 5, 6, 7, 8 | 10 | 9 fails.
@pytest.mark.parametrize("commits", [1, 2, 3])
async def test_an_import_killed_after_a_commit_goes_on_without_doing_anything_twice(
    books: TestBooks, tmp_path: Path, commits: int
) -> None:
    await with_account(books)
    faulty = {2, 4, 9}
    # Neither numbers nor external references: nothing but the keys tells a second delivery.
    entries = [entry(f"{n}.00", account="nobody" if n in faulty else "A-1") for n in range(1, 11)]
    path = json_lines(tmp_path / "a.jsonl", *entries)
    with python_process(
        "tests.loading.dying_import",
        books.place.url,
        books.entity.code,
        str(path),
        "4",
        str(commits),
        output_file=tmp_path / "import.log",
        directory=ROOT,
    ) as process:
        assert process.wait() == -signal.SIGKILL, process.output()
    with pytest.raises(ImportImpossible, match="interrupted"):
        await imported(books, path)
    done = await imported(books, path, resume=True)
    assert await amounts(books) == sorted(f"{n}.00" for n in range(1, 11) if n not in faulty)
    assert reported(path) == [(n, "NOT_FOUND", "account") for n in sorted(faulty)]
    assert (done.imported + done.known, done.refused) == (7, 3)


async def test_faults_found_before_a_death_in_the_middle_of_a_batch_are_reported_in_their_place(
    books: TestBooks, tmp_path: Path
) -> None:
    await with_account(books)
    path = json_lines(
        tmp_path / "a.jsonl",
        entry("1.00", account="nobody"),
        entry("2.00"),
        {**entry("3.00"), "colour": "red"},
        entry("4.001", number="X-1"),
        entry("5.00", number="X-1"),
        entry("6.001"),
    )
    # Commits: 2 | 1 and 4 fail | 5, which is right without 4.
    with python_process(
        "tests.loading.dying_import",
        books.place.url,
        books.entity.code,
        str(path),
        "6",
        "2",
        output_file=tmp_path / "import.log",
        directory=ROOT,
    ) as process:
        assert process.wait() == -signal.SIGKILL, process.output()
    assert not errors_of(path).exists()
    await imported(books, path, resume=True)
    assert await amounts(books) == ["2.00", "5.00"]
    assert [(row, code) for row, code, _ in reported(path)] == [
        (1, "NOT_FOUND"),
        (3, "UNREADABLE"),
        (4, "TOO_MANY_DECIMALS"),
        (6, "TOO_MANY_DECIMALS"),
    ]


async def test_an_import_is_not_resumed_without_the_faults_of_its_batch(
    books: TestBooks, tmp_path: Path
) -> None:
    path = json_lines(tmp_path / "a.jsonl", entry("1.00"))
    progress = ImportProgress(
        content=hash_of(path), entity=books.entity.code, format="jsonl", batch=4, pending=[[0]]
    )
    progress.batch_error_bytes = 10
    ProgressFile(path).write(progress)
    with pytest.raises(ImportImpossible, match="missing or cut off"):
        await imported(books, path, resume=True)


async def test_an_import_is_not_resumed_with_another_file(books: TestBooks, tmp_path: Path) -> None:
    path = json_lines(tmp_path / "a.jsonl", entry("1.00"))
    ProgressFile(path).write(
        ImportProgress(content="another", entity=books.entity.code, format="jsonl", batch=4)
    )
    with pytest.raises(ImportImpossible, match="not what it was"):
        await imported(books, path, resume=True)


HEADER = ["invoice_number", "account_number", "invoice_date", "description", "amount", "tax_amount"]


def table(path: Path, *rows: list[str], header: list[str] | None = None) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header or HEADER, *rows])
    return path


def row(number: str, amount: str, account: str = "A-1") -> list[str]:
    return [number, account, "2026-11-02", amount, amount, ""]


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


async def test_a_csv_import_goes_on_in_the_middle_of_the_file(books: TestBooks, tmp_path: Path) -> None:
    await with_account(books)
    path = table(tmp_path / "a.csv", *(row(f"Ü-{n // 2}", f"{n}.00") for n in range(20)))
    expected = await imported(books, path, batch=3)
    first = next(iter(await books.rows("SELECT count(*) FROM invoice WHERE entity_id = :entity_id")))
    assert (expected.imported, first) == (10, (10,))
    # As if the process had ended after two batches of three invoices.
    content = path.read_bytes()
    offset = sum(len(line) for line in content.splitlines(keepends=True)[:13])
    progress = ImportProgress(content=expected.content, entity=books.entity.code, format="csv", batch=3)
    progress.place = type(progress.place)(offset, 14)
    ProgressFile(path).write(progress)
    resumed = await imported(books, path, resume=True)
    assert (resumed.imported, resumed.known, resumed.refused) == (0, 4, 0)
