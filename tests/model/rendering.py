"""The model's books shown as GraphQL would show them: to test the comparison and the invariants without a service."""

from fractions import Fraction
from typing import Any

from tests.model.books import Books
from tests.model.comparison import tax_statuses
from tests.model.documents import (
    Application,
    CreditMemo,
    Invoice,
    InvoiceLine,
    LineApplication,
    MemoLine,
    Refund,
)
from tests.model.drawing import drawn_from_invoice, left_on_invoice, tax_taken
from tests.model.money import ZERO, shown


def observed_of(books: Books) -> dict[str, dict[str, Any]]:
    """Ids are the handles in capitals, so that a handle never passes for an id."""
    return {
        "invoices": {handle: _invoice(books, invoice) for handle, invoice in books.invoices.items()},
        "creditMemos": {handle: _memo(books, memo) for handle, memo in books.memos.items()},
        "applications": {handle: _application(books, row) for handle, row in books.applications.items()},
    }


def _link(handle: str | None) -> dict[str, str] | None:
    return {"id": handle.upper()} if handle else None


def _money(currency: str, **amounts: Fraction) -> dict[str, str]:
    return {name: shown(value, currency) for name, value in amounts.items()}


def _totals(currency: str, document: Invoice | CreditMemo) -> dict[str, str]:
    charge = sum((line.amount for line in document.lines), ZERO)
    return _money(
        currency, chargeAmount=charge, taxAmount=document.total - charge, totalAmount=document.total
    )


def _line(currency: str, line: InvoiceLine | MemoLine) -> dict[str, Any]:
    items = [
        {
            "id": item.handle.upper(),
            "amount": shown(item.amount, currency),
            "sourceTaxItem": _link(item.source),
        }
        for item in line.tax_items
    ]
    amounts = _money(
        currency, amount=line.amount, taxAmount=line.tax, totalAmount=line.total, balance=line.balance
    )
    return {"id": line.handle.upper(), "lineNumber": line.number, "taxItems": items, **amounts}


def _invoice(books: Books, invoice: Invoice) -> dict[str, Any]:
    currency = invoice.currency
    rows = [row for row in books.applications.values() if row.invoice == invoice.handle]
    payments = [row for row in books.payments.values() if row.invoice == invoice.handle]
    status = invoice.settlement_status
    return {
        "id": invoice.handle.upper(),
        "number": invoice.number or f"INV-{invoice.handle}",
        "kind": invoice.kind,
        "source": invoice.source,
        "status": invoice.status,
        "currency": currency,
        "account": _link(invoice.account),
        "settlementStatus": status,
        "fullSettlementDate": "2026-01-01" if status == "SETTLED" else None,
        "version": len(invoice.moves),
        **_totals(currency, invoice),
        **_money(
            currency,
            balance=invoice.balance,
            creditsApplied=invoice.credits_applied,
            paymentsApplied=invoice.payments_applied,
            convertedAmount=invoice.converted,
            creditedAmount=drawn_from_invoice(books, invoice),
            creditableAmount=left_on_invoice(books, invoice),
        ),
        "lines": {"nodes": [_invoice_line(books, invoice, line) for line in invoice.lines]},
        "applications": {"nodes": [_link(row.handle) for row in rows]},
        "payments": {"nodes": [_link(row.handle) for row in payments]},
    }


def _invoice_line(books: Books, invoice: Invoice, line: InvoiceLine) -> dict[str, Any]:
    drawn = books.lines_drawn_from(line)
    credited = sum((memo_line.amount for memo_line in drawn), ZERO)
    counted = books.quantity_credited_of_order(line.order_item) if line.order_item else ZERO
    shown_line = _line(invoice.currency, line)
    for item, shown_item in zip(line.tax_items, shown_line["taxItems"], strict=True):
        shown_item |= _money(
            invoice.currency,
            creditedAmount=line.sign * tax_taken(drawn, item.handle),
            convertedAmount=item.amount if line.is_converted else ZERO,
        )
    shown_line |= {
        "quantity": str(line.quantity),
        "quantityCredited": str(books.quantity_credited(line)),
        "quantityCreditable": str(
            line.quantity - books.quantity_credited(line) if invoice.source == "INGESTED" else ZERO
        ),
        "orderItem": {"id": line.order_item.upper(), "quantityCredited": str(counted)}
        if line.order_item
        else None,
    }
    return shown_line | _money(
        invoice.currency,
        creditsApplied=line.applied,
        convertedAmount=line.converted,
        amountCredited=credited,
        taxCredited=sum((memo_line.tax for memo_line in drawn), ZERO),
        creditableAmount=line.amount - credited if invoice.source == "INGESTED" else ZERO,
        creditableTax=line.tax - sum((memo_line.tax for memo_line in drawn), ZERO)
        if invoice.source == "INGESTED"
        else ZERO,
        maximumApplicable=max(ZERO, min(line.balance, invoice.balance)),
    )


def _memo(books: Books, memo: CreditMemo) -> dict[str, Any]:
    rows = [row for row in books.applications.values() if row.memo == memo.handle]
    lines = [
        _line(memo.currency, line)
        | _money(memo.currency, applied=line.applied)
        | {
            "sourceInvoiceLine": _link(line.source_line),
            "quantity": str(line.quantity),
            "removed": line.removed,
            **line.words,
        }
        for line in memo.lines
    ]
    return {
        "id": memo.handle.upper(),
        "number": f"CM-{memo.handle}",
        "status": memo.status,
        "createdBy": memo.created_by,
        "approvalRequestedBy": memo.requested_by,
        "approvedBy": memo.approved_by,
        "taxStatus": min(tax_statuses(memo)),
        "autoApplyUponPosting": memo.auto_apply_upon_posting,
        "reversed": memo.is_reversed,
        **memo.words,
        "source": memo.source,
        "currency": memo.currency,
        "account": _link(memo.account),
        "version": len(memo.moves),
        **_totals(memo.currency, memo),
        **_money(memo.currency, applied=memo.applied, refunded=memo.refunded, balance=memo.balance),
        "lines": {"nodes": lines},
        "applications": {"nodes": [_link(row.handle) for row in rows]},
        "refunds": {
            "nodes": [_refund(memo, row) for row in books.refunds.values() if row.memo == memo.handle]
        },
    }


def _refund(memo: CreditMemo, row: Refund) -> dict[str, Any]:
    takes_back = row.reverses is not None
    return {
        "id": row.handle.upper(),
        "number": None if takes_back else f"RF-{row.handle}",
        "type": "REVERSED" if takes_back else "REFUNDED",
        "refundDate": row.date.isoformat(),
        "creditMemoPosition": row.position,
        "reversedRefund": _link(row.reverses),
        **_money(
            memo.currency,
            amount=row.amount,
            impactAmount=row.amount if takes_back else -row.amount,
            creditMemoBalance=row.memo_balance,
        ),
    }


def _marks(row: Application | LineApplication, remaining: Fraction) -> dict[str, str]:
    if row.type == "UNAPPLIED":
        return {"hasBeenUnapplied": "NA"}
    return {"hasBeenUnapplied": "YES" if remaining == 0 else "NO"}


def _application(books: Books, row: Application) -> dict[str, Any]:
    currency = books.memos[row.memo].currency
    remaining = books.remaining(row)
    return {
        "id": row.handle.upper(),
        "number": f"CM-{row.memo}-{row.position}",
        "type": row.type,
        "level": row.level,
        "operation": row.operation,
        "allocationRule": row.allocation_rule,
        "autoApplyRule": row.auto_apply and row.auto_apply[0],
        "autoApplyRank": row.auto_apply and row.auto_apply[1],
        "description": row.description,
        "creditMemo": {"id": row.memo.upper(), "currency": currency},
        "invoice": {"id": row.invoice.upper(), "currency": books.invoices[row.invoice].currency},
        "associatedApplication": _link(row.original),
        **_marks(row, remaining),
        **_money(
            currency,
            amount=row.amount,
            impactAmount=row.impact,
            creditMemoBalance=row.memo_balance,
            invoiceBalance=row.invoice_balance,
            remainingAmount=remaining,
        ),
        "lineApplications": {"nodes": [_line_application(books, currency, part) for part in row.lines]},
    }


def _line_application(books: Books, currency: str, row: LineApplication) -> dict[str, Any]:
    remaining = books.line_remaining(row)
    return {
        "id": row.handle.upper(),
        "sequence": row.sequence,
        "type": row.type,
        "creditMemoLine": _link(row.memo_line),
        "invoiceLine": _link(row.invoice_line),
        "associatedLineApplication": _link(row.original),
        **_marks(row, remaining),
        **_money(
            currency,
            amount=row.amount,
            impactAmount=-row.amount if row.type == "APPLIED" else row.amount,
            creditMemoLineBalance=row.memo_line_balance,
            invoiceLineBalance=row.invoice_line_balance,
            remainingAmount=remaining,
        ),
    }
