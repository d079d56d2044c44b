"""Apply the open credit of accounts to what they owe, by rules (domain 4.11)."""

from collections.abc import Mapping

from app.domain.available_credit import auto_apply, planned_for
from app.domain.commands import AutoApplyCredits
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.entity import Account
from app.domain.facts import Changes, Facts, Worksheet
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.record import Record
from app.domain.violation import Path, reject_if_any
from app.domain.vocabulary import ApplicationLevel
from app.repository.books import Books
from app.repository.open_documents import open_invoice_ids, open_memo_ids
from app.validation.auto_apply import violations_of_auto_apply


async def auto_apply_credits(books: Books, command: AutoApplyCredits) -> Changes:
    """Every application that the rules find, one after another; where they find none nothing is done."""
    facts = await facts_for_auto_apply(books, {(): command})
    reject_if_any(violations_of_auto_apply(command, facts))
    sheet = Worksheet(facts)
    made = auto_apply(sheet, command)
    return sheet.changes(
        account=facts.named["account",],
        applications=[each.id for each in made],
        credit_memos=list(dict.fromkeys(each.credit_memo_id for each in made)),
        invoices=list(dict.fromkeys(each.invoice_id for each in made)),
    )


async def facts_for_auto_apply(books: Books, commands: Mapping[Path, AutoApplyCredits]) -> Facts:
    """For one command or for hundreds, each under its place in the input.

    Which documents are open is found first; what they still give and owe is read under their locks. Lines are read of
    those alone that the plans settle.
    """
    settings = await books.settings(*(each.effective_date for each in commands.values()))
    accounts = await books.locate(Account, {(*at, "account"): each.account for at, each in commands.items()})
    memos = await books.locate(
        CreditMemo,
        {
            (*at, "credit_memos", place): reference
            for at, each in commands.items()
            for place, reference in enumerate(each.credit_memos or ())
        },
    )
    invoices = await books.locate(
        Invoice,
        {
            (*at, "invoices", place): reference
            for at, each in commands.items()
            for place, reference in enumerate(each.invoices or ())
        },
    )
    most = books.actor.limits.open_documents + 1
    giving = [
        accounts.get((*at, "account"), "") for at, each in commands.items() if each.credit_memos is None
    ]
    taking = [accounts.get((*at, "account"), "") for at, each in commands.items() if each.invoices is None]
    records: list[Record] = [
        *await books.find(Account, accounts.values()),
        *await books.lock(CreditMemo, [*memos.values(), *await open_memo_ids(books, giving, most)]),
        *await books.lock(Invoice, [*invoices.values(), *await open_invoice_ids(books, taking, most)]),
    ]
    facts = books.facts(settings, records, {**accounts, **memos, **invoices})
    if settings.application_level is not ApplicationLevel.INVOICE_LINE:
        return facts
    return facts.with_records(await _lines_to_settle(books, facts, commands))


async def _lines_to_settle(
    books: Books, facts: Facts, commands: Mapping[Path, AutoApplyCredits]
) -> list[Record]:
    planned = [each for at, command in commands.items() for each in planned_for(command, facts, at)]
    return [
        *await books.children(CreditMemoLine, "credit_memo_id", [each.credit_memo_id for each in planned]),
        *await books.children(InvoiceLine, "invoice_id", [each.invoice_id for each in planned]),
    ]
