"""createAndApplyCreditMemo as the tables of its rules ask for it."""

from decimal import Decimal
from typing import Any

from app.domain.commands import CreateAndApplyCreditMemo, InvoiceCreditEntry, InvoiceReference, TaxItem
from app.domain.entity import Settings
from app.domain.limits import DEFAULT_LIMITS, Limits
from app.domain.record import Record
from app.validation.credit import violations_of_create_and_apply
from tests.rules.facts import Seen, facts, invoice, line, reason, seen, tax

TAXED: tuple[Record, ...] = (
    invoice(total=10825),
    line(tax=825),
    tax(),
    reason("OK"),
    reason("OLD", active=False),
)


def entry(amount: str | None = "50.00", **said: Any) -> InvoiceCreditEntry:
    return InvoiceCreditEntry(
        **{"invoice_line_id": "invl_1", "amount": None if amount is None else Decimal(amount), **said}
    )


def judged(
    *entries: InvoiceCreditEntry,
    records: tuple[Record, ...] = TAXED,
    settings: Settings | None = None,
    limits: Limits = DEFAULT_LIMITS,
    approval_limits: dict[str, int] | None = None,
    **said: Any,
) -> list[Seen]:
    command = CreateAndApplyCreditMemo(invoice=InvoiceReference(id="inv_1"), lines=list(entries), **said)
    named: dict[Any, str] = {("invoice",): "inv_1"} if any(each.id == "inv_1" for each in records) else {}
    given = facts(*records, named=named, settings=settings, limits=limits, approval_limits=approval_limits)
    return seen(violations_of_create_and_apply(command, given))


def item(amount: str, **said: Any) -> TaxItem:
    return TaxItem(amount=Decimal(amount), **said)


AMOUNT = ("lines", 0, "amount")
Row = tuple[str, list[InvoiceCreditEntry], dict[str, Any], list[Seen]]
