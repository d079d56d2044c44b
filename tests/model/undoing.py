"""Section 4.10: a posted memo made a draft again, voided, or reversed through a debit memo."""

from datetime import date

from tests.model.converting import has_active_settlement
from tests.model.debit_memos import apply_to_debit_memo, make_debit_memo
from tests.model.documents import CreditMemo, InvoiceLine, TaxItem
from tests.model.ledger import Command, Ledger
from tests.model.memo_making import note_drawing
from tests.model.outcome import Accepted, Outcome, refused
from tests.model.reading import check_period, check_texts, check_version, read_date

FREE = ("STANDALONE", "INVOICE")


def unpost_credit_memo(ledger: Ledger, command: Command) -> Outcome:
    memo, codes = _posted(ledger, command)
    if memo is None:
        return refused(codes)
    if memo.source not in FREE:
        codes.add("INVALID_SOURCE")
    check_period(ledger, memo.effective_date, codes)
    if any(row.memo == memo.handle for row in ledger.applications.values()):
        codes.add("HAS_APPLICATIONS")
    if any(row.memo == memo.handle for row in ledger.refunds.values()):
        codes.add("HAS_REFUNDS")
    if codes:
        return refused(codes)
    memo.move("UNPOSTING", -memo.balance)
    memo.status = "DRAFT"
    memo.requested_by = memo.approved_by = None
    ledger.touched.add(memo.handle)
    return Accepted(credit_memos=(memo.handle,))


def void_credit_memo(ledger: Ledger, command: Command) -> Outcome:
    """What it drew can be credited again; of a conversion the lines are on their invoice as before."""
    memo, codes = _posted(ledger, command)
    if memo is None:
        return refused(codes)
    if memo.source not in (*FREE, "NEGATIVE_LINES"):
        codes.add("INVALID_SOURCE")
    _check_unused(memo, codes)
    invoice = ledger.invoices[memo.invoice] if memo.invoice else None
    is_conversion = memo.source == "NEGATIVE_LINES"
    if is_conversion and invoice is not None and has_active_settlement(ledger, invoice):
        codes.add("ACTIVE_SETTLEMENT")
    if codes:
        return refused(codes)
    if is_conversion and invoice is not None:
        restated = {line.source_line for line in memo.lines}
        for line in invoice.lines:
            line.is_converted = line.is_converted and line.handle not in restated
        invoice.move("CONVERSION_REVERSAL", -memo.total)
        ledger.touched.add(invoice.handle)
    elif invoice is not None:
        note_drawing(ledger, invoice, memo)
    memo.move("VOID", -memo.balance)
    memo.status = "VOIDED"
    ledger.touched.add(memo.handle)
    return Accepted(credit_memos=(memo.handle,))


def reverse_credit_memo(ledger: Ledger, command: Command) -> Outcome:
    codes: set[str] = set()
    check_texts(command, codes)
    given = read_date(command.get("date"))
    check_period(ledger, given, codes)
    memo, wrong = _posted(ledger, command)
    if memo is None:
        return refused(codes | wrong)
    codes |= wrong
    if memo.source not in FREE:
        codes.add("INVALID_SOURCE")
    _check_unused(memo, codes)
    own = memo.effective_date or ledger.today
    if given is not None and given < own:
        codes.add("INVALID_DATE")
    if codes:
        return refused(codes)
    day: date = given or max(own, ledger.today)
    lines = [
        InvoiceLine(
            ledger.mint("invl"),
            number,
            line.amount,
            [TaxItem(ledger.mint("invt"), item.amount) for item in line.tax_items if item.amount],
            quantity=line.quantity,
            words=line.words,
        )
        for number, line in enumerate((each for each in memo.lines if not each.removed), start=1)
    ]
    made = make_debit_memo(ledger, memo, lines, "CREDIT_MEMO_REVERSAL", day)
    if memo.invoice is not None:
        note_drawing(ledger, ledger.invoices[memo.invoice], memo)
    row = apply_to_debit_memo(ledger, memo, made, "REVERSE_CREDIT_MEMO", command.get("description"))
    memo.is_reversed = True
    ledger.touched.add(memo.handle)
    return Accepted(
        credit_memos=(memo.handle,),
        invoices=(made.handle,),
        applications=(row.handle,) if row else (),
    )


def _check_unused(memo: CreditMemo, codes: set[str]) -> None:
    if memo.applied:
        codes.add("HAS_APPLICATIONS")
    if memo.refunded:
        codes.add("HAS_REFUNDS")


def _posted(ledger: Ledger, command: Command) -> tuple[CreditMemo | None, set[str]]:
    memo = ledger.find_memo(command["creditMemo"])
    if memo is None:
        return None, {"NOT_FOUND"}
    codes: set[str] = set()
    check_version(ledger, memo.handle, command, codes)
    if memo.status != "POSTED":
        codes.add("INVALID_STATUS")
    if memo.is_reversed:
        codes.add("ALREADY_REVERSED")
    return memo, codes
