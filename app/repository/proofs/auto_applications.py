"""Applications that rules found, and those made for a job's accounts: what they say of why they were made."""

from app.repository.proofs.check import Check, Clauses, check

_OF_APPLICATION: Clauses = {
    "source": "credit_memo_application d"
    " LEFT JOIN credit_memo m ON m.entity_id = d.entity_id AND m.id = d.credit_memo_id"
    " LEFT JOIN job_item i ON i.entity_id = d.entity_id AND i.id = d.job_item_id",
    "document": "d.credit_memo_id",
    "number": "NULL",
    "currency": "NULL",
    "first_row": "'position ' || d.credit_memo_position",
    "place": "d.credit_memo_position",
}
"""Its memo m, and the item i of a job that it was made for."""
_LEFT = "d.credit_memo_balance || ' and ' || d.invoice_balance"
_FOUND = f"CASE WHEN d.auto_apply_rule = 'MATCH_REFERENCE' THEN COALESCE(m.invoice_id, 'none') ELSE {_LEFT} || ' left' END"
_EXPECTED = (
    "CASE d.auto_apply_rule WHEN 'MATCH_REFERENCE' THEN d.invoice_id"
    " WHEN 'MATCH_BALANCE' THEN '0 and 0 left' ELSE 'nothing left on one side' END"
)

AUTO_APPLICATIONS: list[Check] = [
    check(
        "application_is_what_its_rule_finds",
        "auto-apply",
        "the application's rule would not have found this invoice, or would have applied more",
        **_OF_APPLICATION,
        expected=_EXPECTED,
        found=_FOUND,
        where="CASE d.auto_apply_rule WHEN 'MATCH_REFERENCE' THEN m.invoice_id IS NULL OR m.invoice_id <> d.invoice_id"
        " WHEN 'MATCH_BALANCE' THEN d.credit_memo_balance <> 0 OR d.invoice_balance <> 0"
        " ELSE d.auto_apply_rule IS NOT NULL AND d.credit_memo_balance <> 0 AND d.invoice_balance <> 0 END",
    ),
    check(
        "application_is_of_its_items_account",
        "jobs",
        "the application was made for an item of a job that is not there, or that is about another account",
        **_OF_APPLICATION,
        expected="d.account_id",
        found="COALESCE(i.account_id, 'none')",
        where="d.job_item_id IS NOT NULL AND (i.account_id IS NULL OR i.account_id <> d.account_id)",
    ),
]
