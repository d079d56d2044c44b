"""What everybody wants at once of a memo's rest or an invoice's balance: refunds, write-offs, voids."""

from tests.races.running import Ask
from tests.support.books import TestBooks
from tests.support.building import Made, posted_invoice, posted_memo
from tests.support.write_offs import writing_off

CLIENTS = 16


def of_invoice(mutation: str, invoice: Made, **said: object) -> Ask:
    return Ask(mutation, {"invoice": {"id": invoice.id}, **said})


async def refunding_one_memo(books: TestBooks) -> list[Ask]:
    """50.00 of credit; half of the callers want 10.00 of it paid back, the others applied."""
    memo, invoice = await posted_memo(books, "50.00"), await posted_invoice(books, "900.00")
    named = {"creditMemo": {"id": memo.id}}
    part = {"invoice": {"id": invoice.id}, "amount": "10.00"}
    return [
        Ask("refundCreditMemo", {**named, "amount": "10.00"})
        if place % 2
        else Ask("applyCreditMemo", {**named, "applications": [part]})
        for place in range(CLIENTS)
    ]


async def writing_one_memo_off(books: TestBooks) -> list[Ask]:
    """Half of the callers write off what the memo has left, the others have all of it paid back."""
    memo = await posted_memo(books, "30.00", "20.00")
    named = {"creditMemo": {"id": memo.id}}
    return [
        Ask("writeOffCreditMemo", {**named, "reasonCode": "GOODWILL"})
        if place % 2
        else Ask("refundCreditMemo", {**named, "amount": "50.00"})
        for place in range(CLIENTS)
    ]


async def writing_one_invoice_off(books: TestBooks) -> list[Ask]:
    """Half of the callers write the invoice off, the others record that all of it was paid."""
    invoice = await posted_invoice(books, ("100.00", "8.25"), "40.00")
    return [
        of_invoice("writeOffInvoice", invoice, reasonCode="GOODWILL")
        if place % 2
        else of_invoice("recordPayment", invoice, amount="148.25")
        for place in range(CLIENTS)
    ]


async def taking_one_write_off_back(books: TestBooks) -> list[Ask]:
    """Everybody takes it back: its memo is void once."""
    invoice = await posted_invoice(books, ("100.00", "8.25"), "40.00")
    outcome = (await books.perform(writing_off(invoice))).outcome
    return [Ask("unapplyCreditMemo", {"applicationId": outcome["application"]}) for _ in range(CLIENTS)]


async def voiding_one_invoice(books: TestBooks) -> list[Ask]:
    """Half of the callers void the invoice, the others draft a credit of all of it."""
    invoice = await posted_invoice(books, ("100.00", "8.25"), "-20.00")
    return [
        of_invoice("voidInvoice", invoice)
        if place % 2
        else of_invoice("createCreditMemoFromInvoice", invoice, fullCredit=True)
        for place in range(CLIENTS)
    ]
