"""Section 4.12: payments recorded from outside, and their reversal, once and whole."""

from tests.model.documents import Payment
from tests.model.ledger import Command, Ledger
from tests.model.outcome import Accepted, Outcome, refused, second_delivery
from tests.model.reading import (
    check_period,
    check_texts,
    check_version,
    find_delivery,
    read_date,
    read_positive,
    remember_delivery,
)


def record_payment(ledger: Ledger, command: Command) -> Outcome:
    codes: set[str] = set()
    check_texts(command, codes)
    first = find_delivery(ledger, "payment", "recordPayment", command, codes)
    if first is not None:
        return second_delivery(first)
    invoice = ledger.find_invoice(command["invoice"])
    day = read_date(command.get("date")) or ledger.today
    check_period(ledger, day, codes)
    if invoice is None:
        return refused(codes | {"NOT_FOUND"})
    check_version(ledger, invoice.handle, command, codes)
    if invoice.status != "POSTED":
        codes.add("INVALID_STATUS")
    amount = read_positive(command["amount"], invoice.currency, codes)
    if amount > invoice.balance:
        codes.add("EXCEEDS_INVOICE_BALANCE")
    if codes:
        return refused(codes)
    payment = Payment(ledger.mint("pay"), invoice.handle, amount, day)
    ledger.payments[payment.handle] = payment
    invoice.payments_applied += amount
    invoice.move("PAYMENT", -amount)
    ledger.touched.add(invoice.handle)
    made = Accepted(payments=(payment.handle,), invoices=(invoice.handle,))
    remember_delivery(ledger, "payment", "recordPayment", command, made)
    return made


def reverse_payment(ledger: Ledger, command: Command) -> Outcome:
    payment = ledger.payments.get(command["paymentId"])
    if payment is None:
        return refused({"NOT_FOUND"})
    codes: set[str] = set()
    check_version(ledger, payment.invoice, command, codes)
    if payment.reverses is not None:
        codes |= {"ALREADY_REVERSED", "INVALID_STATUS"}
    if any(row.reverses == payment.handle for row in ledger.payments.values()):
        codes.add("ALREADY_REVERSED")
    day = read_date(command.get("date")) or max(ledger.today, payment.date)
    if day < payment.date:
        codes.add("INVALID_DATE")
    check_period(ledger, day, codes)
    if codes:
        return refused(codes)
    invoice = ledger.invoices[payment.invoice]
    reversal = Payment(ledger.mint("pay"), invoice.handle, payment.amount, day, reverses=payment.handle)
    ledger.payments[reversal.handle] = reversal
    invoice.payments_applied -= payment.amount
    invoice.move("PAYMENT_REVERSAL", payment.amount)
    ledger.touched.add(invoice.handle)
    return Accepted(payments=(reversal.handle,), invoices=(invoice.handle,))


def has_active_payment(ledger: Ledger, invoice: str) -> bool:
    reversed_ones = {row.reverses for row in ledger.payments.values()}
    return any(
        row.invoice == invoice and row.reverses is None and row.handle not in reversed_ones
        for row in ledger.payments.values()
    )
