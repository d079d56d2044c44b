"""Take a posted memo back: unpost it, void it, or reverse it through a debit memo."""

from app.domain.commands import ReverseCreditMemo, UnpostCreditMemo, VoidCreditMemo
from app.domain.credit_memo import CreditMemo
from app.domain.facts import Changes, Worksheet
from app.domain.journal_entry import JournalEntry
from app.domain.record import Record
from app.domain.undoing import date_of_reversal, reverse, unpost, void
from app.domain.violation import reject_if_any
from app.domain.vocabulary import BalanceEntryKind
from app.repository.books import Books
from app.repository.reads import uses_of_memos
from app.use_cases.credit_memos import drawn_records
from app.use_cases.numbering import number_invoices
from app.validation.undoing import violations_of_reverse, violations_of_unpost, violations_of_void


async def unpost_credit_memo(books: Books, command: UnpostCreditMemo) -> Changes:
    """The memo is a draft again, under its number; what it draws stays reserved."""
    # Its entries leave the day that they were made for, which may lie before the memo's own: that can be moved.
    settings = await books.held_settings()
    named = await books.locate(CreditMemo, {("credit_memo",): command.credit_memo})
    memos = await books.lock(CreditMemo, named.values())
    posted = await _posted_records(books, memos)
    used = await books.rows(uses_of_memos(), values=[each.id for each in memos])
    facts = books.facts(settings, [*memos, *posted], named)
    reject_if_any(violations_of_unpost(command, facts, {BalanceEntryKind(each.kind) for each in used}))
    sheet = Worksheet(facts)
    memo = unpost(sheet, facts.get(CreditMemo, named["credit_memo",]))
    return sheet.changes(credit_memo=memo.id)


async def void_credit_memo(books: Books, command: VoidCreditMemo) -> Changes:
    """The memo is worth nothing for good; what it had drawn can be credited again, converted lines are back."""
    settings = await books.settings()
    named = await books.locate(CreditMemo, {("credit_memo",): command.credit_memo})
    memos = await books.lock(CreditMemo, named.values())
    facts = books.facts(settings, [*memos, *await _posted_records(books, memos)], named)
    reject_if_any(violations_of_void(command, facts))
    sheet = Worksheet(facts)
    memo = void(sheet, facts.get(CreditMemo, named["credit_memo",]))
    return sheet.changes(credit_memo=memo.id)


async def _posted_records(books: Books, memos: list[CreditMemo]) -> list[Record]:
    """What posting the memos has done: what they drew, and their journal entries, which are taken back as they are."""
    return [
        *await drawn_records(books, memos),
        *await books.children(JournalEntry, "document_id", [each.id for each in memos]),
    ]


async def reverse_credit_memo(books: Books, command: ReverseCreditMemo) -> Changes:
    """A posted debit memo mirrors the memo, which is applied to it; what it had drawn can be credited again."""
    settings = await books.settings(command.date)
    named = await books.locate(CreditMemo, {("credit_memo",): command.credit_memo})
    memos = await books.lock(CreditMemo, named.values())
    facts = books.facts(settings, [*memos, *await drawn_records(books, memos)], named)
    reject_if_any(violations_of_reverse(command, facts))
    sheet = Worksheet(facts)
    memo = facts.get(CreditMemo, named["credit_memo",])
    debit_memo, application = reverse(
        sheet, memo, date_of_reversal(sheet, memo, command.date), command.description
    )
    await number_invoices(books, sheet, [debit_memo.id])
    return sheet.changes(
        credit_memo=memo.id,
        debit_memo=debit_memo.id,
        application=None if application is None else application.id,
    )
