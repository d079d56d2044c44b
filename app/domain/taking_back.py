"""Taking applied credit back: what remains of an application, which lines give it back, and the row that says so."""

from collections.abc import Sequence
from datetime import datetime

from app.domain.allocation import unwind
from app.domain.application import CreditMemoApplication, CreditMemoLineApplication
from app.domain.credit_memo import CreditMemo
from app.domain.facts import Facts, Worksheet
from app.domain.history import move_credit, move_line_credit
from app.domain.invoice import Invoice
from app.domain.vocabulary import ApplicationType, HasBeenUnapplied


def remaining_of(sheet: Facts, application: CreditMemoApplication) -> int:
    """What of an APPLIED row has not been unapplied yet (invariant 6)."""
    taken_back = sheet.of(CreditMemoApplication, "associated_application_id", application.id)
    return application.amount - sum(row.amount for row in taken_back)


def remaining_of_line(sheet: Facts, row: CreditMemoLineApplication) -> int:
    taken_back = sheet.of(CreditMemoLineApplication, "associated_line_application_id", row.id)
    return row.amount - sum(each.amount for each in taken_back)


def unwound(sheet: Facts, application: CreditMemoApplication, amount: int) -> list[tuple[str, int]]:
    """Which line applications give how much back: last allocated first (Salesforce has only the whole)."""
    rows = sheet.of(CreditMemoLineApplication, "application_id", application.id)
    ordered = sorted(rows, key=lambda row: row.sequence)
    return unwind(amount, [(row.id, remaining_of_line(sheet, row)) for row in ordered])


def take_back(
    sheet: Worksheet,
    original: CreditMemoApplication,
    amount: int,
    lines: Sequence[tuple[str, int]],
    *,
    effective_date: datetime | None,
    description: str | None,
) -> CreditMemoApplication:
    """Return the amount to both sides by an UNAPPLIED row; `lines` are the line applications that it takes back."""
    moment = sheet.moment(
        sheet.get(CreditMemo, original.credit_memo_id), sheet.get(Invoice, original.invoice_id)
    )
    if remaining_of(sheet, original) == amount:
        sheet.change(original, has_been_unapplied=HasBeenUnapplied.YES, unapplied_date=moment)
    row = move_credit(
        sheet,
        ApplicationType.UNAPPLIED,
        original.credit_memo_id,
        original.invoice_id,
        amount,
        level=original.level,
        applied_date=original.applied_date,
        effective_date=effective_date or max(moment, application_date(original)),
        description=description,
        associated_application_id=original.id,
    )
    for sequence, (line_application_id, part) in enumerate(lines, start=1):
        _take_line_back(sheet, row, sequence, line_application_id, part)
    return row


def _take_line_back(
    sheet: Worksheet, row: CreditMemoApplication, sequence: int, line_application_id: str, amount: int
) -> None:
    original = sheet.get(CreditMemoLineApplication, line_application_id)
    if remaining_of_line(sheet, original) == amount:
        sheet.change(original, has_been_unapplied=HasBeenUnapplied.YES, unapplied_date=row.recorded_at)
    move_line_credit(
        sheet,
        row,
        sequence,
        original.credit_memo_line_id,
        original.invoice_line_id,
        amount,
        applied_date=original.applied_date,
        effective_date=row.effective_date,
        description=row.description,
        associated_line_application_id=original.id,
    )


def application_date(application: CreditMemoApplication) -> datetime:
    """The instant an application counts by: its effective date, else when it was made."""
    return application.effective_date or application.recorded_at
