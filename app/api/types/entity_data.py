"""The data that an entity keeps for all of its documents."""

import datetime as dt
from decimal import Decimal

import strawberry

from app.api.declarations import DOCUMENTS, Document, column, ratio
from app.api.filters import filter_type
from app.api.lists import connection_type, order_type
from app.api.types.node import document
from app.domain.vocabulary import AccountingCodeType, SequenceKind, TemplateType
from app.repository import tables


@document(tables.reason_code, "", "A reason for which credit is given (Zuora, Conga: reason code).")
class ReasonCode(Document):
    code: str = column("The code, as commands name it.")
    label: str = column("For people.")
    active: bool = column("New memos may have it.")
    allowed_for_direct: bool = column("Direct credit memos may have it.")
    is_default: bool = column("Memos that name none get it.")


@document(tables.template, "", "What a document's printed form is made with (Conga: template).")
class Template(Document):
    code: str = column("The code, as commands name it.")
    label: str = column("For people.")
    type: TemplateType = column("What it is for.")
    active: bool = column("New memos may have it.")


@document(tables.tax_rate, "", "A rate of the built-in tax engine.")
class TaxRate(Document):
    tax_code: str = column("Tax code of the lines that it is for.", filter=True, sort=True)
    jurisdiction: str = column("Jurisdiction of the lines that it is for.", filter=True, sort=True)
    name: str = column("Name of the tax.", filter=True)
    code_description: str | None = column("What the tax code stands for.")
    location_code: str | None = column("Location code of the jurisdiction.")
    rate: Decimal = ratio("Share of the amount: 0.0825 is 8.25 %.")
    rate_description: str | None = column("What the rate stands for.")
    valid_from: dt.date = column("First day on which it is valid.", filter=True, sort=True)
    valid_through: dt.date | None = column(
        "Last day on which it is valid; none: until it gets one.", filter=True
    )


@strawberry.type(description="Under which code accounting keeps what is of a type.")
class AccountingCode:
    type: AccountingCodeType = strawberry.field(description="What is kept under it.")
    code: str = strawberry.field(description="The code.")


@strawberry.type(description="Where document numbers of one kind come from.")
class NumberSequence:
    kind: SequenceKind = strawberry.field(description="The documents that it numbers.")
    prefix: str = strawberry.field(description="What every number begins with.")
    next: int = strawberry.field(description="The next number.")
    padding: int = strawberry.field(description="Digits of a number at least, filled up with zeros.")
    gapless: bool = strawberry.field(description="No number is left out: drafts get theirs at posting.")


@strawberry.type(description="The server that calculates tax for the entity. Its secret is never shown.")
class TaxCallback:
    url: str = strawberry.field(
        description="Scheme, host and port of where it is asked; the rest of the address may hold a secret."
    )
    timeout_milliseconds: int = strawberry.field(
        description="How long the answer to one request is waited for, its further tries included."
    )


TaxRateConnection = connection_type(DOCUMENTS["TaxRate"])
TaxRateFilter = filter_type(DOCUMENTS["TaxRate"])
TaxRateOrder = order_type(DOCUMENTS["TaxRate"])
