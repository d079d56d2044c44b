"""The state of the model: one entity's settings and documents, found by handle or by the other references."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from tests.model.documents import (
    Account,
    Application,
    CreditMemo,
    Invoice,
    InvoiceLine,
    LineApplication,
    MemoLine,
    Payment,
    Refund,
)
from tests.model.entity import EntityData
from tests.model.money import ZERO
from tests.model.outcome import Accepted

Command = Mapping[str, Any]


class Ledger:
    """Documents by handle. Handles are minted here, in the order of making, and look like `inv~3`."""

    def __init__(
        self,
        level: str = "INVOICE",
        allocation: str = "HIGHEST_FIRST",
        tax_strategy: str = "COPY_FROM_INVOICE_LINE",
        closed_through: date | None = None,
        reason_codes: frozenset[str] | None = None,
        now: datetime | None = None,
    ) -> None:
        self.level = level
        self.allocation = allocation
        self.tax_strategy = tax_strategy
        self.closed_through = closed_through
        self.reason_codes = reason_codes
        self.entity = EntityData()
        # Who sends the next command, and the limits of those who have any.
        self.actor = ""
        self.limits: dict[str, dict[str, Fraction]] = {}
        self.now = now or datetime.now(UTC)
        self.accounts: dict[str, Account] = {}
        self.invoices: dict[str, Invoice] = {}
        self.memos: dict[str, CreditMemo] = {}
        self.applications: dict[str, Application] = {}
        self.payments: dict[str, Payment] = {}
        self.refunds: dict[str, Refund] = {}
        # (kind of record, source, reference) -> (content, what the first delivery made)
        self.deliveries: dict[tuple[str, str | None, str], tuple[str, Accepted]] = {}
        # idempotency key -> (fingerprint, outcome)
        self.keys: dict[str, tuple[str, Accepted]] = {}
        # Versions are the service's to count: the caller tells what it last read (Identities.learn).
        self.versions: dict[str, int] = {}
        self.touched: set[str] = set()
        self._minted: dict[str, int] = {}

    @property
    def today(self) -> date:
        return self.now.astimezone(UTC).date()

    def is_above_limit(self, total: Fraction, currency: str) -> bool:
        """Whether the actor may not post it alone; a currency without a limit has limit 0."""
        limits = self.limits.get(self.actor)
        return limits is not None and total > limits.get(currency, ZERO)

    def mint(self, kind: str) -> str:
        self._minted[kind] = self._minted.get(kind, 0) + 1
        return f"{kind}~{self._minted[kind]}"

    def find_account(self, reference: Mapping[str, Any]) -> Account | None:
        if reference.get("id"):
            return self.accounts.get(reference["id"])
        if reference.get("number"):
            return next((a for a in self.accounts.values() if a.number == reference["number"]), None)
        wanted = external_key(reference["externalReference"])
        return next((a for a in self.accounts.values() if a.external == wanted), None)

    def find_invoice(self, reference: Mapping[str, Any]) -> Invoice | None:
        if reference.get("id"):
            return self.invoices.get(reference["id"])
        if reference.get("number"):
            return self._invoice_numbered(reference["number"])
        made = self.deliveries.get(("invoice", *external_key(reference["externalReference"])))
        return self.invoices[made[1].invoices[0]] if made else None

    def _invoice_numbered(self, number: str) -> Invoice | None:
        """An invoice and a debit memo may share a number: it names the invoice."""
        found = [invoice for invoice in self.invoices.values() if invoice.number == number]
        return min(found, key=lambda invoice: invoice.kind != "INVOICE", default=None)

    def find_memo(self, reference: Mapping[str, Any]) -> CreditMemo | None:
        if reference.get("id"):
            return self.memos.get(reference["id"])
        if reference.get("number"):
            return next((m for m in self.memos.values() if m.number == reference["number"]), None)
        made = self.deliveries.get(("memo", *external_key(reference["externalReference"])))
        return self.memos[made[1].credit_memos[0]] if made else None

    def find_invoice_line(self, handle: str) -> tuple[Invoice, InvoiceLine] | None:
        pairs = ((invoice, line) for invoice in self.invoices.values() for line in invoice.lines)
        return next((pair for pair in pairs if pair[1].handle == handle), None)

    def find_memo_line(self, handle: str) -> tuple[CreditMemo, MemoLine] | None:
        pairs = ((memo, line) for memo in self.memos.values() for line in memo.lines)
        return next((pair for pair in pairs if pair[1].handle == handle), None)

    def find_line_application(self, handle: str) -> LineApplication | None:
        return next((row for row in self.line_applications() if row.handle == handle), None)

    def line_applications(self) -> Iterator[LineApplication]:
        for application in self.applications.values():
            yield from application.lines

    def remaining(self, application: Application) -> Fraction:
        """What of an APPLIED row has not been unapplied."""
        rows = [row for row in self.applications.values() if row.original == application.handle]
        return application.amount - sum((row.amount for row in rows), ZERO)

    def line_remaining(self, row: LineApplication) -> Fraction:
        undone = [other for other in self.line_applications() if other.original == row.handle]
        return row.amount - sum((other.amount for other in undone), ZERO)

    def quantity_credited(self, line: InvoiceLine) -> Fraction:
        return sum((drawn.quantity for drawn in self.lines_drawn_from(line)), ZERO)

    def quantity_credited_of_order(self, order_item: str) -> Fraction:
        """On the order item it is a sum over all lines that bill it, not a cap."""
        lines = (line for invoice in self.invoices.values() for line in invoice.lines)
        return sum((self.quantity_credited(line) for line in lines if line.order_item == order_item), ZERO)

    def lines_drawn_from(self, line: InvoiceLine) -> list[MemoLine]:
        """The memo lines that count against what is creditable on an invoice line (section 3.7)."""
        memos = [memo for memo in self.memos.values() if memo.draws]
        return [drawn for memo in memos for drawn in memo.lines if drawn.source_line == line.handle]


def external_key(external: Mapping[str, Any]) -> tuple[str | None, str]:
    """(source, reference); a reference without a source is unique among those without one."""
    return external.get("source") or None, external["reference"]
