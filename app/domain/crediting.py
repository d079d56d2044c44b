"""Making a memo from lines of an invoice: drawn, posted and applied as asked (domain 4.2, 4.8)."""

from collections.abc import Sequence
from typing import Any

from app.domain.application import CreditMemoApplication
from app.domain.approval import post_or_wait
from app.domain.auto_apply import PlannedApplication, is_owed, plan_applications
from app.domain.calculated_tax import require_answers
from app.domain.commands import CreateCreditMemoFromInvoice, MemoHeader
from app.domain.credit_memo import CreditMemo
from app.domain.drawing import Taken, draw_from_lines
from app.domain.facts import Facts, Worksheet
from app.domain.invoice import Invoice
from app.domain.line_credit import CreditCommand, credits_of, new_memo_line
from app.domain.memo_making import (
    NewMemoLine,
    default_reason,
    header_fields,
    make_memo,
    post_memo,
    with_default_reason,
)
from app.domain.settling import apply_to_source
from app.domain.tax_pending import leave_tax_pending
from app.domain.violation import Path
from app.domain.vocabulary import (
    AutoApplyRule,
    CreditMemoSource,
    CreditMemoStatus,
    TaxStatus,
)

SOURCE_TYPE = "Invoice"
"""What a memo drawn from an invoice says it was made from (Zuora: sourceType)."""


def is_applied_upon_posting(header: MemoHeader) -> bool:
    """Whether the memo goes to its invoice once it is posted; applyToInvoice is another word for it."""
    return header.auto_apply_upon_posting or (
        isinstance(header, CreateCreditMemoFromInvoice) and header.apply_to_invoice
    )


def draft_from_invoice(sheet: Worksheet, command: CreditCommand, at: Path = ()) -> CreditMemo:
    """Put the draft down with what it draws from its invoice; it has no number yet.

    A line whose tax the engine cannot tell has none, and the draft then waits for recalculateTax. Unanswered, before
    anything is put down, where the engine's callback has not been asked.
    """
    invoice = sheet.get(Invoice, sheet.named[(*at, "invoice")])
    credits = credits_of(command, sheet, invoice)
    require_answers(sheet, (each.question for each, _ in credits if each.question is not None))
    memo = make_memo(
        sheet,
        number=None,
        account_id=invoice.account_id,
        currency=invoice.currency,
        source=CreditMemoSource.INVOICE,
        invoice_id=invoice.id,
        lines=[new_memo_line(each, entry) for each, entry in credits],
        fields=header_fields(with_default_reason(command, default_reason(sheet)))
        | {
            "auto_apply_upon_posting": is_applied_upon_posting(command),
            "invoice_group_number": command.invoice_group_number or invoice.group_number,
            "source_type": SOURCE_TYPE,
            "source_id": invoice.id,
        },
    )
    draw_from_lines(sheet, invoice.id, (each.taken for each, _ in credits))
    failures = {place: each.failure for place, (each, _) in enumerate(credits) if each.failure is not None}
    return leave_tax_pending(sheet, memo, failures) if failures else memo


def posted_over_invoice(
    sheet: Worksheet,
    invoice: Invoice,
    source: CreditMemoSource,
    taken: Sequence[Taken],
    lines: Sequence[NewMemoLine],
    fields: dict[str, Any],
) -> CreditMemo:
    """Make a posted memo that takes the whole of what an invoice owes; it has no number yet.

    `taken`: what it draws from the invoice's lines. `fields`: columns of its header.
    """
    memo = make_memo(
        sheet,
        number=None,
        account_id=invoice.account_id,
        currency=invoice.currency,
        source=source,
        invoice_id=invoice.id,
        lines=lines,
        fields=fields | {"invoice_group_number": invoice.group_number},
    )
    draw_from_lines(sheet, invoice.id, taken)
    return post_memo(sheet, memo)


def credit_and_apply(sheet: Worksheet, command: CreditCommand, at: Path = ()) -> tuple[str, str]:
    """Make the memo, post it and apply the whole of it; the ids of memo and application."""
    memo = post_memo(sheet, draft_from_invoice(sheet, command, at))
    return memo.id, apply_to_source(sheet, memo, memo.total_amount, command.description).id


def credit_from_invoice(
    sheet: Worksheet, command: CreateCreditMemoFromInvoice, at: Path = ()
) -> tuple[str, str | None]:
    """Make the memo, post and apply it where asked; the ids of memo and application.

    Above the actor's limit it waits for approval, and is applied when it is approved.
    """
    memo = draft_from_invoice(sheet, command, at)
    if not command.post or memo.tax_status is TaxStatus.ERROR:
        return memo.id, None
    memo = post_or_wait(sheet, memo)
    application = apply_upon_posting(sheet, memo) if memo.status is CreditMemoStatus.POSTED else None
    return memo.id, None if application is None else application.id


def apply_upon_posting(sheet: Worksheet, memo: CreditMemo) -> CreditMemoApplication | None:
    """Apply the posted memo to its invoice where that was asked for, as far as both balances reach."""
    planned = planned_upon_posting(sheet, memo)
    return (
        None if planned is None else apply_to_source(sheet, memo, planned.amount, memo.description, planned)
    )


def planned_upon_posting(facts: Facts, memo: CreditMemo) -> PlannedApplication | None:
    """What of the memo goes to its invoice when it is posted; None where that was not asked for, or is nothing.

    It was asked for of this one memo: whether other automatic application may use it makes no difference.
    """
    invoice = facts.find(Invoice, memo.invoice_id) if memo.auto_apply_upon_posting else None
    if invoice is None or not is_owed(invoice) or memo.balance <= 0:
        return None
    [planned] = plan_applications([memo], [invoice], (AutoApplyRule.MATCH_REFERENCE,))
    return planned
