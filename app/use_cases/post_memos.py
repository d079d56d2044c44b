"""Post a draft; approve or reject a memo that waits for approval."""

from collections.abc import Callable

from app.domain.approval import approve, needs_approval, reject, request_approval
from app.domain.commands import ApproveCreditMemo, CreditMemoReference, PostCreditMemo, RejectCreditMemo
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.crediting import apply_upon_posting
from app.domain.facts import Changes, Facts, Worksheet
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.memo_making import post_memo
from app.domain.record import Record
from app.domain.violation import reject_if_any
from app.domain.vocabulary import SequenceKind
from app.repository.books import Books
from app.use_cases.dated_memos import lock_dated
from app.validation.posting import violations_of_approve, violations_of_post, violations_of_reject


async def post_credit_memo(books: Books, command: PostCreditMemo) -> Changes:
    """The draft becomes final and can be applied; above the actor's limit it waits for approval instead.

    It is applied to the invoice that it was drawn from where that was asked for when it was made.
    """
    facts = await _facts_for_posting(books, command.credit_memo)
    reject_if_any(violations_of_post(command, facts))
    memo = facts.get(CreditMemo, facts.named["credit_memo",])
    if needs_approval(facts, memo):
        sheet = Worksheet(facts)
        request_approval(sheet, memo)
        return sheet.changes(credit_memo=memo.id, application=None)
    return await _posted(books, facts, memo, post_memo)


async def approve_credit_memo(books: Books, command: ApproveCreditMemo) -> Changes:
    """The memo that waits becomes final at this moment, and is applied where that was asked for."""
    facts = await _facts_for_posting(books, command.credit_memo)
    reject_if_any(violations_of_approve(command, facts))
    return await _posted(books, facts, facts.get(CreditMemo, facts.named["credit_memo",]), approve)


async def reject_credit_memo(books: Books, command: RejectCreditMemo) -> Changes:
    """The memo that waits is a draft again; what it draws stays reserved."""
    settings = await books.settings()
    named = await books.locate(CreditMemo, {("credit_memo",): command.credit_memo})
    facts = books.facts(settings, await books.lock(CreditMemo, named.values()), named)
    reject_if_any(violations_of_reject(command, facts))
    sheet = Worksheet(facts)
    memo = reject(sheet, facts.get(CreditMemo, named["credit_memo",]))
    return sheet.changes(credit_memo=memo.id)


async def _posted(
    books: Books, facts: Facts, memo: CreditMemo, post: Callable[[Worksheet, CreditMemo], CreditMemo]
) -> Changes:
    """A gapless sequence numbers the memo now."""
    sheet = Worksheet(facts)
    if memo.number is None:
        [number] = await books.next_numbers(SequenceKind.CREDIT_MEMO, 1, final=True)
        memo = sheet.change(memo, number=number)
    application = apply_upon_posting(sheet, post(sheet, memo))
    return sheet.changes(credit_memo=memo.id, application=application and application.id)


async def _facts_for_posting(books: Books, reference: CreditMemoReference) -> Facts:
    named = await books.locate(CreditMemo, {("credit_memo",): reference})
    settings, memos = await lock_dated(books, named.values(), lambda memo: memo.effective_date)
    lines = await books.children(CreditMemoLine, "credit_memo_id", [each.id for each in memos])
    return books.facts(settings, [*memos, *lines, *await _invoices_to_settle(books, memos)], named)


async def _invoices_to_settle(books: Books, memos: list[CreditMemo]) -> list[Record]:
    """The invoices that memos are applied to when they are posted, locked, with their lines."""
    applied = [each for each in memos if each.auto_apply_upon_posting and each.invoice_id]
    invoices = await books.lock(Invoice, [each.invoice_id for each in applied if each.invoice_id])
    return [
        *invoices,
        *await books.children(InvoiceLine, "invoice_id", [each.id for each in invoices]),
    ]
