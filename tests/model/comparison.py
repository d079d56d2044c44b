"""The model against the documents read from the service, field by field."""

from fractions import Fraction
from typing import Any

from tests.model.books import Books
from tests.model.documents import Application, CreditMemo, Invoice, InvoiceLine, LineApplication, Move
from tests.model.drawing import drawn_from_invoice, left_on_invoice
from tests.model.money import ZERO, shown
from tests.model.observed import Document, Identities, Observed, each, linked, nodes


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


class _Comparison:
    def __init__(self, books: Books, observed: Observed) -> None:
        self.books = books
        self.observed = observed
        self.identities = Identities()
        self.identities.learn(books, observed)
        self.found: list[str] = []

    def same(self, path: str, document: Document, expected: dict[str, Any]) -> None:
        for name, value in expected.items():
            if name not in document:
                self.found.append(f"{path}.{name}: not in the answer")
            elif document[name] != value:
                self.found.append(f"{path}.{name}: model {value!r}, service {document[name]!r}")

    def same_money(self, path: str, document: Document, currency: str, expected: dict[str, Fraction]) -> None:
        """Also the number of decimals is compared: an amount is shown in its currency's own."""
        self.same(path, document, {name: shown(value, currency) for name, value in expected.items()})

    def same_link(self, path: str, document: Document, name: str, handle: str | None) -> None:
        """A link to a record that was not observed is only known to be there."""
        real = linked(document, name)
        expected = self.identities.ids.get(handle) if handle else None
        if (handle is None) != (real is None) or (expected is not None and real != expected):
            self.found.append(f"{path}.{name}: model {handle} ({expected}), service {real}")

    def same_rows(self, path: str, document: Document, name: str, handles: list[str]) -> None:
        real = {row["id"] for row in nodes(document.get(name))}
        known = {self.identities.ids[handle] for handle in handles if handle in self.identities.ids}
        if len(real) != len(handles) or not known <= real:
            self.found.append(f"{path}.{name}: model {handles}, service {sorted(real)}")

    def same_taxes(self, path: str, document: Document, currency: str, expected: list[Fraction]) -> None:
        """Items of 0 say nothing and are left out on both sides."""
        given = [item["amount"] for item in nodes(document.get("taxItems")) if Fraction(item["amount"]) != 0]
        wanted = [shown(amount, currency) for amount in expected if amount != 0]
        if given != wanted:
            self.found.append(f"{path}.taxItems: model {wanted}, service {given}")

    def same_moves(self, path: str, document: Document, currency: str, moves: list[Move]) -> None:
        """The history of the balance, where it was selected."""
        given = [
            (entry["position"], entry["kind"], entry["impactAmount"], entry["balanceAfter"])
            for entry in nodes(document.get("balanceEntries"))
        ]
        wanted = [
            (place, move.kind, shown(move.impact, currency), shown(move.balance_after, currency))
            for place, move in enumerate(moves, start=1)
        ]
        if "balanceEntries" in document and given != wanted:
            self.found.append(f"{path}.balanceEntries: model {wanted}, service {given}")

    def invoice(self, invoice: Invoice, document: Document) -> None:
        path, books = invoice.handle, self.books
        rows = [row.handle for row in books.applications.values() if row.invoice == invoice.handle]
        payments = [row.handle for row in books.payments.values() if row.invoice == invoice.handle]
        expected = {
            "kind": invoice.kind,
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
        shown_lines = nodes(document.get("lines"))
        if len(shown_lines) != len(invoice.lines):
            self.found.append(f"{path}.lines: model {len(invoice.lines)}, service {len(shown_lines)}")
        for line, shown_line in zip(invoice.lines, shown_lines, strict=False):
            self.invoice_line(invoice, line, shown_line)

    def invoice_line(self, invoice: Invoice, line: InvoiceLine, document: Document) -> None:
        path = f"{invoice.handle}.{line.handle}"
        drawn = self.books.lines_drawn_from(line)
        credited = sum((memo_line.amount for memo_line in drawn), ZERO)
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
            if all(other.total >= 0 for other in invoice.lines):
                amounts["creditableAmount"] = line.amount - credited
        self.same_money(path, document, invoice.currency, amounts)
        self.same_taxes(path, document, invoice.currency, [item.amount for item in line.tax_items])

    def memo(self, memo: CreditMemo, document: Document) -> None:
        path = memo.handle
        rows = [row.handle for row in self.books.applications.values() if row.memo == memo.handle]
        expected = {"status": memo.status, "source": memo.source, "currency": memo.currency}
        self.same(path, document, expected)
        amounts = {
            "chargeAmount": sum((line.amount for line in memo.lines), ZERO),
            "taxAmount": sum((line.tax for line in memo.lines), ZERO),
            "totalAmount": memo.total,
            "applied": memo.applied,
            "refunded": ZERO,
            "balance": memo.balance,
        }
        self.same_money(path, document, memo.currency, amounts)
        self.same_moves(path, document, memo.currency, memo.moves)
        if memo.number is not None:
            self.same(path, document, {"number": memo.number})
        self.same_rows(path, document, "applications", rows)
        shown_lines = nodes(document.get("lines"))
        if len(shown_lines) != len(memo.lines):
            self.found.append(f"{path}.lines: model {len(memo.lines)}, service {len(shown_lines)}")
        for line, shown_line in zip(memo.lines, shown_lines, strict=False):
            line_path = f"{path}.{line.handle}"
            line_amounts = {
                "amount": line.amount,
                "taxAmount": line.tax,
                "totalAmount": line.total,
                "applied": line.applied,
            }
            if memo.status != "CANCELED":
                line_amounts["balance"] = line.balance
            self.same(line_path, shown_line, {"lineNumber": line.number})
            self.same_money(line_path, shown_line, memo.currency, line_amounts)
            self.same_link(line_path, shown_line, "sourceInvoiceLine", line.source_line)
            self.same_taxes(line_path, shown_line, memo.currency, [item.amount for item in line.tax_items])

    def application(self, row: Application, document: Document) -> None:
        path = row.handle
        remaining = self.books.remaining(row)
        currency = self.books.memos[row.memo].currency
        expected = {
            "type": row.type,
            "level": row.level,
            "operation": row.operation,
            "hasBeenUnapplied": _has_been_unapplied(row.type, remaining),
            "description": row.description,
        }
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


def _has_been_unapplied(row_type: str, remaining: Fraction) -> str:
    if row_type != "APPLIED":
        return "NA"
    return "YES" if remaining == 0 else "NO"
