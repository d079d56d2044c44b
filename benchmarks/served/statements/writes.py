"""W1 and W2: what the service writes, by as many statements as it sends; nothing is judged, all is known to pass.

The writes are one statement, whose parts all see the rows as they were locked and read.
"""

from benchmarks.served.ids import id_of

CREDITED = 20
"""Minor units that W2 credits of each line, without tax."""


def _new_id(prefix: str) -> str:
    """An id that grows with time, as the service's do."""
    return (
        f"('{prefix}_' || lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000000)::bigint), 16, '0')"
        " || substr(md5(random()::text), 1, 16))"
    )


def _claim(operation: str, *made: str) -> str:
    """The key is claimed, the settings are read; `made` are ids of rows to come."""
    ids = "".join(
        f", {_new_id(prefix)} AS {name}" for prefix, _, name in (each.partition(" ") for each in made)
    )
    return f"""WITH claimed AS (
        INSERT INTO log_entry (entity_id, id, operation, actor, recorded_at, idempotency_key, fingerprint)
        VALUES (1, {_new_id("log")}, '{operation}', 'bench', clock_timestamp(), 'floor-' || :r,
                encode(sha256(convert_to((:r)::text, 'UTF8')), 'hex'))
        ON CONFLICT (entity_id, idempotency_key) DO NOTHING RETURNING id)
    SELECT claimed.id AS log, application_level, default_allocation, default_tax_strategy, time_zone{ids}
    FROM entity LEFT JOIN claimed ON true WHERE entity.id = 1 \\gset"""


_SEALED = """sealed AS MATERIALIZED (
        SELECT told.*, encode(sha256(convert_to(id || coalesce(previous, '') || changes, 'UTF8')), 'hex') AS hash
        FROM told)"""
"""What is hashed is as long as what is told, though not in the form in which the service seals it."""
_LINKS = """links AS (
        INSERT INTO document_change (entity_id, document_id, version, part, kind, log_id, recorded_at, recorded_by,
                                     changes, previous_hash, hash)
        SELECT 1, id, version, 1, {kind}, :log, (:moment)::timestamptz, 'bench', changes, previous, hash FROM sealed)"""


def _changed(document: str, column: str, name: str) -> str:
    """What W1 changes of a document and of one line of it."""
    return (
        f"json_build_object('changed', json_build_object({document}, json_build_object('{column}',"
        f" json_build_array((:{column})::bigint, (:{column})::bigint + 1), 'balance',"
        f" json_build_array((:{name}_balance)::bigint, (:{name}_balance)::bigint - 1)), (:{name}_line)::text,"
        f" json_build_object('{column}', json_build_array(0, 1), 'balance',"
        f" json_build_array((:{name}_line_balance)::bigint, (:{name}_line_balance)::bigint - 1))))::text"
    )


_MEMO, _INVOICE = id_of("cm", ":m"), id_of("inv", ":n")

W1 = (
    "BEGIN;",
    _claim("APPLY_CREDIT_MEMO", "app application", "lapp part"),
    f"""SELECT number AS memo_number, account_id AS account, applied, balance AS memo_balance,
           position AS memo_position, version AS memo_version, history_hash AS memo_hash
    FROM credit_memo WHERE entity_id = 1 AND id = {_MEMO} FOR UPDATE \\gset""",
    f"""SELECT credits_applied, balance AS invoice_balance, position AS invoice_position,
           version AS invoice_version, history_hash AS invoice_hash, clock_timestamp() AS moment
    FROM invoice WHERE entity_id = 1 AND id = {_INVOICE} FOR UPDATE \\gset""",
    f"""SELECT id AS memo_line, balance AS memo_line_balance
    FROM credit_memo_line WHERE entity_id = 1 AND credit_memo_id = {_MEMO}
    ORDER BY balance DESC, line_number LIMIT 1 \\gset""",
    f"""SELECT id AS invoice_line, balance AS invoice_line_balance
    FROM invoice_line WHERE entity_id = 1 AND invoice_id = {_INVOICE}
    ORDER BY balance DESC, line_number LIMIT 1 \\gset""",
    f"""WITH told AS (
        SELECT * FROM (VALUES
            ({_MEMO}, (:memo_version)::integer + 1, (:memo_hash)::text,
             {_changed(_MEMO, "applied", "memo")}),
            ({_INVOICE}, (:invoice_version)::integer + 1, (:invoice_hash)::text,
             {_changed(_INVOICE, "credits_applied", "invoice")})) AS link (id, version, previous, changes)),
    {_SEALED},
    logged AS (
        UPDATE log_entry
        SET recorded_at = :moment, outcome = json_build_object('credit_memo', {_MEMO}, 'applications', json_build_array((:application)::text),
                                        'invoices', json_build_array({_INVOICE}))
        WHERE entity_id = 1 AND id = :log),
    memo AS (
        UPDATE credit_memo
        SET applied = (:applied)::bigint + 1, balance = (:memo_balance)::bigint - 1,
            position = (:memo_position)::integer + 1, version = sealed.version, updated_at = :moment,
            history_hash = sealed.hash
        FROM sealed WHERE credit_memo.entity_id = 1 AND credit_memo.id = {_MEMO} AND sealed.id = {_MEMO}),
    memo_part AS (
        UPDATE credit_memo_line SET applied = applied + 1, balance = (:memo_line_balance)::bigint - 1
        WHERE entity_id = 1 AND id = :memo_line),
    owed AS (
        UPDATE invoice
        SET credits_applied = (:credits_applied)::bigint + 1, balance = (:invoice_balance)::bigint - 1,
            position = (:invoice_position)::integer + 1, version = sealed.version, updated_at = :moment,
            history_hash = sealed.hash
        FROM sealed WHERE invoice.entity_id = 1 AND invoice.id = {_INVOICE} AND sealed.id = {_INVOICE}),
    owed_part AS (
        UPDATE invoice_line SET credits_applied = credits_applied + 1, balance = (:invoice_line_balance)::bigint - 1
        WHERE entity_id = 1 AND id = :invoice_line),
    {_LINKS.format(kind="'CHANGED'")},
    applied AS (
        INSERT INTO credit_memo_application (
            entity_id, id, number, credit_memo_id, invoice_id, account_id, currency, type, level, amount,
            impact_amount, credit_memo_balance, invoice_balance, credit_memo_position, invoice_position,
            applied_date, has_been_unapplied, allocation_rule, operation, log_id, recorded_at, recorded_by)
        VALUES (1, :application, :memo_number || '-' || (:memo_position)::integer + 1, {_MEMO}, {_INVOICE},
                :account, 'USD', 'APPLIED', 'LINE', 1, -1, (:memo_balance)::bigint - 1,
                (:invoice_balance)::bigint - 1, (:memo_position)::integer + 1, (:invoice_position)::integer + 1,
                :moment, 'NO', 'HIGHEST_FIRST', 'APPLY_CREDIT_MEMO', :log, :moment, 'bench')),
    applied_part AS (
        INSERT INTO credit_memo_line_application (
            entity_id, id, application_id, credit_memo_line_id, invoice_line_id, sequence, currency, type, amount,
            impact_amount, credit_memo_line_balance, invoice_line_balance, applied_date, has_been_unapplied,
            log_id, recorded_at, recorded_by)
        VALUES (1, :part, :application, :memo_line, :invoice_line, 1, 'USD', 'APPLIED', 1, -1,
                (:memo_line_balance)::bigint - 1, (:invoice_line_balance)::bigint - 1, :moment, 'NO', :log,
                :moment, 'bench'))
    INSERT INTO balance_entry (
        entity_id, document_id, position, currency, kind, impact_amount, balance_before, balance_after, cause_id,
        log_id, recorded_at, recorded_by)
    VALUES (1, {_MEMO}, (:memo_position)::integer + 1, 'USD', 'APPLICATION', -1, (:memo_balance)::bigint,
            (:memo_balance)::bigint - 1, :application, :log, :moment, 'bench'),
           (1, {_INVOICE}, (:invoice_position)::integer + 1, 'USD', 'APPLICATION', -1, (:invoice_balance)::bigint,
            (:invoice_balance)::bigint - 1, :application, :log, :moment, 'bench');""",
    "COMMIT;",
)

# The share of the tax that belongs to all that is credited of the line, less what was credited before.
_TAX = (
    f"((2 * tax.amount * (line.amount_credited + {CREDITED}) + line.amount) / (2 * line.amount)"
    " - tax.credited_amount)"
)
_CHARGE = 10 * CREDITED

W2 = (
    "BEGIN;",
    _claim("CREATE_CREDIT_MEMO_FROM_INVOICE", "cm memo"),
    "SELECT id, code, label, active, allowed_for_direct, is_default FROM reason_code WHERE entity_id = 1 ORDER BY id;",
    f"""SELECT account_id AS account, credited_amount, version, history_hash, clock_timestamp() AS moment
    FROM invoice WHERE entity_id = 1 AND id = {_INVOICE} FOR UPDATE \\gset""",
    f"""SELECT id, line_number, amount, amount_credited, tax_credited, amount_copied, quantity
    FROM invoice_line WHERE entity_id = 1 AND invoice_id = {_INVOICE} ORDER BY line_number;""",
    f"""SELECT id, invoice_line_id, ordinal, name, code, rate, amount, credited_amount, copied_amount
    FROM invoice_line_tax WHERE entity_id = 1 AND invoice_id = {_INVOICE} ORDER BY ordinal, id;""",
    """UPDATE number_sequence SET next = next + 1 WHERE entity_id = 1 AND kind = 'CREDIT_MEMO'
    RETURNING next - 1 AS taken \\gset""",
    f"""WITH drawn AS MATERIALIZED (
        SELECT line.id AS line_id, tax.id AS tax_id, {_new_id("cml")} AS memo_line_id, {_new_id("cmt")} AS item_id,
               line.line_number, line.sku, line.description, line.unit_of_measure, line.unit_price,
               line.service_start, line.service_end, line.tax_code, line.jurisdiction, line.tax_exempt,
               tax.name, tax.code, tax.jurisdiction AS tax_jurisdiction, tax.rate, tax.rate_type, tax.tax_date,
               line.amount_credited, line.tax_credited, line.amount_copied, tax.credited_amount, {_TAX} AS tax
        FROM invoice_line AS line
        JOIN invoice_line_tax AS tax ON tax.entity_id = 1 AND tax.invoice_line_id = line.id
        WHERE line.entity_id = 1 AND line.invoice_id = {_INVOICE}),
    whole AS MATERIALIZED (SELECT sum(tax)::bigint AS tax FROM drawn),
    changed AS (
        SELECT line_id AS id, json_build_object(
            'amount_copied', json_build_array(amount_copied, amount_copied + {CREDITED}),
            'amount_credited', json_build_array(amount_credited, amount_credited + {CREDITED}),
            'tax_credited', json_build_array(tax_credited, tax_credited + tax)) AS columns FROM drawn
        UNION ALL
        SELECT tax_id, json_build_object(
            'copied_amount', json_build_array(credited_amount, credited_amount + tax),
            'credited_amount', json_build_array(credited_amount, credited_amount + tax)) FROM drawn
        UNION ALL
        SELECT {_INVOICE}, json_build_object('credited_amount', json_build_array((:credited_amount)::bigint, tax))
        FROM whole),
    told AS (
        SELECT {_INVOICE} AS id, (:version)::integer + 1 AS version, (:history_hash)::text AS previous,
               json_build_object('changed', json_object_agg(id, columns))::text AS changes FROM changed
        UNION ALL
        SELECT (:memo)::text, 1, NULL, '{{}}'),
    {_SEALED},
    {_LINKS.format(kind="CASE version WHEN 1 THEN 'CREATED' ELSE 'CHANGED' END")},
    logged AS (
        UPDATE log_entry
        SET recorded_at = (:moment)::timestamptz, outcome = json_build_object('credit_memo', (:memo)::text, 'invoice', {_INVOICE}, 'application', NULL)
        WHERE entity_id = 1 AND id = :log),
    credited AS (
        UPDATE invoice
        SET credited_amount = (:credited_amount)::bigint + {_CHARGE} + whole.tax,
            version = sealed.version, updated_at = :moment, history_hash = sealed.hash
        FROM whole, sealed
        WHERE invoice.entity_id = 1 AND invoice.id = {_INVOICE} AND sealed.id = {_INVOICE}),
    credited_lines AS (
        UPDATE invoice_line AS line
        SET amount_credited = drawn.amount_credited + {CREDITED}, amount_copied = drawn.amount_copied + {CREDITED},
            tax_credited = drawn.tax_credited + drawn.tax
        FROM drawn WHERE line.entity_id = 1 AND line.id = drawn.line_id),
    credited_taxes AS (
        UPDATE invoice_line_tax AS item
        SET credited_amount = drawn.credited_amount + drawn.tax, copied_amount = drawn.credited_amount + drawn.tax
        FROM drawn WHERE item.entity_id = 1 AND item.id = drawn.tax_id),
    memo AS (
        INSERT INTO credit_memo (
            entity_id, id, number, account_id, currency, status, source, invoice_id,
            charge_amount, tax_amount, tax_exempt_amount, total_amount, applied, refunded, balance,
            credit_date, memo_date, tax_status, exclude_from_auto_apply, auto_apply_upon_posting,
            exclude_from_revenue_accounting, transferred_to_accounting, reversed, source_type, source_id,
            posted_at, posted_by, position, version, created_at, created_by, updated_at, updated_by, history_hash)
        SELECT 1, :memo, 'CM-' || lpad((:taken)::text, 7, '0'), :account, 'USD', 'POSTED', 'INVOICE', {_INVOICE},
               {_CHARGE}, tax, 0, {_CHARGE} + tax, 0, 0, {_CHARGE} + tax,
               ((:moment)::timestamptz AT TIME ZONE 'UTC')::date, ((:moment)::timestamptz AT TIME ZONE 'UTC')::date,
               'COMPLETE', false, false, false, 'NO', false, 'Invoice', {_INVOICE}, (:moment)::timestamptz, 'bench',
               1, 1, (:moment)::timestamptz, 'bench', (:moment)::timestamptz, 'bench', sealed.hash
        FROM whole, sealed WHERE sealed.id = (:memo)::text),
    memo_lines AS (
        INSERT INTO credit_memo_line (
            entity_id, id, credit_memo_id, line_number, currency, source_invoice_line_id, sku, description,
            unit_of_measure, unit_price, service_start, service_end, tax_code, jurisdiction, tax_exempt,
            tax_strategy, tax_mode, tax_only, amount, tax_amount, total_amount, balance, applied)
        SELECT 1, memo_line_id, (:memo)::text, line_number, 'USD', line_id, sku, description,
               unit_of_measure, unit_price, service_start, service_end, tax_code, jurisdiction, tax_exempt,
               'COPY_FROM_INVOICE_LINE', 'EXCLUSIVE', false, {CREDITED}, tax, {CREDITED} + tax, {CREDITED} + tax, 0
        FROM drawn),
    memo_taxes AS (
        INSERT INTO credit_memo_line_tax (
            entity_id, id, credit_memo_id, credit_memo_line_id, ordinal, currency, source_tax_item_id, name, code,
            jurisdiction, rate, rate_type, tax_date, amount, exempt_amount)
        SELECT 1, item_id, (:memo)::text, memo_line_id, 1, 'USD', tax_id, name, code,
               tax_jurisdiction, rate, rate_type, tax_date, tax, 0
        FROM drawn),
    moved AS (
        INSERT INTO balance_entry (
            entity_id, document_id, position, currency, kind, impact_amount, balance_before, balance_after, cause_id,
            log_id, recorded_at, recorded_by)
        SELECT 1, (:memo)::text, 1, 'USD', 'POSTING', {_CHARGE} + tax, 0, {_CHARGE} + tax, NULL, :log,
               (:moment)::timestamptz, 'bench'
        FROM whole)
    INSERT INTO journal_entry (
        entity_id, id, document_id, position, ordinal, type, debit_code, credit_code, currency, amount,
        impact_amount, journal_date, log_id, recorded_at, recorded_by)
    SELECT 1, 'jrn_' || substr((:log)::text, 5) || '-' || lpad(ordinal::text, 7, '0'), (:memo)::text, 1, ordinal,
           type, type, 'ACCOUNTS_RECEIVABLE', 'USD', amount, -amount,
           ((:moment)::timestamptz AT TIME ZONE 'UTC')::date, :log, (:moment)::timestamptz, 'bench'
    FROM whole CROSS JOIN LATERAL (VALUES (1, 'REVENUE', {_CHARGE}::bigint), (2, 'SALES_TAX_PAYABLE', whole.tax))
        AS one (ordinal, type, amount);""",
    "COMMIT;",
)
