"""Create a memo from an invoice, in full or from lines of it (Zuora: create from invoice; domain 4.8)."""

from app.domain.commands import CreateCreditMemoFromInvoice
from app.domain.crediting import credit_from_invoice
from app.domain.facts import Changes
from app.repository.books import Books
from app.use_cases.credit_invoice import credit_invoice
from app.validation.credit_from_invoice import violations_of_create_from_invoice


async def create_credit_memo_from_invoice(books: Books, command: CreateCreditMemoFromInvoice) -> Changes:
    """A draft, or at once a posted memo, applied to its invoice where asked.

    Its tax may be asked for outside: Unanswered.
    """
    return await credit_invoice(books, command, violations_of_create_from_invoice, credit_from_invoice)
