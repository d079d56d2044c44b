"""What an entity says of itself: its settings, and the data it keeps for all of its documents."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from app.domain.commands.fields import Command, optional, required
from app.domain.vocabulary import (
    AllocationRule,
    ApplicationLevel,
    SequenceKind,
    TaxEngineKind,
    TaxStrategy,
    TemplateType,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateEntitySettings(Command):
    """Change how the entity wants its books kept; what is absent (or null) stays as it is.

    Rows already in the books keep what they were made under.
    """

    application_level: ApplicationLevel | None = optional("What credit settles from now on.")
    default_allocation: AllocationRule | None = optional(
        "How lines are settled where a call names no rule and no source line does."
    )
    default_tax_strategy: TaxStrategy | None = optional("Tax strategy where a call names none.")
    time_zone: str | None = optional("What today is: an IANA name, e.g. `Europe/Berlin`.")
    closed_through: dt.date | None = optional(
        "Nothing may be dated on or before this day, which lies before today. It may be moved back."
    )
    reopen: bool = optional("No day is closed any more. Not beside `closedThrough`.", default=False)
    convert_negative_lines_on_posting: bool | None = optional(
        "Posting an invoice converts its negative lines, as `convertNegativeInvoiceLines` would."
    )
    apply_converted_memo_on_posting: bool | None = optional(
        "Posting then applies that memo to the invoice. It does nothing where lines are not converted."
    )
    apply_available_credit_on_posting: bool | None = optional(
        "Posting then applies the account's open credit to the invoice, as `autoApplyCredits` would."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCodeEntry:
    """A reason code to make, or to bring up to date, by its code."""

    code: str = required("The code; the key of the upsert.", limit="reason_code", is_name=True)
    label: str | None = optional("For people. A new one without a label has its code for one.", is_name=True)
    active: bool | None = optional("New memos may have it. New: true. An inactive one is not the default.")
    allowed_for_direct: bool | None = optional("Direct credit memos may have it. New: true.")
    is_default: bool | None = optional(
        "Memos that name no reason get it. True takes the mark from the one that had it. New: false."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertReasonCodes(Command):
    """Make reason codes, or bring known ones up to date, by code; what is absent stays as it is."""

    reason_codes: list[ReasonCodeEntry] = required("The reason codes.", limit="entity_data")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateEntry:
    """A template to make, or to bring up to date, by its code."""

    code: str = required("The code; the key of the upsert.", is_name=True)
    label: str | None = optional("For people. A new one without a label has its code for one.", is_name=True)
    type: TemplateType = required("What it is for; it stays once a memo has the template.")
    active: bool | None = optional("New memos may have it. New: true.")


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertTemplates(Command):
    """Make templates, or bring known ones up to date, by code; what is absent stays as it is."""

    templates: list[TemplateEntry] = required("The templates.", limit="entity_data")


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberSequenceEntry:
    """How documents of one kind are numbered from now on."""

    kind: SequenceKind = required("The documents that it numbers.")
    prefix: str | None = optional(
        "What every number begins with; no digit ends it, so that prefix and number never run together.",
        limit="number_prefix",
    )
    next: int | None = optional(
        "The next number: where the sequence stands, or further on. A gapless one skips none."
    )
    padding: int | None = optional("Digits of a number at least, filled up with zeros: 0 to 18.")
    gapless: bool | None = optional(
        "No number is left out: drafts get theirs at posting. It holds from the number that is next."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateNumberSequences(Command):
    """Change how documents are numbered; what is absent stays as it is. No number is given twice."""

    sequences: list[NumberSequenceEntry] = required("The sequences, each kind once.", limit="entity_data")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRateEntry:
    """A rate of the built-in tax engine; tax code, jurisdiction, name and first day are its key."""

    tax_code: str = required("Tax code of the lines that it is for.", is_name=True)
    jurisdiction: str = required("Jurisdiction of the lines that it is for.", is_name=True)
    name: str = required("Name of the tax, e.g. `STATE TAX`; a line has one rate of each name.", is_name=True)
    code_description: str | None = optional("What the tax code stands for.")
    location_code: str | None = optional("Location code of the jurisdiction.")
    rate: Decimal = required("Share of the amount: 0.0825 is 8.25 %. At most 8 decimals, 0 or more.")
    rate_description: str | None = optional("What the rate stands for.")
    valid_from: dt.date = required("First day on which it is valid.")
    valid_through: dt.date | None = optional("Last day on which it is valid. New: no last day.")


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertTaxRates(Command):
    """Make tax rates, or bring known ones up to date; of one key no two are valid on the same day.

    What is absent stays as it is. A rate that changes gets a last day, and its successor begins after it.
    """

    tax_rates: list[TaxRateEntry] = required("The rates.", limit="entity_data")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxCallbackEntry:
    """The server that calculates tax for the entity."""

    url: str = required("Where it is asked: an http or https address.", limit="url")
    secret: str | None = optional(
        "What requests are signed with, at least 16 characters; it is never shown."
        " Absent: the one that is stored."
    )
    timeout_milliseconds: int | None = optional(
        "How long the answer to one request is waited for, its further tries included: 100 to 30,000."
        " Absent: as stored, else 5,000."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigureTaxEngine(Command):
    """Say what calculates tax for the entity: its own rates, a server, or nothing."""

    engine: TaxEngineKind | None = optional("The engine. Absent: none from now on.")
    callback: TaxCallbackEntry | None = optional(
        "The server of the engine CALLBACK; it is kept whatever the engine. Absent: the one that is stored."
    )
