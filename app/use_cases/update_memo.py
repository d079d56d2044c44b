"""Change a memo: a draft in everything that it says, a posted one in what moves no money."""

from collections.abc import Iterable

from app.domain.commands import UpdateCreditMemo
from app.domain.credit_memo import CreditMemo
from app.domain.entity import ReasonCode, Settings, Template
from app.domain.facts import Changes, Facts, Worksheet
from app.domain.invoice import Invoice
from app.domain.line_credit import strategies_of
from app.domain.memo_editing import (
    creation_from_invoice,
    edit,
    edits_lines,
    given_of,
    reference_after,
    standalone_creation,
    without_edited_lines,
)
from app.domain.record import Record
from app.domain.refund import Refund
from app.domain.standalone_tax import is_taxed_by_engine
from app.domain.violation import reject_if_any
from app.domain.vocabulary import CreditMemoSource, CreditMemoStatus, TaxStrategy
from app.repository.books import Books
from app.use_cases.credit_memos import drawn_records
from app.use_cases.dated_memos import lock_dated
from app.use_cases.tax_records import tax_records
from app.validation.memo_editing import violations_of_update_memo


async def update_credit_memo(books: Books, command: UpdateCreditMemo) -> Changes:
    """What it reserves on its invoice moves by the difference. Tax may be asked for outside: Unanswered."""
    facts = await _facts_for_update(books, command)
    memo = facts.named_record(CreditMemo, "credit_memo")
    sheet = Worksheet(facts) if memo is None else without_edited_lines(command, facts, memo)
    reject_if_any(violations_of_update_memo(command, facts, sheet))
    memo = facts.get(CreditMemo, facts.named["credit_memo",])
    return sheet.changes(credit_memo=edit(sheet, command, memo).id)


async def _facts_for_update(books: Books, command: UpdateCreditMemo) -> Facts:
    given = given_of(command)
    named = await books.locate(CreditMemo, {("credit_memo",): command.credit_memo})
    records: list[Record] = []
    if given.get("reason_code") is not None:
        records += await books.all(ReasonCode)
    if given.get("template") is not None:
        records += await books.hold_by(Template, "code", [given["template"]])
    settings, memos = await lock_dated(
        books,
        named.values(),
        lambda memo: memo.memo_date if "effective_date" in given else None,
        given.get("effective_date"),
    )
    if "effective_date" in given:
        posted = [each.id for each in memos if each.status is CreditMemoStatus.POSTED]
        records += await books.children(Refund, "credit_memo_id", posted)
        records += await books.children(Invoice, "credit_memo_id", posted)
    if edits_lines(command):
        asked = [each.invoice_line_id for each in command.invoice_lines or ()]
        drawn = await drawn_records(books, memos, asked)
        records += [*drawn, *await _tax_records(books, command, memos, drawn, settings)]
    references = {reference_after(command, each)[0] for each in memos}
    if not given.keys().isdisjoint({"external_reference", "external_reference_source"}):
        named_so = [each for each in references if each is not None]
        records += await books.matching(CreditMemo, "external_reference", named_so)
    return books.facts(settings, [*records, *memos], named)


async def _tax_records(
    books: Books,
    command: UpdateCreditMemo,
    memos: Iterable[CreditMemo],
    drawn: Iterable[Record],
    settings: Settings,
) -> list[Record]:
    """For the lines given whose tax the entity's engine finds."""
    for memo in memos:
        if memo.source is not CreditMemoSource.INVOICE:
            creation = standalone_creation(command, memo)
            calculated = [each for each in creation.lines if is_taxed_by_engine(each, creation, settings)]
            codes = {each.tax_code for each in calculated}
        elif TaxStrategy.CALCULATE in strategies_of(creation_from_invoice(command, memo), settings):
            codes = {getattr(each, "tax_code", None) for each in drawn}
            codes |= {getattr(each, "code", None) for each in drawn}
        else:
            codes = set()
        if codes:
            return await tax_records(books, settings, codes)
    return []
