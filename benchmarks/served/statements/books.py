"""The rows of the books, each table by one statement that makes them from numbers.

n counts invoices, m memos, k applications, each from 0; l and p are numbers of lines. The names between colons are
the entity's id and how many there are of each. Every expression is one that the rules of the service would come to.
"""

from benchmarks.seed import ACTOR
from benchmarks.served.ids import id_of


def _days(seconds: str) -> str:
    return f"(timestamptz '2026-01-01 00:00+00' + ({seconds}) * interval '1 second')"


_MADE = f"'{ACTOR}'"
_PRICE = "(1000 + (n * 37 + l * 101) % 9000)"
_LINE_AMOUNT = f"(3 * {_PRICE})"
_LINE_TAX = f"(({_LINE_AMOUNT} * 825 + 5000) / 10000)"
_MEMO_LINE = "(50000 + (m * 13 + p * 29) % 5000)"
_APPLIED = "(100 + (k * 7) % 900)"
_OF_INVOICE = "generate_series(0, 4) AS round"
"""Application k of an invoice: those of its account go round its invoices."""
_K_OF_INVOICE = "((n / 40) * 200 + round * 40 + n % 40)"
_NUMBER_OF_MEMO = "'CM-' || lpad(({m} + 1)::text, 7, '0')"
_ID = {
    name: id_of(name, number)
    for name, number in {
        "acc": "n / 40",
        "inv": "n",
        "inl": "n * 10 + l",
        "itx": "n * 10 + l",
        "cm": "m",
        "cml": "m * 3 + p",
        "app": "k",
        "lapp": "k",
        "log": "k + 2",
    }.items()
}
_INVOICES_LOG, _MEMOS_LOG = id_of("log", "0"), id_of("log", "1")
# What the applications before took of the same document, this one included.
_EARLIER = "(SELECT coalesce(sum({amount}), 0) FROM generate_series(0, {rows}) AS earlier)"

_ACCOUNTS = f"""
INSERT INTO account (entity_id, id, number, name, currency, version, created_at, created_by, updated_at, updated_by)
SELECT :entity:, {id_of("acc", "a")}, 'A-' || lpad(a::text, 6, '0'), 'Buyer ' || a, 'USD',
       1, {_days("a")}, {_MADE}, {_days("a")}, {_MADE}
FROM generate_series(0, :accounts: - 1) AS a
"""

_LOG = f"""
INSERT INTO log_entry (entity_id, id, operation, actor, recorded_at, idempotency_key, fingerprint, outcome)
SELECT :entity:, {_INVOICES_LOG}, 'CREATE_INVOICES', {_MADE}, {_days("0")}, NULL, NULL, NULL::json
UNION ALL SELECT :entity:, {_MEMOS_LOG}, 'CREATE_CREDIT_MEMO', {_MADE}, {_days("0")}, NULL, NULL, NULL
UNION ALL
SELECT :entity:, {_ID["log"]}, 'APPLY_CREDIT_MEMO', {_MADE}, {_days("1000000 + k")},
       'seed-' || k, md5(k::text) || md5((k + 1)::text),
       json_build_object('credit_memo', {id_of("cm", "k / 2")}, 'applications', json_build_array({_ID["app"]}),
                         'invoices', json_build_array({id_of("inv", "(k / 200) * 40 + k % 40")}))
FROM generate_series(0, :applications: - 1) AS k
"""

_INVOICES = f"""
INSERT INTO invoice (
    entity_id, id, kind, source, number, account_id, currency, status, invoice_date, due_date,
    charge_amount, tax_amount, total_amount, balance, credits_applied, payments_applied, converted_amount,
    credited_amount, settlement_status, posted_at, posted_by, position,
    version, created_at, created_by, updated_at, updated_by)
SELECT :entity:, {_ID["inv"]}, 'INVOICE', 'INGESTED', 'INV-' || lpad((n + 1)::text, 7, '0'), {_ID["acc"]}, 'USD',
       'POSTED', date '2026-01-01', date '2026-01-31',
       charge, tax, charge + tax, charge + tax - applied, applied, 0, 0,
       0, 'PARTIALLY_SETTLED', {_days("n")}, {_MADE}, 6,
       7, {_days("n")}, {_MADE}, {_days("1000000 + n")}, {_MADE}
FROM generate_series(0, :invoices: - 1) AS n
CROSS JOIN LATERAL (SELECT sum({_LINE_AMOUNT}) AS charge, sum({_LINE_TAX}) AS tax
                    FROM generate_series(1, 10) AS l) AS lines
CROSS JOIN LATERAL (SELECT sum({_APPLIED}) AS applied
                    FROM (SELECT {_K_OF_INVOICE} AS k FROM {_OF_INVOICE}) AS of_invoice) AS applications
"""

# The first five lines take one application each.
_INVOICE_LINES = f"""
INSERT INTO invoice_line (
    entity_id, id, invoice_id, line_number, currency, sku, description, quantity, unit_of_measure, unit_price,
    service_start, service_end, tax_code, jurisdiction, tax_exempt, amount, tax_amount, total_amount, balance,
    credits_applied, converted_amount, quantity_credited, amount_credited, tax_credited, amount_copied)
SELECT :entity:, {_ID["inl"]}, {_ID["inv"]}, l, 'USD', 'SKU-' || lpad(l::text, 3, '0'), 'Seats of the team plan',
       3000000, 'seat', to_char({_PRICE} / 100.0, 'FM99990.00'), date '2026-01-01', date '2026-01-31', 'STANDARD',
       'TEXAS', false, {_LINE_AMOUNT}, {_LINE_TAX}, {_LINE_AMOUNT} + {_LINE_TAX},
       {_LINE_AMOUNT} + {_LINE_TAX} - applied, applied, 0, 0, 0, 0, 0
FROM generate_series(0, :invoices: - 1) AS n
CROSS JOIN generate_series(1, 10) AS l
CROSS JOIN LATERAL (SELECT CASE WHEN l <= 5 THEN {_APPLIED} ELSE 0 END AS applied
                    FROM (SELECT {_K_OF_INVOICE} AS k FROM (SELECT l - 1 AS round) AS of_line) AS of_invoice) AS credit
"""

_INVOICE_LINE_TAXES = f"""
INSERT INTO invoice_line_tax (
    entity_id, id, invoice_id, invoice_line_id, ordinal, currency, name, code, jurisdiction, rate, rate_type,
    tax_date, amount, exempt_amount, converted_amount, credited_amount, copied_amount)
SELECT :entity:, {_ID["itx"]}, {_ID["inv"]}, {_ID["inl"]}, 1, 'USD', 'SALES TAX', 'STANDARD', 'TEXAS', 8250000,
       'PERCENTAGE', date '2026-01-01', {_LINE_TAX}, 0, 0, 0, 0
FROM generate_series(0, :invoices: - 1) AS n CROSS JOIN generate_series(1, 10) AS l
"""

_MEMOS = f"""
INSERT INTO credit_memo (
    entity_id, id, number, account_id, currency, status, source, description,
    charge_amount, tax_amount, tax_exempt_amount, total_amount, applied, refunded, balance,
    credit_date, memo_date, tax_status, exclude_from_auto_apply, auto_apply_upon_posting,
    exclude_from_revenue_accounting, transferred_to_accounting, reversed, posted_at, posted_by, position,
    version, created_at, created_by, updated_at, updated_by)
SELECT :entity:, {_ID["cm"]}, {_NUMBER_OF_MEMO.format(m="m")}, {id_of("acc", "m / 100")}, 'USD', 'POSTED',
       'STANDALONE', 'Goodwill', total, 0, 0, total, used, 0, total - used,
       date '2026-01-01', date '2026-01-01', 'NOT_APPLICABLE', false, false, false, 'NO', false,
       {_days("m")}, {_MADE}, 3, 4, {_days("m")}, {_MADE}, {_days("1000000 + m")}, {_MADE}
FROM generate_series(0, :memos: - 1) AS m
CROSS JOIN LATERAL (SELECT sum({_MEMO_LINE}) AS total FROM generate_series(1, 3) AS p) AS lines
CROSS JOIN LATERAL (SELECT sum({_APPLIED}) AS used FROM generate_series(m * 2, m * 2 + 1) AS k) AS applications
"""

# The first two lines give one application each.
_MEMO_LINES = f"""
INSERT INTO credit_memo_line (
    entity_id, id, credit_memo_id, line_number, currency, sku, description, tax_exempt, tax_strategy, tax_mode,
    tax_only, amount, tax_amount, total_amount, balance, applied)
SELECT :entity:, {_ID["cml"]}, {_ID["cm"]}, p, 'USD', 'SKU-' || lpad(p::text, 3, '0'), 'Outage in March', false,
       'IGNORE', 'EXCLUSIVE', false, {_MEMO_LINE}, 0, {_MEMO_LINE}, {_MEMO_LINE} - used, used
FROM generate_series(0, :memos: - 1) AS m
CROSS JOIN generate_series(1, 3) AS p
CROSS JOIN LATERAL (SELECT CASE WHEN p <= 2 THEN {_APPLIED} ELSE 0 END AS used
                    FROM (SELECT m * 2 + p - 1 AS k) AS of_line) AS applications
"""

_BEFORE_ON_MEMO = _EARLIER.format(amount="100 + ((m * 2 + earlier) * 7) % 900", rows="memo_position - 2")
_BEFORE_ON_INVOICE = _EARLIER.format(
    amount="100 + (((n / 40) * 200 + earlier * 40 + n % 40) * 7) % 900", rows="invoice_position - 2"
)
_CREDIT = f"""
credit AS (
    SELECT k, {_APPLIED} AS amount, k / 2 AS m, (k / 200) * 40 + k % 40 AS n, 2 + k % 2 AS memo_position,
           2 + (k % 200) / 40 AS invoice_position, {_days("1000000 + k")} AS moment
    FROM generate_series(0, :applications: - 1) AS k),
standing AS (
    SELECT credit.*, memo.total_amount - {_BEFORE_ON_MEMO} AS memo_balance,
           invoice.total_amount - {_BEFORE_ON_INVOICE} AS invoice_balance
    FROM credit
    JOIN credit_memo AS memo ON memo.entity_id = :entity: AND memo.id = {_ID["cm"]}
    JOIN invoice ON invoice.entity_id = :entity: AND invoice.id = {_ID["inv"]})
"""

_APPLICATIONS = f"""
WITH {_CREDIT}
INSERT INTO credit_memo_application (
    entity_id, id, number, credit_memo_id, invoice_id, account_id, currency, type, level, amount, impact_amount,
    credit_memo_balance, invoice_balance, credit_memo_position, invoice_position, applied_date,
    has_been_unapplied, allocation_rule, operation, log_id, recorded_at, recorded_by)
SELECT :entity:, {_ID["app"]}, {_NUMBER_OF_MEMO.format(m="m")} || '-' || memo_position, {_ID["cm"]}, {_ID["inv"]},
       {_ID["acc"]}, 'USD', 'APPLIED', 'LINE', amount, -amount, memo_balance, invoice_balance, memo_position,
       invoice_position, moment, 'NO', 'HIGHEST_FIRST', 'APPLY_CREDIT_MEMO', {_ID["log"]}, moment, {_MADE}
FROM standing
"""

_LINE_APPLICATIONS = f"""
WITH credit AS (
    SELECT k, {_APPLIED} AS amount, k / 2 AS m, 1 + k % 2 AS p, (k / 200) * 40 + k % 40 AS n,
           1 + (k % 200) / 40 AS l, {_days("1000000 + k")} AS moment
    FROM generate_series(0, :applications: - 1) AS k)
INSERT INTO credit_memo_line_application (
    entity_id, id, application_id, credit_memo_line_id, invoice_line_id, sequence, currency, type, amount,
    impact_amount, credit_memo_line_balance, invoice_line_balance, applied_date, has_been_unapplied,
    log_id, recorded_at, recorded_by)
SELECT :entity:, {_ID["lapp"]}, {_ID["app"]}, {_ID["cml"]}, {_ID["inl"]}, 1, 'USD', 'APPLIED', amount, -amount,
       {_MEMO_LINE} - amount, {_LINE_AMOUNT} + {_LINE_TAX} - amount, moment, 'NO', {_ID["log"]}, moment, {_MADE}
FROM credit
"""

_ENTRIES = f"""
INSERT INTO balance_entry (
    entity_id, document_id, position, currency, kind, impact_amount, balance_before, balance_after, cause_id,
    log_id, recorded_at, recorded_by)
SELECT :entity:, id, 1, currency, 'POSTING', total_amount, 0, total_amount, NULL, {_INVOICES_LOG}, posted_at, {_MADE}
FROM invoice WHERE entity_id = :entity:
UNION ALL
SELECT :entity:, id, 1, currency, 'POSTING', total_amount, 0, total_amount, NULL, {_MEMOS_LOG}, posted_at, {_MADE}
FROM credit_memo WHERE entity_id = :entity:
UNION ALL
SELECT :entity:, credit_memo_id, credit_memo_position, currency, 'APPLICATION', -amount, credit_memo_balance + amount,
       credit_memo_balance, id, log_id, recorded_at, {_MADE}
FROM credit_memo_application WHERE entity_id = :entity:
UNION ALL
SELECT :entity:, invoice_id, invoice_position, currency, 'APPLICATION', -amount, invoice_balance + amount,
       invoice_balance, id, log_id, recorded_at, {_MADE}
FROM credit_memo_application WHERE entity_id = :entity:
"""

# As after an upgrade: what is there is adopted, and has no journal entries.
_JOURNAL = "UPDATE entity SET journal_begins_at = clock_timestamp() WHERE id = :entity:"

_NUMBERS = """
UPDATE number_sequence SET next = CASE kind WHEN 'CREDIT_MEMO' THEN :memos: ELSE :invoices: END + 1
WHERE entity_id = :entity:
"""

STATEMENTS = (
    _ACCOUNTS,
    _LOG,
    _INVOICES,
    _INVOICE_LINES,
    _INVOICE_LINE_TAXES,
    _MEMOS,
    _MEMO_LINES,
    _APPLICATIONS,
    _LINE_APPLICATIONS,
    _ENTRIES,
    _JOURNAL,
    _NUMBERS,
)
