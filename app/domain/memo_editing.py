"""What an edited memo becomes: its header by the patch, the lines of a draft planned as when it was made."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.calculated_tax import require_answers
from app.domain.commands import (
    AccountReference,
    CreateCreditMemo,
    CreateCreditMemoFromInvoice,
    InvoiceReference,
    UpdateCreditMemo,
)
from app.domain.commands.editing import EDITABLE_IN_DRAFT, LINES
from app.domain.commands.fields import ABSENT
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.draft_lines import put_line, put_totals, take_out
from app.domain.drawing import draw_from_lines, give_back_lines
from app.domain.external_reference import kept_source
from app.domain.facts import Facts, Worksheet
from app.domain.invoice import Invoice
from app.domain.line_credit import credits_of, new_memo_line
from app.domain.memo_making import NewMemoLine, add_line
from app.domain.standalone_tax import standalone_lines, standalone_questions
from app.domain.tax_engine import TaxFailure
from app.domain.vocabulary import CreditMemoSource, CreditMemoStatus

_FLAGS = ("exclude_from_auto_apply", "auto_apply_upon_posting", "exclude_from_revenue_accounting")
_INTEGRATION = ("id", "status", "origin", "sync_date", "transaction")


def given_of(command: UpdateCreditMemo, names: Sequence[str] = EDITABLE_IN_DRAFT) -> dict[str, Any]:
    """The fields that the patch says something of, as it says it; a flag that is cleared is off."""
    given = {name: value for name in names if (value := getattr(command, name)) is not ABSENT}
    return {name: bool(value) if name in _FLAGS else value for name, value in given.items()}


def edits_lines(command: UpdateCreditMemo) -> bool:
    """Whether the patch says anything of lines."""
    return any(getattr(command, name) is not None for name in LINES)


def header_after(command: UpdateCreditMemo, memo: CreditMemo, facts: Facts) -> dict[str, Any]:
    """The memo's columns that the patch sets."""
    given = given_of(command)
    columns = {name: value for name, value in given.items() if name != "integration"}
    if "integration" in given:
        said = given["integration"]
        columns |= {f"integration_{name}": said and getattr(said, name) for name in _INTEGRATION}
    if "effective_date" in given:
        columns["memo_date"] = date_after(given["effective_date"], memo, facts)
    if "external_reference" in given or "external_reference_source" in given:
        columns |= _reference_after(given, memo)
    return columns


def date_after(effective_date: Any, memo: CreditMemo, facts: Facts) -> Any:
    """The memo's date with this effective date, or without one: when it was posted, else made."""
    return effective_date or memo.credit_date or facts.settings.day_of(memo.created_at)


def reference_after(command: UpdateCreditMemo, memo: CreditMemo) -> tuple[str | None, str | None]:
    """(reference, source) that the memo is to be known by elsewhere."""
    columns = _reference_after(given_of(command), memo)
    return columns["external_reference"], columns["external_reference_source"]


def _reference_after(given: Mapping[str, Any], memo: CreditMemo) -> dict[str, Any]:
    """What was delivered under the old reference is no first delivery of anything under the new one."""
    reference = given.get("external_reference", memo.external_reference)
    source = given.get("external_reference_source", memo.external_reference_source)
    kept = None if reference is None else kept_source(source)
    same = (reference, kept) == (memo.external_reference, memo.external_reference_source)
    return {
        "external_reference": reference,
        "external_reference_source": kept,
        "content_fingerprint": memo.content_fingerprint if same else None,
    }


def edited_lines(command: UpdateCreditMemo, facts: Facts, memo: CreditMemo) -> list[CreditMemoLine]:
    """The memo's lines that the patch replaces or takes out."""
    removed = set(command.remove_line_ids or ())
    replaced = {each.credit_memo_line_id for each in command.lines or ()}
    sources = {each.invoice_line_id for each in command.invoice_lines or ()}
    return [
        line
        for line in facts.of(CreditMemoLine, "credit_memo_id", memo.id)
        if line.id in removed or line.id in replaced or line.source_invoice_line_id in sources
    ]


def without_edited_lines(command: UpdateCreditMemo, facts: Facts, memo: CreditMemo) -> Worksheet:
    """The facts as if the lines that the patch is about had never drawn anything: what it asks for is judged on them.

    Of what is no draft no line changes.
    """
    sheet = Worksheet(facts)
    edited = edited_lines(command, facts, memo) if memo.status is CreditMemoStatus.DRAFT else []
    if edited:
        give_back_lines(sheet, memo, edited)
    return sheet


def standalone_creation(command: UpdateCreditMemo, memo: CreditMemo) -> CreateCreditMemo:
    """The lines given, as if a memo were made of them."""
    return CreateCreditMemo(
        account=AccountReference(id=memo.account_id),
        lines=list(command.lines or ()),
        **_said_of_lines(command, memo),
    )


def creation_from_invoice(command: UpdateCreditMemo, memo: CreditMemo) -> CreateCreditMemoFromInvoice:
    """The invoice lines given, as if a memo were made of them."""
    return CreateCreditMemoFromInvoice(
        invoice=InvoiceReference(id=memo.invoice_id),
        lines=list(command.invoice_lines or ()),
        **_said_of_lines(command, memo),
    )


def _said_of_lines(command: UpdateCreditMemo, memo: CreditMemo) -> dict[str, Any]:
    given = given_of(command)
    return {
        "tax_strategy": command.tax_strategy,
        "tax_auto_calculation": command.tax_auto_calculation,
        "on_tax_failure": command.on_tax_failure,
        "tax_date": given.get("tax_date", memo.tax_date),
        "effective_date": given.get("effective_date", memo.effective_date),
    }


def edit(sheet: Worksheet, command: UpdateCreditMemo, memo: CreditMemo) -> CreditMemo:
    """Put the patch down, on a sheet `without_edited_lines`; what is said again is no edit.

    Unanswered, before anything is put down, where the tax of a line has to be asked for.
    """
    planned = _planned_lines(sheet, command, memo) if edits_lines(command) else None
    after = sheet.change_if_different(memo, **header_after(command, memo, sheet))
    if planned is not None:
        after = _put_lines(sheet, command, memo, *planned)
    if after is memo or after.status is not CreditMemoStatus.DRAFT:
        return after
    return sheet.change(after, edited_by=sheet.stamp.actor)


def _planned_lines(
    sheet: Worksheet, command: UpdateCreditMemo, memo: CreditMemo
) -> tuple[list[tuple[CreditMemoLine | None, NewMemoLine]], dict[int, TaxFailure]]:
    """Each new line with the row that it replaces, and by place why its tax is missing."""
    rows = sheet.of(CreditMemoLine, "credit_memo_id", memo.id)
    if memo.source is not CreditMemoSource.INVOICE:
        creation = standalone_creation(command, memo)
        require_answers(sheet, standalone_questions(creation, sheet, memo.currency))
        lines, failures = standalone_lines(creation, sheet, memo.currency)
        by_id: dict[str | None, CreditMemoLine] = {row.id: row for row in rows}
        replaced = [by_id.get(each.credit_memo_line_id) for each in command.lines or ()]
        return list(zip(replaced, lines, strict=True)), failures
    invoice = sheet.get(Invoice, memo.invoice_id or "")
    credits = credits_of(creation_from_invoice(command, memo), sheet, invoice)
    require_answers(sheet, (each.question for each, _ in credits if each.question is not None))
    draw_from_lines(sheet, invoice.id, (each.taken for each, _ in credits))
    by_source = {row.source_invoice_line_id: row for row in rows}
    return (
        [(by_source.get(each.line.id), new_memo_line(each, entry)) for each, entry in credits],
        {place: each.failure for place, (each, _) in enumerate(credits) if each.failure is not None},
    )


def _put_lines(
    sheet: Worksheet,
    command: UpdateCreditMemo,
    memo: CreditMemo,
    planned: Sequence[tuple[CreditMemoLine | None, NewMemoLine]],
    failures: Mapping[int, TaxFailure],
) -> CreditMemo:
    """Replaced rows keep their line numbers; new ones follow the last."""
    rows = sheet.of(CreditMemoLine, "credit_memo_id", memo.id)
    following = max(row.line_number for row in rows) + 1
    failed: dict[int, TaxFailure] = {}
    for place, (row, line) in enumerate(planned):
        number = following if row is None else row.line_number
        if row is None:
            add_line(sheet, memo, number, line)
            following += 1
        else:
            put_line(sheet, row, line)
        if place in failures:
            failed[number] = failures[place]
    for row in rows:
        if row.id in (command.remove_line_ids or ()):
            take_out(sheet, row)
    return put_totals(sheet, memo, failed)
