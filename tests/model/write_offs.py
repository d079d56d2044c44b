"""Section 4.10: what an invoice owes or a memo has left written off, taken back only whole; invoices voided."""

from fractions import Fraction
from typing import Any

from tests.model.approving import check_limit
from tests.model.debit_memos import apply_to_debit_memo, make_debit_memo
from tests.model.documents import Application, Invoice, InvoiceLine
from tests.model.drawing import Draft, contained_tax, drawable, left_on_invoice, signed
from tests.model.drawn_lines import TAKEN_OVER
from tests.model.ledger import Command, Ledger
from tests.model.memo_making import new_memo, note_drawing, post
from tests.model.money import ZERO, split
from tests.model.outcome import Accepted, Outcome, refused
from tests.model.reading import check_period, check_reason, check_texts, check_version, read_date
from tests.model.settlement import apply_amount

OF_INVOICE, OF_MEMO = "INVOICE_WRITE_OFF", "CREDIT_MEMO_WRITE_OFF"


def write_off_invoice(ledger: Ledger, command: Command) -> Outcome:
    codes: set[str] = set()
    check_texts(command, codes)
    _check_needed_reason(ledger, command, codes)
    check_period(ledger, read_date(command.get("effectiveDate")), codes)
    invoice = ledger.find_invoice(command["invoice"])
    if invoice is None:
        return refused(codes | {"NOT_FOUND"})
    check_version(ledger, invoice.handle, command, codes)
    if invoice.status != "POSTED":
        codes.add("INVALID_STATUS")
    if invoice.balance <= 0:
        codes.add("NOTHING_CREDITABLE")
    check_limit(ledger, invoice.balance, invoice.currency, codes)
    if codes:
        return refused(codes)
    owed = invoice.balance
    drafts = _drawn_by_write_off(ledger, invoice)
    rest = owed - sum((draft.total for draft in drafts), ZERO)
    if rest:
        words = {"taxStrategy": "IGNORE", "taxOnly": False, "sku": None}
        drafts.append(Draft(rest, words=words))
    memo = new_memo(ledger, invoice.account, invoice.currency, OF_INVOICE, drafts, command, invoice)
    post(memo)
    row = apply_amount(
        ledger,
        memo,
        invoice,
        owed,
        "WRITE_OFF_INVOICE",
        "SOURCE_LINE",
        description=command.get("description"),
    )
    return Accepted(credit_memos=(memo.handle,), applications=(row.handle,), invoices=(invoice.handle,))


def _drawn_by_write_off(ledger: Ledger, invoice: Invoice) -> list[Draft]:
    """From the positive lines, in proportion to what each leaves to credit; the tax is in each part."""
    positive = [line for line in invoice.lines if line.total > 0]
    left = [drawable(ledger, line).total_left for line in positive]
    whole = max(ZERO, min(invoice.balance, sum(left, ZERO), left_on_invoice(ledger, invoice)))
    parts = split(whole, left, invoice.currency)
    drafts = [_part(ledger, line, part, invoice.currency) for line, part in zip(positive, parts, strict=True)]
    return [draft for draft in drafts if draft.total]


def _part(ledger: Ledger, line: InvoiceLine, part: Fraction, currency: str) -> Draft:
    """Of a line that was charged nothing but tax, tax alone, by what is left of each item."""
    source = drawable(ledger, line)
    is_tax_alone = line.amount == 0
    if is_tax_alone:
        shares = split(part, list(source.taxes_left.values()), currency)
        taxes = dict(zip(source.taxes_left, shares, strict=True))
    else:
        taxes = contained_tax(source, part, currency)
    words: dict[str, Any] = {name: line.words.get(name) for name in TAKEN_OVER}
    words |= {
        "taxOnly": is_tax_alone,
        "taxMode": "EXCLUSIVE" if is_tax_alone else "INCLUSIVE",
        "taxStrategy": "COPY_FROM_INVOICE_LINE",
    }
    return Draft(
        part - sum(taxes.values(), ZERO),
        signed(source, taxes),
        line.handle,
        took_tax_automatically=not is_tax_alone,
        words=words,
    )


def write_off_credit_memo(ledger: Ledger, command: Command) -> Outcome:
    codes: set[str] = set()
    check_texts(command, codes)
    _check_needed_reason(ledger, command, codes)
    memo = ledger.find_memo(command["creditMemo"])
    given = read_date(command.get("date"))
    check_period(ledger, given, codes)
    if memo is None:
        return refused(codes | {"NOT_FOUND"})
    check_version(ledger, memo.handle, command, codes)
    dated = memo.effective_date or ledger.today
    if given is not None and given < dated:
        codes.add("INVALID_DATE")
    if memo.status != "POSTED":
        codes.add("INVALID_STATUS")
    if memo.balance == 0:
        codes.add("EXCEEDS_MEMO_BALANCE")
    if codes:
        return refused(codes)
    line = InvoiceLine(ledger.mint("invl"), 1, memo.balance, [])
    day = given or max(ledger.today, dated)
    made = make_debit_memo(ledger, memo, [line], OF_MEMO, day)
    row = apply_to_debit_memo(ledger, memo, made, "WRITE_OFF_CREDIT_MEMO", command.get("description"))
    assert row is not None, "a memo with a balance has something to apply"
    return Accepted(credit_memos=(memo.handle,), invoices=(made.handle,), applications=(row.handle,))


def _check_needed_reason(ledger: Ledger, command: Command, codes: set[str]) -> None:
    check_reason(ledger, command, codes)
    if command.get("reasonCode") is None and ledger.entity.default_reason is None:
        codes.add("INVALID_REASON_CODE")


def is_write_off(ledger: Ledger, row: Application) -> bool:
    return ledger.memos[row.memo].source == OF_INVOICE or ledger.invoices[row.invoice].source == OF_MEMO


def void_what_was_made(ledger: Ledger, row: Application) -> None:
    """After a write-off was taken back: its memo gives back what it drew, its debit memo owes nothing."""
    memo, invoice = ledger.memos[row.memo], ledger.invoices[row.invoice]
    if memo.source == OF_INVOICE:
        memo.move("VOID", -memo.balance)
        memo.status = "VOIDED"
        note_drawing(ledger, invoice, memo)
    if invoice.source == OF_MEMO:
        invoice.move("VOID", -invoice.balance)
        invoice.status = "VOIDED"


def void_invoice(ledger: Ledger, command: Command) -> Outcome:
    codes: set[str] = set()
    check_texts(command, codes)
    check_reason(ledger, command, codes)
    day = read_date(command.get("effectiveDate"))
    check_period(ledger, day, codes)
    invoice = ledger.find_invoice(command["invoice"])
    if invoice is None:
        return refused(codes | {"NOT_FOUND"})
    check_version(ledger, invoice.handle, command, codes)
    _check_voidable(ledger, invoice, codes)
    if day is not None and day < invoice.date:
        codes.add("INVALID_DATE")
    check_limit(ledger, invoice.total, invoice.currency, codes)
    if codes:
        return refused(codes)
    drafts = [_mirrored(ledger, line) for line in invoice.lines]
    if day is None and invoice.date > ledger.today:
        command = {**command, "effectiveDate": invoice.date.isoformat()}
    memo = new_memo(ledger, invoice.account, invoice.currency, "INVOICE_VOID", drafts, command, invoice)
    post(memo)
    ledger.touched.add(invoice.handle)
    applications: tuple[str, ...] = ()
    if memo.total:
        row = apply_amount(
            ledger,
            memo,
            invoice,
            memo.total,
            "VOID_INVOICE",
            "SOURCE_LINE",
            description=command.get("description"),
        )
        applications = (row.handle,)
    invoice.status = "VOIDED"
    return Accepted(credit_memos=(memo.handle,), applications=applications, invoices=(invoice.handle,))


def _check_voidable(ledger: Ledger, invoice: Invoice, codes: set[str]) -> None:
    """Nothing applied, paid, converted or drawn, and worth something or nothing."""
    if invoice.status != "POSTED":
        codes.add("INVALID_STATUS")
    if invoice.source != "INGESTED":
        codes.add("INVALID_SOURCE")
    if invoice.total < 0:
        codes.add("NOTHING_CREDITABLE")
    if invoice.credits_applied or invoice.payments_applied:
        codes.add("ACTIVE_SETTLEMENT")
    if any(line.is_converted for line in invoice.lines):
        codes.add("ALREADY_CONVERTED")
    drawn = [memo_line for line in invoice.lines for memo_line in ledger.lines_drawn_from(line)]
    if any(each.amount or each.tax or each.quantity for each in drawn):
        codes.add("HAS_CREDITS")


def _mirrored(ledger: Ledger, line: InvoiceLine) -> Draft:
    """All of the line, whatever its sign."""
    source = drawable(ledger, line)
    words: dict[str, Any] = {name: line.words.get(name) for name in TAKEN_OVER}
    return Draft(
        source.sign * source.amount_left,
        signed(source, source.taxes_left),
        line.handle,
        took_tax_automatically=True,
        quantity=source.quantity_sign * source.quantity_left,
        words=words | {"taxOnly": False, "taxMode": "EXCLUSIVE", "taxStrategy": "COPY_FROM_INVOICE_LINE"},
    )
