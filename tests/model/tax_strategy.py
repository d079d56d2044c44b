"""Section 5: whose word decides where the tax of a memo line comes from, and the taxes that a caller gives."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from tests.model.documents import InvoiceLine
from tests.model.drawing import Drawable
from tests.model.ingestion import check_tax_details
from tests.model.ledger import Command, Ledger
from tests.model.money import ZERO, split
from tests.model.reading import read_amount

AUTOMATIC = frozenset({"COPY_FROM_INVOICE_LINE", "CALCULATE"})
MATCHED_ATTRIBUTES = ("jurisdiction", "locationCode", "code", "name")
GivenTaxes = list[tuple[str | None, Fraction]]


def chosen_strategy(ledger: Ledger, line: Command, header: Command, codes: set[str]) -> tuple[str, bool]:
    """(strategy, asked for): the line's, else the header's, else the alias, else the given tax, else the entity's."""
    alias, named = header.get("taxAutoCalculation"), header.get("taxStrategy")
    gives_tax = bool(line.get("taxItems")) or line.get("taxAmount") is not None
    automatic = "CALCULATE" if ledger.entity.tax_engine else "COPY_FROM_INVOICE_LINE"
    if alias is True and named not in {None, automatic}:
        codes.add("TAX_NOT_ALLOWED")
    if alias is False and named in AUTOMATIC:
        codes.add("TAX_NOT_ALLOWED")
    asked = line.get("taxStrategy") or named
    if asked is None and alias is True:
        asked = automatic
    if asked is None and alias is False:
        asked = "MANUAL_OVERRIDE" if gives_tax else "IGNORE"
    if asked is None and gives_tax:
        asked = "MANUAL_OVERRIDE"
    strategy = asked or ledger.tax_strategy
    if strategy == "CALCULATE" and ledger.entity.tax_engine is None:
        codes.add("TAX_ENGINE_NOT_CONFIGURED")
    if gives_tax and strategy != "MANUAL_OVERRIDE":
        codes.add("TAX_NOT_ALLOWED")
    if line.get("taxItems") and line.get("taxAmount") is not None:
        codes |= {"TAX_NOT_ALLOWED", "INVALID_AMOUNT"}
    return strategy, asked is not None


def given_tax(tax: Command, currency: str, sign: int, codes: set[str]) -> Fraction:
    """A given tax amount carries the sign of its line."""
    check_tax_details(tax, currency, codes)
    return _of_sign(read_amount(tax["amount"], currency, codes), sign, codes)


def _of_sign(amount: Fraction, sign: int, codes: set[str]) -> Fraction:
    if amount * sign < 0:
        codes.add("INVALID_AMOUNT")
    return amount


def given_taxes(
    source: Drawable, source_line: InvoiceLine, line: Command, currency: str, codes: set[str]
) -> GivenTaxes:
    """MANUAL_OVERRIDE: each item at most what is left on its source item, together at most the line's tax left."""
    if line.get("taxAmount") is not None:
        return _split_tax(source, line["taxAmount"], currency, codes)
    taken: dict[str, Fraction] = {}
    taxes: GivenTaxes = []
    for tax in line.get("taxItems") or []:
        amount = given_tax(tax, currency, source.sign, codes)
        item = _source_item(source_line, tax, codes)
        taxes.append((item, amount))
        if item is not None:
            taken[item] = taken.get(item, ZERO) + abs(amount)
    if any(amount > source.taxes_left[item] for item, amount in taken.items()):
        codes.add("EXCEEDS_CREDITABLE_TAX")
    if sum((abs(amount) for _, amount in taxes), ZERO) > source.tax_left:
        codes.add("EXCEEDS_CREDITABLE_TAX")
    return taxes


def _split_tax(source: Drawable, given: str, currency: str, codes: set[str]) -> GivenTaxes:
    """One number, split over the source tax items by what is left of each."""
    amount = abs(_of_sign(read_amount(given, currency, codes), source.sign, codes))
    if amount > source.tax_left:
        codes.add("EXCEEDS_CREDITABLE_TAX")
        return [(None, source.sign * amount)]
    if "TOO_MANY_DECIMALS" in codes:
        return []
    parts = split(amount, list(source.taxes_left.values()), currency)
    return [(item, source.sign * part) for item, part in zip(source.taxes_left, parts, strict=True) if part]


def _source_item(source_line: InvoiceLine, tax: Mapping[str, Any], codes: set[str]) -> str | None:
    """By id; else the only item whose attributes do not differ from those given."""
    handles = [item.handle for item in source_line.tax_items]
    if tax.get("sourceTaxItemId") is not None:
        if tax["sourceTaxItemId"] in handles:
            return str(tax["sourceTaxItemId"])
        codes |= {"NOT_FOUND", "TAX_NOT_ALLOWED"}
        return None
    given = {name: tax[name] for name in MATCHED_ATTRIBUTES if tax.get(name) is not None}
    matches = [
        item.handle
        for item in source_line.tax_items
        if all(item.attributes.get(name) == value for name, value in given.items())
    ]
    if len(matches) != 1:
        codes.add("TAX_NOT_ALLOWED")
        return None
    return matches[0]
