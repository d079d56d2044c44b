"""Create a memo from an invoice, in full or from lines of it (Zuora: create from invoice; domain 4.8)."""

from app.domain.commands import CreateCreditMemoFromInvoice
from app.domain.credit_memo import CreditMemo
from app.domain.crediting import credit_from_invoice
from app.domain.facts import Changes, Worksheet
from app.domain.violation import reject_if_any
from app.repository.books import Books
from app.use_cases.credit_facts import facts_for_credit
from app.use_cases.credit_invoice import delivered_before
from app.use_cases.deliveries import first_delivery
from app.use_cases.numbering import number_memos
from app.validation.credit_from_invoice import violations_of_create_from_invoice


async def create_credit_memo_from_invoice(books: Books, command: CreateCreditMemoFromInvoice) -> Changes:
    """A draft, or at once a posted memo, applied to its invoice where asked.

    Its tax may be asked for outside: Unanswered.
    """
    facts = await facts_for_credit(books, {(): command})
    first = await first_delivery(books, CreditMemo, command)
    if first is not None:
        return await delivered_before(books, first)
    reject_if_any(violations_of_create_from_invoice(command, facts))
    sheet = Worksheet(facts)
    memo_id, application_id = credit_from_invoice(sheet, command)
    await number_memos(books, sheet, [memo_id])
    return sheet.changes(credit_memo=memo_id, application=application_id, invoice=facts.named["invoice",])
