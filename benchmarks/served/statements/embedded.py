"""W1 on SQLite by the standard library's sqlite3: the service's statements, one connection, nothing judged."""

import json
import sqlite3
from datetime import UTC, datetime
from hashlib import sha256

from app.domain.application import CreditMemoApplication, CreditMemoLineApplication
from app.repository.identity import new_id, uuid7_hex

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON")
"""As the service has them."""
_SETTINGS_AND_KEY = """
SELECT application_level, default_allocation, default_tax_strategy, time_zone,
    EXISTS (SELECT 1 FROM log_entry WHERE entity_id = 1 AND idempotency_key = ?)
FROM entity WHERE id = 1
"""
_MEMO = """
SELECT number, account_id, currency, status, applied, balance, position, version, history_hash
FROM credit_memo WHERE entity_id = 1 AND id = ?
"""
_INVOICE = """
SELECT account_id, currency, status, credits_applied, balance, position, version, history_hash
FROM invoice WHERE entity_id = 1 AND id = ?
"""
_MEMO_LINES = """
SELECT id, line_number, balance, applied FROM credit_memo_line
WHERE entity_id = 1 AND credit_memo_id = ? ORDER BY line_number
"""
_INVOICE_LINES = """
SELECT id, line_number, balance, credits_applied FROM invoice_line
WHERE entity_id = 1 AND invoice_id = ? ORDER BY line_number
"""
_SET_MEMO = """
UPDATE credit_memo SET applied = ?, balance = ?, position = ?, version = ?, updated_at = ?, history_hash = ?
WHERE entity_id = 1 AND id = ?
"""
_SET_MEMO_LINE = "UPDATE credit_memo_line SET applied = ?, balance = ? WHERE entity_id = 1 AND id = ?"
_SET_INVOICE = """
UPDATE invoice SET credits_applied = ?, balance = ?, position = ?, version = ?, updated_at = ?, history_hash = ?
WHERE entity_id = 1 AND id = ?
"""
_SET_INVOICE_LINE = "UPDATE invoice_line SET credits_applied = ?, balance = ? WHERE entity_id = 1 AND id = ?"
_APPLICATION = """
INSERT INTO credit_memo_application (
    entity_id, id, number, credit_memo_id, invoice_id, account_id, currency, type, level, amount, impact_amount,
    credit_memo_balance, invoice_balance, credit_memo_position, invoice_position, applied_date, has_been_unapplied,
    allocation_rule, operation, log_id, recorded_at, recorded_by)
VALUES (1, ?, ?, ?, ?, ?, ?, 'APPLIED', 'LINE', 1, -1, ?, ?, ?, ?, ?, 'NO', 'HIGHEST_FIRST', 'APPLY_CREDIT_MEMO',
        ?, ?, 'bench')
"""
_LINE_APPLICATION = """
INSERT INTO credit_memo_line_application (
    entity_id, id, application_id, credit_memo_line_id, invoice_line_id, sequence, currency, type, amount,
    impact_amount, credit_memo_line_balance, invoice_line_balance, applied_date, has_been_unapplied, log_id,
    recorded_at, recorded_by)
VALUES (1, ?, ?, ?, ?, 1, ?, 'APPLIED', 1, -1, ?, ?, ?, 'NO', ?, ?, 'bench')
"""
_ENTRY = """
INSERT INTO balance_entry (
    entity_id, document_id, position, currency, kind, impact_amount, balance_before, balance_after, cause_id, log_id,
    recorded_at, recorded_by)
VALUES (1, ?, ?, ?, 'APPLICATION', -1, ?, ?, ?, ?, ?, 'bench')
"""
_LINK = """
INSERT INTO document_change (
    entity_id, document_id, version, part, kind, log_id, recorded_at, recorded_by, changes, previous_hash, hash)
VALUES (1, ?, ?, 1, 'CHANGED', ?, ?, 'bench', ?, ?, ?)
"""
_LOG = """
INSERT INTO log_entry (entity_id, id, operation, actor, recorded_at, idempotency_key, fingerprint, outcome)
VALUES (1, ?, 'APPLY_CREDIT_MEMO', 'bench', ?, ?, ?, ?)
"""


def connected(path: str) -> sqlite3.Connection:
    """At the service's durability, transactions begun by hand."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=10)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def apply_a_cent(connection: sqlite3.Connection, memo_id: str, invoice_id: str, key: str) -> None:
    """One transaction, committed."""
    run = connection.execute
    log, asked = f"log_{uuid7_hex()}", sha256(f"{memo_id} {invoice_id}".encode()).hexdigest()
    run("BEGIN IMMEDIATE")
    run(_SETTINGS_AND_KEY, (key,)).fetchone()
    number, account, currency, _, applied, balance, position, version, sealed = run(
        _MEMO, (memo_id,)
    ).fetchone()
    _, _, _, credits, owed, place, edition, closed = run(_INVOICE, (invoice_id,)).fetchone()
    memo_line = _highest(run(_MEMO_LINES, (memo_id,)).fetchall())
    invoice_line = _highest(run(_INVOICE_LINES, (invoice_id,)).fetchall())
    moment = _now()
    application = new_id(CreditMemoApplication)
    outcome = {"credit_memo": memo_id, "applications": [application], "invoices": [invoice_id]}
    run(_LOG, (log, moment, key, asked, json.dumps(outcome)))
    moved = {"applied": [applied, applied + 1], "balance": [balance, balance - 1]}
    memo_link = _link(memo_id, sealed, moved, memo_line)
    run(_SET_MEMO, (applied + 1, balance - 1, position + 1, version + 1, moment, memo_link[-1], memo_id))
    run(_SET_MEMO_LINE, (memo_line[3] + 1, memo_line[2] - 1, memo_line[0]))
    moved = {"credits_applied": [credits, credits + 1], "balance": [owed, owed - 1]}
    invoice_link = _link(invoice_id, closed, moved, invoice_line)
    run(_SET_INVOICE, (credits + 1, owed - 1, place + 1, edition + 1, moment, invoice_link[-1], invoice_id))
    run(_SET_INVOICE_LINE, (invoice_line[3] + 1, invoice_line[2] - 1, invoice_line[0]))
    sides = (memo_id, invoice_id, account, currency, balance - 1, owed - 1, position + 1, place + 1)
    run(_APPLICATION, (application, f"{number}-{position + 1}", *sides, moment, log, moment))
    lines = (memo_line[0], invoice_line[0], currency, memo_line[2] - 1, invoice_line[2] - 1)
    run(_LINE_APPLICATION, (new_id(CreditMemoLineApplication), application, *lines, moment, log, moment))
    run(_ENTRY, (memo_id, position + 1, currency, balance, balance - 1, application, log, moment))
    run(_ENTRY, (invoice_id, place + 1, currency, owed, owed - 1, application, log, moment))
    run(_LINK, (memo_id, version + 1, log, moment, *memo_link))
    run(_LINK, (invoice_id, edition + 1, log, moment, *invoice_link))
    run("COMMIT")


def _link(
    document_id: str, previous: str | None, moved: dict[str, list[int]], line: tuple[str, int, int, int]
) -> tuple[str, str | None, str]:
    """What is told, the hash before, and one over as much as the service seals."""
    of_line = {"applied": [line[3], line[3] + 1], "balance": [line[2], line[2] - 1]}
    told = json.dumps({"changed": {document_id: moved, line[0]: of_line}})
    return told, previous, sha256(f"{previous}{document_id}{told}".encode()).hexdigest()


def _highest(lines: list[tuple[str, int, int, int]]) -> tuple[str, int, int, int]:
    return min(lines, key=lambda line: (-line[2], line[1]))


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
