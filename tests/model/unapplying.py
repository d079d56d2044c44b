"""Sections 4.5 and 4.6: an application taken back, whole or in part, and the description of a row changed."""

from datetime import datetime
from fractions import Fraction

from tests.model.allocation import Pair
from tests.model.documents import Application, LineApplication
from tests.model.ledger import Command, Ledger
from tests.model.money import ZERO
from tests.model.outcome import Accepted, Outcome, refused
from tests.model.reading import check_period, check_texts, check_version, read_instant, read_positive
from tests.model.settlement import write_line_row, write_row
from tests.model.write_offs import is_write_off, void_what_was_made


def unapply_credit_memo(ledger: Ledger, command: Command) -> Outcome:
    codes: set[str] = set()
    check_texts(command, codes)
    original = ledger.applications.get(command["applicationId"])
    if original is None:
        return refused(codes | {"NOT_FOUND"})
    check_version(ledger, original.memo, command, codes)
    check_version(ledger, original.invoice, command, codes, "expectedInvoiceVersion")
    left = ledger.remaining(original) if original.type == "APPLIED" else ZERO
    amount = _amount(command, ledger.memos[original.memo].currency, original.type, left, codes)
    effective = _effective(ledger, command, original, original.effective, codes)
    _check_takes_back_whole(ledger, original, amount == left, "INVALID_AMOUNT", codes)
    _check_final(ledger, original, codes)
    if codes:
        return refused(codes)
    row = _undo_header(ledger, original, amount, "UNAPPLY_CREDIT_MEMO", effective, command)
    if original.level == "LINE":
        _unwind(ledger, original, row, amount, effective)
    void_what_was_made(ledger, row)
    return _undone(row)


def unapply_credit_memo_line(ledger: Ledger, command: Command) -> Outcome:
    codes: set[str] = set()
    check_texts(command, codes)
    line_row = ledger.find_line_application(command["lineApplicationId"])
    if line_row is None:
        return refused(codes | {"NOT_FOUND"})
    original = ledger.applications[line_row.application]
    check_version(ledger, original.memo, command, codes)
    check_version(ledger, original.invoice, command, codes, "expectedInvoiceVersion")
    left = ledger.line_remaining(line_row) if line_row.type == "APPLIED" else ZERO
    amount = _amount(command, ledger.memos[original.memo].currency, line_row.type, left, codes)
    effective = _effective(ledger, command, original, line_row.effective, codes)
    _check_takes_back_whole(ledger, original, False, "INVALID_SOURCE", codes)
    _check_final(ledger, original, codes)
    if codes:
        return refused(codes)
    row = _undo_header(ledger, original, amount, "UNAPPLY_CREDIT_MEMO_LINE", effective, command)
    _undo_line(ledger, row, line_row, amount, effective)
    return _undone(row)


def _amount(command: Command, currency: str, row_type: str, left: Fraction, codes: set[str]) -> Fraction:
    """All that remains, when no amount is given."""
    if row_type != "APPLIED":
        codes.add("NOT_AN_APPLIED_ROW")
    elif left == 0:
        codes.add("ALREADY_UNAPPLIED")
    if command.get("amount") is None:
        return left
    amount = read_positive(command["amount"], currency, codes)
    if amount > left:
        codes.add("EXCEEDS_REMAINING_APPLICATION")
    return amount


def _check_takes_back_whole(
    ledger: Ledger, original: Application, is_whole: bool, code: str, codes: set[str]
) -> None:
    """A write-off comes back only whole, and what was applied to a voided invoice not at all."""
    if is_write_off(ledger, original) and not is_whole:
        codes.add(code)
    if ledger.invoices[original.invoice].status == "VOIDED":
        codes.add("INVALID_STATUS")


def _check_final(ledger: Ledger, original: Application, codes: set[str]) -> None:
    """The application of a reversal stays."""
    if ledger.invoices[original.invoice].source == "CREDIT_MEMO_REVERSAL":
        codes.add("ALREADY_REVERSED")


def _effective(
    ledger: Ledger,
    command: Command,
    original: Application,
    own: datetime | None,
    codes: set[str],
) -> datetime:
    """Not before the application's effective date, else its date; default: the later of now and that."""
    earliest = own or original.recorded
    given = read_instant(command.get("effectiveDate"))
    effective = given or max(ledger.now, earliest)
    if effective < earliest:
        codes.add("INVALID_DATE")
    check_period(ledger, effective, codes)
    return effective


def _undo_header(
    ledger: Ledger,
    original: Application,
    amount: Fraction,
    operation: str,
    effective: datetime,
    command: Command,
) -> Application:
    return write_row(
        ledger,
        ledger.memos[original.memo],
        ledger.invoices[original.invoice],
        "UNAPPLIED",
        original.level,
        amount,
        operation,
        effective,
        command.get("description"),
        original=original.handle,
    )


def _unwind(
    ledger: Ledger, original: Application, row: Application, amount: Fraction, effective: datetime
) -> None:
    """Last allocated first, each as far as it goes."""
    for line_row in reversed(original.lines):
        part = min(ledger.line_remaining(line_row), amount)
        if part > 0:
            _undo_line(ledger, row, line_row, part, effective)
            amount -= part
    assert amount == 0, "a row remains as much as its line rows"


def _undo_line(
    ledger: Ledger, row: Application, line_row: LineApplication, amount: Fraction, effective: datetime
) -> None:
    memo_line = ledger.find_memo_line(line_row.memo_line)
    invoice_line = ledger.find_invoice_line(line_row.invoice_line)
    assert memo_line is not None
    assert invoice_line is not None
    pair = Pair(memo_line[1], invoice_line[1], amount)
    write_line_row(ledger, row, pair, effective, original=line_row.handle)


def _undone(row: Application) -> Accepted:
    return Accepted(
        applications=(row.handle,),
        line_applications=tuple(line.handle for line in row.lines),
        credit_memos=(row.memo,),
        invoices=(row.invoice,),
    )


def update_credit_memo_application(ledger: Ledger, command: Command) -> Outcome:
    """The one thing of a row that may change: its description."""
    codes: set[str] = set()
    check_texts(command, codes)
    row = ledger.applications.get(command["applicationId"])
    if row is None:
        return refused(codes | {"NOT_FOUND"})
    check_version(ledger, row.memo, command, codes)
    if codes:
        return refused(codes)
    row.description = command.get("description")
    ledger.versions.pop(row.memo, None)
    ledger.versions.pop(row.invoice, None)
    return Accepted(applications=(row.handle,))
