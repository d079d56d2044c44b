"""Sections 4.1, 4.2 and 4.10: memos made, standalone or drawn and applied at once, posted and cancelled."""

from datetime import date

from tests.model.documents import CreditMemo, Invoice, InvoiceLine, MemoLine, TaxItem
from tests.model.drawing import Draft, left_on_invoice
from tests.model.ingestion import second_delivery
from tests.model.ledger import Command, Ledger
from tests.model.memo_lines import drawn_line, standalone_line
from tests.model.money import DECIMALS_OF_CURRENCY, ZERO
from tests.model.outcome import Accepted, Outcome, refused
from tests.model.reading import (
    check_period,
    check_reason,
    check_size,
    check_texts,
    check_version,
    find_delivery,
    read_date,
    remember_delivery,
)
from tests.model.settlement import apply_amount


def new_memo(
    ledger: Ledger,
    account: str,
    currency: str,
    source: str,
    drafts: list[Draft],
    invoice: str | None = None,
    effective_date: date | None = None,
) -> CreditMemo:
    lines = [
        MemoLine(
            ledger.mint("cml"),
            number,
            draft.amount,
            [TaxItem(ledger.mint("cmt"), tax, source=item) for item, tax in draft.taxes],
            draft.source_line,
            draft.took_tax_automatically,
        )
        for number, draft in enumerate(drafts, start=1)
    ]
    memo = CreditMemo(ledger.mint("cm"), account, currency, source, lines, invoice, effective_date)
    ledger.memos[memo.handle] = memo
    return memo


def post(memo: CreditMemo) -> None:
    memo.status = "POSTED"
    memo.move("POSTING", memo.total)


def create_credit_memo(ledger: Ledger, command: Command) -> Outcome:
    codes: set[str] = set()
    check_texts(command, codes)
    if not command["lines"]:
        codes.add("NO_LINES")
    first = find_delivery(ledger, "memo", "createCreditMemo", command, codes)
    if first is not None:
        return second_delivery(first)
    check_reason(ledger, command, codes)
    effective = read_date(command.get("effectiveDate"))
    check_period(ledger, effective, codes)
    account = ledger.find_account(command["account"])
    if account is None:
        codes.add("NOT_FOUND")
    currency = command.get("currency") or (account.currency if account else None)
    if currency is not None and currency not in DECIMALS_OF_CURRENCY:
        return refused(codes | {"UNKNOWN_CURRENCY"})
    if currency is None:
        return refused(codes)
    drafts = [standalone_line(ledger, line, command, currency, codes) for line in command["lines"]]
    check_size(sum((draft.total for draft in drafts), ZERO), currency, codes)
    if codes or account is None:
        return refused(codes)
    memo = new_memo(ledger, account.handle, currency, "STANDALONE", drafts, effective_date=effective)
    if command.get("post"):
        post(memo)
    made = Accepted(credit_memos=(memo.handle,))
    remember_delivery(ledger, "memo", "createCreditMemo", command, made)
    return made


def create_and_apply_credit_memo(ledger: Ledger, command: Command) -> Outcome:
    codes: set[str] = set()
    check_texts(command, codes)
    if not command["lines"]:
        codes.add("NO_LINES")
    wanted = [line["invoiceLineId"] for line in command["lines"]]
    if len(set(wanted)) < len(wanted):
        codes.add("DUPLICATE_LINE")
    first = find_delivery(ledger, "memo", "createAndApplyCreditMemo", command, codes)
    if first is not None:
        return second_delivery(first)
    check_reason(ledger, command, codes)
    effective = read_date(command.get("effectiveDate"))
    check_period(ledger, effective, codes)
    invoice = ledger.find_invoice(command["invoice"])
    if invoice is None:
        return refused(codes | {"NOT_FOUND"})
    check_version(ledger, invoice.handle, command, codes)
    if invoice.status != "POSTED":
        codes.add("INVALID_STATUS")
    drafts = _drafts(ledger, invoice, command, codes)
    _check_whole(ledger, invoice, drafts, codes)
    if codes:
        return refused(codes)
    memo = new_memo(ledger, invoice.account, invoice.currency, "INVOICE", drafts, invoice.handle, effective)
    post(memo)
    operation = "CREATE_AND_APPLY_CREDIT_MEMO"
    row = apply_amount(ledger, memo, invoice, memo.total, operation, "SOURCE_LINE")
    made = Accepted(credit_memos=(memo.handle,), applications=(row.handle,), invoices=(invoice.handle,))
    remember_delivery(ledger, "memo", "createAndApplyCreditMemo", command, made)
    return made


def _drafts(ledger: Ledger, invoice: Invoice, command: Command, codes: set[str]) -> list[Draft]:
    drafts = []
    for line in command["lines"]:
        found = ledger.find_invoice_line(line["invoiceLineId"])
        if found is None:
            codes.add("NOT_FOUND")
        elif found[0] is not invoice:
            codes.add("LINE_NOT_ON_INVOICE")
        else:
            draft = drawn_line(ledger, found[1], line, command, invoice.currency, codes)
            _check_line_balance(ledger, found[1], draft, codes)
            drafts.append(draft)
    return drafts


def _check_line_balance(ledger: Ledger, line: InvoiceLine, draft: Draft, codes: set[str]) -> None:
    """At level INVOICE_LINE the credit settles its own line; a mirrored negative line settles nothing."""
    if ledger.level == "INVOICE_LINE" and draft.total > 0 and draft.total > line.balance:
        codes.add("EXCEEDS_LINE_BALANCE")


def _check_whole(ledger: Ledger, invoice: Invoice, drafts: list[Draft], codes: set[str]) -> None:
    """A memo to be applied is worth something, and the invoice as a whole can give and take it."""
    total = sum((draft.total for draft in drafts), ZERO)
    if total <= 0 and drafts:
        codes |= {"INVALID_AMOUNT", "NOTHING_CREDITABLE"}
    if total > left_on_invoice(ledger, invoice):
        codes.add("EXCEEDS_CREDITABLE_AMOUNT")
    if total > invoice.balance:
        codes.add("EXCEEDS_INVOICE_BALANCE")


def post_credit_memo(ledger: Ledger, command: Command) -> Outcome:
    return _change_status(ledger, command, "POSTED")


def cancel_credit_memo(ledger: Ledger, command: Command) -> Outcome:
    return _change_status(ledger, command, "CANCELED")


def _change_status(ledger: Ledger, command: Command, status: str) -> Outcome:
    """From DRAFT alone. A cancelled memo has balance 0 and no history of balance."""
    memo = ledger.find_memo(command["creditMemo"])
    if memo is None:
        return refused({"NOT_FOUND"})
    codes: set[str] = set()
    check_version(ledger, memo.handle, command, codes)
    if memo.status != "DRAFT":
        codes.add("INVALID_STATUS")
    if status == "POSTED":
        check_period(ledger, memo.effective_date, codes)
    if codes:
        return refused(codes)
    if status == "POSTED":
        post(memo)
    else:
        memo.status = status
    ledger.touched.add(memo.handle)
    return Accepted(credit_memos=(memo.handle,))
