"""Record a payment, and take one back. The service moves no money: these are facts from outside."""

from app.domain.balances import move_balance, with_settlement
from app.domain.commands import RecordPayment, ReversePayment
from app.domain.external_reference import source_of
from app.domain.facts import Changes, Worksheet
from app.domain.fingerprint import content_fingerprint
from app.domain.invoice import Invoice, Payment
from app.domain.money import minor_digits, to_minor
from app.domain.violation import reject_if_any
from app.domain.vocabulary import BalanceEntryKind, PaymentType
from app.repository.books import Books
from app.use_cases.deliveries import first_delivery
from app.validation.payments import violations_of_payment, violations_of_reversal


async def record_payment(books: Books, command: RecordPayment) -> Changes:
    """A second delivery of the same external reference changes nothing and answers the first payment."""
    settings = await books.settings(command.date)
    named = await books.locate(Invoice, {("invoice",): command.invoice})
    invoices = await books.lock(Invoice, named.values())
    first = await first_delivery(books, Payment, command)
    if first is not None:
        return Changes(outcome={"payment": first.id, "invoice": first.invoice_id}, repeated=True)
    facts = books.facts(settings, invoices, named)
    reject_if_any(violations_of_payment(command, facts))
    sheet = Worksheet(facts)
    invoice = facts.get(Invoice, named["invoice",])
    amount = to_minor(command.amount, minor_digits(invoice.currency))
    payment = Payment(
        id=sheet.stamp.new_id(Payment),
        invoice_id=invoice.id,
        account_id=invoice.account_id,
        currency=invoice.currency,
        type=PaymentType.RECEIVED,
        amount=amount,
        impact_amount=-amount,
        invoice_balance=invoice.balance - amount,
        invoice_position=invoice.position + 1,
        payment_date=command.date or sheet.stamp.today,
        method=command.method,
        reference=command.reference,
        external_reference=command.external_reference,
        external_reference_source=source_of(command),
        content_fingerprint=content_fingerprint(command) if command.external_reference else None,
        log_id=sheet.stamp.log_id,
        recorded_at=sheet.moment(invoice),
        recorded_by=sheet.stamp.actor,
    )
    return _paid(sheet, payment, BalanceEntryKind.PAYMENT)


async def reverse_payment(books: Books, command: ReversePayment) -> Changes:
    """Whole and once: a second row over the same amount."""
    settings = await books.settings(command.date)
    found = await books.find(Payment, [command.payment_id])
    invoices = await books.lock(Invoice, [each.invoice_id for each in found])
    reversals = await books.children(Payment, "reversed_payment_id", [each.id for each in found])
    facts = books.facts(settings, [*found, *invoices, *reversals])
    reject_if_any(violations_of_reversal(command, facts))
    sheet = Worksheet(facts)
    original = facts.get(Payment, command.payment_id)
    invoice = facts.get(Invoice, original.invoice_id)
    reversal = Payment(
        id=sheet.stamp.new_id(Payment),
        invoice_id=invoice.id,
        account_id=invoice.account_id,
        currency=invoice.currency,
        type=PaymentType.REVERSED,
        amount=original.amount,
        impact_amount=original.amount,
        invoice_balance=invoice.balance + original.amount,
        invoice_position=invoice.position + 1,
        payment_date=command.date or max(sheet.stamp.today, original.payment_date),
        method=original.method,
        reference=original.reference,
        reversed_payment_id=original.id,
        log_id=sheet.stamp.log_id,
        recorded_at=sheet.moment(invoice),
        recorded_by=sheet.stamp.actor,
    )
    return _paid(sheet, reversal, BalanceEntryKind.PAYMENT_REVERSAL)


def _paid(sheet: Worksheet, payment: Payment, kind: BalanceEntryKind) -> Changes:
    sheet.add(payment)
    invoice = sheet.get(Invoice, payment.invoice_id)
    moved = move_balance(
        sheet,
        invoice,
        kind,
        payment.impact_amount,
        payment.id,
        payments_applied=invoice.payments_applied - payment.impact_amount,
    )
    with_settlement(sheet, moved)
    return sheet.changes(payment=payment.id, invoice=invoice.id)
