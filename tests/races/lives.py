"""What everybody wants at once of the life of a memo: to edit, unpost, void, reverse or use it."""

from tests.races.running import Ask
from tests.support.books import TestBooks
from tests.support.building import posted_invoice, posted_memo
from tests.support.crediting import credited, of_line

CLIENTS = 16


async def reversing_one_memo(books: TestBooks) -> list[Ask]:
    """Half of the callers reverse the memo, the others apply all of it."""
    memo, invoice = await posted_memo(books, "30.00", "20.00"), await posted_invoice(books, "900.00")
    named = {"creditMemo": {"id": memo.id}}
    applying = named | {"applications": [{"invoice": {"id": invoice.id}, "amount": "50.00"}]}
    return [
        Ask("applyCreditMemo", applying) if place % 2 else Ask("reverseCreditMemo", named)
        for place in range(CLIENTS)
    ]


async def voiding_one_memo(books: TestBooks) -> list[Ask]:
    """Half of the callers void the memo, which is drawn from an invoice, the others make it a draft again."""
    memo = await credited(books, await posted_invoice(books, ("100.00", "8.25")), post=True)
    named = {"creditMemo": {"id": memo.id}}
    return [Ask("unpostCreditMemo" if place % 2 else "voidCreditMemo", named) for place in range(CLIENTS)]


async def raising_drafts_of_one_invoice(books: TestBooks) -> list[Ask]:
    """Sixteen drafts reserve 1.00 each of 100.00, and each wants 10.00 instead: nine can."""
    invoice = await posted_invoice(books, "100.00")
    drafts = [await credited(books, invoice, of_line(invoice, amount="1.00")) for _ in range(CLIENTS)]
    line = {"invoiceLineId": invoice.lines[0], "amount": "10.00"}
    return [
        Ask("updateCreditMemo", {"creditMemo": {"id": draft.id}, "invoiceLines": [line]}) for draft in drafts
    ]
