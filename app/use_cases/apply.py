"""Apply credit to invoices, and memo lines to invoice lines."""

from app.domain.allocation import Pair
from app.domain.application import CreditMemoLineApplication
from app.domain.commands import ApplyCreditMemo, ApplyCreditMemoLine
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.facts import Changes, Facts, Worksheet
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.money import minor_digits, to_minor
from app.domain.record import Record
from app.domain.settling import Settlement, settle
from app.domain.violation import reject_if_any
from app.domain.vocabulary import ApplicationLevel
from app.repository.books import Books
from app.validation.apply import violations_of_apply, violations_of_apply_line


async def apply_credit_memo(books: Books, command: ApplyCreditMemo) -> Changes:
    """Posted memo to posted invoices, in input order; lines are settled where the entity settles lines."""
    facts = await _facts_for_apply(books, command)
    reject_if_any(violations_of_apply(command, facts))
    sheet = Worksheet(facts)
    memo_id = facts.named["credit_memo",]
    digits = minor_digits(facts.get(CreditMemo, memo_id).currency)
    made = [
        settle(
            sheet,
            Settlement(
                credit_memo_id=memo_id,
                invoice_id=facts.named["applications", place, "invoice"],
                amount=to_minor(entry.amount, digits),
                effective_date=entry.effective_date,
                description=entry.description,
                allocation=command.allocation,
            ),
        )
        for place, entry in enumerate(command.applications)
    ]
    return sheet.changes(
        credit_memo=memo_id,
        applications=[each.id for each in made],
        invoices=[each.invoice_id for each in made],
    )


async def _facts_for_apply(books: Books, command: ApplyCreditMemo) -> Facts:
    settings = await books.settings(*(entry.effective_date for entry in command.applications))
    named = await books.locate(CreditMemo, {("credit_memo",): command.credit_memo})
    named |= await books.locate(
        Invoice,
        {
            ("applications", place, "invoice"): entry.invoice
            for place, entry in enumerate(command.applications)
        },
    )
    memos = await books.lock(CreditMemo, [named.get(("credit_memo",), "")])
    invoices = await books.lock(
        Invoice,
        [named.get(("applications", place, "invoice"), "") for place in range(len(command.applications))],
    )
    records: list[Record] = [*memos, *invoices]
    if settings.application_level is ApplicationLevel.INVOICE_LINE:
        records += await books.children(CreditMemoLine, "credit_memo_id", [each.id for each in memos])
        records += await books.children(InvoiceLine, "invoice_id", [each.id for each in invoices])
    return books.facts(settings, records, named)


async def apply_credit_memo_line(books: Books, command: ApplyCreditMemoLine) -> Changes:
    """One memo line to invoice lines, one application for each invoice, at either level of the entity."""
    facts = await _facts_for_apply_line(books, command)
    reject_if_any(violations_of_apply_line(command, facts))
    sheet = Worksheet(facts)
    memo_line = facts.get(CreditMemoLine, command.credit_memo_line_id)
    digits = minor_digits(memo_line.currency)
    by_invoice: dict[str, list[int]] = {}
    for place, entry in enumerate(command.applications):
        invoice_id = facts.get(InvoiceLine, entry.invoice_line_id).invoice_id
        by_invoice.setdefault(invoice_id, []).append(place)
    made = []
    for invoice_id, places in by_invoice.items():
        entries = [command.applications[place] for place in places]
        pairs = [Pair(memo_line.id, each.invoice_line_id, to_minor(each.amount, digits)) for each in entries]
        made.append(
            settle(
                sheet,
                Settlement(
                    credit_memo_id=memo_line.credit_memo_id,
                    invoice_id=invoice_id,
                    amount=sum(pair.amount for pair in pairs),
                    effective_date=max((e.effective_date for e in entries if e.effective_date), default=None),
                    description=entries[0].description,
                    pairs=pairs,
                    said=[(each.effective_date, each.description) for each in entries],
                ),
            )
        )
    return sheet.changes(
        credit_memo_line=memo_line.id,
        credit_memo=memo_line.credit_memo_id,
        applications=[each.id for each in made],
        line_applications=[
            row.id for each in made for row in sheet.of(CreditMemoLineApplication, "application_id", each.id)
        ],
        invoices=list(by_invoice),
    )


async def _facts_for_apply_line(books: Books, command: ApplyCreditMemoLine) -> Facts:
    settings = await books.settings(*(entry.effective_date for entry in command.applications))
    line_ids = [entry.invoice_line_id for entry in command.applications]
    # Lines say which headers to lock; under the locks they are read again.
    memo_lines = await books.find(CreditMemoLine, [command.credit_memo_line_id])
    invoice_lines = await books.find(InvoiceLine, line_ids)
    memos = await books.lock(CreditMemo, [each.credit_memo_id for each in memo_lines])
    invoices = await books.lock(Invoice, {each.invoice_id for each in invoice_lines})
    records: list[Record] = [*memos, *invoices]
    records += await books.find(CreditMemoLine, [command.credit_memo_line_id])
    records += await books.find(InvoiceLine, line_ids)
    return books.facts(settings, records)
