"""When a payment may be recorded, and taken back (domain 4.12)."""

from app.domain.commands import RecordPayment, ReversePayment
from app.domain.facts import Facts
from app.domain.invoice import Invoice, Payment
from app.domain.money import minor_digits
from app.domain.violation import Violation
from app.domain.vocabulary import Operation, PaymentType, ViolationCode
from app.validation.amounts import exceeds, read_positive_amount
from app.validation.documents import (
    asked_of,
    not_found,
    violations_of_day,
    violations_of_earlier_day,
    violations_of_invoice_life,
    violations_of_version,
)
from app.validation.reversing import violations_of_reversible


def violations_of_payment(command: RecordPayment, facts: Facts) -> list[Violation]:
    """Posted invoice, amount within its balance: an overpayment is refused, naming it."""
    invoice = facts.named_record(Invoice, "invoice")
    if invoice is None:
        return [not_found("invoice", ("invoice",), asked_of(command.invoice))]
    violations = violations_of_version(invoice, command.expected_version, ("expected_version",))
    violations += violations_of_invoice_life(invoice, Operation.RECORD_PAYMENT)
    violations += violations_of_day(command.date or facts.stamp.today, facts.settings, ("date",))
    amount, wrong = read_positive_amount(command.amount, minor_digits(invoice.currency), ("amount",))
    violations += wrong
    balance = max(0, invoice.balance)
    if not wrong and amount > balance:
        violations.append(
            exceeds(
                ViolationCode.EXCEEDS_INVOICE_BALANCE,
                "The payment is more than the invoice's balance.",
                ("amount",),
                amount,
                balance,
                invoice.currency,
                invoice.id,
            )
        )
    return violations


def violations_of_reversal(command: ReversePayment, facts: Facts) -> list[Violation]:
    """Once, whole, of the invoice as the caller has read it, and not dated before the payment."""
    payment = facts.find(Payment, command.payment_id)
    if payment is None:
        return [not_found("payment", ("payment_id",), command.payment_id)]
    reversals = facts.of(Payment, "reversed_payment_id", payment.id)
    violations = violations_of_reversible(payment, reversals)
    if payment.type is not PaymentType.RECEIVED:
        return violations
    invoice = facts.get(Invoice, payment.invoice_id)
    violations += violations_of_version(invoice, command.expected_version, ("expected_version",))
    violations += violations_of_day(command.date or facts.stamp.today, facts.settings, ("date",))
    return violations + violations_of_earlier_day(
        command.date, payment.payment_date, "A payment cannot be reversed before it was made.", ("date",)
    )
