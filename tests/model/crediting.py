"""Section 4.2: lines of a posted invoice credited, and the credit applied at once."""

from tests.model.approving import check_limit
from tests.model.documents import Invoice, InvoiceLine
from tests.model.drawing import Draft, left_on_invoice
from tests.model.drawn_lines import drawn_line
from tests.model.ledger import Command, Ledger
from tests.model.memo_making import check_header, check_tax_is_known, new_memo, post, total_of
from tests.model.outcome import Accepted, Outcome, refused, second_delivery
from tests.model.reading import check_texts, check_version, find_delivery, remember_delivery
from tests.model.settlement import apply_amount

OPERATION = "CREATE_AND_APPLY_CREDIT_MEMO"


def create_and_apply_credit_memo(ledger: Ledger, command: Command) -> Outcome:
    codes: set[str] = set()
    check_texts(command, codes)
    check_lines(command["lines"], codes)
    first = find_delivery(ledger, "memo", "createAndApplyCreditMemo", command, codes)
    if first is not None:
        return second_delivery(first)
    check_header(ledger, command, codes)
    invoice = posted_invoice(ledger, command, codes)
    if invoice is None:
        return refused(codes)
    drafts = drafts_of(ledger, invoice, command, command["lines"], codes)
    if ledger.level == "INVOICE_LINE":
        _check_line_balances(ledger, drafts, codes)
    _check_whole(ledger, invoice, drafts, codes)
    check_tax_is_known(command, drafts, codes)
    if codes:
        return refused(codes)
    memo = new_memo(ledger, invoice.account, invoice.currency, "INVOICE", drafts, command, invoice)
    post(memo)
    row = apply_amount(ledger, memo, invoice, memo.total, OPERATION, "SOURCE_LINE")
    made = Accepted(credit_memos=(memo.handle,), applications=(row.handle,), invoices=(invoice.handle,))
    remember_delivery(ledger, "memo", "createAndApplyCreditMemo", command, made)
    return made


def check_lines(lines: list[Command] | None, codes: set[str]) -> None:
    """At least one, and none twice."""
    if not lines:
        codes.add("NO_LINES")
    wanted = [line["invoiceLineId"] for line in lines or []]
    if len(set(wanted)) < len(wanted):
        codes.add("DUPLICATE_LINE")


def posted_invoice(ledger: Ledger, command: Command, codes: set[str]) -> Invoice | None:
    invoice = ledger.find_invoice(command["invoice"])
    if invoice is None:
        codes.add("NOT_FOUND")
        return None
    check_version(ledger, invoice.handle, command, codes)
    if invoice.status != "POSTED":
        codes.add("INVALID_STATUS")
    if invoice.source != "INGESTED":
        codes.add("INVALID_SOURCE")
    return invoice


def drafts_of(
    ledger: Ledger,
    invoice: Invoice,
    header: Command,
    lines: list[Command],
    codes: set[str],
    *,
    may_correct: bool = False,
) -> list[Draft]:
    """One for each line that is the invoice's."""
    drafts = []
    for line in lines:
        found = ledger.find_invoice_line(line["invoiceLineId"])
        if found is None:
            codes.add("NOT_FOUND")
        elif found[0] is not invoice:
            codes.add("LINE_NOT_ON_INVOICE")
        else:
            draft = drawn_line(ledger, invoice, found[1], line, header, codes, may_correct=may_correct)
            drafts.append(draft)
    return drafts


def _check_line_balances(ledger: Ledger, drafts: list[Draft], codes: set[str]) -> None:
    """At level INVOICE_LINE the credit settles its own line; a mirrored negative line settles nothing."""
    for draft in drafts:
        line = _source(ledger, draft)
        if draft.total > 0 and draft.total > line.balance:
            codes.add("EXCEEDS_LINE_BALANCE")


def _source(ledger: Ledger, draft: Draft) -> InvoiceLine:
    found = ledger.find_invoice_line(draft.source_line or "")
    assert found is not None
    return found[1]


def _check_whole(ledger: Ledger, invoice: Invoice, drafts: list[Draft], codes: set[str]) -> None:
    """A memo to be applied is worth something, and the invoice as a whole can give and take it."""
    total = total_of(drafts)
    if total <= 0 and drafts:
        codes |= {"INVALID_AMOUNT", "NOTHING_CREDITABLE"}
    if total > left_on_invoice(ledger, invoice):
        codes.add("EXCEEDS_CREDITABLE_AMOUNT")
    if total > invoice.balance:
        codes.add("EXCEEDS_INVOICE_BALANCE")
    check_limit(ledger, total, invoice.currency, codes)
