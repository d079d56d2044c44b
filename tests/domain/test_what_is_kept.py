"""What a caller says of a document, of its lines and of their taxes, the books keep: field by field, and nothing else."""

from collections.abc import Collection
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from app.domain.commands import (
    CreateCreditMemo,
    Integration,
    InvoiceCreditEntry,
    InvoiceEntry,
    InvoiceLineEntry,
    MemoLineEntry,
    OrderItemEntry,
    TaxItem,
)
from app.domain.commands.fields import AccountReference
from app.domain.credit_memo import CreditMemo, CreditMemoLine, CreditMemoLineTax
from app.domain.drawing import charged
from app.domain.facts import Facts, Worksheet
from app.domain.fingerprint import content_fingerprint
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax
from app.domain.invoice_making import make_invoice
from app.domain.line_credit import LineCredit, new_memo_line
from app.domain.memo_making import (
    NewMemoLine,
    fields_of_source_line,
    header_fields,
    make_memo,
    standalone_line,
    tax_fields_of_source,
)
from app.domain.proration import Drawn
from app.domain.tax_choice import Taking
from app.domain.vocabulary import (
    CreditMemoSource,
    InvoiceKind,
    InvoiceStatus,
    TaxMode,
    TaxStatus,
    TaxStrategy,
)
from tests.rules.facts import NOW, TODAY, facts, line, tax
from tests.support.saying import saying_everything

AMOUNTS: dict[str, Any] = {
    "amount": Decimal("10.00"),
    "quantity": Decimal("2.5"),
    "unit_price": Decimal("4.50"),
}


def kept(said: object, record: object, *, but: Collection[str]) -> bool:
    """Whether the record has all that is said in fields which both have; `but` those that are kept in another form."""
    theirs = {each.name for each in fields(record)}  # type: ignore[arg-type]
    names = {each.name for each in fields(said)} & theirs - {*but}  # type: ignore[arg-type]
    assert names
    assert {name: getattr(record, name) for name in names} == {name: getattr(said, name) for name in names}
    return True


TAX = saying_everything(
    TaxItem, amount=Decimal("0.83"), rate=Decimal("0.0825"), exempt_amount=Decimal("0.50")
)
TAX_AS_NUMBERS = ("amount", "rate", "exempt_amount")
NO_COLUMNS = {"id", "line_number", "currency", "quantity", "amount", "tax_amount", "total_amount", "balance"}


def invoice_made(entry: InvoiceEntry) -> Facts:
    sheet = Worksheet(facts())
    make_invoice(
        sheet,
        entry,
        number="INV-7",
        account_id="acc_1",
        currency="USD",
        digits=2,
        order_item_ids={"an item": "ord_1"},
    )
    return sheet


def test_of_an_invoice() -> None:
    billed = saying_everything(
        InvoiceLineEntry, **AMOUNTS, tax_items=[TAX], order_item=OrderItemEntry(external_reference="an item")
    )
    entry = saying_everything(
        InvoiceEntry, account=AccountReference(id="acc_1"), kind=InvoiceKind.DEBIT_MEMO, lines=[billed]
    )
    sheet = invoice_made(entry)
    [made], [line_made], [tax_made] = (
        sheet.every(Invoice),
        sheet.every(InvoiceLine),
        sheet.every(InvoiceLineTax),
    )
    assert kept(entry, made, but=("number", "currency"))
    assert (made.number, made.account_id, made.currency, made.status) == (
        "INV-7",
        "acc_1",
        "USD",
        InvoiceStatus.DRAFT,
    )
    assert (made.charge_amount, made.tax_amount, made.total_amount, made.balance) == (1000, 83, 1083, 1083)
    assert made.content_fingerprint == content_fingerprint(entry)
    assert (made.created_at, made.created_by, made.updated_at, made.updated_by) == (NOW, "ada", NOW, "ada")
    assert kept(billed, line_made, but=(*AMOUNTS, "tax_amount"))
    assert (line_made.quantity, line_made.unit_price, line_made.order_item_id) == (2_500_000, "4.50", "ord_1")
    assert (line_made.amount, line_made.tax_amount, line_made.total_amount, line_made.balance) == (
        1000,
        83,
        1083,
        1083,
    )
    assert kept(TAX, tax_made, but=TAX_AS_NUMBERS)
    assert (tax_made.amount, tax_made.rate, tax_made.exempt_amount, tax_made.ordinal) == (
        83,
        8_250_000,
        50,
        1,
    )
    assert (tax_made.invoice_id, tax_made.invoice_line_id, tax_made.currency) == (
        made.id,
        line_made.id,
        "USD",
    )


def test_what_is_not_said_of_an_invoice_is_not_there() -> None:
    line_entry = InvoiceLineEntry(amount=Decimal("10.00"))
    entry = InvoiceEntry(account=AccountReference(id="acc_1"), invoice_date=TODAY, lines=[line_entry])
    sheet = invoice_made(entry)
    [made], [line_made] = sheet.every(Invoice), sheet.every(InvoiceLine)
    assert (made.kind, made.external_reference_source, made.content_fingerprint) == (
        InvoiceKind.INVOICE,
        None,
        None,
    )
    assert (line_made.line_number, line_made.quantity, line_made.unit_price, line_made.order_item_id) == (
        1,
        None,
        None,
        None,
    )
    assert sheet.every(InvoiceLineTax) == []


def test_of_a_tax_that_is_one_amount() -> None:
    line_entry = InvoiceLineEntry(
        amount=Decimal("10.00"), tax_amount=Decimal("0.83"), tax_code="P1", jurisdiction="TX"
    )
    entry = InvoiceEntry(account=AccountReference(id="acc_1"), invoice_date=TODAY, lines=[line_entry])
    [made] = invoice_made(entry).every(InvoiceLineTax)
    assert (made.code, made.jurisdiction, made.name) == ("P1", "TX", None)
    assert (made.amount, made.exempt_amount, made.rate) == (83, 0, None)


def memo_made(header: CreateCreditMemo, *lines: NewMemoLine) -> Facts:
    sheet = Worksheet(facts())
    make_memo(
        sheet,
        number="CM-7",
        account_id="acc_1",
        currency="USD",
        source=CreditMemoSource.INVOICE,
        invoice_id="inv_1",
        lines=lines,
        fields=header_fields(header),
    )
    return sheet


def test_of_a_memo() -> None:
    entry = saying_everything(
        MemoLineEntry,
        **AMOUNTS,
        tax_items=[TAX],
        tax_strategy=TaxStrategy.MANUAL_OVERRIDE,
        tax_mode=TaxMode.EXCLUSIVE,
        tax_only=False,
    )
    header = saying_everything(
        CreateCreditMemo,
        account=AccountReference(id="acc_1"),
        integration=saying_everything(Integration),
        lines=[entry],
    )
    sheet = memo_made(header, standalone_line(entry, TaxStrategy.MANUAL_OVERRIDE, 2))
    [made], [line_made], [tax_made] = (
        sheet.every(CreditMemo),
        sheet.every(CreditMemoLine),
        sheet.every(CreditMemoLineTax),
    )
    assert kept(header, made, but=("number", "currency"))
    integration = {name: getattr(made, f"integration_{name}") for name in ("id", "status", "origin")}
    assert integration == {"id": "a id", "status": "a status", "origin": "a origin"}
    assert (made.integration_sync_date, made.integration_transaction) == ("a sync_date", "a transaction")
    assert made.content_fingerprint == content_fingerprint(header)
    assert (made.number, made.source, made.invoice_id, made.memo_date) == (
        "CM-7",
        CreditMemoSource.INVOICE,
        "inv_1",
        header.effective_date,
    )
    assert (made.charge_amount, made.tax_amount, made.total_amount, made.balance) == (1000, 83, 1083, 1083)
    assert (made.tax_exempt_amount, made.tax_status) == (50, TaxStatus.COMPLETE)
    assert (made.created_at, made.created_by, made.updated_at, made.updated_by) == (NOW, "ada", NOW, "ada")
    assert kept(entry, line_made, but=AMOUNTS)
    assert (line_made.line_number, line_made.quantity, line_made.unit_price) == (1, 2_500_000, "4.50")
    assert (line_made.amount, line_made.tax_amount, line_made.total_amount, line_made.balance) == (
        1000,
        83,
        1083,
        1083,
    )
    assert kept(TAX, tax_made, but=(*TAX_AS_NUMBERS, "source_tax_item_id"))
    assert (tax_made.amount, tax_made.rate, tax_made.exempt_amount, tax_made.ordinal) == (
        83,
        8_250_000,
        50,
        1,
    )
    assert (tax_made.credit_memo_id, tax_made.credit_memo_line_id) == (made.id, line_made.id)


def test_what_is_not_said_of_a_memo_is_not_there() -> None:
    entry = MemoLineEntry(amount=Decimal("10.00"))
    header = CreateCreditMemo(account=AccountReference(id="acc_1"), lines=[entry])
    sheet = memo_made(header, standalone_line(entry, TaxStrategy.IGNORE, 2))
    [made], [line_made] = sheet.every(CreditMemo), sheet.every(CreditMemoLine)
    unsaid = (made.integration_id, made.content_fingerprint, made.external_reference_source)
    assert unsaid == (None, None, None)
    assert (made.memo_date, made.tax_exempt_amount, made.tax_status) == (TODAY, 0, TaxStatus.NOT_APPLICABLE)
    assert (line_made.quantity, line_made.unit_price, line_made.tax_mode) == (None, None, TaxMode.EXCLUSIVE)
    assert sheet.every(CreditMemoLineTax) == []


def test_of_the_line_and_the_tax_that_are_credited() -> None:
    """A memo line takes over what its invoice line says, but for its numbers and for what is the caller's own."""
    source, item = saying_everything(InvoiceLine), saying_everything(InvoiceLineTax)
    taken = fields_of_source_line(source)
    both = {each.name for each in fields(InvoiceLine)} & {each.name for each in fields(CreditMemoLine)}
    assert {*taken} == both - NO_COLUMNS - {"metadata", "amount_prorated"} | {"source_invoice_line_id"}
    assert taken == {name: getattr(source, name, None) for name in taken} | {
        "source_invoice_line_id": source.id
    }
    tax_taken = tax_fields_of_source(item, 7, 3)
    assert tax_taken == {name: getattr(item, name, None) for name in tax_taken} | {
        "source_tax_item_id": item.id,
        "amount": 7,
        "exempt_amount": 3,
    }
    names = {each.name for each in fields(TaxItem)}
    assert {*tax_taken} == names


def test_of_what_is_said_of_a_credited_line_beside_its_money() -> None:
    """What the entry does not say is the invoice line's."""
    source, item = saying_everything(InvoiceLine, currency="USD", amount=10000, tax_amount=825), tax()
    taking = Taking(
        line=charged(line(), [item]),
        strategy=TaxStrategy.COPY_FROM_INVOICE_LINE,
        mode=TaxMode.EXCLUSIVE,
        tax_only=False,
        given=(0,),
    )
    credit = LineCredit(
        line=source,
        sources=[item],
        taking=taking,
        amount=1000,
        quantity=2_000_000,
        is_prorated=True,
        drawn=Drawn(1000, (83,), copied=True),
    )
    entry = saying_everything(InvoiceCreditEntry, invoice_line_id=source.id)
    [as_said, as_charged] = [new_memo_line(credit, each) for each in (entry, None)]
    silent = new_memo_line(credit, InvoiceCreditEntry(invoice_line_id=source.id))
    said = {"sku", "description", "unit_of_measure", "service_start", "service_end", "accounting_code"}
    assert {name: as_said.fields[name] for name in said} == {name: getattr(entry, name) for name in said}
    assert (as_said.fields["comment"], as_said.fields["metadata"]) == (entry.comment, entry.metadata)
    for each in (as_charged, silent):
        assert {name: each.fields[name] for name in said} == {name: getattr(source, name) for name in said}
    assert (silent.fields["comment"], silent.fields["metadata"]) == (None, None)
    assert replace(as_said, fields={}) == replace(as_charged, fields={})
