"""Both sides of every application are made alike: a header, its lines, their tax items, its places in the history.

What names the first row that explains a difference counts row by row and joins nothing: each is found by its key.
"""

from dataclasses import dataclass

from app.repository.proofs.check import total

APPLICATIONS = "('APPLICATION', 'UNAPPLICATION')"
PAYMENTS = "('PAYMENT', 'PAYMENT_REVERSAL')"
REFUNDS = "('REFUND', 'REFUND_REVERSAL')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The names under which the tables know a credit memo, or an invoice."""

    word: str
    header: str
    line: str
    tax: str
    key: str
    line_key: str
    position: str
    frozen: str
    line_frozen: str
    line_applied: str

    def header_of(self, row: str) -> str:
        """FROM clause: rows of the history, or lines, with alias `row`'s header as h, which may be missing."""
        return f"LEFT JOIN {self.header} h ON h.entity_id = {row}.entity_id AND h.id = {row}.{self.key}"

    def lines_of(self, document: str, alias: str = "l") -> str:
        """FROM and WHERE of a document's lines."""
        return (
            f"{self.line} {alias} WHERE {alias}.entity_id = {document}.entity_id"
            f" AND {alias}.{self.key} = {document}.id"
        )

    def items_of(self, line: str, alias: str = "t") -> str:
        """FROM and WHERE of a line's tax items."""
        return (
            f"{self.tax} {alias} WHERE {alias}.entity_id = {line}.entity_id"
            f" AND {alias}.{self.line_key} = {line}.id"
        )

    def line_applications_of(self, line: str, alias: str = "p") -> str:
        """FROM and WHERE of a line's line applications."""
        return (
            f"credit_memo_line_application {alias} WHERE {alias}.entity_id = {line}.entity_id"
            f" AND {alias}.{self.line_key} = {line}.id"
        )


MEMO = Side(
    word="memo",
    header="credit_memo",
    line="credit_memo_line",
    tax="credit_memo_line_tax",
    key="credit_memo_id",
    line_key="credit_memo_line_id",
    position="credit_memo_position",
    frozen="credit_memo_balance",
    line_frozen="credit_memo_line_balance",
    line_applied="applied",
)
INVOICE = Side(
    word="invoice",
    header="invoice",
    line="invoice_line",
    tax="invoice_line_tax",
    key="invoice_id",
    line_key="invoice_line_id",
    position="invoice_position",
    frozen="invoice_balance",
    line_frozen="invoice_line_balance",
    line_applied="credits_applied",
)
SIDES = (MEMO, INVOICE)


def entries_of(document: str, alias: str = "e") -> str:
    """FROM and WHERE of a document's balance entries."""
    return (
        f"balance_entry {alias} WHERE {alias}.entity_id = {document}.entity_id"
        f" AND {alias}.document_id = {document}.id"
    )


def position_text(position: str) -> str:
    return f"'position ' || {position}"


def last_position(document: str) -> str:
    """The history's last row, up to which it holds together."""
    return f"(SELECT {position_text('MAX(e.position)')} FROM {entries_of(document)})"


def first_break(side: Side, document: str) -> str:
    """The first position where entry and application do not belong together, else the last one of the history."""
    entry_alone = (
        f"SELECT e.position AS position FROM {entries_of(document)} AND e.kind IN {APPLICATIONS}"
        f" AND (SELECT COUNT(*) FROM credit_memo_application a WHERE a.entity_id = e.entity_id"
        f" AND a.id = e.cause_id AND a.{side.key} = e.document_id AND a.{side.position} = e.position"
        " AND a.impact_amount = e.impact_amount) = 0"
    )
    return _first(side, document, "credit_memo_application", entry_alone)


def first_payment_break(document: str) -> str:
    """The same for an invoice's payments."""
    entry_alone = (
        f"SELECT e.position AS position FROM {entries_of(document)} AND e.kind IN {PAYMENTS}"
        " AND (SELECT COUNT(*) FROM payment a WHERE a.entity_id = e.entity_id AND a.id = e.cause_id"
        " AND a.invoice_id = e.document_id AND a.invoice_position = e.position"
        " AND a.impact_amount = e.impact_amount) = 0"
    )
    return _first(INVOICE, document, "payment", entry_alone)


def first_refund_break(document: str) -> str:
    """The same for a memo's refunds."""
    entry_alone = (
        f"SELECT e.position AS position FROM {entries_of(document)} AND e.kind IN {REFUNDS}"
        " AND (SELECT COUNT(*) FROM refund a WHERE a.entity_id = e.entity_id AND a.id = e.cause_id"
        " AND a.credit_memo_id = e.document_id AND a.credit_memo_position = e.position"
        " AND a.impact_amount = e.impact_amount) = 0"
    )
    return _first(MEMO, document, "refund", entry_alone)


def _first(side: Side, document: str, rows: str, entry_alone: str) -> str:
    row_alone = (
        f"SELECT a.{side.position} AS position FROM {rows} a WHERE a.entity_id = {document}.entity_id"
        f" AND a.{side.key} = {document}.id AND (SELECT COUNT(*) FROM balance_entry e"
        f" WHERE e.entity_id = a.entity_id AND e.document_id = a.{side.key}"
        f" AND e.position = a.{side.position} AND e.cause_id = a.id AND e.impact_amount = a.impact_amount) = 0"
    )
    first = f"(SELECT MIN(b.position) FROM ({entry_alone} UNION ALL {row_alone}) AS b)"
    return f"COALESCE({position_text(first)}, {last_position(document)})"


def first_line(side: Side, document: str, broken: str) -> str:
    """The first line of which `broken` (alias l) is true, else the last line."""
    lines = side.lines_of(document)
    return (
        f"COALESCE((SELECT 'line ' || MIN(l.line_number) FROM {lines} AND ({broken})),"
        f" (SELECT 'line ' || MAX(l.line_number) FROM {lines}))"
    )


def first_line_row(side: Side, line: str) -> str:
    """The document's first application of which the line rows are not the whole, else the last that moved the line."""
    parts = total(
        "CASE WHEN o.type = a.type THEN o.amount ELSE 0 END",
        "credit_memo_line_application o WHERE o.entity_id = a.entity_id AND o.application_id = a.id",
    )
    torn = (
        f"SELECT a.number FROM credit_memo_application a WHERE a.entity_id = {line}.entity_id"
        f" AND a.{side.key} = {line}.{side.key} AND a.level = 'LINE' AND a.amount <> {parts}"
        f" ORDER BY a.{side.position} LIMIT 1"
    )
    last = (
        f"SELECT a.number FROM credit_memo_application a WHERE a.entity_id = {line}.entity_id"
        f" AND a.{side.key} = {line}.{side.key} AND (SELECT COUNT(*) FROM credit_memo_line_application p"
        f" WHERE p.entity_id = a.entity_id AND p.application_id = a.id AND p.{side.line_key} = {line}.id) > 0"
        f" ORDER BY a.{side.position} DESC LIMIT 1"
    )
    return f"COALESCE(({torn}), ({last}), 'line ' || {line}.line_number)"
