"""Every CHECK of the tables refuses the row it is there to refuse."""

import re
from collections.abc import Iterator

from sqlalchemy import CheckConstraint

from app.domain.entity import Settings
from app.domain.vocabulary import ApplicationLevel
from app.repository import tables
from app.sign_in.signing_keys import SigningKeys
from tests.repository.direct import owner_connection, refused
from tests.support.books import TestBooks
from tests.support.building import one_row_of_everything

BEYOND = str(10**15)

# Constraint -> the values that make a copy of a good row break it and no other; SQL expressions over that row.
BROKEN: dict[str, dict[str, str]] = {
    "number_sequence.next_is_positive": {"next": "0"},
    "credential.revoked": {"revoked_at": "created_at", "revoked_by": "NULL"},
    "signing_key.sealed_until_retired": {"sealed_private_key": "NULL", "retired_at": "NULL"},
    "tax_rate.rate": {"rate": "-1"},
    "tax_rate.validity": {"valid_through": "'2025-12-31'"},
    "tax_callback.timeout": {"timeout_milliseconds": "0"},
    "log_entry.key_has_fingerprint": {"idempotency_key": "'k'", "fingerprint": "NULL"},
    "invoice.total": {"total_amount": "total_amount + 1", "balance": "balance + 1"},
    "invoice.balance": {"balance": "balance + 1", "settlement_status": "'NOT_SETTLED'"},
    "invoice.not_overpaid": {
        "status": "'POSTED'",
        "payments_applied": "total_amount - converted_amount - credits_applied + 1",
        "balance": "-1",
        "settlement_status": "'NOT_SETTLED'",
        "full_settlement_date": "NULL",
    },
    "invoice.settlements_are_positive": {
        "payments_applied": "-1",
        "balance": "total_amount - converted_amount - credits_applied + 1",
    },
    "invoice.not_overdrawn": {"credited_amount": "total_amount + 1"},
    "invoice.source": {
        "source": "'NONSENSE'",
        "kind": "'DEBIT_MEMO'",
        "credit_memo_id": "'x'",
        "credited_amount": "0",
    },
    "invoice.takes_credit_back": {"credit_memo_id": "'x'"},
    "invoice.made_to_take_credit_back": {"source": "'CREDIT_MEMO_REVERSAL'", "credit_memo_id": "'x'"},
    "invoice.settled": {"settlement_status": "'SETTLED'"},
    "invoice.settlement_date": {"full_settlement_date": "invoice_date", "settlement_status": "'NOT_SETTLED'"},
    "invoice.position": {"position": "-1"},
    "invoice.amounts_in_range": {
        "charge_amount": BEYOND,
        "tax_amount": "0",
        "total_amount": BEYOND,
        "converted_amount": "0",
        "credits_applied": "0",
        "payments_applied": "0",
        "balance": BEYOND,
    },
    "invoice_line.total": {"total_amount": "total_amount + 1", "balance": "balance + 1"},
    "invoice_line.one_sign": {
        "amount": "100",
        "tax_amount": "-1",
        "total_amount": "99",
        "balance": "99",
        "credits_applied": "0",
        "converted_amount": "0",
        "amount_credited": "0",
        "amount_copied": "0",
        "tax_credited": "0",
    },
    "invoice_line.balance": {"balance": "balance + 1"},
    "invoice_line.applied": {
        "credits_applied": "total_amount + 1",
        "balance": "-1",
        "converted_amount": "0",
    },
    "invoice_line.converted": {"converted_amount": "-1", "balance": "total_amount - credits_applied + 1"},
    "invoice_line.amount_credited": {"amount_credited": "amount + 1", "amount_copied": "0"},
    "invoice_line.tax_credited": {"tax_credited": "tax_amount + 1"},
    "invoice_line.amount_copied": {"amount_copied": "amount_credited + 1"},
    "invoice_line.amount_prorated": {"amount_prorated": "amount_credited + 1"},
    "invoice_line.quantity_credited": {
        "quantity_credited": "coalesce(quantity, 0) + 1",
        "quantity_prorated": "0",
    },
    "invoice_line.quantity_prorated": {"quantity_prorated": "quantity_credited + 1"},
    "invoice_line.line_number": {"line_number": "0"},
    "invoice_line.amounts_in_range": {
        "amount": BEYOND,
        "tax_amount": "0",
        "total_amount": BEYOND,
        "balance": BEYOND,
        "credits_applied": "0",
        "converted_amount": "0",
        "tax_credited": "0",
    },
    "invoice_line_tax.credited": {"credited_amount": "amount + 1", "copied_amount": "0"},
    "invoice_line_tax.copied": {"copied_amount": "credited_amount + 1"},
    "invoice_line_tax.converted": {"converted_amount": "amount + 1"},
    "invoice_line_tax.amounts_in_range": {"amount": BEYOND},
    "payment.type": {"type": "'NONSENSE'", "impact_amount": "amount"},
    "payment.amount": {"amount": "0", "impact_amount": "0"},
    "payment.impact": {"impact_amount": "impact_amount + 1"},
    "payment.reversal": {"type": "'RECEIVED'", "impact_amount": "-amount", "reversed_payment_id": "id"},
    "payment.amounts_in_range": {"type": "'RECEIVED'", "amount": BEYOND, "impact_amount": f"-{BEYOND}"},
    "refund.type": {
        "type": "'NONSENSE'",
        "impact_amount": "amount",
        "number": "NULL",
        "reversed_refund_id": "NULL",
    },
    "refund.amount": {"amount": "0", "impact_amount": "0"},
    "refund.impact": {"impact_amount": "impact_amount + 1"},
    "refund.reversal": {
        "type": "'REFUNDED'",
        "impact_amount": "-amount",
        "number": "'RF-9'",
        "reversed_refund_id": "id",
    },
    "refund.number": {
        "type": "'REFUNDED'",
        "impact_amount": "-amount",
        "number": "NULL",
        "reversed_refund_id": "NULL",
    },
    "refund.amounts_in_range": {
        "type": "'REFUNDED'",
        "amount": BEYOND,
        "impact_amount": f"-{BEYOND}",
        "number": "'RF-9'",
        "reversed_refund_id": "NULL",
    },
    "credit_memo.total": {"total_amount": "total_amount + 1", "balance": "balance + 1"},
    "credit_memo.balance": {"balance": "total_amount - applied - 1"},
    "credit_memo.balance_in_total": {"applied": "total_amount + 1", "refunded": "0", "balance": "-1"},
    "credit_memo.uses_are_positive": {
        "applied": "-1",
        "refunded": "1",
        "balance": "total_amount",
    },
    "credit_memo.only_posted_credit_is_used": {
        "status": "'DRAFT'",
        "applied": "1",
        "refunded": "0",
        "balance": "total_amount - 1",
    },
    "credit_memo.posted_has_number": {"status": "'POSTED'", "number": "NULL"},
    "credit_memo.source": {"source": "'NONSENSE'", "invoice_id": "'x'"},
    "credit_memo.source_invoice": {"source": "'INVOICE'", "invoice_id": "NULL"},
    "credit_memo.position": {"version": "0"},
    "credit_memo.amounts_in_range": {
        "charge_amount": BEYOND,
        "tax_amount": "0",
        "total_amount": BEYOND,
        "balance": BEYOND,
        "applied": "0",
        "refunded": "0",
    },
    "credit_memo_line.total": {"total_amount": "total_amount + 1", "balance": "balance + 1"},
    "credit_memo_line.one_sign": {
        "amount": "100",
        "tax_amount": "-1",
        "total_amount": "99",
        "balance": "99",
        "applied": "0",
    },
    "credit_memo_line.balance": {"balance": "balance + 1"},
    "credit_memo_line.applied": {"applied": "total_amount + 1", "balance": "-1"},
    "credit_memo_line.tax_only": {"tax_only": "true"},
    "credit_memo_line.removed": {"removed": "true"},
    "credit_memo_line.line_number": {"line_number": "0"},
    "credit_memo_line.amounts_in_range": {
        "amount": BEYOND,
        "tax_amount": "0",
        "total_amount": BEYOND,
        "balance": BEYOND,
        "applied": "0",
    },
    "credit_memo_line_tax.amounts_in_range": {"amount": BEYOND},
    "credit_memo_application.type": {"type": "'NONSENSE'", "impact_amount": "amount"},
    "credit_memo_application.has_been_unapplied": {
        "has_been_unapplied": "'NONSENSE'",
        "unapplied_date": "NULL",
    },
    "credit_memo_application.amount": {"amount": "0", "impact_amount": "0"},
    "credit_memo_application.impact": {"impact_amount": "-impact_amount"},
    "credit_memo_application.original": {"associated_application_id": "id"},
    "credit_memo_application.mark": {"has_been_unapplied": "'NA'", "unapplied_date": "NULL"},
    "credit_memo_application.mark_date": {"has_been_unapplied": "'YES'", "unapplied_date": "NULL"},
    "credit_memo_application.auto_apply_rule": {
        "auto_apply_rule": "'NONSENSE'",
        "auto_apply_rank": "1",
        "invoice_balance": "0",
    },
    "credit_memo_application.auto_apply": {"auto_apply_rule": "'OLDEST_DUE'", "auto_apply_rank": "NULL"},
    "credit_memo_application.amounts_in_range": {"amount": BEYOND, "impact_amount": f"-{BEYOND}"},
    "credit_memo_line_application.type": {"type": "'NONSENSE'", "impact_amount": "amount"},
    "credit_memo_line_application.has_been_unapplied": {
        "has_been_unapplied": "'NONSENSE'",
        "unapplied_date": "NULL",
    },
    "credit_memo_line_application.amount": {"sequence": "0"},
    "credit_memo_line_application.impact": {"impact_amount": "-impact_amount"},
    "credit_memo_line_application.original": {"associated_line_application_id": "id"},
    "credit_memo_line_application.mark": {"has_been_unapplied": "'NA'", "unapplied_date": "NULL"},
    "credit_memo_line_application.mark_date": {"has_been_unapplied": "'YES'", "unapplied_date": "NULL"},
    "credit_memo_line_application.amounts_in_range": {"amount": BEYOND, "impact_amount": f"-{BEYOND}"},
    "balance_entry.position": {"position": "0", "balance_before": "0", "balance_after": "impact_amount"},
    "balance_entry.balance": {"balance_after": "balance_after + 1"},
    "balance_entry.starts_at_zero": {
        "position": "1",
        "balance_before": "1",
        "balance_after": "impact_amount + 1",
    },
    "journal_entry.amount": {"impact_amount": "impact_amount + 1"},
    "journal_entry.two_sides": {"credit_code": "debit_code"},
    "journal_entry.places": {"position": "0"},
    "journal_entry.amounts_in_range": {"amount": BEYOND, "impact_amount": BEYOND},
    "document_change.kind": {"kind": "'NONSENSE'"},
    "document_change.place": {"part": "0"},
    "document_change.adopted": {"kind": "'ADOPTED'"},
    "log_sequence.last_number": {"last_number": "-1"},
    "job.counts": {"done": "-1"},
    "job.finished": {"finished_at": "created_at"},
    "job.nothing_is_left_when_done": {
        "status": "'DONE'",
        "finished_at": "created_at",
        "total": "done + refused + skipped + 1",
    },
    "job_item.outcome": {"outcome": "'NONSENSE'", "recorded_at": "'2026-01-01 00:00:00+00'"},
    "job_item.pending_has_no_effect": {"credit_memo_id": "'x'"},
    "job_item.settled_is_recorded": {"outcome": "'REFUSED'"},
}

# Which good row is copied, where any will not do.
GOOD: dict[str, str] = {
    "payment": "type = 'RECEIVED'",
    "refund": "type = 'REFUNDED'",
    "invoice_line": "total_amount > 0",
    "credit_memo": "source = 'STANDALONE'",
    "credit_memo_line": "amount > 0",
    "credit_memo_application": "type = 'APPLIED'",
    "credit_memo_line_application": "type = 'APPLIED'",
    "job": "status = 'QUEUED'",
    "job_item": "outcome = 'PENDING'",
}


def checks() -> Iterator[tuple[str, str, str]]:
    """(table, name within the table, text) of every CHECK."""
    for table in tables.metadata.tables.values():
        for each in table.constraints:
            if isinstance(each, CheckConstraint):
                yield table.name, str(each.name).removeprefix(f"ck_{table.name}_"), str(each.sqltext)


def broken_values(table: str, name: str, rule: str) -> dict[str, str]:
    """What the table above says; a closed word list that it leaves out is broken by a word outside it."""
    match = re.fullmatch(r"(\w+) IN \('.*'\)", rule)
    return (
        {match[1]: "'NONSENSE'"} if match and f"{table}.{name}" not in BROKEN else BROKEN[f"{table}.{name}"]
    )


async def test_every_check_refuses_the_row_it_is_there_for(books: TestBooks) -> None:
    lines = await books.neighbour(Settings(application_level=ApplicationLevel.INVOICE_LINE))
    await one_row_of_everything(lines)
    await SigningKeys(books.database, b"of the tests", token_seconds=60).add()
    async with owner_connection(books.place) as connection:
        for table, name, rule in checks():
            values = broken_values(table, name, rule)
            columns = [column.name for column in tables.metadata.tables[table].c]
            row = ", ".join(f"({values[each]})" if each in values else each for each in columns)
            mine = {"entity": f"id = {lines.entity.id}", "signing_key": "true"}
            where = f"{mine.get(table, f'entity_id = {lines.entity.id}')} AND {GOOD.get(table, 'true')}"
            reason = await refused(
                connection,
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {row} FROM {table} WHERE {where} LIMIT 1",
            )
            assert re.search(rf"\bck_{table}_{name}\b", reason), (table, name, reason)


def test_every_rule_above_is_a_check_of_the_tables() -> None:
    assert set(BROKEN) <= {f"{table}.{name}" for table, name, _ in checks()}
