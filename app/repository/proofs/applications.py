"""Invariants 2, 4, 6 and 8: what applications, line applications and payments say of themselves and of each other."""

from app.repository.proofs.check import Check, Clauses, check, exact, summed
from app.repository.proofs.undoing import Undoing, checks_of

IN_ENTITY = "x WHERE x.entity_id = :entity_id"
WHOLE = Undoing(
    word="application",
    table="credit_memo_application",
    link="associated_application_id",
    same=("credit_memo_id", "invoice_id", "level"),
)
PART = Undoing(
    word="line_application",
    table="credit_memo_line_application",
    link="associated_line_application_id",
    same=("credit_memo_line_id", "invoice_line_id"),
)
OF_APPLICATION: Clauses = {
    "source": "credit_memo_application d"
    " LEFT JOIN credit_memo m ON m.entity_id = d.entity_id AND m.id = d.credit_memo_id"
    + WHOLE.taken_back
    + summed(
        "parts",
        "x.application_id",
        f"credit_memo_line_application {IN_ENTITY}",
        amount=exact("x.amount"),
        number="COUNT(*)",
        last="MAX(x.sequence)",
    ),
    "document": "d.credit_memo_id",
    "number": "m.number",
    "first_row": "d.number",
    "place": "d.credit_memo_position",
}
OF_LINE_APPLICATION: Clauses = {
    "source": "credit_memo_line_application d"
    " LEFT JOIN credit_memo_application a ON a.entity_id = d.entity_id AND a.id = d.application_id"
    " LEFT JOIN credit_memo m ON m.entity_id = a.entity_id AND m.id = a.credit_memo_id"
    " LEFT JOIN credit_memo_line g ON g.entity_id = d.entity_id AND g.id = d.credit_memo_line_id"
    " LEFT JOIN invoice_line t ON t.entity_id = d.entity_id AND t.id = d.invoice_line_id" + PART.taken_back,
    "document": "COALESCE(a.credit_memo_id, d.application_id)",
    "number": "m.number",
    "first_row": "COALESCE(a.number, d.application_id) || ' line ' || d.sequence",
    "place": "a.credit_memo_position, d.sequence",
}
"""Its application a, the memo line g that gave and the invoice line t that took."""
OF_PAYMENT: Clauses = {
    "source": "payment d LEFT JOIN invoice h ON h.entity_id = d.entity_id AND h.id = d.invoice_id"
    " LEFT JOIN payment o ON o.entity_id = d.entity_id AND o.id = d.reversed_payment_id"
    + summed(
        "reversals",
        "x.reversed_payment_id",
        f"payment {IN_ENTITY} AND x.reversed_payment_id IS NOT NULL",
        number="COUNT(*)",
    ),
    "document": "d.invoice_id",
    "number": "h.number",
    "first_row": "'position ' || d.invoice_position",
    "place": "d.invoice_position",
}


def _impact(name: str, words: str, positive: str, of_row: Clauses) -> list[Check]:
    """The sign follows from the type; `positive` is the type that gives back."""
    impact = f"CASE d.type WHEN '{positive}' THEN d.amount ELSE -d.amount END"
    return [
        check(
            f"{name}_impact_is_its_amount",
            "3" if name == "payment" else "2",
            f"the {words}'s impact is not its amount with the sign of its type",
            expected=impact,
            found="d.impact_amount",
            **of_row,
        ),
        check(
            f"{name}_amount_is_positive",
            "3" if name == "payment" else "2",
            f"the {words}'s amount is not above 0",
            expected="'more than 0'",
            found="d.amount",
            where="d.amount <= 0",
            **of_row,
        ),
    ]


APPLICATIONS = [
    *_impact("application", "application", "UNAPPLIED", OF_APPLICATION),
    *_impact("line_application", "line application", "UNAPPLIED", OF_LINE_APPLICATION),
    *_impact("payment", "payment", "REVERSED", OF_PAYMENT),
    check(
        "application_is_its_line_applications",
        "4",
        "the application's amount is not what its line applications add up to (a HEADER one has none)",
        expected="COALESCE(parts.amount, 0)",
        found="CASE d.level WHEN 'LINE' THEN d.amount ELSE 0 END",
        **OF_APPLICATION,
    ),
    check(
        "line_applications_are_numbered",
        "4",
        "the line applications are not numbered from 1 without gaps",
        currency="NULL",
        expected="COALESCE(parts.number, 0)",
        found="COALESCE(parts.last, 0)",
        **OF_APPLICATION,
    ),
    check(
        "application_number_is_its_position",
        "5",
        "the application's number is not its memo's number and its position there",
        currency="NULL",
        expected="m.number || '-' || d.credit_memo_position",
        found="d.number",
        **OF_APPLICATION,
    ),
    check(
        "line_application_is_like_its_application",
        "4",
        "the line application's type, command or currency is not its application's",
        currency="NULL",
        expected="a.type || ', ' || a.log_id || ', ' || a.currency",
        found="d.type || ', ' || d.log_id || ', ' || d.currency",
        **OF_LINE_APPLICATION,
    ),
    check(
        "line_application_was_recorded_with_its_application",
        "4",
        "the line application was recorded at another instant than its application",
        currency="NULL",
        expected="a.recorded_at",
        found="d.recorded_at",
        instants=True,
        **OF_LINE_APPLICATION,
    ),
    check(
        "line_application_is_on_its_memo",
        "4",
        "the line application's memo line is on another memo than its application's",
        currency="NULL",
        expected="a.credit_memo_id",
        found="g.credit_memo_id",
        **OF_LINE_APPLICATION,
    ),
    check(
        "line_application_is_on_its_invoice",
        "4",
        "the line application's invoice line is on another invoice than its application's",
        currency="NULL",
        expected="a.invoice_id",
        found="t.invoice_id",
        **OF_LINE_APPLICATION,
    ),
    *checks_of(WHOLE, OF_APPLICATION),
    *checks_of(PART, OF_LINE_APPLICATION),
    check(
        "line_application_undoes_its_applications_part",
        "6",
        "the line application takes back a part of another application than its own does",
        currency="NULL",
        expected="a.associated_application_id",
        found="u.application_id",
        where="u.id IS NOT NULL"
        " AND (a.associated_application_id IS NULL OR a.associated_application_id <> u.application_id)",
        **OF_LINE_APPLICATION,
    ),
    check(
        "payment_reversal_is_whole",
        "3",
        "the reversal is not of a received payment, on the same invoice, over the same amount",
        currency="NULL",
        expected="'RECEIVED before it, on ' || d.invoice_id || ', ' || d.amount",
        found="o.type || CASE WHEN o.invoice_position < d.invoice_position THEN ' before' ELSE ' after' END"
        " || ' it, on ' || o.invoice_id || ', ' || o.amount",
        **OF_PAYMENT,
    ),
    check(
        "payment_reversal_names_its_payment",
        "3",
        "a reversal names the payment it takes back, a received payment none",
        currency="NULL",
        expected="d.type",
        found="COALESCE(d.reversed_payment_id, 'none')",
        where="(d.type = 'REVERSED') <> (d.reversed_payment_id IS NOT NULL)",
        **OF_PAYMENT,
    ),
    check(
        "payment_is_reversed_once",
        "3",
        "the payment is taken back more than once",
        currency="NULL",
        expected="1",
        found="reversals.number",
        where="reversals.number > 1",
        **OF_PAYMENT,
    ),
]
