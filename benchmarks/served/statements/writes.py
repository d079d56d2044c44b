"""W1 and W2: what the service writes, by as many statements as it sends; nothing is judged, all is known to pass."""

from benchmarks.served.ids import id_of

CREDITED = 20
"""Minor units that W2 credits of each line, without tax."""


def _new_id(prefix: str) -> str:
    """An id that grows with time, as the service's do."""
    return (
        f"('{prefix}_' || lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000000)::bigint), 16, '0')"
        " || substr(md5(random()::text), 1, 16))"
    )


def _claim(operation: str) -> str:
    return f"""INSERT INTO log_entry (entity_id, id, operation, actor, recorded_at, idempotency_key, fingerprint)
    VALUES (1, {_new_id("log")}, '{operation}', 'bench', clock_timestamp(), 'floor-' || :r,
            encode(sha256(convert_to((:r)::text, 'UTF8')), 'hex'))
    ON CONFLICT (entity_id, idempotency_key) DO NOTHING RETURNING id AS log \\gset"""


_SETTINGS = (
    "SELECT application_level, default_allocation, default_tax_strategy, time_zone FROM entity WHERE id = 1;"
)
_MEMO, _INVOICE = id_of("cm", ":m"), id_of("inv", ":n")
_ENTRY = """INSERT INTO balance_entry (
        entity_id, document_id, position, currency, kind, impact_amount, balance_before, balance_after, cause_id,
        log_id, recorded_at, recorded_by)
    VALUES (1, {id}, {position}, 'USD', 'APPLICATION', -1, {balance}::bigint + 1, {balance}, :application, :log,
            :moment, 'bench');"""

W1 = (
    "BEGIN;",
    _claim("APPLY_CREDIT_MEMO"),
    _SETTINGS,
    f"""SELECT number AS memo_number, account_id AS account, total_amount, applied, balance, position, version
    FROM credit_memo WHERE entity_id = 1 AND id = {_MEMO} FOR UPDATE \\gset""",
    f"""SELECT number, account_id, total_amount, credits_applied, balance, position, version,
           clock_timestamp() AS moment
    FROM invoice WHERE entity_id = 1 AND id = {_INVOICE} FOR UPDATE \\gset""",
    f"""SELECT id, line_number, balance, applied, source_invoice_line_id
    FROM credit_memo_line WHERE entity_id = 1 AND credit_memo_id = {_MEMO} ORDER BY line_number;""",
    f"""SELECT id, line_number, balance, credits_applied, service_start
    FROM invoice_line WHERE entity_id = 1 AND invoice_id = {_INVOICE} ORDER BY line_number;""",
    f"""UPDATE credit_memo
    SET applied = applied + 1, balance = balance - 1, position = position + 1, version = version + 1,
        updated_at = :moment
    WHERE entity_id = 1 AND id = {_MEMO}
    RETURNING balance AS memo_balance, position AS memo_position \\gset""",
    f"""UPDATE credit_memo_line SET applied = applied + 1, balance = balance - 1
    WHERE entity_id = 1 AND id = (
        SELECT id FROM credit_memo_line WHERE entity_id = 1 AND credit_memo_id = {_MEMO}
        ORDER BY balance DESC, line_number LIMIT 1)
    RETURNING id AS memo_line, balance AS memo_line_balance \\gset""",
    f"""UPDATE invoice
    SET credits_applied = credits_applied + 1, balance = balance - 1, position = position + 1, version = version + 1,
        updated_at = :moment
    WHERE entity_id = 1 AND id = {_INVOICE}
    RETURNING balance AS invoice_balance, position AS invoice_position \\gset""",
    f"""UPDATE invoice_line SET credits_applied = credits_applied + 1, balance = balance - 1
    WHERE entity_id = 1 AND id = (
        SELECT id FROM invoice_line WHERE entity_id = 1 AND invoice_id = {_INVOICE}
        ORDER BY balance DESC, line_number LIMIT 1)
    RETURNING id AS invoice_line, balance AS invoice_line_balance \\gset""",
    f"""INSERT INTO credit_memo_application (
        entity_id, id, number, credit_memo_id, invoice_id, account_id, currency, type, level, amount,
        impact_amount, credit_memo_balance, invoice_balance, credit_memo_position, invoice_position, applied_date,
        has_been_unapplied, allocation_rule, operation, log_id, recorded_at, recorded_by)
    VALUES (1, {_new_id("app")}, :memo_number || '-' || :memo_position, {_MEMO}, {_INVOICE}, :account, 'USD',
            'APPLIED', 'LINE', 1, -1, :memo_balance, :invoice_balance, :memo_position, :invoice_position, :moment,
            'NO', 'HIGHEST_FIRST', 'APPLY_CREDIT_MEMO', :log, :moment, 'bench')
    RETURNING id AS application \\gset""",
    f"""INSERT INTO credit_memo_line_application (
        entity_id, id, application_id, credit_memo_line_id, invoice_line_id, sequence, currency, type, amount,
        impact_amount, credit_memo_line_balance, invoice_line_balance, applied_date, has_been_unapplied, log_id,
        recorded_at, recorded_by)
    VALUES (1, {_new_id("lapp")}, :application, :memo_line, :invoice_line, 1, 'USD', 'APPLIED', 1, -1,
            :memo_line_balance, :invoice_line_balance, :moment, 'NO', :log, :moment, 'bench');""",
    _ENTRY.format(id=_MEMO, position=":memo_position", balance=":memo_balance"),
    _ENTRY.format(id=_INVOICE, position=":invoice_position", balance=":invoice_balance"),
    f"""UPDATE log_entry
    SET outcome = json_build_object('credit_memo', {_MEMO}, 'applications', json_build_array((:application)::text),
                                    'invoices', json_build_array({_INVOICE}))
    WHERE entity_id = 1 AND id = :log;""",
    "COMMIT;",
)

# The share of the tax that belongs to all that is credited of the line, less what was credited before.
_TAX = "((2 * tax.amount * (line.amount_credited + {add}) + line.amount) / (2 * line.amount) - tax.credited_amount)"
_NEW_TAX = _TAX.format(add=CREDITED)
_LINES = "FROM invoice_line AS line WHERE line.entity_id = 1 AND line.invoice_id = " + _INVOICE
_LINES_AND_TAXES = (
    "FROM invoice_line AS line JOIN invoice_line_tax AS tax ON tax.entity_id = 1 AND tax.invoice_line_id = line.id"
    f" WHERE line.entity_id = 1 AND line.invoice_id = {_INVOICE}"
)

W2 = (
    "BEGIN;",
    _claim("CREATE_CREDIT_MEMO_FROM_INVOICE"),
    _SETTINGS,
    "SELECT id, code, label, active, allowed_for_direct, is_default FROM reason_code WHERE entity_id = 1 ORDER BY id;",
    f"""SELECT number, account_id AS account, status, total_amount, credited_amount, version,
           clock_timestamp() AS moment
    FROM invoice WHERE entity_id = 1 AND id = {_INVOICE} FOR UPDATE \\gset""",
    f"SELECT id, line_number, amount, amount_credited, tax_credited, amount_copied, quantity {_LINES} ORDER BY line_number;",
    f"""SELECT id, invoice_line_id, ordinal, name, code, rate, amount, credited_amount, copied_amount
    FROM invoice_line_tax WHERE entity_id = 1 AND invoice_id = {_INVOICE} ORDER BY ordinal, id;""",
    f"SELECT sum({_NEW_TAX})::bigint AS tax {_LINES_AND_TAXES} \\gset",
    """UPDATE number_sequence SET next = next + 1 WHERE entity_id = 1 AND kind = 'CREDIT_MEMO'
    RETURNING next - 1 AS taken \\gset""",
    f"""INSERT INTO credit_memo (
        entity_id, id, number, account_id, currency, status, source, invoice_id,
        charge_amount, tax_amount, tax_exempt_amount, total_amount, applied, refunded, balance,
        credit_date, memo_date, tax_status, exclude_from_auto_apply, auto_apply_upon_posting,
        exclude_from_revenue_accounting, transferred_to_accounting, reversed, source_type, source_id, posted_at,
        posted_by, position, version, created_at, created_by, updated_at, updated_by)
    VALUES (1, {_new_id("cm")}, 'CM-' || lpad((:taken)::text, 7, '0'), :account, 'USD', 'POSTED', 'INVOICE', {_INVOICE},
            {10 * CREDITED}, :tax, 0, {10 * CREDITED} + (:tax)::bigint, 0, 0, {10 * CREDITED} + (:tax)::bigint,
            ((:moment)::timestamptz AT TIME ZONE 'UTC')::date, ((:moment)::timestamptz AT TIME ZONE 'UTC')::date,
            'COMPLETE', false, false, false, 'NO', false, 'Invoice', {_INVOICE}, :moment, 'bench', 1, 1, :moment,
            'bench', :moment, 'bench')
    RETURNING id AS memo \\gset""",
    f"""INSERT INTO credit_memo_line (
        entity_id, id, credit_memo_id, line_number, currency, source_invoice_line_id, sku, description,
        unit_of_measure, unit_price, service_start, service_end, tax_code, jurisdiction, tax_exempt, tax_strategy,
        tax_mode, tax_only, amount, tax_amount, total_amount, balance, applied)
    SELECT 1, {_new_id("cml")}, (:memo)::text, line.line_number, 'USD', line.id, line.sku, line.description,
           line.unit_of_measure, line.unit_price, line.service_start, line.service_end, line.tax_code,
           line.jurisdiction, line.tax_exempt, 'COPY_FROM_INVOICE_LINE', 'EXCLUSIVE', false, {CREDITED}, {_NEW_TAX},
           {CREDITED} + {_NEW_TAX}, {CREDITED} + {_NEW_TAX}, 0
    {_LINES_AND_TAXES};""",
    f"""INSERT INTO credit_memo_line_tax (
        entity_id, id, credit_memo_id, credit_memo_line_id, ordinal, currency, source_tax_item_id, name, code,
        jurisdiction, rate, rate_type, tax_date, amount, exempt_amount)
    SELECT 1, {_new_id("cmt")}, (:memo)::text, memo_line.id, 1, 'USD', tax.id, tax.name, tax.code, tax.jurisdiction,
           tax.rate, tax.rate_type, tax.tax_date, memo_line.tax_amount, 0
    FROM credit_memo_line AS memo_line
    JOIN invoice_line_tax AS tax ON tax.entity_id = 1 AND tax.invoice_line_id = memo_line.source_invoice_line_id
    WHERE memo_line.entity_id = 1 AND memo_line.credit_memo_id = (:memo)::text;""",
    f"""UPDATE invoice
    SET credited_amount = credited_amount + {10 * CREDITED} + (:tax)::bigint, version = version + 1,
        updated_at = :moment
    WHERE entity_id = 1 AND id = {_INVOICE};""",
    f"""UPDATE invoice_line AS line
    SET amount_credited = line.amount_credited + {CREDITED}, amount_copied = line.amount_copied + {CREDITED},
        tax_credited = line.tax_credited + {_NEW_TAX}
    FROM invoice_line_tax AS tax
    WHERE line.entity_id = 1 AND line.invoice_id = {_INVOICE} AND tax.entity_id = 1
    AND tax.invoice_line_id = line.id;""",
    f"""UPDATE invoice_line_tax AS tax
    SET credited_amount = line.tax_credited, copied_amount = line.tax_credited
    FROM invoice_line AS line
    WHERE line.entity_id = 1 AND line.invoice_id = {_INVOICE} AND tax.entity_id = 1
    AND tax.invoice_line_id = line.id;""",
    f"""INSERT INTO balance_entry (
        entity_id, document_id, position, currency, kind, impact_amount, balance_before, balance_after, cause_id,
        log_id, recorded_at, recorded_by)
    VALUES (1, :memo, 1, 'USD', 'POSTING', {10 * CREDITED} + (:tax)::bigint, 0, {10 * CREDITED} + (:tax)::bigint,
            NULL, :log, :moment, 'bench');""",
    f"""UPDATE log_entry
    SET outcome = json_build_object('credit_memo', (:memo)::text, 'invoice', {_INVOICE}, 'application', NULL)
    WHERE entity_id = 1 AND id = :log;""",
    "COMMIT;",
)
