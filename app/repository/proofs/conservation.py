"""Where money has gone: what was credited and what was charged, in each currency, and all that became of it.

Added up from the rows of the history; only what is left over is the documents' own balance.
"""

from sqlalchemy import TextClause, text

from app.repository.proofs.check import exact, summed

IN_ENTITY = "WHERE x.entity_id = :entity_id"
APPLICATIONS = (
    "credit_memo_application x"
    " JOIN invoice i ON i.entity_id = x.entity_id AND i.id = x.invoice_id"
    " JOIN credit_memo m ON m.entity_id = x.entity_id AND m.id = x.credit_memo_id " + IN_ENTITY
)
"""Rows of the history with both of their documents."""


def _applied(condition: str) -> str:
    return exact(f"CASE WHEN {condition} THEN -x.impact_amount ELSE 0 END")


def _grouped(columns: dict[str, str], source: str, by_account: bool) -> TextClause:
    """One row for each currency, or for each account and currency, of posted documents."""
    account = "MAX(a.number)" if by_account else "NULL"
    group = "d.currency, d.account_id" if by_account else "d.currency"
    sums = ", ".join(f"{exact(f'COALESCE({each}, 0)')} AS {name}" for name, each in columns.items())
    return text(
        f"SELECT d.currency AS currency, {account} AS account, {sums} FROM {source}"
        " JOIN account a ON a.entity_id = d.entity_id AND a.id = d.account_id"
        f" WHERE d.entity_id = :entity_id AND d.status = 'POSTED' GROUP BY {group} ORDER BY currency, account"
    )


CREDIT = {
    "amount": "d.total_amount",
    "applied": "used.applied",
    "refunded": "refunds.whole",
    "written_off": "used.written_off",
    "reversed": "used.reversed",
    "left_over": "d.balance",
}
CREDIT_MEMOS = (
    "credit_memo d"
    + summed(
        "used",
        "x.credit_memo_id",
        APPLICATIONS,
        applied=_applied("i.source = 'INGESTED'"),
        written_off=_applied("i.source = 'CREDIT_MEMO_WRITE_OFF'"),
        reversed=_applied("i.source = 'CREDIT_MEMO_REVERSAL'"),
    )
    + summed("refunds", "x.credit_memo_id", f"refund x {IN_ENTITY}", whole=exact("-x.impact_amount"))
)
CHARGES = {
    "amount": "d.total_amount - lines.converted",
    "applied": "used.applied",
    "paid": "paid.whole",
    "written_off": "used.written_off",
    "left_over": "d.balance",
}
INVOICES = (
    "invoice d"
    + summed("lines", "x.invoice_id", f"invoice_line x {IN_ENTITY}", converted=exact("x.converted_amount"))
    + summed(
        "used",
        "x.invoice_id",
        APPLICATIONS,
        applied=_applied("m.source <> 'INVOICE_WRITE_OFF'"),
        written_off=_applied("m.source = 'INVOICE_WRITE_OFF'"),
    )
    + summed("paid", "x.invoice_id", f"payment x {IN_ENTITY}", whole=exact("-x.impact_amount"))
)
"""Charges are what invoices and debit memos ask for, negative lines that became credit of their own added back."""


def conserved(*, by_account: bool) -> dict[str, TextClause]:
    """The statements: of credit, of charges."""
    return {
        "credit": _grouped(CREDIT, CREDIT_MEMOS, by_account),
        "charges": _grouped(CHARGES, INVOICES, by_account),
    }
