"""Invariant 0: totals are the sums of lines, a line's tax the sum of its tax items, a line has one sign."""

from app.repository.proofs.check import Check, Clauses, check, total
from app.repository.proofs.sides import MEMO, SIDES, Side, first_line

LINE = "'line ' || d.line_number"


def totals_of(side: Side) -> list[Check]:
    """From the tax item up to the header."""
    items = total("t.amount", side.items_of("l"))
    wrong_line = f"l.total_amount <> l.amount + l.tax_amount OR l.tax_amount <> {items}"
    first = first_line(side, "d", wrong_line)
    header_source = f"{side.header} d"
    return [
        check(
            f"{side.word}_charge_is_its_lines",
            "0",
            f"the {side.word}'s charge is not the sum of its lines' amounts",
            source=header_source,
            expected=total("l.amount", side.lines_of("d")),
            found="d.charge_amount",
            first_row=first,
        ),
        check(
            f"{side.word}_tax_is_its_lines",
            "0",
            f"the {side.word}'s tax is not the sum of its lines' taxes",
            source=header_source,
            expected=total("l.tax_amount", side.lines_of("d")),
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
    source = f"{side.line} d {side.header_of('d')}"
    of_line: Clauses = {
        "source": source,
        "document": f"d.{side.key}",
        "number": "h.number",
        "place": "d.line_number",
    }
    return [
        check(
            f"{side.word}_line_tax_is_its_items",
            "0",
            "the line's tax is not the sum of its tax items",
            expected=total("t.amount", side.items_of("d")),
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
            found=f"'amount ' || d.amount || ', tax items ' || {_extreme('MIN', side)} || ' to ' || {_extreme('MAX', side)}",
            where=f"(d.amount > 0 OR {_extreme('MAX', side)} > 0) AND (d.amount < 0 OR {_extreme('MIN', side)} < 0)",
            first_row=LINE,
            **of_line,
        ),
        check(
            f"{side.word}_tax_item_is_of_its_line",
            "0",
            f"the tax item names another {side.word} than its line",
            source=f"{side.tax} d JOIN {side.line} l ON l.entity_id = d.entity_id AND l.id = d.{side.line_key}"
            f" {side.header_of('l')}",
            document=f"l.{side.key}",
            number="h.number",
            currency="NULL",
            expected=f"l.{side.key}",
            found=f"d.{side.key}",
            first_row="'line ' || l.line_number || ' tax ' || d.ordinal",
            place="l.line_number, d.ordinal",
        ),
    ]


def _extreme(function: str, side: Side) -> str:
    return f"(SELECT COALESCE({function}(t.amount), 0) FROM {side.items_of('d')})"


TOTALS = [
    *(each for side in SIDES for each in totals_of(side)),
    check(
        "memo_exempt_is_its_items",
        "0",
        "the memo's tax-exempt amount is not the sum of its tax items'",
        source="credit_memo d",
        expected=total(
            "t.exempt_amount",
            f"{MEMO.tax} t WHERE t.entity_id = d.entity_id AND t.credit_memo_id = d.id",
        ),
        found="d.tax_exempt_amount",
    ),
]
