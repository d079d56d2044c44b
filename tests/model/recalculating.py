"""Section 5, recalculateTax: every line of a draft with the strategy CALCULATE gives its tax back and draws anew."""

from dataclasses import dataclass
from datetime import date

from tests.model.documents import CreditMemo, MemoLine, TaxItem
from tests.model.drawing import Draft, drawable, left_on_invoice
from tests.model.drawn_lines import automatic_line
from tests.model.ledger import Command, Ledger
from tests.model.memo_making import total_of
from tests.model.money import ZERO
from tests.model.outcome import Accepted, Outcome, refused
from tests.model.reading import check_size, check_version
from tests.model.standalone_lines import calculate


@dataclass(frozen=True)
class _Redrawn:
    line: MemoLine
    draft: Draft


def recalculate_tax(ledger: Ledger, command: Command) -> Outcome:
    memo = ledger.find_memo(command["creditMemo"])
    if memo is None:
        return refused({"NOT_FOUND"})
    codes: set[str] = set()
    check_version(ledger, memo.handle, command, codes)
    if memo.status != "DRAFT":
        codes.add("INVALID_STATUS")
    lines = [line for line in memo.lines if line.calculated is not None]
    if not lines:
        codes.add("TAX_NOT_ALLOWED")
    if ledger.entity.tax_engine is None:
        codes.add("TAX_ENGINE_NOT_CONFIGURED")
    redrawn = [_Redrawn(line, _drawn_anew(ledger, memo, line)) for line in lines] if not codes else []
    _check(ledger, memo, redrawn, codes)
    if codes:
        return refused(codes)
    for each in redrawn:
        _put(ledger, each)
    memo.edited_by = ledger.actor
    ledger.versions.pop(memo.handle, None)
    if memo.invoice is not None:
        ledger.versions.pop(memo.invoice, None)
    return Accepted(credit_memos=(memo.handle,))


def _drawn_anew(ledger: Ledger, memo: CreditMemo, line: MemoLine) -> Draft:
    """It asks for what it asked for before, whatever tax was found; an inclusive standalone line for its total."""
    assert line.calculated is not None
    found = ledger.find_invoice_line(line.source_line) if line.source_line else None
    if found is None:
        asked = line.total if line.calculated.is_inclusive else line.amount
        draft = Draft(asked, calculated=line.calculated)
        calculate(ledger, draft, memo.currency, _day(ledger, memo))
        return draft
    invoice, source_line = found
    source = drawable(ledger, source_line, without=line.handle)
    asked = abs(line.amount) if line.calculated.asked is None else line.calculated.asked
    return automatic_line(
        ledger, invoice, source, source_line, asked, True, line.calculated.is_inclusive, memo.tax_date
    )


def _day(ledger: Ledger, memo: CreditMemo) -> date:
    return memo.tax_date or memo.effective_date or ledger.today


def _check(ledger: Ledger, memo: CreditMemo, redrawn: list[_Redrawn], codes: set[str]) -> None:
    if any(each.draft.tax_failed for each in redrawn):
        codes.add("TAX_ENGINE_FAILED")
    if any(_is_beyond(ledger, each) for each in redrawn):
        codes.add("EXCEEDS_CREDITABLE_AMOUNT")
    before = sum((each.line.total for each in redrawn), ZERO)
    added = total_of([each.draft for each in redrawn]) - before
    if memo.invoice is not None and added > left_on_invoice(ledger, ledger.invoices[memo.invoice]):
        codes.add("EXCEEDS_CREDITABLE_AMOUNT")
    if memo.total + added < 0:
        codes.add("INVALID_AMOUNT")
    check_size(memo.total + added, memo.currency, codes)


def _is_beyond(ledger: Ledger, redrawn: _Redrawn) -> bool:
    """Others have taken the tax that an inclusive amount was to contain."""
    found = ledger.find_invoice_line(redrawn.line.source_line) if redrawn.line.source_line else None
    if found is None or redrawn.draft.tax_failed:
        return False
    left = drawable(ledger, found[1], without=redrawn.line.handle).amount_left
    return abs(redrawn.draft.amount) > left


def _put(ledger: Ledger, redrawn: _Redrawn) -> None:
    line, draft = redrawn.line, redrawn.draft
    line.amount = draft.amount
    line.tax_items = [TaxItem(ledger.mint("cmt"), tax, source=item) for item, tax in draft.taxes]
    line.took_tax_automatically = draft.took_tax_automatically
    line.tax_failed = False
