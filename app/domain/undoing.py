"""Taking a posted memo back: to a draft (unpost), for good (void), or through a debit memo (reverse; domain 4.10)."""

from datetime import date

from app.domain.application import CreditMemoApplication
from app.domain.balances import move_balance
from app.domain.conversion import give_converted_back
from app.domain.credit_memo import CreditMemo
from app.domain.debit_memo import apply_to_debit_memo, make_debit_memo, mirrored_lines
from app.domain.drawing import give_back_drawn
from app.domain.facts import Worksheet
from app.domain.invoice import Invoice
from app.domain.lifecycle import stepped
from app.domain.vocabulary import BalanceEntryKind, CreditMemoSource, CreditMemoStatus, InvoiceSource


def unpost(sheet: Worksheet, memo: CreditMemo) -> CreditMemo:
    """A draft again, as if it had never been submitted or posted, but for its number and its history.

    What it draws stays reserved. Its balance is its total again, which is no history (docs/decisions/0015).
    """
    draft = move_balance(
        sheet,
        memo,
        BalanceEntryKind.UNPOSTING,
        -memo.balance,
        None,
        status=stepped(memo.status, CreditMemoStatus.DRAFT),
        credit_date=None,
        memo_date=memo.effective_date or sheet.settings.day_of(memo.created_at),
        approval_requested_at=None,
        approval_requested_by=None,
        approved_at=None,
        approved_by=None,
        posted_at=None,
        posted_by=None,
    )
    return sheet.change(draft, balance=draft.total_amount)


def void(sheet: Worksheet, memo: CreditMemo) -> CreditMemo:
    """Worth nothing for good; what it drew, or restated, is as it was without it."""
    if memo.source is CreditMemoSource.NEGATIVE_LINES:
        give_converted_back(sheet, memo)
    else:
        give_back_drawn(sheet, memo)
    return move_balance(
        sheet,
        memo,
        BalanceEntryKind.VOID,
        -memo.balance,
        None,
        status=stepped(memo.status, CreditMemoStatus.VOIDED),
        voided_at=sheet.moment(memo),
        voided_by=sheet.stamp.actor,
    )


def date_of_reversal(sheet: Worksheet, memo: CreditMemo, asked: date | None) -> date:
    """The day asked for, else the later of today and the memo's own."""
    return asked or max(sheet.stamp.today, memo.memo_date)


def reverse(
    sheet: Worksheet, memo: CreditMemo, dated: date, description: str | None
) -> tuple[Invoice, CreditMemoApplication | None]:
    """Make the debit memo, which has no number yet, and apply the memo to it; a total of 0 has nothing to apply."""
    give_back_drawn(sheet, memo)
    debit_memo = make_debit_memo(
        sheet,
        memo,
        mirrored_lines(sheet, memo),
        source=InvoiceSource.CREDIT_MEMO_REVERSAL,
        dated=dated,
    )
    application = apply_to_debit_memo(sheet, memo, debit_memo, description)
    sheet.change(memo, reversed=True)
    return debit_memo, application
