"""Damage to payments."""

from tests.proof.damage import Damage, forged

A = "INV-A"

PAYMENTS = [
    Damage(
        "a payment is deleted",
        ("DELETE FROM payment WHERE invoice_position = 10",),
        finds=("3", "invoice_payments_are_its_payments", A, "position 10"),
        also={A: ["entry_has_its_payment"]},
    ),
    Damage(
        "a payment's amount is changed",
        ("UPDATE payment SET amount = 900, impact_amount = -900 WHERE invoice_position = 10",),
        finds=("5", "payment_on_invoice_moved_its_amount", A, "position 10"),
        also={A: ["invoice_payments_are_its_payments"]},
    ),
    Damage(
        "a payment's impact has the wrong sign",
        ("UPDATE payment SET impact_amount = amount WHERE invoice_position = 10",),
        finds=("3", "payment_impact_is_its_amount", A, "position 10"),
        also={A: ["invoice_payments_are_its_payments", "payment_on_invoice_moved_its_amount"]},
    ),
    Damage(
        "a payment's frozen balance is changed",
        ("UPDATE payment SET invoice_balance = 1 WHERE invoice_position = 10",),
        finds=("5", "payment_on_invoice_froze_its_balance", A, "position 10"),
        also={},
    ),
    Damage(
        "a reversal takes back a reversal",
        (
            "UPDATE payment SET type = 'REVERSED', impact_amount = amount, reversed_payment_id = (SELECT o.id FROM payment o WHERE o.invoice_position = 9) WHERE invoice_position = 10",
        ),
        finds=("3", "payment_reversal_is_whole", A, "position 10"),
        also={
            A: [
                "invoice_payments_are_its_payments",
                "payment_on_invoice_is_entered_by_its_kind",
                "payment_on_invoice_moved_its_amount",
            ]
        },
    ),
    Damage(
        "a payment is taken back twice",
        (*forged("payment", "invoice_position = 9", id="'pay_forged'", invoice_position="99"),),
        finds=("3", "payment_is_reversed_once", A, "position 8"),
        also={A: ["invoice_payments_are_its_payments", "payment_on_invoice_has_its_entry"]},
    ),
    Damage(
        "a received payment names a payment",
        ("UPDATE payment SET reversed_payment_id = id WHERE invoice_position = 10",),
        finds=("3", "payment_reversal_names_its_payment", A, "position 10"),
        also={A: ["payment_reversal_is_whole"]},
    ),
    Damage(
        "a payment of nothing",
        ("UPDATE payment SET amount = 0, impact_amount = 0 WHERE invoice_position = 10",),
        finds=("3", "payment_amount_is_positive", A, "position 10"),
        also={A: ["invoice_payments_are_its_payments", "payment_on_invoice_moved_its_amount"]},
    ),
    Damage(
        "a payment's position has no entry",
        ("UPDATE payment SET invoice_position = 98 WHERE invoice_position = 10",),
        finds=("5", "payment_on_invoice_has_its_entry", A, "position 98"),
        also={A: ["entry_has_its_payment"]},
    ),
]
