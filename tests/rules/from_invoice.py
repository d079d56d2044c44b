"""createCreditMemoFromInvoice as the tables of its rules ask for it, and the invoices they are judged on."""

from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.commands import (
    CreateCreditMemoFromInvoice,
    InvoiceCreditEntry,
    InvoiceReference,
)
from app.domain.entity import Settings
from app.domain.facts import Facts
from app.domain.limits import DEFAULT_LIMITS, Limits
from app.domain.record import Record
from app.domain.violation import Path
from app.domain.vocabulary import (
    TaxEngineKind,
    TaxStrategy,
)
from app.validation.credit_from_invoice import violations_of_create_from_invoice
from tests.rules.facts import Seen, facts, invoice, line, reason, seen, tax

COPY, GIVEN, IGNORE = TaxStrategy.COPY_FROM_INVOICE_LINE, TaxStrategy.MANUAL_OVERRIDE, TaxStrategy.IGNORE
CALCULATE = TaxStrategy.CALCULATE
CALLBACK = Settings(tax_engine=TaxEngineKind.CALLBACK)
BUILT_IN = Settings(tax_engine=TaxEngineKind.BUILT_IN)
TAXED: tuple[Record, ...] = (
    invoice(total=10825),
    line(tax=825, quantity=10_000_000, service_start=date(2026, 1, 1), service_end=date(2026, 1, 31)),
    tax(),
    reason("OK"),
)
MIXED: tuple[Record, ...] = (invoice(total=30000), line(amount=40000), line("invl_2", -10000))
THREE: tuple[Record, ...] = (invoice(total=30000), *(line(f"invl_{place}") for place in (1, 2, 3)))
FREE: tuple[Record, ...] = (invoice(total=0), line(amount=0, quantity=5_000_000))
SPENT: tuple[Record, ...] = (
    invoice(total=10825, credited_amount=10000),
    line(tax=825, quantity=10_000_000, amount_credited=10000),
    tax(),
)
NET_NEGATIVE: tuple[Record, ...] = (invoice(total=-100, balance=-100), line(amount=-100))


def entry(amount: str | None = "50.00", **said: Any) -> InvoiceCreditEntry:
    return InvoiceCreditEntry(
        **{"invoice_line_id": "invl_1", "amount": None if amount is None else Decimal(amount), **said}
    )


def of_quantity(quantity: str, **said: Any) -> InvoiceCreditEntry:
    return entry(None, quantity=Decimal(quantity), **said)


def asked(*entries: InvoiceCreditEntry, **said: Any) -> CreateCreditMemoFromInvoice:
    return CreateCreditMemoFromInvoice(
        **{"invoice": InvoiceReference(id="inv_1"), "lines": list(entries) or None, **said}
    )


def known(
    records: tuple[Record, ...] = TAXED,
    *,
    settings: Settings | None = None,
    limits: Limits = DEFAULT_LIMITS,
    approval_limits: dict[str, int] | None = None,
    at: Path = (),
) -> Facts:
    named = {(*at, "invoice"): "inv_1"} if any(each.id == "inv_1" for each in records) else {}
    return facts(*records, named=named, settings=settings, limits=limits, approval_limits=approval_limits)


def judged(*entries: InvoiceCreditEntry, records: tuple[Record, ...] = TAXED, **said: Any) -> list[Seen]:
    around = {name: said.pop(name) for name in ("settings", "limits", "approval_limits") if name in said}
    return seen(violations_of_create_from_invoice(asked(*entries, **said), known(records, **around)))


AMOUNT, QUANTITY = ("lines", 0, "amount"), ("lines", 0, "quantity")
TAX_AMOUNT = ("lines", 0, "tax_amount")
Row = tuple[str, list[InvoiceCreditEntry], dict[str, Any], list[Seen]]
