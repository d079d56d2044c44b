"""Numbers of new memos: taken together, as the last lock before the effect is written."""

from collections.abc import Sequence

from app.domain.application import CreditMemoApplication
from app.domain.credit_memo import CreditMemo
from app.domain.facts import Worksheet
from app.domain.vocabulary import CreditMemoStatus, SequenceKind
from app.repository.books import Books


async def number_memos(books: Books, sheet: Worksheet, memo_ids: Sequence[str]) -> None:
    """Give each new memo its number, in order, and with it its applications theirs.

    A draft of a gapless sequence gets none: it is numbered when it is posted.
    """
    memos = [sheet.get(CreditMemo, id) for id in memo_ids]
    drafts = [each for each in memos if each.status is CreditMemoStatus.DRAFT]
    final = len(memos) - len(drafts)
    of_drafts = await books.next_numbers(SequenceKind.CREDIT_MEMO, len(drafts), final=False) if drafts else []
    of_final = await books.next_numbers(SequenceKind.CREDIT_MEMO, final, final=True) if final else []
    is_gapless = None in of_drafts
    numbers = iter(of_final if is_gapless else [*of_drafts, *of_final])
    for memo in memos:
        if is_gapless and memo.status is CreditMemoStatus.DRAFT:
            continue
        number = next(numbers)
        sheet.change(memo, number=number)
        for row in sheet.of(CreditMemoApplication, "credit_memo_id", memo.id):
            sheet.change(row, number=f"{number}-{row.credit_memo_position}")
