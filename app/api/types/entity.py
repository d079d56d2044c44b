"""The entity and its settings."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import strawberry
from strawberry import UNSET

from app.api.annotations import list_of, optional
from app.api.declarations import DOCUMENTS, document_of
from app.api.edges import connection_annotations
from app.api.lists import page_request
from app.api.types.entity_data import AccountingCode, NumberSequence, ReasonCode, TaxCallback, Template
from app.domain.entity import Settings
from app.domain.entity_history import ENTITY
from app.domain.vocabulary import (
    AccountingCodeType,
    AllocationRule,
    ApplicationLevel,
    TaxEngineKind,
    TaxStrategy,
)
from app.repository import reads, tables


def _read(resolve: Callable[..., Any], annotations: dict[str, Any], description: str) -> Any:
    resolve.__annotations__ = {"info": strawberry.Info, **annotations}
    return strawberry.field(resolver=resolve, description=description)


def _all(kind: Any, description: str) -> Any:
    """Every document of the kind, by code; an entity has few of them."""
    plan = DOCUMENTS[kind.__name__]

    async def resolve(root: Any, info: Any) -> Any:
        rows = await info.context.reader.rows(reads.all_of(plan.table, "code"))
        return [document_of(plan, row) for row in rows]

    return _read(resolve, {"return": list_of(kind)}, description)


async def _tax_rates(  # type: ignore[no-untyped-def]
    root, info, first=UNSET, after=UNSET, last=UNSET, before=UNSET, filter=UNSET, order_by=UNSET
):
    request = page_request(
        DOCUMENTS["TaxRate"], "valid_from", True, first, after, last, before, filter, order_by
    )
    return await info.context.reader.root_page("TaxRate", request)


async def _changes(  # type: ignore[no-untyped-def]
    root, info, first=UNSET, after=UNSET, last=UNSET, before=UNSET, filter=UNSET, order_by=UNSET
):
    request = page_request(
        DOCUMENTS["DocumentChange"], "version", False, first, after, last, before, filter, order_by
    )
    return await info.context.reader.page("DocumentChange", "document_id", request, ENTITY)


async def _sequences(root: Any, info: Any) -> Any:
    rows = await info.context.reader.rows(reads.all_of(tables.number_sequence, "kind"))
    return [
        NumberSequence(
            kind=row.kind, prefix=row.prefix, next=row.next, padding=row.padding, gapless=row.gapless
        )
        for row in rows
    ]


async def _callback(root: Any, info: Any) -> Any:
    for row in await info.context.reader.rows(reads.tax_callback()):
        return TaxCallback(url=_origin(row.url), timeout_milliseconds=row.timeout_milliseconds)
    return None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


@strawberry.type(
    description="The legal entity whose books these are (Zuora: entity; Salesforce: org), and its settings."
)
class Entity:
    code: str = strawberry.field(description="How callers name it.")
    name: str = strawberry.field(description="Its name.")
    application_level: ApplicationLevel = strawberry.field(description="What credit settles.")
    default_allocation: AllocationRule = strawberry.field(
        description="How lines are settled where a call names no rule."
    )
    default_tax_strategy: TaxStrategy = strawberry.field(description="Tax strategy where a call names none.")
    time_zone: str = strawberry.field(description="What today is (IANA name).")
    closed_through: dt.date | None = strawberry.field(
        description="Nothing may be dated on or before this day."
    )
    convert_negative_lines_on_posting: bool = strawberry.field(
        description="Posting an invoice converts its negative lines, as `convertNegativeInvoiceLines` would."
    )
    apply_converted_memo_on_posting: bool = strawberry.field(
        description="Posting then applies that memo to the invoice. It does nothing where lines are not converted."
    )
    apply_available_credit_on_posting: bool = strawberry.field(
        description="Posting then applies the account's open credit to the invoice, as `autoApplyCredits` would."
    )
    tax_engine: TaxEngineKind | None = strawberry.field(
        description="What calculates its tax (CALCULATE); none: nothing does."
    )
    accounting_codes: list[AccountingCode] = strawberry.field(
        description="The code of each type in the entity's chart of accounts; its own name where it has been given none."
    )
    journal_transferred_through: int | None = strawberry.field(
        description="Log number of the last command whose journal entries accounting has confirmed."
    )
    journal_begins_at: dt.datetime | None = strawberry.field(
        description="What was posted before has no journal entries; none: the journal has all."
    )
    reason_codes = _all(ReasonCode, "Its reason codes, by code.")
    templates = _all(Template, "Its templates, by code.")
    number_sequences = _read(
        _sequences, {"return": list_of(NumberSequence)}, "How its documents are numbered."
    )
    changes = _read(
        _changes,
        connection_annotations("DocumentChange"),
        "What was changed of its settings and of the data that it keeps for its documents, oldest first. Never a secret.",
    )
    tax_rates = _read(
        _tax_rates,
        connection_annotations("TaxRate"),
        "The rates of its built-in tax engine, newest first unless asked otherwise.",
    )
    tax_callback = _read(
        _callback,
        {"return": optional(TaxCallback)},
        "The server of the tax engine CALLBACK, if one is known.",
    )


_SETTINGS = (each.name for each in dataclasses.fields(Settings))
_COLUMNS = ("code", "name", *(name for name in _SETTINGS if name != "accounting_codes"))


async def entity_of(reader: Any) -> Entity:
    """The entity of the snapshot."""
    [row] = await reader.rows(reads.entity())
    codes = row.accounting_codes or {}
    return Entity(
        **{name: getattr(row, name) for name in _COLUMNS},
        journal_begins_at=row.journal_begins_at,
        accounting_codes=[
            AccountingCode(type=type, code=codes.get(type, type.value)) for type in AccountingCodeType
        ],
    )
