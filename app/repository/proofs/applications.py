"""Invariants 2, 4, 6 and 8: what applications, line applications and payments say of themselves and of each other."""

from app.repository.proofs.check import Check, Clauses, check, total
from app.repository.proofs.undoing import Undoing, checks_of

PARTS = "credit_memo_line_application o WHERE o.entity_id = d.entity_id AND o.application_id = d.id"
OF_APPLICATION: Clauses = {
    "document": "d.credit_memo_id",
    "number": "m.number",
    "first_row": "d.number",
    "place": "d.credit_memo_position",
}
FROM_APPLICATION = "credit_memo_application d LEFT JOIN credit_memo m ON m.entity_id = d.entity_id AND m.id = d.credit_memo_id"
OF_LINE_APPLICATION: Clauses = {
    "document": "COALESCE(a.credit_memo_id, d.application_id)",
    "number": "m.number",
    "first_row": "COALESCE(a.number, d.application_id) || ' line ' || d.sequence",
    "place": "a.credit_memo_position, d.sequence",
}
FROM_LINE_APPLICATION = (
    "credit_memo_line_application d"
    " LEFT JOIN credit_memo_application a ON a.entity_id = d.entity_id AND a.id = d.application_id"
    " LEFT JOIN credit_memo m ON m.entity_id = a.entity_id AND m.id = a.credit_memo_id"
)
FROM_PAYMENT = "payment d LEFT JOIN invoice h ON h.entity_id = d.entity_id AND h.id = d.invoice_id"
OF_PAYMENT: Clauses = {
    "document": "d.invoice_id",
    "number": "h.number",
    "first_row": "'position ' || d.invoice_position",
    "place": "d.invoice_position",
}


def _impact(name: str, words: str, positive: str, source: str, where: Clauses) -> list[Check]:
    """The sign follows from the type; `positive` is the type that gives back."""
    impact = f"CASE d.type WHEN '{positive}' THEN d.amount ELSE -d.amount END"
    return [
        check(
            f"{name}_impact_is_its_amount",
            "3" if name == "payment" else "2",
            f"the {words}'s impact is not its amount with the sign of its type",
            source=source,
            expected=impact,
            found="d.impact_amount",
            **where,
        ),
        check(
            f"{name}_amount_is_positive",
            "3" if name == "payment" else "2",
            f"the {words}'s amount is not above 0",
            source=source,
            expected="'more than 0'",
            found="d.amount",
            where="d.amount <= 0",
            **where,
        ),
    ]


APPLICATIONS = [
    *_impact("application", "application", "UNAPPLIED", FROM_APPLICATION, OF_APPLICATION),
    *_impact("line_application", "line application", "UNAPPLIED", FROM_LINE_APPLICATION, OF_LINE_APPLICATION),
    *_impact("payment", "payment", "REVERSED", FROM_PAYMENT, OF_PAYMENT),
    check(
        "application_is_its_line_applications",
        "4",
        "the application's amount is not what its line applications add up to (a HEADER one has none)",
        source=FROM_APPLICATION,
        expected=total("o.amount", PARTS),
        found="CASE d.level WHEN 'LINE' THEN d.amount ELSE 0 END",
        **OF_APPLICATION,
    ),
    check(
        "line_applications_are_numbered",
        "4",
        "the line applications are not numbered from 1 without gaps",
        source=FROM_APPLICATION,
        currency="NULL",
        expected=f"(SELECT COUNT(*) FROM {PARTS})",
        found=f"(SELECT COALESCE(MAX(o.sequence), 0) FROM {PARTS})",
        **OF_APPLICATION,
    ),
    check(
        "application_number_is_its_position",
        "5",
        "the application's number is not its memo's number and its position there",
        source=FROM_APPLICATION,
        currency="NULL",
        expected="m.number || '-' || d.credit_memo_position",
        found="d.number",
        **OF_APPLICATION,
    ),
    check(
        "line_application_is_like_its_application",
        "4",
        "the line application's type, command or currency is not its application's",
        source=FROM_LINE_APPLICATION,
        currency="NULL",
        expected="a.type || ', ' || a.log_id || ', ' || a.currency",
        found="d.type || ', ' || d.log_id || ', ' || d.currency",
        **OF_LINE_APPLICATION,
    ),
    check(
        "line_application_is_on_its_memo",
        "4",
        "the line application's memo line is on another memo than its application's",
        source=f"{FROM_LINE_APPLICATION}"
        " JOIN credit_memo_line l ON l.entity_id = d.entity_id AND l.id = d.credit_memo_line_id",
        currency="NULL",
        expected="a.credit_memo_id",
        found="l.credit_memo_id",
        **OF_LINE_APPLICATION,
    ),
    check(
        "line_application_is_on_its_invoice",
        "4",
        "the line application's invoice line is on another invoice than its application's",
        source=f"{FROM_LINE_APPLICATION}"
        " JOIN invoice_line l ON l.entity_id = d.entity_id AND l.id = d.invoice_line_id",
        currency="NULL",
        expected="a.invoice_id",
        found="l.invoice_id",
        **OF_LINE_APPLICATION,
    ),
    *checks_of(
        Undoing(
            word="application",
            table="credit_memo_application",
            link="associated_application_id",
            source=FROM_APPLICATION,
            of_row=OF_APPLICATION,
            same=("credit_memo_id", "invoice_id", "level"),
        )
    ),
    *checks_of(
        Undoing(
            word="line_application",
            table="credit_memo_line_application",
            link="associated_line_application_id",
            source=FROM_LINE_APPLICATION,
            of_row=OF_LINE_APPLICATION,
            same=("credit_memo_line_id", "invoice_line_id"),
        )
    ),
    check(
        "line_application_undoes_its_applications_part",
        "6",
        "the line application takes back a part of another application than its own does",
        source=f"{FROM_LINE_APPLICATION} JOIN credit_memo_line_application o"
        " ON o.entity_id = d.entity_id AND o.id = d.associated_line_application_id",
        currency="NULL",
        expected="a.associated_application_id",
        found="o.application_id",
        where="a.associated_application_id IS NULL OR a.associated_application_id <> o.application_id",
        **OF_LINE_APPLICATION,
    ),
    check(
        "payment_reversal_is_whole",
        "3",
        "the reversal is not of a received payment, on the same invoice, over the same amount",
        source=f"{FROM_PAYMENT} JOIN payment o ON o.entity_id = d.entity_id AND o.id = d.reversed_payment_id",
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
        source=FROM_PAYMENT,
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
        source=FROM_PAYMENT,
        currency="NULL",
        expected="1",
        found="(SELECT COUNT(*) FROM payment o WHERE o.entity_id = d.entity_id AND o.reversed_payment_id = d.id)",
        where="(SELECT COUNT(*) FROM payment o WHERE o.entity_id = d.entity_id AND o.reversed_payment_id = d.id) > 1",
        **OF_PAYMENT,
    ),
]
