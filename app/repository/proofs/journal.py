"""The journal against what it comes from: every move that changes money's class has its entries, and nothing else has."""

from app.repository.proofs.check import Clauses, check, exact, summed
from app.repository.proofs.headers import MEMOS

REFUNDING = "('REFUND', 'REFUND_REVERSAL')"
NUMBER = "COALESCE(m.number, i.number)"


def _headers_of(row: str) -> str:
    """Joins of the memo m, or else the invoice i, that the row's document is."""
    return (
        f" LEFT JOIN credit_memo m ON m.entity_id = {row}.entity_id AND m.id = {row}.document_id"
        f" LEFT JOIN invoice i ON i.entity_id = {row}.entity_id AND i.id = {row}.document_id"
    )


BEGUN = " LEFT JOIN entity begun ON begun.id = d.entity_id"
"""Since when the entity has a journal; null: from its beginning."""
FIRST_POSTED = (
    " LEFT JOIN (SELECT e.document_id, MIN(e.recorded_at) AS at FROM balance_entry e"
    " WHERE e.entity_id = :entity_id AND e.kind = 'POSTING' GROUP BY e.document_id) AS first_posted"
)
IS_OLDER = "COALESCE(first_posted.at < begun.journal_begins_at, FALSE)"
"""The document was posted before there was a journal: accounting knows of its posting in another way."""

OF_MOVE: Clauses = {
    "source": "balance_entry d"
    + _headers_of("d")
    + " LEFT JOIN (SELECT e.document_id, e.position, CAST(SUM(e.impact_amount) AS BIGINT) AS impact"
    " FROM journal_entry e WHERE e.entity_id = :entity_id GROUP BY e.document_id, e.position) AS journal"
    " ON journal.document_id = d.document_id AND journal.position = d.position" + BEGUN,
    "document": "d.document_id",
    "number": NUMBER,
    "first_row": "'position ' || d.position",
    "place": "d.position",
}
IS_JOURNALED = (
    "CASE WHEN m.id IS NOT NULL THEN"
    f" d.kind IN {REFUNDING} OR (m.source <> 'NEGATIVE_LINES' AND d.kind IN ('POSTING', 'UNPOSTING', 'VOID'))"
    " ELSE COALESCE(i.source <> 'INGESTED', FALSE) AND d.kind IN ('POSTING', 'VOID') END"
)
# Credit takes away from receivables what it adds to the memo's balance; a debit memo adds to both.
JOURNALED = f"CASE WHEN NOT ({IS_JOURNALED}) THEN 0 WHEN m.id IS NOT NULL THEN -d.impact_amount ELSE d.impact_amount END"

OF_ENTRY: Clauses = {
    "source": "journal_entry d"
    + _headers_of("d")
    + " LEFT JOIN balance_entry b ON b.entity_id = d.entity_id AND b.document_id = d.document_id"
    " AND b.position = d.position",
    "document": "d.document_id",
    "number": NUMBER,
    "first_row": "d.id",
    "place": "d.id",
}
IS_OF_ITS_MOVE = (
    "COALESCE(b.log_id = d.log_id AND b.recorded_at = d.recorded_at AND b.recorded_by = d.recorded_by"
    " AND b.currency = d.currency, FALSE)"
)

OF_CODE: Clauses = {
    "source": "(SELECT e.entity_id, e.document_id, e.currency,"
    " CASE WHEN e.impact_amount < 0 THEN e.debit_code ELSE e.credit_code END AS code,"
    " CAST(SUM(e.impact_amount) AS BIGINT) AS impact FROM journal_entry e WHERE e.entity_id = :entity_id"
    " AND e.type <> 'REFUND_CLEARING' GROUP BY 1, 2, 3, 4) AS d"
    + _headers_of("d")
    + FIRST_POSTED
    + " ON first_posted.document_id = d.document_id"
    + BEGUN,
    "document": "d.document_id",
    "number": NUMBER,
    "first_row": "d.code",
    "place": "d.code",
}

TAX = summed(
    "tax",
    "x.document_id",
    "journal_entry x WHERE x.entity_id = :entity_id AND x.type = 'SALES_TAX_PAYABLE'",
    impact=exact("x.impact_amount"),
)

JOURNAL = [
    check(
        "journal_is_what_moved",
        "journal",
        "the journal entries of the position are not what it does to receivables",
        expected=JOURNALED,
        found="COALESCE(journal.impact, 0)",
        where=f"({JOURNALED}) <> COALESCE(journal.impact, 0)"
        " AND NOT (d.kind = 'POSTING' AND COALESCE(d.recorded_at < begun.journal_begins_at, FALSE))",
        **OF_MOVE,
    ),
    check(
        "journal_entry_is_of_its_move",
        "journal",
        "the entry is not of the command that moved the document at its position",
        currency="NULL",
        expected="COALESCE(b.log_id || ' by ' || b.recorded_by || ' in ' || b.currency, 'a position')",
        found=f"CASE WHEN {IS_OF_ITS_MOVE} THEN COALESCE(b.log_id, '') ELSE"
        " d.log_id || ' by ' || d.recorded_by || ' in ' || d.currency || ' at ' || d.position END",
        where=f"NOT {IS_OF_ITS_MOVE}",
        **OF_ENTRY,
    ),
    check(
        "journal_entry_has_the_type_of_its_move",
        "journal",
        "a refund clears credit, and nothing else does",
        currency="NULL",
        expected="COALESCE(b.kind, 'none')",
        found="d.type",
        where=f"(d.type = 'REFUND_CLEARING') <> (b.kind IN {REFUNDING})",
        **OF_ENTRY,
    ),
    check(
        "journal_entry_is_a_pair",
        "journal",
        "an entry debits one code and credits another with its amount",
        expected="ABS(d.impact_amount)",
        found="CASE WHEN d.debit_code = d.credit_code THEN 0 ELSE d.amount END",
        **OF_ENTRY,
    ),
    check(
        "what_is_taken_back_leaves_no_code",
        "journal",
        "the document is not posted, and the code is not back where it was",
        expected="0",
        found="d.impact",
        where=f"d.impact <> 0 AND COALESCE(m.status, i.status) <> 'POSTED' AND NOT {IS_OLDER}",
        **OF_CODE,
    ),
    check(
        "journal_of_memo_has_its_tax",
        "journal",
        "the tax in the journal is not the posted memo's",
        source=f"{MEMOS}{TAX}{BEGUN}",
        expected="CASE WHEN d.status = 'POSTED' AND d.source <> 'NEGATIVE_LINES' THEN d.tax_amount ELSE 0 END",
        found="-COALESCE(tax.impact, 0)",
        where="CASE WHEN d.status = 'POSTED' AND d.source <> 'NEGATIVE_LINES' THEN d.tax_amount ELSE 0 END"
        " <> -COALESCE(tax.impact, 0)"
        " AND NOT COALESCE(history.first_posted_at < begun.journal_begins_at, FALSE)",
    ),
    check(
        "journal_of_reversal_has_its_tax",
        "journal",
        "the tax in the journal is not the debit memo's",
        source=f"invoice d{TAX}",
        expected="CASE d.source WHEN 'CREDIT_MEMO_REVERSAL' THEN d.tax_amount ELSE 0 END",
        found="COALESCE(tax.impact, 0)",
    ),
    check(
        "journal_of_command_is_whole",
        "journal",
        "an entry of the command is missing",
        source="(SELECT e.entity_id, e.log_id, MIN(e.document_id) AS document_id, MAX(e.ordinal) AS last, COUNT(*) AS count"
        " FROM journal_entry e WHERE e.entity_id = :entity_id GROUP BY e.entity_id, e.log_id) AS d"
        + _headers_of("d"),
        document="d.document_id",
        number=NUMBER,
        currency="NULL",
        expected="d.last",
        found="d.count",
        first_row="d.log_id",
        place="d.log_id",
    ),
]
