"""What all memos have in common: what is checked of a header, how lines become a memo, and what posting does."""

from fractions import Fraction
from typing import Any

from tests.model.documents import CreditMemo, Invoice, MemoLine, TaxItem
from tests.model.drawing import Draft
from tests.model.ledger import Command, Ledger
from tests.model.money import ZERO
from tests.model.reading import check_period, check_reason, check_template, read_date

HEADER_WORDS = (
    "description",
    "comment",
    "effectiveDate",
    "taxDate",
    "targetDate",
    "expiresOn",
    "template",
    "externalReference",
    "externalReferenceSource",
)


def check_reason_and_template(ledger: Ledger, command: Command, codes: set[str]) -> None:
    check_reason(ledger, command, codes)
    check_template(ledger, command, codes)


def check_header(ledger: Ledger, command: Command, codes: set[str]) -> None:
    check_reason_and_template(ledger, command, codes)
    check_period(ledger, read_date(command.get("effectiveDate")), codes)


def check_tax_is_known(command: Command, drafts: list[Draft], codes: set[str]) -> None:
    """What the engine could not find is refused, unless the caller takes a draft."""
    if any(draft.tax_failed for draft in drafts) and command.get("onTaxFailure") != "DRAFT":
        codes.add("TAX_ENGINE_FAILED")


def new_memo(
    ledger: Ledger,
    account: str,
    currency: str,
    source: str,
    drafts: list[Draft],
    header: Command,
    invoice: Invoice | None = None,
) -> CreditMemo:
    """A draft; what it draws is its invoice's change too."""
    lines = [line_of(ledger, number, draft) for number, draft in enumerate(drafts, start=1)]
    memo = CreditMemo(
        ledger.mint("cm"),
        account,
        currency,
        source,
        lines,
        invoice.handle if invoice else None,
        read_date(header.get("effectiveDate")),
        tax_date=read_date(header.get("taxDate")),
        auto_apply_upon_posting=bool(header.get("autoApplyUponPosting")),
        words=_words(ledger, header) if source != "NEGATIVE_LINES" else {},
        created_by=ledger.actor,
    )
    ledger.memos[memo.handle] = memo
    if invoice is not None:
        note_drawing(ledger, invoice, memo)
    return memo


def line_of(ledger: Ledger, number: int, draft: Draft) -> MemoLine:
    """The draft as a line of that number."""
    return MemoLine(
        ledger.mint("cml"),
        number,
        draft.amount,
        [TaxItem(ledger.mint("cmt"), tax, source=item) for item, tax in draft.taxes],
        draft.source_line,
        draft.took_tax_automatically,
        quantity=draft.quantity,
        took_amount_by_quantity=draft.took_amount_by_quantity,
        tax_failed=draft.tax_failed,
        calculated=draft.calculated,
        words=draft.words,
    )


def _words(ledger: Ledger, header: Command) -> dict[str, Any]:
    return {name: header.get(name) for name in HEADER_WORDS} | {
        "reasonCode": header.get("reasonCode") or ledger.entity.default_reason,
        "excludeFromAutoApply": bool(header.get("excludeFromAutoApply")),
    }


def note_drawing(ledger: Ledger, invoice: Invoice, memo: CreditMemo) -> None:
    """The invoice changes with what is drawn from it; of a memo that draws nothing its version is not judged."""
    draws = any(line.amount or line.tax or line.quantity for line in memo.lines)
    if memo.source != "NEGATIVE_LINES" and draws:
        ledger.touched.add(invoice.handle)
    else:
        ledger.versions.pop(invoice.handle, None)


def post(memo: CreditMemo) -> None:
    memo.status = "POSTED"
    memo.move("POSTING", memo.total)


def total_of(drafts: list[Draft]) -> Fraction:
    return sum((draft.total for draft in drafts), ZERO)
