"""Invariants 3 and 3a of an invoice: what is owed, credited, paid and converted, on the header and on the lines."""

from app.repository.proofs.check import Clauses, check, total
from app.repository.proofs.headers import INVOICES
from app.repository.proofs.lines import INVOICE_ITEMS, INVOICE_LINES
from app.repository.proofs.sides import (
    INVOICE,
    first_break,
    first_line,
    first_line_row,
    first_payment_break,
    last_position,
)

OF_LINE: Clauses = {
    "source": INVOICE_LINES,
    "document": "d.invoice_id",
    "number": "h.number",
    "place": "d.line_number",
}
LINE = "'line ' || d.line_number"
REST = "d.total_amount - d.converted_amount - d.credits_applied - d.payments_applied"
ON_LINES = "COALESCE(lines.balance, 0) - COALESCE(applied.at_header, 0) - d.payments_applied"
IS_CONVERTED = "l.converted_amount <> 0"

INVOICE_BALANCES = [
    check(
        "invoice_balance_is_the_rest",
        "3",
        "the invoice's balance is not its total less what is converted, credited and paid",
        source=INVOICES,
        expected=f"CASE WHEN d.status = 'VOIDED' THEN 0 ELSE {REST} END",
        found="d.balance",
        first_row=last_position("d"),
    ),
    check(
        "invoice_is_not_overpaid",
        "3",
        "the posted invoice's balance is below 0 without negative lines that wait for conversion",
        source=INVOICES,
        expected="0",
        found="d.balance",
        where="d.status = 'POSTED' AND d.balance < 0 AND d.total_amount - d.converted_amount >= 0",
        first_row=last_position("d"),
    ),
    check(
        "invoice_credits_are_its_applications",
        "3",
        "the invoice's credits are not what its applications add up to",
        source=INVOICES,
        expected="COALESCE(applied.whole, 0)",
        found="d.credits_applied",
        first_row=first_break(INVOICE, "d"),
    ),
    check(
        "invoice_payments_are_its_payments",
        "3",
        "the invoice's paid amount is not what its payments add up to",
        source=INVOICES,
        expected="COALESCE(paid.whole, 0)",
        found="d.payments_applied",
        first_row=first_payment_break("d"),
    ),
    check(
        "invoice_converted_is_its_lines",
        "3",
        "the invoice's converted amount is not that of its lines",
        source=INVOICES,
        expected="COALESCE(lines.converted, 0)",
        found="d.converted_amount",
        first_row=first_line(INVOICE, "d", IS_CONVERTED),
    ),
    check(
        "invoice_line_credits_are_its_applications",
        "3a",
        "the invoice line's credits are not what its line applications add up to",
        expected="COALESCE(applied.whole, 0)",
        found="d.credits_applied",
        first_row=first_line_row(INVOICE, "d"),
        **OF_LINE,
    ),
    check(
        "invoice_line_balance_is_the_rest",
        "3a",
        "the invoice line's balance is not its total less what is converted and applied",
        expected="d.total_amount - d.converted_amount - d.credits_applied",
        found="d.balance",
        first_row=LINE,
        **OF_LINE,
    ),
    check(
        "invoice_line_credits_in_range",
        "3a",
        "the invoice line took more than it has, or is negative and took",
        expected="CASE WHEN d.credits_applied < 0 OR d.total_amount < 0 THEN 0 ELSE d.total_amount END",
        found="d.credits_applied",
        where="d.credits_applied < 0 OR (d.credits_applied > d.total_amount AND d.credits_applied <> 0)",
        first_row=LINE,
        **OF_LINE,
    ),
    check(
        "invoice_line_is_converted_whole",
        "3a",
        "the invoice line is converted in part, or is not negative",
        expected="CASE WHEN d.total_amount < 0 THEN d.total_amount ELSE 0 END",
        found="d.converted_amount",
        where="d.converted_amount <> 0 AND NOT (d.converted_amount = d.total_amount AND d.total_amount < 0)",
        first_row=LINE,
        **OF_LINE,
    ),
    check(
        "tax_item_is_converted_with_its_line",
        "3a",
        "the tax item's converted amount does not follow its line",
        source=INVOICE_ITEMS,
        document="l.invoice_id",
        number="h.number",
        expected=f"CASE WHEN {IS_CONVERTED} THEN d.amount ELSE 0 END",
        found="d.converted_amount",
        first_row="'line ' || l.line_number || ' tax ' || d.ordinal",
        place="l.line_number, d.ordinal",
    ),
    check(
        "invoice_balance_is_on_its_lines",
        "3a",
        "the invoice's balance is not its lines' balances less header applications and payments",
        source=INVOICES,
        expected=ON_LINES,
        found="d.balance",
        where=f"d.status <> 'VOIDED' AND {ON_LINES} <> d.balance",
        first_row=first_line(
            INVOICE,
            "d",
            "l.balance <> l.total_amount - l.converted_amount"
            f" - {total('-p.impact_amount', INVOICE.line_applications_of('l'))}",
        ),
    ),
]
