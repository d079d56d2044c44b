"""The legal entity whose books these are, and the data it keeps for all of them (domain: settings)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from app.domain.record import Document, Metadata, Record
from app.domain.vocabulary import (
    AccountingCodeType,
    AllocationRule,
    ApplicationLevel,
    SequenceKind,
    TaxEngineKind,
    TaxStrategy,
    TemplateType,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How an entity wants its books kept; `closed_through`: nothing may be dated on or before it."""

    application_level: ApplicationLevel = ApplicationLevel.INVOICE
    default_allocation: AllocationRule = AllocationRule.HIGHEST_FIRST
    default_tax_strategy: TaxStrategy = TaxStrategy.COPY_FROM_INVOICE_LINE
    time_zone: str = "UTC"
    closed_through: date | None = None
    tax_engine: TaxEngineKind | None = None
    convert_negative_lines_on_posting: bool = False
    apply_converted_memo_on_posting: bool = False
    apply_available_credit_on_posting: bool = False

    accounting_codes: Metadata | None = None
    """Type -> the entity's own code; a type that is not listed has its own name for a code."""
    journal_transferred_through: int | None = None
    """Log number of the last command whose journal entries accounting has confirmed; None: of none yet."""

    def code_of(self, type: AccountingCodeType) -> str:
        """The code under which accounting keeps what is of this type."""
        return str((self.accounting_codes or {}).get(type, type))

    def day_of(self, moment: date | datetime) -> date:
        """The entity's calendar day of an instant; a day is itself.

        An instant in UTC whose day there lies beyond the calendar has the nearest that is in it.
        """
        if not isinstance(moment, datetime):
            return moment
        try:
            return moment.astimezone(ZoneInfo(self.time_zone)).date()
        except OverflowError:
            return moment.date()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCode(Record):
    """Why credit was given (Zuora, Conga: reason code)."""

    PREFIX: ClassVar[str] = "rsn"

    code: str
    label: str
    active: bool = True
    allowed_for_direct: bool = True
    is_default: bool = False


NOT_FOR_DIRECT = ("Wallet Application", "Credit & Rebill")
"""Reason codes that every entity begins with, and that direct credit memos may not have (Conga)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template(Record):
    """What a document's printed form is made with (Conga: template); a memo takes only one of its own type."""

    PREFIX: ClassVar[str] = "tpl"

    code: str
    label: str
    type: TemplateType
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRate(Record):
    """A rate of the built-in tax engine, valid from a day through another (None: until replaced)."""

    PREFIX: ClassVar[str] = "txr"

    tax_code: str
    jurisdiction: str
    name: str
    code_description: str | None = None
    location_code: str | None = None
    rate: int
    """Hundred-millionths of the amount: 0.0825 is 8,250,000."""
    rate_description: str | None = None
    valid_from: date
    valid_through: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxCallback(Record):
    """The server that calculates tax for the entity, and the secret its requests are signed with."""

    PREFIX: ClassVar[str] = "txc"

    url: str
    secret: str = field(repr=False)
    timeout_milliseconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberSequence:
    """Where document numbers of one kind come from: prefix + `next` padded with zeros."""

    kind: SequenceKind
    prefix: str
    next: int = 1
    padding: int = 6
    gapless: bool = False
    gapless_from: int | None = None
    """The first number that the promise of no gap is about; None: all of them."""

    def number(self, value: int) -> str:
        """The document number for the value, e.g. ``CM-000017``."""
        return f"{self.prefix}{value:0{self.padding}d}"

    def promises(self, number: str) -> bool:
        """Whether the document number is one of those of which none may be left out."""
        digits = number.removeprefix(self.prefix)
        if (
            not self.gapless
            or not number.startswith(self.prefix)
            or not (digits.isascii() and digits.isdigit())
        ):
            return False
        return int(digits) >= (self.gapless_from or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Document):
    """The buyer whose invoices are credited (Salesforce, Zuora: billing account)."""

    PREFIX: ClassVar[str] = "acc"

    number: str
    name: str
    currency: str
    external_reference: str | None = None
    external_reference_source: str | None = None
    metadata: Metadata | None = None
    history_hash: str | None = None
    """The last hash of its chain of changes."""
