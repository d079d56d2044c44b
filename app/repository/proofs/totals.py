"""Invariant 0: totals are the sums of lines, a line's tax the sum of its tax items, a line has one sign."""

from app.repository.proofs.check import Check, Clauses, check, total
from app.repository.proofs.headers import HEADERS, MEMOS
from app.repository.proofs.lines import ITEMS, LINES
from app.repository.proofs.sides import MEMO, SIDES, Side, first_line

LINE = "'line ' || d.line_number"
LEAST = "COALESCE(items.least, 0)"
MOST = "COALESCE(items.most, 0)"


def totals_of(side: Side) -> list[Check]:
    """From the tax item up to the header."""
    items = total("t.amount", side.items_of("l"))
    wrong_line = f"l.total_amount <> l.amount + l.tax_amount OR l.tax_amount <> {items}"
    first = first_line(side, "d", wrong_line)
    header_source = HEADERS[side.word]
    return [
        check(
            f"{side.word}_charge_is_its_lines",
            "0",
            f"the {side.word}'s charge is not the sum of its lines' amounts",
            source=header_source,
            expected="COALESCE(lines.charge, 0)",
            found="d.charge_amount",
            first_row=first,
        ),
        check(
            f"{side.word}_tax_is_its_lines",
            "0",
            f"the {side.word}'s tax is not the sum of its lines' taxes",
            source=header_source,
            expected="COALESCE(lines.tax, 0)",
            found="d.tax_amount",
            first_row=first,
        ),
        check(
            f"{side.word}_total_is_charge_and_tax",
            "0",
            f"the {side.word}'s total is not its charge and its tax",
            source=header_source,
            expected="d.charge_amount + d.tax_amount",
            found="d.total_amount",
        ),
        *_line_checks(side),
    ]


def _line_checks(side: Side) -> list[Check]:
    of_line: Clauses = {
        "source": LINES[side.word],
        "document": f"d.{side.key}",
        "number": "h.number",
        "place": "d.line_number",
    }
    return [
        check(
            f"{side.word}_line_tax_is_its_items",
            "0",
            "the line's tax is not the sum of its tax items",
            expected="COALESCE(items.tax, 0)",
            found="d.tax_amount",
            first_row=LINE,
            **of_line,
        ),
        check(
            f"{side.word}_line_total_is_amount_and_tax",
            "0",
            "the line's total is not its amount and its tax",
            expected="d.amount + d.tax_amount",
            found="d.total_amount",
            first_row=LINE,
            **of_line,
        ),
        check(
            f"{side.word}_line_has_one_sign",
            "0",
            "the line's amount and taxes differ in sign",
            expected="'one sign'",
            found=f"'amount ' || d.amount || ', tax items ' || {LEAST} || ' to ' || {MOST}",
            where=f"(d.amount > 0 OR {MOST} > 0) AND (d.amount < 0 OR {LEAST} < 0)",
            first_row=LINE,
            **of_line,
        ),
        check(
            f"{side.word}_tax_item_is_of_its_line",
            "0",
            f"the tax item names another {side.word} than its line",
            source=ITEMS[side.word],
            document=f"l.{side.key}",
            number="h.number",
            currency="NULL",
            expected=f"l.{side.key}",
            found=f"d.{side.key}",
            first_row="'line ' || l.line_number || ' tax ' || d.ordinal",
            place="l.line_number, d.ordinal",
        ),
    ]


TOTALS = [
    *(each for side in SIDES for each in totals_of(side)),
    check(
        "memo_waits_for_tax_with_its_lines",
        "0",
        "the memo's tax could not be calculated and no line waits for it, or one does although it is complete",
        source=MEMOS,
        currency="NULL",
        expected="CASE WHEN lines.waiting > 0 THEN 'ERROR' ELSE 'COMPLETE or NOT_APPLICABLE' END",
        found="d.tax_status",
        where="(COALESCE(lines.waiting, 0) > 0) <> (d.tax_status = 'ERROR')",
        first_row=first_line(MEMO, "d", "l.amount_to_tax IS NOT NULL"),
    ),
    check(
        "memo_line_waits_for_tax_whole",
        "0",
        "the memo line waits for its tax and has some already, or is not over the amount to be taxed",
        source=LINES[MEMO.word],
        document="d.credit_memo_id",
        number="h.number",
        expected="d.amount_to_tax",
        found="d.total_amount",
        # A gross amount of an invoice line's credit is more than what it draws without its tax.
        where="d.amount_to_tax IS NOT NULL AND (d.tax_amount <> 0 OR CASE"
        " WHEN d.tax_mode = 'INCLUSIVE' AND d.source_invoice_line_id IS NOT NULL"
        " THEN abs(d.amount_to_tax) < abs(d.amount) ELSE d.amount_to_tax <> d.amount END)",
        first_row=LINE,
        place="d.line_number",
    ),
    check(
        "memo_exempt_is_its_items",
        "0",
        "the memo's tax-exempt amount is not the sum of its tax items'",
        source=MEMOS,
        expected="COALESCE(items.exempt, 0)",
        found="d.tax_exempt_amount",
    ),
]
