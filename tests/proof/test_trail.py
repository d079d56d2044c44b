"""Explain, on both engines: the rows of a trail add up to the balance that they explain, and each says what it was."""

import asyncio
from typing import Any

from sqlalchemy import text

from app.domain.vocabulary import BalanceEntryKind
from app.proof.trail import Step, trail
from app.repository.trails import owner_named
from tests.proof.copies import Copies


async def trails(copies: Copies, owner: str, statement: str) -> list[tuple[Any, list[Step]]]:
    """What the statement finds, each with its whole trail."""
    database = copies.honest()
    try:
        async with database.snapshot(copies.entity_id) as snapshot:
            rows = await snapshot.rows(text(statement))
            found = []
            for row in rows:
                steps = trail(database, snapshot, owner, row.id, getattr(row, "currency", None))
                found.append((row, [step async for step in steps]))
            return found
    finally:
        await database.close()


def test_the_trail_of_a_document_ends_in_its_balance(runner: asyncio.Runner, copies: Copies) -> None:
    for owner, table in (("CreditMemo", "credit_memo"), ("Invoice", "invoice")):
        statement = (
            f"SELECT id, balance, position FROM {table} WHERE entity_id = :entity_id"
            " AND status IN ('POSTED', 'VOIDED')"
        )
        explained = runner.run(trails(copies, owner, statement))
        assert len(explained) > 10
        for row, steps in explained:
            assert [step.place for step in steps] == list(range(1, row.position + 1))
            assert steps[-1].balance_after == row.balance
            last = steps[-1]
            assert (last.credit, last.owed) == (
                (row.balance, 0) if table == "credit_memo" else (0, row.balance)
            )


def test_the_trail_of_an_account_ends_in_what_it_owes_and_holds(
    runner: asyncio.Runner, copies: Copies
) -> None:
    statement = """
        SELECT account_id AS id, currency, SUM(owed) AS owed, SUM(credit) AS credit FROM (
            SELECT account_id, currency, balance AS owed, 0 AS credit FROM invoice
            WHERE entity_id = :entity_id AND status = 'POSTED'
            UNION ALL SELECT account_id, currency, 0, balance FROM credit_memo
            WHERE entity_id = :entity_id AND status = 'POSTED'
        ) AS each_one GROUP BY account_id, currency
    """
    explained = runner.run(trails(copies, "Account", statement))
    assert len(explained) >= 3
    for row, steps in explained:
        assert (steps[-1].owed, steps[-1].credit) == (row.owed, row.credit)
        assert [step.place for step in steps] == list(range(1, len(steps) + 1))
        assert sorted(steps, key=lambda step: step.recorded_at) == steps


def test_every_step_says_what_happened_and_names_what_caused_it(
    runner: asyncio.Runner, copies: Copies
) -> None:
    [(_, first)] = runner.run(
        trails(copies, "CreditMemo", "SELECT id FROM credit_memo WHERE number = 'CM-000001'")
    )
    assert [step.explanation for step in first] == [
        "Posted over its total of 97.43 USD.",
        "CM-000001-2: 97.43 USD applied to INV-A.",
        "CM-000001-3: 20.00 USD of CM-000001-2 taken back from INV-A.",
        "CM-000001-4: 54.13 USD of CM-000001-2 taken back from INV-A.",
        "CM-000001-5: 10.00 USD applied to INV-A.",
    ]
    [(_, paid)] = runner.run(trails(copies, "Invoice", "SELECT id FROM invoice WHERE number = 'INV-A'"))
    of_payments = [step.explanation.rpartition(" on ")[0] for step in paid if "PAYMENT" in step.kind]
    assert of_payments == ["30.00 USD paid", "30.00 USD of a payment taken back", "10.00 USD paid"]
    [(_, converted)] = runner.run(trails(copies, "Invoice", "SELECT id FROM invoice WHERE number = 'INV-B'"))
    assert converted[1].explanation == "Negative lines of 102.50 USD became CM-000004."


def test_there_is_a_sentence_for_every_kind_of_entry_in_the_books(
    runner: asyncio.Runner, copies: Copies
) -> None:
    statement = "SELECT id FROM {} WHERE entity_id = :entity_id AND position > 0"
    found: dict[str, str] = {}
    for owner, table in (("CreditMemo", "credit_memo"), ("Invoice", "invoice")):
        for _, steps in runner.run(trails(copies, owner, statement.format(table))):
            found |= {step.kind: step.explanation for step in steps}
    assert found.keys() >= set(BalanceEntryKind) - {BalanceEntryKind.CONVERSION_REVERSAL}
    assert all("None" not in explanation for explanation in found.values()), found


def test_what_is_asked_for_by_number_is_the_memo_then_the_invoice_then_the_account(
    runner: asyncio.Runner, copies: Copies
) -> None:
    async def kinds(*names: str) -> list[str | None]:
        database = copies.honest()
        try:
            async with database.snapshot(copies.entity_id) as snapshot:
                found = [await owner_named(snapshot, name) for name in names]
                assert found == [await owner_named(snapshot, each[1]) if each else None for each in found]
                return [each and each[0] for each in found]
        finally:
            await database.close()

    assert runner.run(kinds("CM-000001", "INV-A", "DM-1", "YEN", "NONE")) == [
        "CreditMemo",
        "Invoice",
        "Invoice",
        "Account",
        None,
    ]
