"""Sections 4.1 and 4.10: standalone memos made, and memos posted and cancelled."""

from tests.model.approving import WAITING, post_or_wait
from tests.model.documents import CreditMemo
from tests.model.ledger import Command, Ledger
from tests.model.memo_making import check_header, check_tax_is_known, new_memo, note_drawing, total_of
from tests.model.money import DECIMALS_OF_CURRENCY
from tests.model.outcome import Accepted, Outcome, refused, second_delivery
from tests.model.reading import (
    check_period,
    check_service_period,
    check_size,
    check_texts,
    check_version,
    find_delivery,
    remember_delivery,
)
from tests.model.settlement import apply_upon_posting
from tests.model.standalone_lines import standalone_line


def create_credit_memo(ledger: Ledger, command: Command) -> Outcome:
    codes: set[str] = set()
    check_texts(command, codes)
    if not command["lines"]:
        codes.add("NO_LINES")
    first = find_delivery(ledger, "memo", "createCreditMemo", command, codes)
    if first is not None:
        return second_delivery(first)
    check_header(ledger, command, codes)
    account = ledger.find_account(command["account"])
    if account is None:
        codes.add("NOT_FOUND")
    currency = command.get("currency") or (account.currency if account else None)
    if currency is not None and currency not in DECIMALS_OF_CURRENCY:
        return refused(codes | {"UNKNOWN_CURRENCY"})
    if currency is None:
        return refused(codes)
    for line in command["lines"]:
        check_service_period(line, {}, codes)
    drafts = [standalone_line(ledger, line, command, currency, codes) for line in command["lines"]]
    check_size(total_of(drafts), currency, codes)
    check_tax_is_known(command, drafts, codes)
    if codes or account is None:
        return refused(codes)
    memo = new_memo(ledger, account.handle, currency, "STANDALONE", drafts, command)
    if command.get("post") and not memo.waits_for_tax:
        post_or_wait(ledger, memo)
    made = Accepted(credit_memos=(memo.handle,))
    remember_delivery(ledger, "memo", "createCreditMemo", command, made)
    return made


def post_credit_memo(ledger: Ledger, command: Command) -> Outcome:
    """Applies it to the invoice it was drawn from where its maker asked for that, as far as both balances reach."""
    found = _memo(ledger, command, "DRAFT")
    if isinstance(found, set):
        return refused(found)
    memo, codes = found
    check_period(ledger, memo.effective_date, codes)
    if memo.waits_for_tax:
        codes.add("TAX_PENDING")
    if codes:
        return refused(codes)
    ledger.touched.add(memo.handle)
    if not post_or_wait(ledger, memo):
        return Accepted(credit_memos=(memo.handle,))
    applications: tuple[str, ...] = ()
    if memo.auto_apply_upon_posting and memo.invoice is not None:
        invoice = ledger.invoices[memo.invoice]
        applications = apply_upon_posting(ledger, memo, invoice, "POST_CREDIT_MEMO")
    return Accepted(credit_memos=(memo.handle,), applications=applications)


def cancel_credit_memo(ledger: Ledger, command: Command) -> Outcome:
    """A cancelled memo has balance 0 and no history of balance; what it drew is free again."""
    found = _memo(ledger, command, "DRAFT", WAITING)
    if isinstance(found, set):
        return refused(found)
    memo, codes = found
    if codes:
        return refused(codes)
    memo.status = "CANCELED"
    ledger.touched.add(memo.handle)
    if memo.invoice is not None:
        note_drawing(ledger, ledger.invoices[memo.invoice], memo)
    return Accepted(credit_memos=(memo.handle,))


def _memo(ledger: Ledger, command: Command, *statuses: str) -> tuple[CreditMemo, set[str]] | set[str]:
    """The memo and what is wrong with it, if anything; or why there is none."""
    memo = ledger.find_memo(command["creditMemo"])
    if memo is None:
        return {"NOT_FOUND"}
    codes: set[str] = set()
    check_version(ledger, memo.handle, command, codes)
    if memo.status not in statuses:
        codes.add("INVALID_STATUS")
    return memo, codes
