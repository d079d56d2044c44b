"""Statement, aging and the journal's export from the terminal; an accounting system takes each entry once."""

import csv
import datetime as dt
import io
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from app.cli import reports
from app.cli.journal import confirm_in_steps
from app.jobs.sequencer import Sequencer
from tests.cli.terminal import Terminal
from tests.cli.test_jobs import books_of
from tests.support.books import TestBooks
from tests.support.building import (
    ACCOUNT,
    account,
    applied,
    draft_memo,
    memo_line,
    paid,
    posted_invoice,
    posted_memo,
)

Rows = list[dict[str, str]]


def csv_of(shown: str) -> Rows:
    return list(csv.DictReader(io.StringIO(shown)))


async def lively(books: TestBooks) -> None:
    """100 due on 1 May, of which 20 are paid and 30 credited; a credit of 5 under a code of its own."""
    invoice = await posted_invoice(
        books, "100.00", invoice_date=dt.date(2026, 4, 1), due_date=dt.date(2026, 5, 1)
    )
    memo = await posted_memo(books, "30.00", effective_date=dt.date(2026, 4, 2))
    await applied(books, memo, (invoice, "30.00"))
    await paid(books, invoice, "20.00", date=dt.date(2026, 4, 3))
    await posted_memo(
        books, memo_line(("5.00", "0.50"), accounting_code="4010"), effective_date=dt.date(2026, 4, 4)
    )
    await account(books, "B-1", name="Another")
    await posted_invoice(books, "7", account_number="B-1", currency="JPY")


async def test_the_journal_is_exported_command_by_command_and_each_entry_once(migrated: Terminal) -> None:
    async with books_of(migrated) as books:
        await lively(books)
        code = books.entity.code
        assert csv_of(migrated.done("journal", "export", "--entity", code)) == []
        await Sequencer(books.database).work_off()
        whole = csv_of(migrated.done("journal", "export", "--entity", code))
        assert [(each["debit_code"], each["credit_code"], each["amount"]) for each in whole] == [
            ("REVENUE", "ACCOUNTS_RECEIVABLE", "30.00"),
            ("4010", "ACCOUNTS_RECEIVABLE", "5.00"),
            ("SALES_TAX_PAYABLE", "ACCOUNTS_RECEIVABLE", "0.50"),
        ]
        assert [each["document_number"] for each in whole] == ["CM-000001", "CM-000002", "CM-000002"]
        assert {each["account_number"] for each in whole} == {ACCOUNT}
        taken: Rows = []
        while page := csv_of(_page(migrated, code, taken)):
            taken += page
        assert taken == whole
        # The second command's entries come together, though one was asked for.
        assert len(csv_of(_page(migrated, code, whole[:1]))) == 2
        await draft_memo(books, "1.00")
        await posted_memo(books, "2.00")
        await Sequencer(books.database).work_off()
        [new] = csv_of(_page(migrated, code, taken))
        assert (new["amount"], new["document_number"]) == ("2.00", "CM-000004")


def _page(terminal: Terminal, code: str, taken: Rows) -> str:
    """The next export of about one entry."""
    after = taken[-1]["log_number"] if taken else "0"
    return terminal.done("journal", "export", "--entity", code, "--after", after, "--limit", "1")


async def test_what_was_exported_is_confirmed_from_the_terminal(migrated: Terminal) -> None:
    async with books_of(migrated) as books:
        await lively(books)
        code = books.entity.code
        await Sequencer(books.database).work_off()
        last = csv_of(migrated.done("journal", "export", "--entity", code))[-1]["log_number"]
        too_far = migrated.refusal("journal", "confirm", str(int(last) + 99), "--entity", code)
        assert "INVALID_AMOUNT  through" in too_far
        result = migrated.run("journal", "confirm", last, "--entity", code)
        assert (result.returncode, result.stderr) == (0, f"2 credit memos, through log number {last}\n")
        again = migrated.run("journal", "confirm", last, "--entity", code)
        assert again.returncode == 0
        assert "INVALID_AMOUNT" in migrated.refusal("journal", "confirm", "0", "--entity", code)
        transferred = (
            "SELECT transferred_to_accounting, updated_by FROM credit_memo WHERE entity_id = :entity_id"
        )
        assert await books.rows(transferred) == [("YES", "operator")] * 2


async def test_more_memos_than_go_at_once_are_confirmed_in_steps(migrated: Terminal) -> None:
    async with books_of(migrated) as books:
        for _ in range(5):
            await posted_memo(books, "1.00")
        await Sequencer(books.database).work_off()
        last = await books.value("SELECT MAX(number) FROM log_entry WHERE entity_id = :entity_id")
        actor = replace(books.actor, limits=replace(books.actor.limits, transferred_memos=2))
        assert await confirm_in_steps(books.database, actor, last) == 5
        reached = "SELECT journal_transferred_through FROM entity WHERE id = :entity_id"
        assert await books.value(reached) == last
        operation = "SELECT operation FROM log_entry WHERE entity_id = :entity_id ORDER BY id DESC LIMIT 3"
        assert await books.rows(operation) == [("MARK_JOURNAL_TRANSFERRED",)] * 3


async def test_a_statement_as_csv_and_as_a_table(migrated: Terminal) -> None:
    async with books_of(migrated) as books:
        await lively(books)
        rows = csv_of(migrated.done("statement", ACCOUNT, "--entity", books.entity.code, "--csv"))
        assert [(each["Date"], each["What"], each["Amount"], each["Balance"]) for each in rows[:-2]] == [
            ("", "OPENING", "", "0.00"),
            ("2026-04-01", "POSTING", "100.00", "100.00"),
            ("2026-04-02", "POSTING", "-30.00", "70.00"),
            ("2026-04-03", "PAYMENT", "-20.00", "50.00"),
            ("2026-04-04", "POSTING", "-5.50", "44.50"),
        ]
        match, closing = rows[-2:]
        assert (match["What"], match["Amount"], match["Matched"]) == ("APPLICATION", "0.00", "30.00")
        assert (closing["Owed"], closing["Unapplied credit"], closing["Balance"]) == (
            "50.00",
            "5.50",
            "44.50",
        )
        shown = migrated.done(
            "statement", ACCOUNT, "--entity", books.entity.code, "--from-date", "2026-04-03"
        )
        assert "Statement of A-1" in shown
        assert "70.00" in shown
        assert "no account 'X'" in migrated.refusal("statement", "X", "--entity", books.entity.code)


async def test_aging_of_all_accounts_and_of_one_as_of_a_log_number(migrated: Terminal) -> None:
    async with books_of(migrated) as books:
        await lively(books)
        await Sequencer(books.database).work_off()
        code, numbered = (
            books.entity.code,
            await books.value("SELECT MAX(number) FROM log_entry WHERE entity_id = :entity_id"),
        )
        told = ("aging", "--entity", code, "--day", "2026-06-15", "--csv")
        rows = csv_of(migrated.done(*told))
        assert [(each["Account"], each["Currency"], each["Balance"]) for each in rows] == [
            (ACCOUNT, "USD", "44.50"),
            ("B-1", "JPY", "7"),
            ("ALL", "JPY", "7"),
            ("ALL", "USD", "44.50"),
        ]
        assert (rows[0]["31-60 days"], rows[0]["Unapplied credit"]) == ("50.00", "5.50")
        await posted_memo(books, "1.00")
        then = csv_of(migrated.done("aging", ACCOUNT, *told[1:], "--as-of-log", str(numbered)))
        assert then[0] == rows[0]
        assert "Not due" in migrated.done("aging", "--entity", code, "--buckets", "10")
        assert "30,60,90" in migrated.refusal("aging", "--entity", code, "--buckets", "30,x")


async def test_a_long_table_is_shown_in_several_as_its_rows_come(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reports, "ROWS_OF_A_TABLE", 2)
    shown: list[str] = []

    async def rows() -> AsyncIterator[tuple[str, str]]:
        for place in range(5):
            shown.append(capsys.readouterr().out)
            yield ("row", f"N-{place}")

    await reports.write(("Kind", "Number"), rows(), as_csv=False, title="Title")
    shown.append(capsys.readouterr().out)
    assert [each.count("Number") for each in shown] == [0, 0, 1, 0, 1, 1]
    told = "".join(shown)
    assert [told.count(f"N-{place}") for place in range(5)] == [1] * 5
    assert told.count("Title") == 1


def test_reports_have_help_with_an_example(terminal: Terminal) -> None:
    for command in ("export", "confirm"):
        assert f"python -m app journal {command}" in terminal.done("journal", command, "--help")
