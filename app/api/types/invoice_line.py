"""Invoice lines and their tax items."""

import datetime as dt
from decimal import Decimal
from typing import Any

from app.api.declarations import DOCUMENTS, column, measure, money, ratio
from app.api.edges import computed, connection, many, one
from app.api.filters import filter_type
from app.api.lists import connection_type, order_type
from app.api.scalars import CurrencyCode, JSONObject
from app.api.types.node import Node, document
from app.domain.drawing import creditable_total, is_creditable, quantity_left
from app.domain.money import QUANTITY_DIGITS, amount_text, scaled_to_text
from app.domain.vocabulary import TaxRateType
from app.repository import tables
from app.validation.apply import maximum_applicable


def _text(minor: int, row: Any) -> str:
    return amount_text(minor, row.currency)


def _creditable_amount(line: Any, invoice: Any) -> str:
    """The least of what line and invoice have left; a discount's is negative.

    What the invoice has left contains tax: where it is less than the line's, the line gets its share without tax.
    """
    left = line.amount - line.amount_credited
    with_tax = left + line.tax_amount - line.tax_credited
    room = creditable_total(invoice)
    return _text(left * room // with_tax if 0 < room < with_tax else min(left, room), line)


def _creditable_tax(line: Any, invoice: Any) -> str:
    return _text(line.tax_amount - line.tax_credited if is_creditable(invoice) else 0, line)


def _creditable_quantity(line: Any, invoice: Any) -> str:
    left = quantity_left(line) if is_creditable(invoice) else 0
    return scaled_to_text(left, QUANTITY_DIGITS, strip=True)


def _creditable_item(tax: Any, invoice: Any) -> str:
    return _text(tax.amount - tax.credited_amount if is_creditable(invoice) else 0, tax)


@document(tables.invoice_line, "invl", "A line of an invoice.")
class InvoiceLine(Node):
    line_number: int = column("Its place on the invoice.", filter=True, sort=True)
    currency: CurrencyCode = column("Currency of its amounts: the invoice's.")
    sku: str | None = column("Product (SKU).", filter=True)
    description: str | None = column("What was billed.", filter=True)
    quantity: Decimal | None = measure("Quantity.")
    unit_of_measure: str | None = column("Unit of the quantity.")
    unit_price: Decimal | None = column("Price of one unit, at most 12 decimals.")
    service_start: dt.date | None = column("First day of the service period.", filter=True)
    service_end: dt.date | None = column("Last day of the service period.", filter=True)
    tax_code: str | None = column("Tax code of the product.")
    jurisdiction: str | None = column("Taxing jurisdiction.", filter=True)
    tax_exempt: bool = column("It is exempt from tax.")
    accounting_code: str | None = column(
        "Where accounting keeps its amount; none: under the entity's code for revenue.", filter=True
    )
    amount: Decimal = money(
        "Amount without tax; negative for a discount (Salesforce: LineAmount).", filter=True
    )
    tax_amount: Decimal = money("Sum of its tax items.", filter=True)
    total_amount: Decimal = money("Amount with tax.", filter=True)
    balance: Decimal = money("Total - converted - applied to it; payments move no line.", filter=True)
    credits_applied: Decimal = money("Credit on it now (Salesforce: NetCreditsApplied).", filter=True)
    converted_amount: Decimal = money("What of it was converted to credit (Salesforce: ConvertedNegAmount).")
    quantity_credited: Decimal = measure("The quantity that memos have counted on it.")
    amount_credited: Decimal = money("What memos have drawn from its amount; drafts reserve.", filter=True)
    tax_credited: Decimal = money("What memos have drawn from its tax.")
    metadata: JSONObject | None = column("Custom fields.")

    creditable_amount = computed(
        Decimal,
        _creditable_amount,
        "What memos may still draw from it without tax: the least of what line and invoice have left.",
        parent=("Invoice", "invoice_id"),
    )
    quantity_creditable = computed(
        Decimal,
        _creditable_quantity,
        "What memos may still count of its quantity; 0 where it has none.",
        parent=("Invoice", "invoice_id"),
    )
    creditable_tax = computed(
        Decimal,
        _creditable_tax,
        "What memos may still draw from its tax.",
        parent=("Invoice", "invoice_id"),
    )
    maximum_applicable = computed(
        Decimal,
        lambda line, invoice: _text(maximum_applicable(line, invoice), line),
        "What can still be applied to it: the least of its balance and the invoice's.",
        parent=("Invoice", "invoice_id"),
    )
    invoice = one("Invoice", "invoice_id", "The invoice it is on.")
    order_item = one("OrderItem", "order_item_id", "The order item it bills.", nullable=True)
    tax_items = many("InvoiceLineTax", "invoice_line_id", "ordinal", "Its taxes, in order.")
    credit_memo_lines = connection(
        "CreditMemoLine", "source_invoice_line_id", "line_number", "Memo lines that credit or convert it."
    )
    line_applications = connection(
        "CreditMemoLineApplication", "invoice_line_id", "recorded_at", "Credit applied to it and taken back."
    )


@document(tables.invoice_line_tax, "invt", "A tax on an invoice line (Zuora: taxation item).")
class InvoiceLineTax(Node):
    ordinal: int = column("Its place on the line, from 1.")
    name: str | None = column("Name of the tax.")
    code: str | None = column("Tax code.")
    code_description: str | None = column("What the tax code stands for.")
    jurisdiction: str | None = column("Taxing jurisdiction.")
    location_code: str | None = column("Location code of the jurisdiction.")
    rate: Decimal | None = ratio("Rate: 0.0625 is 6.25 % when the type is PERCENTAGE.")
    rate_description: str | None = column("What the rate stands for.")
    rate_type: TaxRateType | None = column("How the rate is meant.")
    tax_date: dt.date | None = column("The day whose tax law applied.")
    amount: Decimal = money("The tax.")
    exempt_amount: Decimal = money("The part of the line that is exempt from it.")
    converted_amount: Decimal = money("What of it was converted to credit (Salesforce: ConvertedNegAmount).")
    credited_amount: Decimal = money("What memos have drawn from it.")

    creditable_amount = computed(
        Decimal,
        _creditable_item,
        "What memos may still draw from it.",
        parent=("Invoice", "invoice_id"),
    )
    invoice_line = one("InvoiceLine", "invoice_line_id", "The line it is on.")
    credit_memo_line_taxes = many(
        "CreditMemoLineTax", "source_tax_item_id", "ordinal", "The memo's tax items that credit it."
    )


InvoiceLineConnection = connection_type(DOCUMENTS["InvoiceLine"])
InvoiceLineFilter = filter_type(DOCUMENTS["InvoiceLine"])
InvoiceLineOrder = order_type(DOCUMENTS["InvoiceLine"])
