"""The SQL of the floor: the rows that the service writes for a chunk of full credits, each table in one statement.

Parameters have the same place everywhere: $1 entity, $2 job, $3 and $4 the first and last position of the chunk, and
what a statement needs besides from $5 on. New ids are a prefix that grows with time ($5, 20 hex digits) followed by
the item's position and the line's number, so that every statement can name every row of the chunk.
"""

SUBMIT = """
INSERT INTO job (entity_id, id, kind, status, atomic, options, total, done, refused, skipped,
                 version, created_at, created_by, updated_at, updated_by)
SELECT $1::integer, $2::text, 'DIRECT_CREDIT_MEMOS', 'QUEUED', false, $5::json, 0, 0, 0, 0,
       1, $3::timestamptz, $4::text, $3::timestamptz, $4::text
"""

SUBMIT_ITEMS = """
INSERT INTO job_item (entity_id, id, job_id, position, invoice_id, outcome)
SELECT $1, 'jit_' || substr($2::text, 5) || '_' || lpad(place::text, 7, '0'), $2::text, place, id, 'PENDING'
FROM (SELECT id, row_number() OVER (ORDER BY number, id) - 1 AS place
      FROM invoice WHERE entity_id = $1 AND account_id = $3 AND kind = 'INVOICE' AND status = 'POSTED') AS chosen
"""

QUEUE = "INSERT INTO job_queue (entity_id, job_id, queued_at) VALUES ($1, $2, $3)"

TOTAL = """
UPDATE job SET total = (SELECT count(*) FROM job_item WHERE entity_id = $1 AND job_id = $2), version = version + 1
WHERE entity_id = $1 AND id = $2
"""

CLAIM = """
SELECT position FROM job_item
WHERE entity_id = $1 AND job_id = $2 AND outcome = 'PENDING'
ORDER BY position LIMIT $3 FOR UPDATE SKIP LOCKED
"""

_ITEM = """
item AS (SELECT position, invoice_id FROM job_item
         WHERE entity_id = $1 AND job_id = $2 AND position BETWEEN $3 AND $4)
"""
# Ids as plain columns: behind row security a join on an expression could not go by the index.
_MADE = """
item AS MATERIALIZED (
    SELECT position, invoice_id, 'cm_' || $5::text || lpad(to_hex(position), 12, '0') AS memo_id,
           'app_' || $5::text || lpad(to_hex(position), 12, '0') AS application_id
    FROM job_item WHERE entity_id = $1 AND job_id = $2 AND position BETWEEN $3 AND $4)
"""
_MEMO_LINE_ID = (
    "'cml_' || $5::text || lpad(to_hex(item.position), 6, '0') || lpad(to_hex(line.line_number), 6, '0')"
)

LOCK_INVOICES = f"""
WITH {_ITEM}
SELECT 1 FROM invoice WHERE entity_id = $1 AND id IN (SELECT invoice_id FROM item) ORDER BY id FOR UPDATE
"""

TAKE_NUMBERS = """
UPDATE number_sequence SET next = next + $2 WHERE entity_id = $1 AND kind = 'CREDIT_MEMO' RETURNING next - $2
"""

LOG = """
INSERT INTO log_entry (entity_id, id, operation, actor, recorded_at, outcome)
VALUES ($1, $2, 'WORK_ON_JOB', $3, $4, $5)
"""

# $6 now, $7 actor, $8 log entry, $9 whether the memo is applied to its invoice. Nothing was credited before. What is
# hashed is as long as what is told, though not in the form in which the service seals it.
LINKS = f"""
WITH {_MADE},
changed AS (
    SELECT line.invoice_id, line.id, json_strip_nulls(json_build_object(
               'amount_copied', json_build_array(0, line.amount), 'amount_credited', json_build_array(0, line.amount),
               'balance', CASE WHEN $9::boolean THEN json_build_array(line.balance, 0) END,
               'credits_applied', CASE WHEN $9::boolean THEN json_build_array(0, line.balance) END,
               'quantity_credited', json_build_array(0, line.quantity),
               'tax_credited', json_build_array(0, line.tax_amount))) AS columns
    FROM item JOIN invoice_line AS line ON line.entity_id = $1 AND line.invoice_id = item.invoice_id
    UNION ALL
    SELECT tax.invoice_id, tax.id, json_build_object(
               'copied_amount', json_build_array(0, tax.amount), 'credited_amount', json_build_array(0, tax.amount))
    FROM item JOIN invoice_line_tax AS tax ON tax.entity_id = $1 AND tax.invoice_id = item.invoice_id
    UNION ALL
    SELECT invoice.id, invoice.id, json_build_object(
               'credited_amount', json_build_array(0, invoice.total_amount),
               'balance', json_build_array(invoice.balance, 0))
    FROM item JOIN invoice ON invoice.entity_id = $1 AND invoice.id = item.invoice_id),
told AS (
    SELECT invoice.id, invoice.version + 1 AS version, 'CHANGED' AS kind, invoice.history_hash AS previous,
           json_build_object('changed', json_object_agg(changed.id, changed.columns))::text AS changes
    FROM changed JOIN invoice ON invoice.entity_id = $1 AND invoice.id = changed.invoice_id
    GROUP BY invoice.id, invoice.version, invoice.history_hash
    UNION ALL
    SELECT memo_id, 1, 'CREATED', NULL, '{{}}' FROM item)
INSERT INTO document_change (entity_id, document_id, version, part, kind, log_id, recorded_at, recorded_by, changes,
                             previous_hash, hash)
SELECT $1, id, version, 1, kind, $8::text, $6::timestamptz, $7::text, changes, previous,
       encode(sha256(convert_to(id || coalesce(previous, '') || changes, 'UTF8')), 'hex')
FROM told
"""

# $6 now, $7 today, $8 actor, $9 the first number, $10 whether the memo is applied to its invoice.
MEMOS = f"""
WITH {_MADE}
INSERT INTO credit_memo (
    entity_id, id, number, account_id, currency, status, source, invoice_id,
    charge_amount, tax_amount, tax_exempt_amount, total_amount, applied, refunded, balance,
    credit_date, memo_date, tax_status, exclude_from_auto_apply, auto_apply_upon_posting,
    exclude_from_revenue_accounting, transferred_to_accounting, reversed, source_type, source_id, posted_at,
    posted_by, position,
    version, created_at, created_by, updated_at, updated_by, history_hash)
SELECT $1, item.memo_id, 'CM-' || lpad(($9::integer + item.position - $3)::text, 7, '0'),
       invoice.account_id, invoice.currency, 'POSTED', 'INVOICE', invoice.id,
       charged.amount, taxed.amount, 0, charged.amount + taxed.amount,
       CASE WHEN $10::boolean THEN charged.amount + taxed.amount ELSE 0 END, 0,
       CASE WHEN $10::boolean THEN 0 ELSE charged.amount + taxed.amount END,
       $7::date, $7::date, 'COMPLETE', false, $10::boolean,
       false, 'NO', false, 'Invoice', invoice.id, $6::timestamptz, $8::text, CASE WHEN $10::boolean THEN 2 ELSE 1 END,
       1, $6::timestamptz, $8::text, $6::timestamptz, $8::text, link.hash
FROM item JOIN invoice ON invoice.entity_id = $1 AND invoice.id = item.invoice_id
JOIN document_change AS link ON link.entity_id = $1 AND link.document_id = item.memo_id AND link.version = 1
CROSS JOIN LATERAL (SELECT sum(amount - amount_credited)::bigint AS amount FROM invoice_line
                    WHERE entity_id = $1 AND invoice_id = item.invoice_id) AS charged
CROSS JOIN LATERAL (SELECT sum(amount - credited_amount)::bigint AS amount FROM invoice_line_tax
                    WHERE entity_id = $1 AND invoice_id = item.invoice_id) AS taxed
ORDER BY item.position
"""

# $6 whether the memo is applied to its invoice.
MEMO_LINES = f"""
WITH {_MADE}
INSERT INTO credit_memo_line (
    entity_id, id, credit_memo_id, line_number, currency, source_invoice_line_id, sku, description, quantity,
    unit_of_measure, unit_price, service_start, service_end, tax_code, jurisdiction, tax_exempt,
    tax_strategy, tax_mode, tax_only, amount, tax_amount, total_amount, balance, applied, order_item_id)
SELECT $1, {_MEMO_LINE_ID}, item.memo_id, line.line_number, line.currency, line.id, line.sku, line.description,
       line.quantity - line.quantity_credited,
       line.unit_of_measure, line.unit_price, line.service_start, line.service_end, line.tax_code,
       line.jurisdiction, line.tax_exempt, 'COPY_FROM_INVOICE_LINE', 'EXCLUSIVE', false,
       drawn.amount, drawn.tax, drawn.amount + drawn.tax,
       CASE WHEN $6::boolean THEN 0 ELSE drawn.amount + drawn.tax END,
       CASE WHEN $6::boolean THEN drawn.amount + drawn.tax ELSE 0 END, line.order_item_id
FROM item JOIN invoice_line AS line ON line.entity_id = $1 AND line.invoice_id = item.invoice_id
CROSS JOIN LATERAL (SELECT line.amount - line.amount_credited AS amount, sum(amount - credited_amount)::bigint AS tax
                    FROM invoice_line_tax WHERE entity_id = $1 AND invoice_line_id = line.id OFFSET 0) AS drawn
ORDER BY item.position, line.line_number
"""

MEMO_LINE_TAXES = f"""
WITH {_MADE}
INSERT INTO credit_memo_line_tax (
    entity_id, id, credit_memo_id, credit_memo_line_id, ordinal, currency, source_tax_item_id, name, code,
    code_description, jurisdiction, location_code, rate, rate_description, rate_type, tax_date, amount, exempt_amount)
SELECT $1, 'cmt_' || $5::text || lpad(to_hex(item.position), 6, '0') || lpad(to_hex(line.line_number), 4, '0')
           || lpad(to_hex(tax.ordinal), 2, '0'),
       item.memo_id, {_MEMO_LINE_ID}, tax.ordinal, tax.currency, tax.id, tax.name, tax.code,
       tax.code_description, tax.jurisdiction, tax.location_code, tax.rate, tax.rate_description, tax.rate_type,
       tax.tax_date, tax.amount - tax.credited_amount, 0
FROM item JOIN invoice_line AS line ON line.entity_id = $1 AND line.invoice_id = item.invoice_id
JOIN invoice_line_tax AS tax ON tax.entity_id = $1 AND tax.invoice_line_id = line.id
ORDER BY item.position, line.line_number, tax.ordinal
"""

LINES = f"""
WITH {_ITEM}
UPDATE invoice_line AS line SET
    amount_credited = line.amount, amount_copied = line.amount_copied + line.amount - line.amount_credited,
    tax_credited = line.tax_amount, quantity_credited = coalesce(line.quantity, 0),
    balance = CASE WHEN $5::boolean THEN 0 ELSE line.balance END,
    credits_applied = CASE WHEN $5::boolean THEN line.credits_applied + line.balance ELSE line.credits_applied END
FROM item WHERE line.entity_id = $1 AND line.invoice_id = item.invoice_id
"""

TAXES = f"""
WITH {_ITEM}
UPDATE invoice_line_tax AS tax SET
    credited_amount = tax.amount, copied_amount = tax.copied_amount + tax.amount - tax.credited_amount
FROM item WHERE tax.entity_id = $1 AND tax.invoice_id = item.invoice_id
"""

# $6 now, $7 today, $8 actor, $9 whether the memo is applied to its invoice, $10 log entry.
INVOICES = f"""
WITH {_MADE}
UPDATE invoice SET
    credited_amount = invoice.credited_amount + memo.total_amount,
    balance = invoice.balance - memo.applied, credits_applied = invoice.credits_applied + memo.applied,
    position = CASE WHEN $9::boolean THEN invoice.position + 1 ELSE invoice.position END,
    settlement_status = CASE WHEN $9::boolean THEN 'SETTLED' ELSE invoice.settlement_status END,
    full_settlement_date = CASE WHEN $9::boolean THEN $7::date ELSE invoice.full_settlement_date END,
    version = invoice.version + 1, updated_at = $6::timestamptz, updated_by = $8::text, history_hash = link.hash
FROM item JOIN credit_memo AS memo ON memo.entity_id = $1 AND memo.id = item.memo_id
JOIN document_change AS link ON link.entity_id = $1 AND link.document_id = item.invoice_id AND link.log_id = $10::text
WHERE invoice.entity_id = $1 AND invoice.id = item.invoice_id
"""

# $6 log entry, $7 now, $8 actor.
POSTINGS = f"""
WITH {_MADE}
INSERT INTO balance_entry (entity_id, document_id, position, currency, kind, impact_amount, balance_before,
                           balance_after, log_id, recorded_at, recorded_by)
SELECT $1, memo.id, 1, memo.currency, 'POSTING', memo.total_amount, 0, memo.total_amount, $6::text,
       $7::timestamptz, $8::text
FROM item JOIN credit_memo AS memo ON memo.entity_id = $1 AND memo.id = item.memo_id
"""

# No line has an accounting code of its own, and the entity has given itself none.
JOURNAL = f"""
WITH {_MADE},
posted AS (
    SELECT item.position, memo.id, memo.currency, memo.memo_date, one.part, one.type, one.amount
    FROM item JOIN credit_memo AS memo ON memo.entity_id = $1 AND memo.id = item.memo_id
    CROSS JOIN LATERAL (VALUES (1, 'REVENUE', memo.charge_amount), (2, 'SALES_TAX_PAYABLE', memo.tax_amount))
        AS one (part, type, amount)
    WHERE one.amount <> 0)
INSERT INTO journal_entry (entity_id, id, document_id, position, ordinal, type, debit_code, credit_code, currency,
                           amount, impact_amount, journal_date, log_id, recorded_at, recorded_by)
SELECT $1, 'jrn_' || substr($6::text, 5) || '-' || lpad(ordinal::text, 7, '0'), id, 1, ordinal, type, type,
       'ACCOUNTS_RECEIVABLE', currency, amount, -amount, memo_date, $6::text, $7::timestamptz, $8::text
FROM (SELECT posted.*, row_number() OVER (ORDER BY position, part) AS ordinal FROM posted) AS entry
"""

APPLICATIONS = f"""
WITH {_MADE}
INSERT INTO credit_memo_application (
    entity_id, id, number, credit_memo_id, invoice_id, account_id, currency, type, level, amount, impact_amount,
    credit_memo_balance, invoice_balance, credit_memo_position, invoice_position, applied_date,
    has_been_unapplied, allocation_rule, auto_apply_rule, auto_apply_rank, operation, log_id, recorded_at,
    recorded_by)
SELECT $1, item.application_id, memo.number || '-2', memo.id, invoice.id, memo.account_id, memo.currency, 'APPLIED',
       'LINE', memo.applied, -memo.applied, 0, invoice.balance, 2, invoice.position, $7::timestamptz,
       'NO', 'SOURCE_LINE', 'MATCH_REFERENCE', 1, 'WORK_ON_JOB', $6::text, $7::timestamptz, $8::text
FROM item JOIN credit_memo AS memo ON memo.entity_id = $1 AND memo.id = item.memo_id
JOIN invoice ON invoice.entity_id = $1 AND invoice.id = item.invoice_id
ORDER BY item.position
"""

LINE_APPLICATIONS = f"""
WITH {_MADE}
INSERT INTO credit_memo_line_application (
    entity_id, id, application_id, credit_memo_line_id, invoice_line_id, sequence, currency, type, amount,
    impact_amount, credit_memo_line_balance, invoice_line_balance, applied_date, has_been_unapplied, log_id,
    recorded_at, recorded_by)
SELECT $1, 'lapp_' || $5::text || lpad(to_hex(item.position), 6, '0') || lpad(to_hex(line.line_number), 6, '0'),
       item.application_id, line.id, line.source_invoice_line_id, line.line_number, line.currency, 'APPLIED',
       line.applied, -line.applied, 0, 0, $7::timestamptz, 'NO', $6::text, $7::timestamptz, $8::text
FROM item JOIN credit_memo_line AS line ON line.entity_id = $1 AND line.credit_memo_id = item.memo_id
ORDER BY item.position, line.line_number
"""

APPLICATION_ENTRIES = f"""
WITH {_MADE},
made AS (SELECT application.* FROM item JOIN credit_memo_application AS application
         ON application.entity_id = $1 AND application.id = item.application_id)
INSERT INTO balance_entry (entity_id, document_id, position, currency, kind, impact_amount, balance_before,
                           balance_after, cause_id, log_id, recorded_at, recorded_by)
SELECT $1, credit_memo_id, credit_memo_position, currency, 'APPLICATION', impact_amount,
       credit_memo_balance - impact_amount, credit_memo_balance, id, $6::text, $7::timestamptz, $8::text FROM made
UNION ALL
SELECT $1, invoice_id, invoice_position, currency, 'APPLICATION', impact_amount,
       invoice_balance - impact_amount, invoice_balance, id, $6::text, $7::timestamptz, $8::text FROM made
"""

# $6 log entry, $7 now, $8 whether the memo is applied to its invoice.
ITEMS = """
UPDATE job_item SET outcome = 'DONE', credit_memo_id = 'cm_' || $5::text || lpad(to_hex(position), 12, '0'),
       application_id = CASE WHEN $8::boolean THEN 'app_' || $5::text || lpad(to_hex(position), 12, '0') END,
       log_id = $6::text, recorded_at = $7::timestamptz
WHERE entity_id = $1 AND job_id = $2 AND position BETWEEN $3 AND $4
"""

COUNT = """
UPDATE job SET done = done + $3, version = version + 1, updated_at = $4, updated_by = $5,
       started_at = coalesce(started_at, $4),
       finished_at = CASE WHEN done + $3 = total THEN $4 END,
       status = CASE WHEN done + $3 = total THEN 'DONE' ELSE 'RUNNING' END
WHERE entity_id = $1 AND id = $2
"""

UNQUEUE = "DELETE FROM job_queue WHERE entity_id = $1 AND job_id = $2"
