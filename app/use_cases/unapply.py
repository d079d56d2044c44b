"""Take applications back, whole or in part, and correct what an application says of itself."""

from datetime import datetime

from app.domain.application import CreditMemoApplication, CreditMemoLineApplication
from app.domain.commands import (
    Unapplication,
    UnapplyCreditMemo,
    UnapplyCreditMemoLine,
    UpdateCreditMemoApplication,
)
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.facts import Changes, Facts, Worksheet
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.journal_entry import JournalEntry
from app.domain.money import minor_digits, to_minor
from app.domain.record import Record
from app.domain.taking_back import remaining_of, remaining_of_line, take_back, unwound
from app.domain.violation import reject_if_any
from app.domain.vocabulary import CreditMemoSource, InvoiceSource
from app.domain.writing_off import void_written_off
from app.repository.books import Books
from app.use_cases.credit_memos import drawn_records
from app.validation.unapply import (
    violations_of_unapply,
    violations_of_unapply_line,
    violations_of_update,
)


async def unapply_credit_memo(books: Books, command: UnapplyCreditMemo) -> Changes:
    """All that remains, or the amount named; line applications are unwound, last allocated first.

    Taking a write-off back voids what it had made.
    """
    facts = await _facts_for_unapply(books, command.application_id, command.effective_date)
    reject_if_any(violations_of_unapply(command, facts))
    sheet = Worksheet(facts)
    original = facts.get(CreditMemoApplication, command.application_id)
    amount = _amount(command, original, remaining_of(facts, original))
    lines = unwound(facts, original, amount) if facts.every(CreditMemoLineApplication) else []
    row = take_back(
        sheet,
        original,
        amount,
        lines,
        effective_date=command.effective_date,
        description=command.description,
    )
    void_written_off(
        sheet, facts.get(CreditMemo, original.credit_memo_id), facts.get(Invoice, original.invoice_id)
    )
    return sheet.changes(application=row.id, credit_memo=original.credit_memo_id, invoice=original.invoice_id)


async def unapply_credit_memo_line(books: Books, command: UnapplyCreditMemoLine) -> Changes:
    """One line application; its application gets an UNAPPLIED row over the same amount."""
    found = await books.find(CreditMemoLineApplication, [command.line_application_id])
    application_id = found[0].application_id if found else ""
    facts = await _facts_for_unapply(books, application_id, command.effective_date)
    reject_if_any(violations_of_unapply_line(command, facts))
    sheet = Worksheet(facts)
    line_row = facts.get(CreditMemoLineApplication, command.line_application_id)
    original = facts.get(CreditMemoApplication, application_id)
    amount = _amount(command, original, remaining_of_line(facts, line_row))
    row = take_back(
        sheet,
        original,
        amount,
        [(line_row.id, amount)],
        effective_date=command.effective_date,
        description=command.description,
    )
    [line_taken] = sheet.of(CreditMemoLineApplication, "application_id", row.id)
    return sheet.changes(
        line_application=line_taken.id,
        application=row.id,
        credit_memo=original.credit_memo_id,
        invoice=original.invoice_id,
    )


def _amount(command: Unapplication, original: CreditMemoApplication, remaining: int) -> int:
    """What is taken back, in minor units: the amount named, else all that remains."""
    if command.amount is None:
        return remaining
    return to_minor(command.amount, minor_digits(original.currency))


async def update_credit_memo_application(books: Books, command: UpdateCreditMemoApplication) -> Changes:
    """The description is all of the history that a caller may change (Salesforce: Description, Update). It is a change of
    the memo, whose history has the application.
    """
    settings = await books.settings()
    found = await books.find(CreditMemoApplication, [command.application_id])
    memos = await books.lock(CreditMemo, [each.credit_memo_id for each in found])
    found = await books.find(CreditMemoApplication, [command.application_id])
    facts = books.facts(settings, [*memos, *found])
    reject_if_any(violations_of_update(command, facts))
    sheet = Worksheet(facts)
    application = facts.get(CreditMemoApplication, command.application_id)
    if application.description != command.description:
        sheet.change(application, description=command.description)
        sheet.change(sheet.get(CreditMemo, application.credit_memo_id))
    return sheet.changes(application=command.application_id)


async def _facts_for_unapply(books: Books, application_id: str, *days: datetime | None) -> Facts:
    """The application's memo and invoice are found first, locked, and the rest is read under the locks."""
    settings = await books.settings(*days)
    found = await books.find(CreditMemoApplication, [application_id])
    memos = await books.lock(CreditMemo, [each.credit_memo_id for each in found])
    invoices = await books.lock(Invoice, [each.invoice_id for each in found])
    records: list[Record] = [*memos, *invoices]
    records += await books.find(CreditMemoApplication, [application_id])
    records += await books.children(CreditMemoApplication, "associated_application_id", [application_id])
    rows = await books.children(CreditMemoLineApplication, "application_id", [application_id])
    records += rows
    records += await books.children(
        CreditMemoLineApplication, "associated_line_application_id", [each.id for each in rows]
    )
    records += await books.find(CreditMemoLine, [each.credit_memo_line_id for each in rows])
    records += await books.find(InvoiceLine, [each.invoice_line_id for each in rows])
    records += await _records_of_write_offs(books, memos, invoices)
    return books.facts(settings, records)


async def _records_of_write_offs(
    books: Books, memos: list[CreditMemo], invoices: list[Invoice]
) -> list[Record]:
    """Of memos and debit memos that are void once they are taken back: what they drew, and their postings."""
    written_off = [each for each in memos if each.source is CreditMemoSource.INVOICE_WRITE_OFF]
    debit_memos = [each for each in invoices if each.source is InvoiceSource.CREDIT_MEMO_WRITE_OFF]
    ids = [each.id for each in (*written_off, *debit_memos)]
    return [
        *await drawn_records(books, written_off),
        *await books.children(InvoiceLine, "invoice_id", [each.id for each in debit_memos]),
        *await books.children(JournalEntry, "document_id", ids),
    ]
