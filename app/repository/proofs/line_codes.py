"""The accounting codes of lines against the journal: revenue stands under the code that its line has."""

from app.repository.proofs.check import check, exact
from app.repository.proofs.journal import BEGUN, FIRST_POSTED, IS_OLDER

# Against receivables, as the journal says it. What a line has no code for is under the usual one of the day it was posted.
_LINES = (
    "(SELECT l.entity_id, l.credit_memo_id AS document_id, l.accounting_code AS code, -l.amount AS due"
    " FROM credit_memo_line l WHERE l.entity_id = :entity_id"
    " UNION ALL SELECT l.entity_id, l.invoice_id, l.accounting_code, l.amount FROM invoice_line l"
    " JOIN invoice i ON i.entity_id = l.entity_id AND i.id = l.invoice_id AND i.source = 'CREDIT_MEMO_REVERSAL'"
    " WHERE l.entity_id = :entity_id)"
)
_POSTINGS = "journal_entry e WHERE e.entity_id = :entity_id AND e.type <> 'REFUND_CLEARING'"
# A line that says the code of receivables is taken for one that says none.
_RECEIVABLE = (
    "(SELECT e.document_id,"
    " MAX(CASE WHEN e.impact_amount < 0 THEN e.credit_code ELSE e.debit_code END) AS code"
    " FROM journal_entry e"
    f" JOIN (SELECT e.document_id, MAX(e.position) AS position FROM {_POSTINGS} GROUP BY e.document_id) AS last"
    " ON last.document_id = e.document_id AND last.position = e.position"
    " WHERE e.entity_id = :entity_id GROUP BY e.document_id)"
)
_BY_CODE = (
    f"(SELECT told.entity_id, told.document_id, told.code, {exact('told.due')} AS due, {exact('told.entered')} AS entered"
    " FROM (SELECT l.entity_id, l.document_id, NULLIF(l.code, receivable.code) AS code, l.due, 0 AS entered"
    f" FROM {_LINES} AS l LEFT JOIN {_RECEIVABLE} AS receivable ON receivable.document_id = l.document_id"
    " UNION ALL SELECT e.entity_id, e.document_id,"
    " CASE WHEN e.impact_amount < 0 THEN e.debit_code ELSE e.credit_code END, 0, e.impact_amount"
    " FROM journal_entry e WHERE e.entity_id = :entity_id AND e.type = 'REVENUE') AS told"
    f" WHERE told.document_id IN (SELECT l.document_id FROM {_LINES} AS l WHERE l.code IS NOT NULL)"
    " GROUP BY told.entity_id, told.document_id, told.code)"
)
_OF_DOCUMENT = (
    "(SELECT c.entity_id, c.document_id,"
    " SUM(CASE WHEN c.code IS NOT NULL AND c.due <> c.entered THEN 1 ELSE 0 END) AS astray,"
    " MAX(CASE WHEN c.code IS NULL AND c.due <> 0 THEN 1 ELSE 0 END) AS usual"
    f" FROM {_BY_CODE} AS c GROUP BY c.entity_id, c.document_id)"
)

LINE_CODES = [
    check(
        "journal_has_the_codes_of_the_lines",
        "journal",
        "the journal's revenue is under other codes than the posted lines have",
        source=f"{_OF_DOCUMENT} AS d"
        " LEFT JOIN credit_memo m ON m.entity_id = d.entity_id AND m.id = d.document_id"
        " LEFT JOIN invoice i ON i.entity_id = d.entity_id AND i.id = d.document_id"
        f"{FIRST_POSTED} ON first_posted.document_id = d.document_id{BEGUN}",
        document="d.document_id",
        number="COALESCE(m.number, i.number)",
        currency="NULL",
        # All that lines without a code of their own come to is under one code, whichever that was.
        expected="d.usual",
        found="d.astray",
        where="d.astray > d.usual AND COALESCE(m.status, i.status) = 'POSTED'"
        f" AND COALESCE(m.source NOT IN ('NEGATIVE_LINES', 'INVOICE_WRITE_OFF'), TRUE) AND NOT {IS_OLDER}",
    )
]
