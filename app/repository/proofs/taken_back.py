"""Domain 4.10: memos that were unposted, voided or reversed, and lines taken out of drafts."""

from app.repository.proofs.causes import OF_PLAIN_ENTRY
from app.repository.proofs.check import check, exact, summed
from app.repository.proofs.headers import MEMOS, last_entry
from app.repository.proofs.lines import MEMO_LINES
from app.repository.proofs.positions import OF_ENTRY
from app.repository.proofs.sides import last_position, position_text

REVERSED = "credit_memo d" + summed(
    "reversals",
    "x.credit_memo_id",
    "invoice x WHERE x.entity_id = :entity_id AND x.source = 'CREDIT_MEMO_REVERSAL'",
    number="COUNT(*)",
    charge=exact("x.charge_amount"),
    tax=exact("x.tax_amount"),
)
CONVERSIONS = "credit_memo d" + summed(
    "taken_back",
    "x.cause_id",
    "balance_entry x WHERE x.entity_id = :entity_id AND x.kind = 'CONVERSION_REVERSAL'",
    number="COUNT(*)",
)

TAKEN_BACK = [
    check(
        "reversed_memo_has_its_debit_memo",
        "status",
        "a reversed memo has one debit memo that took it back, another memo none",
        source=REVERSED,
        currency="NULL",
        expected="CASE WHEN d.reversed THEN 1 ELSE 0 END",
        found="COALESCE(reversals.number, 0)",
    ),
    check(
        "reversal_mirrors_its_memo",
        "status",
        "the debit memo that took the memo back comes to another charge or tax",
        source=REVERSED,
        currency="NULL",
        expected="d.charge_amount || ', ' || d.tax_amount",
        found="reversals.charge || ', ' || reversals.tax",
        where="reversals.number = 1 AND (reversals.charge <> d.charge_amount OR reversals.tax <> d.tax_amount)",
    ),
    check(
        "voided_memo_ends_with_its_void",
        "status",
        "the history of a voided memo ends with that, of another memo it does not",
        source=MEMOS,
        currency="NULL",
        expected="CASE d.status WHEN 'VOIDED' THEN 'VOID' ELSE 'anything else' END",
        found=f"COALESCE({last_entry('kind')}, 'none')",
        where="(d.status = 'VOIDED') <> COALESCE(history.voided = history.last, FALSE)",
        first_row=last_position("d"),
    ),
    check(
        "void_comes_last",
        "5",
        "the history goes on after the document was voided",
        currency="NULL",
        expected="d.position",
        found="COALESCE(m.position, h.position)",
        where="d.kind = 'VOID' AND COALESCE(m.position, h.position) <> d.position",
        **OF_PLAIN_ENTRY,
    ),
    check(
        "unposting_follows_its_posting",
        "5",
        "only what was posted and never used since is unposted, and only what was unposted is posted again",
        currency="NULL",
        expected="CASE d.kind WHEN 'UNPOSTING' THEN 'POSTING' ELSE 'UNPOSTING' END",
        found="d.last_kind",
        where="d.last_position = d.position - 1 AND ((d.kind = 'UNPOSTING' AND d.last_kind <> 'POSTING')"
        " OR (d.kind = 'POSTING' AND d.last_kind <> 'UNPOSTING'))",
        first_only=True,
        **OF_ENTRY,
    ),
    check(
        "voided_conversion_gave_its_lines_back",
        "5",
        "a voided conversion has given its lines back to the invoice once, another has not",
        source=CONVERSIONS,
        currency="NULL",
        expected="CASE WHEN d.source = 'NEGATIVE_LINES' AND d.status = 'VOIDED' THEN 1 ELSE 0 END",
        found="COALESCE(taken_back.number, 0)",
        first_row=position_text("d.position"),
    ),
    check(
        "removed_line_counts_nothing",
        "0",
        "a line that was taken out of its draft has an amount, a tax or a quantity",
        source=MEMO_LINES,
        document="d.credit_memo_id",
        number="h.number",
        currency="NULL",
        expected="'nothing'",
        found="d.amount || ', ' || d.tax_amount || ', quantity ' || COALESCE(d.quantity, 0)",
        where="d.removed AND (d.amount <> 0 OR d.tax_amount <> 0 OR d.quantity IS NOT NULL)",
        first_row="'line ' || d.line_number",
        place="d.line_number",
    ),
]
