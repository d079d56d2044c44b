"""Credit lines of an invoice: create the memo, post it and apply it in one step (Salesforce: credit)."""

from collections.abc import Callable
from typing import TypeVar

from app.domain.application import CreditMemoApplication
from app.domain.commands import CreateAndApplyCreditMemo, CreateCreditMemoFromInvoice
from app.domain.credit_memo import CreditMemo
from app.domain.crediting import credit_and_apply
from app.domain.facts import Changes, Facts, Worksheet
from app.domain.violation import Violation, reject_if_any
from app.repository.books import Books
from app.use_cases.credit_facts import facts_for_credit
from app.use_cases.deliveries import first_delivery
from app.use_cases.numbering import number_memos
from app.validation.credit import violations_of_create_and_apply

C = TypeVar("C", CreateAndApplyCreditMemo, CreateCreditMemoFromInvoice)


async def create_and_apply_credit_memo(books: Books, command: CreateAndApplyCreditMemo) -> Changes:
    """One memo line for each invoice line credited; at line level each settles the line it came from.

    Its tax may be asked for outside: Unanswered.
    """
    return await credit_invoice(books, command, violations_of_create_and_apply, credit_and_apply)


async def credit_invoice(
    books: Books,
    command: C,
    violations_of: Callable[[C, Facts], list[Violation]],
    credit: Callable[[Worksheet, C], tuple[str, str | None]],
) -> Changes:
    """Credit it by the verb's own rules and decision; `credit` answers the ids of memo and application."""
    facts = await facts_for_credit(books, {(): command})
    first = await first_delivery(books, CreditMemo, command)
    if first is not None:
        return await _delivered_before(books, first)
    reject_if_any(violations_of(command, facts))
    sheet = Worksheet(facts)
    memo_id, application_id = credit(sheet, command)
    await number_memos(books, sheet, [memo_id])
    return sheet.changes(credit_memo=memo_id, application=application_id, invoice=facts.named["invoice",])


async def _delivered_before(books: Books, memo: CreditMemo) -> Changes:
    """The outcome of the first delivery of a memo drawn from an invoice: the application that it made, if any."""
    rows = await books.children(CreditMemoApplication, "credit_memo_id", [memo.id])
    application = next((each for each in rows if each.operation is books.operation), None)
    return Changes(
        outcome={
            "credit_memo": memo.id,
            "application": None if application is None else application.id,
            "invoice": memo.invoice_id,
        },
        repeated=True,
    )
