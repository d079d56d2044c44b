"""What the data that an entity keeps become by a command: settings, reason codes, templates, rates, sequences."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from app.domain.commands import (
    NumberSequenceEntry,
    ReasonCodeEntry,
    TaxCallbackEntry,
    TaxRateEntry,
    TemplateEntry,
    UpdateAccountingCodes,
    UpdateEntitySettings,
)
from app.domain.entity import NumberSequence, ReasonCode, Settings, TaxCallback, TaxRate, Template
from app.domain.facts import Worksheet
from app.domain.money import rate_to_scaled
from app.domain.vocabulary import SequenceKind

DEFAULT_TIMEOUT_MILLISECONDS = 5000
PREFIXES: Mapping[SequenceKind, str] = {
    SequenceKind.CREDIT_MEMO: "CM-",
    SequenceKind.DEBIT_MEMO: "DM-",
    SequenceKind.INVOICE: "INV-",
    SequenceKind.REFUND: "RF-",
}
"""What numbers begin with where nobody has said anything else."""


def said_of(entry: object, *left_out: str) -> dict[str, Any]:
    """The fields that the entry gives; absent ones are not among them and stay as they are stored."""
    given = {
        each.name: getattr(entry, each.name)
        for each in fields(entry)  # type: ignore[arg-type]
        if each.name not in left_out
    }
    return {name: value for name, value in given.items() if value is not None}


def settings_after(command: UpdateEntitySettings, settings: Settings) -> Settings:
    """The settings as the command leaves them."""
    after = replace(settings, **said_of(command, "idempotency_key", "dry_run", "reopen"))
    return replace(after, closed_through=None) if command.reopen else after


def accounting_codes_after(command: UpdateAccountingCodes, settings: Settings) -> dict[str, str]:
    """The codes that the entity has of its own, by type, as the command leaves them."""
    return (settings.accounting_codes or {}) | {
        each.type.value: each.code for each in command.accounting_codes
    }


def put_reason_codes(sheet: Worksheet, entries: list[ReasonCodeEntry]) -> list[str]:
    """Ids in input order. A new default takes the mark from the old one; an inactive code loses it."""
    known = {each.code: each for each in sheet.every(ReasonCode)}
    made: dict[str, ReasonCode] = {}
    for entry in entries:
        said = said_of(entry) | ({"is_default": False} if entry.active is False else {})
        if entry.code in known:
            made[entry.code] = sheet.change_if_different(known[entry.code], **said)
        else:
            made[entry.code] = sheet.add(
                ReasonCode(**{"id": sheet.stamp.new_id(ReasonCode), "label": entry.code} | said)
            )
    named = {entry.code for entry in entries if entry.is_default}
    for each in sheet.every(ReasonCode) if named else ():
        if each.is_default and each.code not in named:
            sheet.change(each, is_default=False)
    return [made[entry.code].id for entry in entries]


def put_templates(sheet: Worksheet, entries: list[TemplateEntry]) -> list[str]:
    """Ids in input order."""
    known = {each.code: each for each in sheet.every(Template)}
    ids = []
    for entry in entries:
        said = said_of(entry)
        if entry.code in known:
            made = sheet.change_if_different(known[entry.code], **said)
        else:
            made = sheet.add(Template(**{"id": sheet.stamp.new_id(Template), "label": entry.code} | said))
        ids.append(made.id)
    return ids


def put_tax_rates(sheet: Worksheet, entries: list[TaxRateEntry]) -> list[str]:
    """Ids in input order."""
    known = {rate_key(each): each for each in sheet.every(TaxRate)}
    ids = []
    for entry in entries:
        said = said_of(entry) | {"rate": rate_to_scaled(entry.rate)}
        found = known.get(rate_key(entry))
        if found is not None:
            made = sheet.change_if_different(found, **said)
        else:
            made = sheet.add(TaxRate(id=sheet.stamp.new_id(TaxRate), **said))
        ids.append(made.id)
    return ids


def rate_key(rate: TaxRate | TaxRateEntry) -> tuple[str, str, str, Any]:
    """What a rate is known by."""
    return rate.tax_code, rate.jurisdiction, rate.name, rate.valid_from


def put_tax_callback(sheet: Worksheet, entry: TaxCallbackEntry) -> None:
    """The one callback of the entity, made or changed."""
    said = said_of(entry)
    known = sheet.every(TaxCallback)
    if known:
        sheet.change_if_different(known[0], **said)
    else:
        made: dict[str, Any] = {"timeout_milliseconds": DEFAULT_TIMEOUT_MILLISECONDS} | said
        sheet.add(TaxCallback(id=sheet.stamp.new_id(TaxCallback), **made))


def sequence_after(entry: NumberSequenceEntry, known: NumberSequence | None) -> NumberSequence:
    """The sequence as the entry leaves it.

    A promise of no gap begins with the number that is next when it is made, and anew under a new prefix: numbers
    under another one, or before it, may have gaps between them.
    """
    before = known or NumberSequence(kind=entry.kind, prefix=PREFIXES[entry.kind])
    after = replace(before, **said_of(entry))
    if not after.gapless:
        return replace(after, gapless_from=None)
    if known is None or (known.gapless and known.prefix == after.prefix):
        return after
    return replace(after, gapless_from=after.next)
