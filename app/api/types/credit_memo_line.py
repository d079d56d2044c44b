"""Memo lines and their tax items."""

import datetime as dt
from decimal import Decimal

from app.api.declarations import DOCUMENTS, column, measure, money, ratio
from app.api.edges import connection, many, one
from app.api.filters import filter_type
from app.api.lists import connection_type, order_type
from app.api.scalars import CurrencyCode, JSONObject
from app.api.types.node import Node, document
from app.domain.vocabulary import TaxMode, TaxRateType, TaxStrategy
from app.repository import tables


@document(tables.credit_memo_line, "cml", "A line of a credit memo.")
class CreditMemoLine(Node):
    line_number: int = column("Its place on the memo.", filter=True, sort=True)
    currency: CurrencyCode = column("Currency of its amounts: the memo's.")
    sku: str | None = column("Product (SKU).", filter=True)
    description: str | None = column("What is credited.", filter=True)
    comment: str | None = column("A comment.")
    quantity: Decimal | None = measure(
        "Quantity; on a line that credits an invoice line, what it counts there and on the order item."
    )
    amount_prorated: bool = column("Its amount was found from its quantity alone.")
    unit_of_measure: str | None = column("Unit of the quantity.")
    unit_price: Decimal | None = column("Price of one unit, at most 12 decimals.")
    service_start: dt.date | None = column("First day of the service period.")
    service_end: dt.date | None = column("Last day of the service period.")
    tax_code: str | None = column("Tax code of the product.")
    jurisdiction: str | None = column("Taxing jurisdiction.")
    tax_exempt: bool = column("It is exempt from tax.")
    accounting_code: str | None = column(
        "Where accounting keeps its amount; none: under the entity's code for revenue.", filter=True
    )
    tax_strategy: TaxStrategy = column("Where its tax came from.")
    tax_mode: TaxMode = column("Whether the amount asked for contained its tax.")
    tax_only: bool = column("It credits tax and no amount.")
    removed: bool = column("It was taken out of the draft, and counts nothing.", filter=True)
    amount: Decimal = money("Credit without tax (Salesforce: LineAmount).", filter=True)
    tax_amount: Decimal = money("Sum of its tax items.", filter=True)
    total_amount: Decimal = money("Credit with tax.", filter=True)
    balance: Decimal = money(
        "Total - applied from it; header applications and refunds move no line.", filter=True
    )
    applied: Decimal = money("Applied to invoice lines now (Salesforce: NetCreditsApplied).", filter=True)
    metadata: JSONObject | None = column("Custom fields.")

    credit_memo = one("CreditMemo", "credit_memo_id", "The memo it is on.")
    source_invoice_line = one(
        "InvoiceLine", "source_invoice_line_id", "The invoice line it credits or converts.", nullable=True
    )
    order_item = one("OrderItem", "order_item_id", "The order item behind it.", nullable=True)
    tax_items = many("CreditMemoLineTax", "credit_memo_line_id", "ordinal", "Its taxes, in order.")
    line_applications = connection(
        "CreditMemoLineApplication",
        "credit_memo_line_id",
        "recorded_at",
        "Credit applied from it and taken back.",
    )


@document(tables.credit_memo_line_tax, "cmt", "A tax on a memo line.")
class CreditMemoLineTax(Node):
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
    amount: Decimal = money("The tax credited.")
    exempt_amount: Decimal = money("The part of the line that is exempt from it.")

    credit_memo_line = one("CreditMemoLine", "credit_memo_line_id", "The line it is on.")
    source_tax_item = one(
        "InvoiceLineTax", "source_tax_item_id", "The invoice's tax item that it credits.", nullable=True
    )


CreditMemoLineConnection = connection_type(DOCUMENTS["CreditMemoLine"])
CreditMemoLineFilter = filter_type(DOCUMENTS["CreditMemoLine"])
CreditMemoLineOrder = order_type(DOCUMENTS["CreditMemoLine"])
