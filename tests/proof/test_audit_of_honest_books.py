"""Books that the verbs made hold, on both engines, and the audit says how much it has seen."""

import asyncio
from contextlib import aclosing

from app.proof.audit import SEALED, AuditSummary, Difference, audit
from tests.proof.copies import Copies, audited


def test_books_made_by_the_verbs_hold(runner: asyncio.Runner, copies: Copies) -> None:
    summary = AuditSummary()
    assert runner.run(audited(copies.honest(), copies.entity_id, summary)) == []
    assert summary.books_hold
    assert summary.checks == summary.checks_in_all


def test_the_summary_counts_what_was_read(runner: asyncio.Runner, copies: Copies) -> None:
    summary = AuditSummary()
    runner.run(audited(copies.honest(), copies.entity_id, summary))
    assert (summary.credit_memos, summary.invoices, summary.documents) == (31, 25, 56)
    assert (summary.applications, summary.line_applications, summary.payments) == (29, 10, 5)
    # Eight are not posted. Six entries of conversions, four of refunds, four voids, an unposting and what it was posted again.
    moves = 2 * summary.applications + summary.payments + 6 + 4 + 4 + 2
    assert summary.balance_entries == summary.documents - 8 + moves


def test_what_was_posted_before_there_was_a_journal_has_no_entries(
    runner: asyncio.Runner, copies: Copies
) -> None:
    """The seal of the memo knows better; of books that were upgraded it knows of no entries either."""
    without = "DELETE FROM journal_entry WHERE document_id = (SELECT id FROM credit_memo WHERE number = 'CM-000006')"
    later = "UPDATE entity SET journal_begins_at = '2999-01-01 00:00:00.000000'"
    for statements, expected in (
        ([without], {"journal_is_what_moved", SEALED}),
        ([without, later], {SEALED}),
    ):
        found = runner.run(audited(copies.damaged(statements), copies.entity_id, AuditSummary()))
        assert {each.check for each in found} == expected


def test_the_damage_of_one_entity_is_not_found_in_another(runner: asyncio.Runner, copies: Copies) -> None:
    damaged = copies.damaged(["UPDATE credit_memo SET balance = balance + 1 WHERE number = 'CM-000006'"])
    summary = AuditSummary()
    assert runner.run(audited(damaged, copies.entity_id + 1, summary)) == []
    assert summary.books_hold
    assert summary.documents == 0


def test_an_audit_given_up_midway_does_not_say_that_the_books_hold(
    runner: asyncio.Runner, copies: Copies
) -> None:
    summary = AuditSummary()

    async def first_difference() -> Difference:
        database = copies.damaged(["UPDATE credit_memo SET balance = balance + 1"])
        try:
            async with aclosing(audit(database, copies.entity_id, summary)) as differences:
                return await anext(differences)
        finally:
            await database.close()

    assert runner.run(first_difference()).check == "memo_balance_is_the_rest"
    assert not summary.finished
    assert not summary.books_hold


def test_a_difference_shows_amounts_in_the_currency_of_its_document(
    runner: asyncio.Runner, copies: Copies
) -> None:
    statements = [
        "UPDATE credit_memo SET balance = balance + 1 WHERE number = 'CM-000009'",
        "UPDATE credit_memo SET balance = balance - 1 WHERE number = 'CM-000006'",
    ]
    differences = runner.run(audited(copies.damaged(statements), copies.entity_id, AuditSummary()))
    shown = {
        (each.number, each.expected, each.found)
        for each in differences
        if each.check == "memo_balance_is_the_rest"
    }
    assert shown == {("CM-000009", "0 JPY", "1 JPY"), ("CM-000006", "80.00 USD", "79.99 USD")}
