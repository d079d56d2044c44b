"""R1 and R2: flat statements, one for each level, with the columns that are asked for; and R2's whole answer as JSON made in SQL."""

from benchmarks.served.ids import id_of

_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
_INVOICE = id_of("inv", ":n")
_ACCOUNT = id_of("acc", ":a")
_MEMOS_OF_INVOICE = f"ARRAY(SELECT {id_of('cm', '((:n / 40) * 200 + round * 40 + :n % 40) / 2')} FROM generate_series(0, 4) AS round)"
_MEMOS_OF_ACCOUNT = f"ARRAY(SELECT {id_of('cm', ':a * 100 + g')} FROM generate_series(0, 99) AS g)"
_SECOND = 3
"""The position of a memo's second application: its posting is the first of its history, and W1 adds to it."""

R1 = (
    _SNAPSHOT,
    f"""SELECT id, number, status, currency, invoice_date, total_amount, balance
    FROM invoice WHERE entity_id = 1 AND id = {_INVOICE};""",
    f"""SELECT id, line_number, sku, description, amount, tax_amount, total_amount, balance
    FROM invoice_line WHERE entity_id = 1 AND invoice_id = {_INVOICE} ORDER BY line_number LIMIT 21;""",
    f"""SELECT id, number, type, amount, applied_date, invoice_balance, credit_memo_id
    FROM credit_memo_application WHERE entity_id = 1 AND invoice_id = {_INVOICE}
    ORDER BY invoice_position LIMIT 6;""",
    f"""SELECT id, number, status, total_amount, balance
    FROM credit_memo WHERE entity_id = 1 AND id = ANY({_MEMOS_OF_INVOICE});""",
    "COMMIT;",
)

R2 = (
    _SNAPSHOT,
    f"""SELECT id, number, status, currency, memo_date, total_amount, applied, balance
    FROM credit_memo WHERE entity_id = 1 AND account_id = {_ACCOUNT} ORDER BY created_at, id LIMIT 101;""",
    f"""SELECT id, credit_memo_id, line_number, sku, description, total_amount
    FROM credit_memo_line WHERE entity_id = 1 AND credit_memo_id = ANY({_MEMOS_OF_ACCOUNT})
    ORDER BY credit_memo_id, line_number;""",
    f"""SELECT id, credit_memo_id, number, type, amount, impact_amount, applied_date, credit_memo_balance
    FROM credit_memo_application WHERE entity_id = 1 AND credit_memo_id = ANY({_MEMOS_OF_ACCOUNT})
    AND credit_memo_position <= {_SECOND}
    ORDER BY credit_memo_id, credit_memo_position;""",
    "COMMIT;",
)


def _money(column: str) -> str:
    """Minor units as the service writes them."""
    return f"to_char({column} / 100.0, 'FM999999999999990.00')"


R2_JSON = (
    f"""SELECT json_build_object('data', json_build_object('creditMemos', json_build_object('nodes', json_agg(
        json_build_object(
            'number', memo.number, 'status', memo.status, 'currency', memo.currency, 'memoDate', memo.memo_date,
            'totalAmount', {_money("memo.total_amount")}, 'applied', {_money("memo.applied")},
            'balance', {_money("memo.balance")},
            'lines', json_build_object('nodes', (SELECT json_agg(json_build_object(
                'lineNumber', line_number, 'sku', sku, 'description', description,
                'totalAmount', {_money("total_amount")}) ORDER BY line_number)
                FROM credit_memo_line WHERE entity_id = 1 AND credit_memo_id = memo.id)),
            'applications', json_build_object('nodes', (SELECT json_agg(json_build_object(
                'number', number, 'type', type, 'amount', {_money("amount")},
                'impactAmount', {_money("impact_amount")}, 'appliedDate', applied_date,
                'creditMemoBalance', {_money("credit_memo_balance")}) ORDER BY credit_memo_position)
                FROM credit_memo_application
                WHERE entity_id = 1 AND credit_memo_id = memo.id AND credit_memo_position <= {_SECOND})))))))
    FROM (SELECT * FROM credit_memo WHERE entity_id = 1 AND account_id = {_ACCOUNT}
          ORDER BY created_at, id LIMIT 100) AS memo;""",
)
