"""Numbers of new invoices and memos: taken together, as the last locks before the effect is written."""

from collections.abc import Collection, Iterable, Sequence

from app.domain.application import CreditMemoApplication
from app.domain.credit_memo import CreditMemo
from app.domain.facts import Worksheet
from app.domain.invoice import Invoice
from app.domain.vocabulary import CreditMemoStatus, InvoiceKind, InvoiceStatus, SequenceKind
from app.repository.books import Books

SEQUENCES = {
    InvoiceKind.INVOICE: SequenceKind.INVOICE,
    InvoiceKind.DEBIT_MEMO: SequenceKind.DEBIT_MEMO,
}
"""Where invoices of a kind get their numbers."""


def ids_to_number(sheet: Worksheet, document_ids: Iterable[str]) -> frozenset[str]:
    """Of the records that change when these new invoices and memos are given their numbers."""
    found = set(document_ids)
    for id in document_ids:
        found.update(each.id for each in sheet.of(CreditMemoApplication, "credit_memo_id", id))
    return frozenset(found)


async def number_invoices(books: Books, sheet: Worksheet, invoice_ids: Sequence[str]) -> None:
    """Give each invoice that has no number the next one of its kind's sequence, in order.

    A draft of a gapless sequence gets none: it is numbered when it is posted.
    """
    invoices = [sheet.get(Invoice, id) for id in invoice_ids]
    for kind in SEQUENCES:
        of_kind = [each for each in invoices if each.kind is kind]
        used = {each.number for each in of_kind if each.number is not None}
        unnumbered = [each for each in of_kind if each.number is None]
        # Asked for together, numbers follow the order of the call; only a gapless sequence leaves some to ask for again.
        is_final = all(each.status is InvoiceStatus.POSTED for each in unnumbered)
        offered = await _next_free(books, kind, len(unnumbered), used, final=is_final)
        numbers = dict(zip((each.id for each in unnumbered), offered, strict=True))
        waiting = [
            each.id for each in unnumbered if numbers[each.id] is None and each.status is InvoiceStatus.POSTED
        ]
        numbers |= zip(waiting, await _next_free(books, kind, len(waiting), used, final=True), strict=True)
        for each in unnumbered:
            if numbers[each.id] is not None:
                sheet.change(each, number=numbers[each.id])


async def _next_free(
    books: Books, kind: InvoiceKind, count: int, used: Collection[str], *, final: bool
) -> list[str | None]:
    """The next numbers that no document has; None each where the sequence gives a draft none.

    What is skipped is the number of a document that a caller numbered: it is no gap.
    """
    free: list[str | None] = []
    while len(free) < count:
        offered = await books.next_numbers(SEQUENCES[kind], count - len(free), final=final)
        numbers = [each for each in offered if each is not None]
        if not numbers:
            return [None] * count
        known = await books.matching(Invoice, "number", numbers)
        taken = {each.number for each in known if each.kind is kind}.union(used)
        free += [each for each in numbers if each not in taken]
    return free


async def number_memos(books: Books, sheet: Worksheet, memo_ids: Sequence[str]) -> None:
    """Give each new memo its number, in order, and with it its applications theirs.

    One of a gapless sequence that is not posted gets none: it is numbered when it is posted.
    """
    memos = [sheet.get(CreditMemo, id) for id in memo_ids]
    final = sum(each.status is CreditMemoStatus.POSTED for each in memos)
    drafts = len(memos) - final
    of_drafts = await books.next_numbers(SequenceKind.CREDIT_MEMO, drafts, final=False) if drafts else []
    of_final = await books.next_numbers(SequenceKind.CREDIT_MEMO, final, final=True) if final else []
    is_gapless = None in of_drafts
    numbers = iter(of_final if is_gapless else [*of_drafts, *of_final])
    for memo in memos:
        if is_gapless and memo.status is not CreditMemoStatus.POSTED:
            continue
        number = next(numbers)
        sheet.change(memo, number=number)
        for row in sheet.of(CreditMemoApplication, "credit_memo_id", memo.id):
            sheet.change(row, number=f"{number}-{row.credit_memo_position}")
