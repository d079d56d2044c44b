"""Section 4.10, updateCreditMemo: a draft in everything that it says, a posted memo in what moves no money."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from tests.model.crediting import check_lines, drafts_of
from tests.model.documents import CreditMemo, MemoLine
from tests.model.drawing import Draft, left_on_invoice
from tests.model.ledger import Command, Ledger
from tests.model.memo_making import (
    check_reason_and_template,
    check_tax_is_known,
    line_of,
    note_drawing,
    total_of,
)
from tests.model.money import ZERO
from tests.model.outcome import Accepted, Outcome, refused
from tests.model.reading import (
    check_period,
    check_service_period,
    check_size,
    check_texts,
    check_version,
    read_date,
)
from tests.model.standalone_lines import standalone_line

OF_POSTED = ("description", "comment", "effectiveDate", "expiresOn", "excludeFromAutoApply", "metadata")
OF_DRAFTS = (
    *OF_POSTED,
    "reasonCode",
    "template",
    "taxDate",
    "targetDate",
    "autoApplyUponPosting",
    "billToContact",
)
OF_LINES = ("lines", "invoiceLines", "removeLineIds", "taxStrategy", "taxAutoCalculation", "onTaxFailure")


def update_credit_memo(ledger: Ledger, command: Command) -> Outcome:
    codes: set[str] = set()
    check_texts(command, codes)
    memo = ledger.find_memo(command["creditMemo"])
    if memo is None:
        return refused(codes | {"NOT_FOUND"})
    check_version(ledger, memo.handle, command, codes)
    if memo.status not in ("DRAFT", "POSTED"):
        return refused(codes | {"INVALID_STATUS"})
    _check_fields(memo, command, codes)
    check_reason_and_template(ledger, command, codes)
    _check_date(ledger, memo, command, codes)
    kept, new = memo.lines, list[tuple[str | None, Draft]]()
    touches_lines = any(command.get(name) is not None for name in OF_LINES[:3])
    if memo.status == "DRAFT" and touches_lines:
        kept, new = _new_lines(ledger, memo, command, codes)
    if codes:
        return refused(codes)
    _put_header(memo, command)
    if touches_lines:
        memo.lines = _merged(ledger, memo, kept, new)
        # How far an invoice changes by a draw that is given back and taken anew is the service's to count.
        ledger.versions.pop(memo.invoice or "", None)
    if memo.status == "DRAFT":
        memo.edited_by = ledger.actor
    ledger.versions.pop(memo.handle, None)
    return Accepted(credit_memos=(memo.handle,))


def _check_fields(memo: CreditMemo, command: Command, codes: set[str]) -> None:
    if memo.status == "POSTED":
        given = {name for name in OF_DRAFTS if name in command}
        given |= {name for name in OF_LINES if command.get(name) is not None}
        if given - set(OF_POSTED) or (memo.is_reversed and "effectiveDate" in given):
            codes.add("NOT_EDITABLE")
        return
    wrong = "lines" if memo.source == "INVOICE" else "invoiceLines"
    if command.get(wrong) is not None:
        codes.add("NOT_EDITABLE")
    if command.get("taxStrategy") and command.get("taxAutoCalculation") is not None:
        codes.add("TAX_NOT_ALLOWED")


def _check_date(ledger: Ledger, memo: CreditMemo, command: Command, codes: set[str]) -> None:
    """A posted memo leaves no closed period, and comes after nothing that was refunded or written off of it; without an
    effective date it counts by the day it was posted.
    """
    if "effectiveDate" not in command:
        return
    day = read_date(command["effectiveDate"])
    check_period(ledger, day, codes)
    if memo.status == "POSTED":
        check_period(ledger, memo.effective_date, codes)
        if any((day or ledger.today) > each for each in _days_of_use(ledger, memo)):
            codes.add("INVALID_DATE")


def _days_of_use(ledger: Ledger, memo: CreditMemo) -> Iterator[date]:
    for refund in ledger.refunds.values():
        if refund.memo == memo.handle and refund.reverses is None:
            yield refund.date
    for row in ledger.applications.values():
        made = ledger.invoices[row.invoice]
        if row.memo == memo.handle and made.source != "INGESTED" and made.status == "POSTED":
            yield made.date


def _new_lines(
    ledger: Ledger, memo: CreditMemo, command: Command, codes: set[str]
) -> tuple[list[MemoLine], list[tuple[str | None, Draft]]]:
    """The lines as they stay or are taken out, and each new one with the handle of the line that it replaces."""
    removed = list(command.get("removeLineIds") or [])
    entries = list(command.get("lines") or [])
    sources = [each["invoiceLineId"] for each in command.get("invoiceLines") or []]
    replaced = [each["creditMemoLineId"] for each in entries if each.get("creditMemoLineId")]
    own = {line.handle: line for line in memo.lines}
    drawn = [line.handle for line in memo.lines if line.source_line in sources]
    named = [*removed, *replaced]
    if any(handle not in own for handle in named):
        codes.add("NOT_FOUND")
    if len({*named, *drawn}) < len(named) + len(drawn) or len(set(sources)) < len(sources):
        codes.add("DUPLICATE_LINE")
    edited = {*named, *drawn}
    stays = [line for line in memo.lines if line.handle not in edited]
    if not (entries or sources or any(not line.removed for line in stays)):
        codes.add("NO_LINES")
    before, memo.lines = memo.lines, stays
    drafts = _drafts(ledger, memo, command, codes)
    _check_whole(ledger, memo, drafts, codes)
    memo.lines = before
    by_source = {line.source_line: line.handle for line in before if line.source_line}
    rows = [each.get("creditMemoLineId") for each in entries] if entries else []
    rows += [by_source.get(source) for source in sources]
    kept = [_without(line) if line.handle in removed else line for line in before]
    return kept, list(zip(rows, drafts, strict=False))


def _drafts(ledger: Ledger, memo: CreditMemo, command: Command, codes: set[str]) -> list[Draft]:
    header: dict[str, Any] = {name: value for name, value in command.items() if name not in ("lines",)}
    header.setdefault("taxDate", memo.tax_date.isoformat() if memo.tax_date else None)
    header.setdefault("effectiveDate", memo.effective_date.isoformat() if memo.effective_date else None)
    if memo.source != "INVOICE":
        entries = command.get("lines") or []
        for line in entries:
            check_service_period(line, {}, codes)
        drafts = [standalone_line(ledger, line, header, memo.currency, codes) for line in entries]
    else:
        lines = command.get("invoiceLines") or []
        if lines:
            check_lines(lines, codes)
        invoice = ledger.invoices[memo.invoice or ""]
        drafts = drafts_of(ledger, invoice, header, lines, codes, may_correct=True)
    check_tax_is_known(command, drafts, codes)
    return drafts


def _check_whole(ledger: Ledger, memo: CreditMemo, drafts: list[Draft], codes: set[str]) -> None:
    """With the lines that stay, on an invoice of which the edited ones draw nothing."""
    new = total_of(drafts)
    total = sum((line.total for line in memo.lines), ZERO) + new
    if total < 0:
        codes.add("INVALID_AMOUNT")
    if memo.invoice is not None and new > left_on_invoice(ledger, ledger.invoices[memo.invoice]):
        codes.add("EXCEEDS_CREDITABLE_AMOUNT")
    check_size(abs(total), memo.currency, codes)


def _without(line: MemoLine) -> MemoLine:
    """Taken out: it counts nothing, and says what it said."""
    return replace(
        line,
        amount=ZERO,
        tax_items=[],
        took_tax_automatically=False,
        took_amount_by_quantity=False,
        quantity=ZERO,
        tax_failed=False,
        calculated=None,
        removed=True,
        words={**line.words, "taxOnly": False} if "taxOnly" in line.words else line.words,
    )


def _merged(
    ledger: Ledger, memo: CreditMemo, kept: list[MemoLine], new: list[tuple[str | None, Draft]]
) -> list[MemoLine]:
    """A line replaced keeps handle and number; new ones follow the last."""
    by_handle = {handle: draft for handle, draft in new if handle is not None}
    lines = []
    for line in kept:
        draft = by_handle.get(line.handle)
        made = line if draft is None else line_of(ledger, line.number, draft)
        made.handle = line.handle
        lines.append(made)
    following = max((line.number for line in kept), default=0)
    for handle, draft in new:
        if handle is None:
            following += 1
            lines.append(line_of(ledger, following, draft))
    if memo.invoice is not None:
        note_drawing(ledger, ledger.invoices[memo.invoice], memo)
    return lines


def _put_header(memo: CreditMemo, command: Command) -> None:
    given = {name: command[name] for name in OF_DRAFTS if name in command}
    if "effectiveDate" in given:
        memo.effective_date = read_date(given["effectiveDate"])
    if "taxDate" in given:
        memo.tax_date = read_date(given["taxDate"])
    if "autoApplyUponPosting" in given:
        memo.auto_apply_upon_posting = bool(given["autoApplyUponPosting"])
    if "excludeFromAutoApply" in given:
        given["excludeFromAutoApply"] = bool(given["excludeFromAutoApply"])
    memo.words = {name: given.get(name, value) for name, value in memo.words.items()}
