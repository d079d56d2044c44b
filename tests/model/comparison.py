"""The model against the documents read from the service, field by field."""

from fractions import Fraction
from typing import Any

from tests.model.books import Books
from tests.model.documents import Application, CreditMemo, Invoice, InvoiceLine, LineApplication, MemoLine
from tests.model.drawing import drawn_from_invoice, left_on_invoice
from tests.model.finder import Finder
from tests.model.journal import journal_of_invoice, journal_of_memo
from tests.model.money import ZERO
from tests.model.observed import Document, Observed, each, nodes


def differences(books: Books, observed: Observed) -> list[str]:
    """Each difference as a sentence with its path; a selected field that is missing is a difference."""
    comparison = _Comparison(books, observed)
    for handle, document in each(observed, "invoices"):
        comparison.invoice(books.invoices[handle], document)
    for handle, document in each(observed, "creditMemos"):
        comparison.memo(books.memos[handle], document)
    for handle, document in each(observed, "applications"):
        comparison.application(books.applications[handle], document)
    return comparison.found


class _Comparison(Finder):
    def invoice(self, invoice: Invoice, document: Document) -> None:
        path, books = invoice.handle, self.books
        rows = [row.handle for row in books.applications.values() if row.invoice == invoice.handle]
        payments = [row.handle for row in books.payments.values() if row.invoice == invoice.handle]
        expected = {
            "kind": invoice.kind,
            "source": invoice.source,
            "status": invoice.status,
            "currency": invoice.currency,
            "settlementStatus": invoice.settlement_status,
        }
        self.same(path, document, expected)
        if invoice.number is not None:
            self.same(path, document, {"number": invoice.number})
        amounts = {
            "chargeAmount": sum((line.amount for line in invoice.lines), ZERO),
            "taxAmount": sum((line.tax for line in invoice.lines), ZERO),
            "totalAmount": invoice.total,
            "balance": invoice.balance,
            "creditsApplied": invoice.credits_applied,
            "paymentsApplied": invoice.payments_applied,
            "convertedAmount": invoice.converted,
            "creditedAmount": drawn_from_invoice(books, invoice),
        }
        if invoice.status == "POSTED":
            amounts["creditableAmount"] = left_on_invoice(books, invoice)
        self.same_money(path, document, invoice.currency, amounts)
        is_settled = invoice.settlement_status == "SETTLED"
        if (document.get("fullSettlementDate") is not None) != is_settled:
            self.found.append(
                f"{path}.fullSettlementDate: {document.get('fullSettlementDate')}, settled {is_settled}"
            )
        self.same_rows(path, document, "applications", rows)
        self.same_rows(path, document, "payments", payments)
        self.same_moves(path, document, invoice.currency, invoice.moves)
        self.same_journal(path, document, journal_of_invoice(invoice))
        shown_lines = nodes(document.get("lines"))
        if len(shown_lines) != len(invoice.lines):
            self.found.append(f"{path}.lines: model {len(invoice.lines)}, service {len(shown_lines)}")
        for line, shown_line in zip(invoice.lines, shown_lines, strict=False):
            self.invoice_line(invoice, line, shown_line)

    def invoice_line(self, invoice: Invoice, line: InvoiceLine, document: Document) -> None:
        path = f"{invoice.handle}.{line.handle}"
        drawn = self.books.lines_drawn_from(line)
        credited = sum((memo_line.amount for memo_line in drawn), ZERO)
        is_ingested = invoice.source == "INGESTED"
        self.same(path, document, {"lineNumber": line.number})
        amounts = {
            "amount": line.amount,
            "taxAmount": line.tax,
            "totalAmount": line.total,
            "balance": line.balance,
            "creditsApplied": line.applied,
            "convertedAmount": line.converted,
            "amountCredited": credited,
            "taxCredited": sum((memo_line.tax for memo_line in drawn), ZERO),
        }
        if invoice.status == "POSTED":
            amounts["maximumApplicable"] = max(ZERO, min(line.balance, invoice.balance))
            if is_ingested:
                amounts["creditableTax"] = line.tax - sum((each.tax for each in drawn), ZERO)
            else:
                amounts["creditableTax"] = ZERO
            if all(other.total >= 0 for other in invoice.lines):
                amounts["creditableAmount"] = line.amount - credited if is_ingested else ZERO
        self.same_money(path, document, invoice.currency, amounts)
        self.same_taxes(path, document, invoice.currency, line.tax_items)
        self.invoice_taxes(invoice, line, document)
        self.same_number(path, document, "quantity", line.quantity)
        self.same_number(path, document, "quantityCredited", self.books.quantity_credited(line))
        if invoice.status == "POSTED":
            left = line.quantity - self.books.quantity_credited(line) if is_ingested else ZERO
            self.same_number(path, document, "quantityCreditable", left)
        order_item = document.get("orderItem")
        if (order_item is None) != (line.order_item is None):
            self.found.append(f"{path}.orderItem: model {line.order_item}, service {order_item}")
        if order_item is not None and line.order_item is not None:
            counted = self.books.quantity_credited_of_order(line.order_item)
            self.same_number(f"{path}.orderItem", order_item, "quantityCredited", counted)

    def invoice_taxes(self, invoice: Invoice, line: InvoiceLine, document: Document) -> None:
        """What memos took of each tax item."""
        drawn = self.books.lines_drawn_from(line)
        for item, shown_item in zip(line.tax_items, nodes(document.get("taxItems")), strict=False):
            taken = [
                tax.amount for memo_line in drawn for tax in memo_line.tax_items if tax.source == item.handle
            ]
            amounts = {
                "creditedAmount": sum(taken, ZERO),
                "convertedAmount": item.amount if line.is_converted else ZERO,
            }
            self.same_money(f"{invoice.handle}.{item.handle}", shown_item, invoice.currency, amounts)

    def memo(self, memo: CreditMemo, document: Document) -> None:
        path = memo.handle
        rows = [row.handle for row in self.books.applications.values() if row.memo == memo.handle]
        expected: dict[str, Any] = {"status": memo.status, "source": memo.source, "currency": memo.currency}
        expected |= memo.words
        if document.get("taxStatus") not in tax_statuses(memo):
            self.found.append(
                f"{path}.taxStatus: model {tax_statuses(memo)}, service {document.get('taxStatus')}"
            )
        expected |= {
            "createdBy": memo.created_by,
            "approvalRequestedBy": memo.requested_by,
            "approvedBy": memo.approved_by,
            "reversed": memo.is_reversed,
        }
        if memo.status in ("DRAFT", "PENDING_APPROVAL"):
            expected["autoApplyUponPosting"] = memo.auto_apply_upon_posting
        self.same(path, document, expected)
        amounts = {
            "chargeAmount": sum((line.amount for line in memo.lines), ZERO),
            "taxAmount": sum((line.tax for line in memo.lines), ZERO),
            "totalAmount": memo.total,
            "applied": memo.applied,
            "refunded": memo.refunded,
            "balance": memo.balance,
        }
        self.same_money(path, document, memo.currency, amounts)
        self.same_moves(path, document, memo.currency, memo.moves)
        self.same_journal(path, document, journal_of_memo(memo))
        if memo.number is not None:
            self.same(path, document, {"number": memo.number})
        self.same_rows(path, document, "applications", rows)
        self.refunds(memo, document)
        shown_lines = nodes(document.get("lines"))
        if len(shown_lines) != len(memo.lines):
            self.found.append(f"{path}.lines: model {len(memo.lines)}, service {len(shown_lines)}")
        for line, shown_line in zip(memo.lines, shown_lines, strict=False):
            self.memo_line(memo, line, shown_line)

    def refunds(self, memo: CreditMemo, document: Document) -> None:
        """In the order in which they were recorded, with the balance that each has frozen."""
        known = [row for row in self.books.refunds.values() if row.memo == memo.handle]
        shown_rows = nodes(document.get("refunds"))
        if len(shown_rows) != len(known):
            self.found.append(f"{memo.handle}.refunds: model {len(known)}, service {len(shown_rows)}")
        for row, shown_row in zip(known, shown_rows, strict=False):
            path = f"{memo.handle}.{row.handle}"
            takes_back = row.reverses is not None
            said = {"type": "REVERSED" if takes_back else "REFUNDED", "refundDate": row.date.isoformat()}
            self.same(path, shown_row, said)
            amounts = {
                "amount": row.amount,
                "impactAmount": row.amount if takes_back else -row.amount,
                "creditMemoBalance": row.memo_balance,
            }
            self.same_money(path, shown_row, memo.currency, amounts)
            self.same_link(path, shown_row, "reversedRefund", row.reverses)
            if (shown_row["number"] is None) != takes_back:
                self.found.append(f"{path}.number: {shown_row['number']} on {said['type']}")

    def memo_line(self, memo: CreditMemo, line: MemoLine, document: Document) -> None:
        path = f"{memo.handle}.{line.handle}"
        amounts = {
            "amount": line.amount,
            "taxAmount": line.tax,
            "totalAmount": line.total,
            "applied": line.applied,
        }
        if memo.status != "CANCELED":
            amounts["balance"] = line.balance
        self.same(path, document, {"lineNumber": line.number, "removed": line.removed, **line.words})
        self.same_money(path, document, memo.currency, amounts)
        self.same_link(path, document, "sourceInvoiceLine", line.source_line)
        self.same_taxes_of_sources(path, document, memo.currency, line.tax_items)
        if memo.source == "INVOICE":
            self.same_number(path, document, "quantity", line.quantity)

    def application(self, row: Application, document: Document) -> None:
        path = row.handle
        remaining = self.books.remaining(row)
        currency = self.books.memos[row.memo].currency
        expected: dict[str, Any] = {
            "type": row.type,
            "level": row.level,
            "operation": row.operation,
            "hasBeenUnapplied": _has_been_unapplied(row.type, remaining),
            "description": row.description,
        }
        rule, rank = row.auto_apply or (None, None)
        expected |= {"autoApplyRule": rule, "autoApplyRank": rank}
        if row.type == "APPLIED":
            expected["allocationRule"] = row.allocation_rule
        self.same(path, document, expected)
        amounts = {
            "amount": row.amount,
            "impactAmount": row.impact,
            "creditMemoBalance": row.memo_balance,
            "invoiceBalance": row.invoice_balance,
        }
        if row.type == "APPLIED":
            amounts["remainingAmount"] = remaining
        self.same_money(path, document, currency, amounts)
        self.same_link(path, document, "creditMemo", row.memo)
        self.same_link(path, document, "invoice", row.invoice)
        self.same_link(path, document, "associatedApplication", row.original)
        if not str(document.get("number")).endswith(f"-{row.position}"):
            self.found.append(f"{path}.number: {document.get('number')}, position {row.position} in its memo")
        shown_rows = nodes(document.get("lineApplications"))
        if len(shown_rows) != len(row.lines):
            self.found.append(f"{path}.lineApplications: model {len(row.lines)}, service {len(shown_rows)}")
        for line_row, shown_row in zip(row.lines, shown_rows, strict=False):
            self.line_application(row, line_row, currency, shown_row)

    def line_application(
        self, row: Application, line_row: LineApplication, currency: str, document: Document
    ) -> None:
        path = f"{row.handle}.{line_row.handle}"
        remaining = self.books.line_remaining(line_row)
        marks = {
            "sequence": line_row.sequence,
            "type": line_row.type,
            "hasBeenUnapplied": _has_been_unapplied(line_row.type, remaining),
        }
        self.same(path, document, marks)
        amounts = {
            "amount": line_row.amount,
            "impactAmount": -line_row.amount if line_row.type == "APPLIED" else line_row.amount,
            "creditMemoLineBalance": line_row.memo_line_balance,
            "invoiceLineBalance": line_row.invoice_line_balance,
        }
        if line_row.type == "APPLIED":
            amounts["remainingAmount"] = remaining
        self.same_money(path, document, currency, amounts)
        self.same_link(path, document, "creditMemoLine", line_row.memo_line)
        self.same_link(path, document, "invoiceLine", line_row.invoice_line)
        self.same_link(path, document, "associatedLineApplication", line_row.original)


def tax_statuses(memo: CreditMemo) -> set[str]:
    """Not known yet, or known; of a tax of 0 it may be said that there is none."""
    if memo.waits_for_tax:
        return {"ERROR"}
    return {"COMPLETE"} if any(line.tax for line in memo.lines) else {"COMPLETE", "NOT_APPLICABLE"}


def _has_been_unapplied(row_type: str, remaining: Fraction) -> str:
    if row_type != "APPLIED":
        return "NA"
    return "YES" if remaining == 0 else "NO"
