"""The legal entity whose books these are, and the data it keeps for all of them (domain: settings)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from app.domain.record import Document, Metadata, Record
from app.domain.vocabulary import AllocationRule, ApplicationLevel, SequenceKind, TaxStrategy


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How an entity wants its books kept; `closed_through`: nothing may be dated on or before it."""

    application_level: ApplicationLevel = ApplicationLevel.INVOICE
    default_allocation: AllocationRule = AllocationRule.HIGHEST_FIRST
    default_tax_strategy: TaxStrategy = TaxStrategy.COPY_FROM_INVOICE_LINE
    time_zone: str = "UTC"
    closed_through: date | None = None

    def day_of(self, moment: date | datetime) -> date:
        """The entity's calendar day of an instant; a day is itself."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date() if isinstance(moment, datetime) else moment


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCode(Record):
    """Why credit was given (Zuora, Conga: reason code)."""

    PREFIX: ClassVar[str] = "rsn"

    code: str
    label: str
    active: bool = True
    allowed_for_direct: bool = True
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberSequence:
    """Where document numbers of one kind come from: prefix + `next` padded with zeros."""

    kind: SequenceKind
    prefix: str
    next: int = 1
    padding: int = 6
    gapless: bool = False

    def number(self, value: int) -> str:
        """The document number for the value, e.g. ``CM-000017``."""
        return f"{self.prefix}{value:0{self.padding}d}"


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
