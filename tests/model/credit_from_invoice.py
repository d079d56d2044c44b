"""Section 4.8: a memo made from a posted invoice, all that is left of it or lines of it; posted and applied if asked."""

from dataclasses import dataclass

from tests.model.approving import check_limit, post_or_wait
from tests.model.crediting import check_lines, drafts_of, posted_invoice
from tests.model.documents import CreditMemo, Invoice
from tests.model.drawing import Draft, left_on_invoice
from tests.model.drawn_lines import all_that_is_left
from tests.model.ledger import Command, Ledger
from tests.model.memo_making import check_header, check_tax_is_known, new_memo, total_of
from tests.model.outcome import Accepted, Outcome, refused, second_delivery
from tests.model.reading import check_size, check_texts, find_delivery, remember_delivery
from tests.model.settlement import apply_upon_posting

OPERATION = "CREATE_CREDIT_MEMO_FROM_INVOICE"


@dataclass(frozen=True)
class Made:
    memo: CreditMemo
    applications: tuple[str, ...]


def create_credit_memo_from_invoice(ledger: Ledger, command: Command) -> Outcome:
    codes: set[str] = set()
    check_texts(command, codes)
    first = find_delivery(ledger, "memo", "createCreditMemoFromInvoice", command, codes)
    if first is not None:
        return second_delivery(first)
    made = make_from_invoice(ledger, command, OPERATION, codes)
    if made is None:
        return refused(codes)
    accepted = Accepted(
        credit_memos=(made.memo.handle,),
        applications=made.applications,
        invoices=(str(made.memo.invoice),),
    )
    remember_delivery(ledger, "memo", "createCreditMemoFromInvoice", command, accepted)
    return accepted


def make_from_invoice(
    ledger: Ledger, command: Command, operation: str, codes: set[str], *, may_wait: bool = False
) -> Made | None:
    """None where it is refused: with the codes given and those added. `may_wait`: to be applied when it is approved."""
    is_full = bool(command.get("fullCredit"))
    if not is_full:
        check_lines(command.get("lines"), codes)
    check_header(ledger, command, codes)
    invoice = posted_invoice(ledger, command, codes)
    if invoice is None:
        return None
    drafts = _drafts(ledger, invoice, command, codes)
    _check_whole(ledger, invoice, drafts, is_full, codes)
    check_tax_is_known(command, drafts, codes)
    applies = bool(command.get("applyToInvoice") or command.get("autoApplyUponPosting"))
    waits_for_tax = any(draft.tax_failed for draft in drafts)
    if command.get("post") and applies and not (may_wait or waits_for_tax):
        check_limit(ledger, total_of(drafts), invoice.currency, codes)
    if codes:
        return None
    header = {**command, "autoApplyUponPosting": applies}
    memo = new_memo(ledger, invoice.account, invoice.currency, "INVOICE", drafts, header, invoice)
    if not command.get("post") or memo.waits_for_tax:
        return Made(memo, ())
    if not post_or_wait(ledger, memo):
        return Made(memo, ())
    applications = apply_upon_posting(ledger, memo, invoice, operation) if applies else ()
    return Made(memo, applications)


def _drafts(ledger: Ledger, invoice: Invoice, command: Command, codes: set[str]) -> list[Draft]:
    if not command.get("fullCredit"):
        return drafts_of(ledger, invoice, command, command.get("lines") or [], codes, may_correct=True)
    drafts = [all_that_is_left(ledger, invoice, line, command, codes) for line in invoice.lines]
    return [draft for draft in drafts if draft is not None]


def _check_whole(
    ledger: Ledger, invoice: Invoice, drafts: list[Draft], is_full: bool, codes: set[str]
) -> None:
    """Never negative, and within what the invoice as a whole has left: of a net-negative one that is nothing."""
    total = total_of(drafts)
    if total < 0:
        codes.add("INVALID_AMOUNT")
    if total > left_on_invoice(ledger, invoice):
        codes.add("EXCEEDS_CREDITABLE_AMOUNT")
    if invoice.total < 0 or (is_full and not drafts):
        codes.add("NOTHING_CREDITABLE")
    check_size(abs(total), invoice.currency, codes)
