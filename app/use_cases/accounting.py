"""What accounting says: its codes, and what of the journal it has. Each takes turns on the entity's row."""

from dataclasses import replace

from app.domain.commands import MarkJournalTransferred, UpdateAccountingCodes
from app.domain.credit_memo import CreditMemo
from app.domain.entity_data import accounting_codes_after
from app.domain.facts import Changes, Worksheet
from app.domain.violation import reject_if_any
from app.domain.vocabulary import TransferStatus
from app.repository.books import Books
from app.repository.journal import documents_with_later_entries, last_log_number, memos_with_entries
from app.validation.accounting import violations_of_accounting_codes, violations_of_transfer


async def update_accounting_codes(books: Books, command: UpdateAccountingCodes) -> Changes:
    """Entries made from now on have the codes; those in the journal keep theirs."""
    settings = await books.settings_to_change()
    reject_if_any(violations_of_accounting_codes(command, settings))
    after = replace(settings, accounting_codes=accounting_codes_after(command, settings))
    return Changes(settings=None if after == settings else (settings, after))


async def mark_journal_transferred(books: Books, command: MarkJournalTransferred) -> Changes:
    """A memo whose entries accounting has, all of them, is transferred; one of which it has some, is being transferred."""
    settings = await books.settings_to_change()
    limits = books.actor.limits
    memos = await memos_with_entries(
        books, settings.journal_transferred_through or 0, command.through, limits.transferred_memos + 1
    )
    last_number = await last_log_number(books)
    reject_if_any(violations_of_transfer(command, settings, limits, last_number=last_number, memos=memos))
    # A memo's lock covers its entries: what is looked for under it stays so until the commit.
    locked = await books.lock(CreditMemo, [id for id, _ in memos])
    later = await documents_with_later_entries(books, [each.id for each in locked], command.through)
    sheet = Worksheet(books.facts(settings, locked))
    for memo in locked:
        status = TransferStatus.PROCESSING if memo.id in later else TransferStatus.YES
        sheet.change_if_different(memo, transferred_to_accounting=status)
    after = replace(settings, journal_transferred_through=command.through)
    changes = sheet.changes(through=command.through, credit_memos=[each.id for each in locked])
    return replace(changes, settings=None if after == settings else (settings, after))
