"""The lines of a memo to be made: standalone ones (4.1) and ones drawn from an invoice line (4.2)."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from tests.model.documents import InvoiceLine
from tests.model.drawing import (
    Draft,
    Drawable,
    contained_tax,
    copied_tax,
    drawable,
    signed,
    tax_of_a_tax_only_line,
)
from tests.model.ingestion import check_tax_details
from tests.model.ledger import Command, Ledger
from tests.model.money import ZERO
from tests.model.reading import read_amount, read_charge

MATCHED_ATTRIBUTES = ("jurisdiction", "locationCode", "code", "name")


def chosen_strategy(ledger: Ledger, line: Command, header: Command, codes: set[str]) -> tuple[str, bool]:
    """(strategy, asked for): the line's, else the header's, else the alias, else the given items, else the entity's."""
    alias, named = header.get("taxAutoCalculation"), header.get("taxStrategy")
    has_items = bool(line.get("taxItems"))
    if alias is True and named in {"IGNORE", "MANUAL_OVERRIDE"}:
        codes.add("TAX_NOT_ALLOWED")
    if alias is False and named in {"COPY_FROM_INVOICE_LINE", "CALCULATE"}:
        codes.add("TAX_NOT_ALLOWED")
    asked = line.get("taxStrategy") or named
    if asked is None and alias is True:
        asked = "COPY_FROM_INVOICE_LINE"
    if asked is None and alias is False:
        asked = "MANUAL_OVERRIDE" if has_items else "IGNORE"
    if asked is None and has_items:
        asked = "MANUAL_OVERRIDE"
    strategy = asked or ledger.tax_strategy
    if strategy == "CALCULATE":
        codes.add("TAX_ENGINE_NOT_CONFIGURED")
    if has_items and strategy != "MANUAL_OVERRIDE":
        codes.add("TAX_NOT_ALLOWED")
    return strategy, asked is not None


def standalone_line(ledger: Ledger, line: Command, header: Command, currency: str, codes: set[str]) -> Draft:
    """No source line: no tax to copy. The amount is positive, or 0 on a tax-only line with given items."""
    strategy, asked = chosen_strategy(ledger, line, header, codes)
    if strategy == "COPY_FROM_INVOICE_LINE" and asked:
        codes.add("TAX_NOT_ALLOWED")
    if line.get("taxMode") == "INCLUSIVE":
        codes.add("TAX_NOT_ALLOWED")
    amount = read_charge(line, currency, codes)
    if line.get("taxOnly"):
        amount = ZERO
    elif amount is None or amount <= 0:
        codes.add("INVALID_AMOUNT")
    taxes: list[tuple[str | None, Fraction]] = []
    for tax in line.get("taxItems") or []:
        if tax.get("sourceTaxItemId") is not None:
            codes |= {"TAX_NOT_ALLOWED", "NOT_FOUND"}
        taxes.append((None, _given_tax(tax, currency, 1, codes)))
    draft = Draft(amount or ZERO, taxes)
    if line.get("taxOnly") and draft.tax == 0:
        codes.add("INVALID_AMOUNT")
    return draft


def _given_tax(tax: Command, currency: str, sign: int, codes: set[str]) -> Fraction:
    """A given tax amount carries the sign of its line."""
    check_tax_details(tax, currency, codes)
    amount = read_amount(tax["amount"], currency, codes)
    if amount * sign < 0:
        codes.add("INVALID_AMOUNT")
    return amount


def drawn_line(
    ledger: Ledger, source_line: InvoiceLine, line: Command, header: Command, currency: str, codes: set[str]
) -> Draft:
    """One line of createAndApplyCreditMemo: its amount has the sign of its source and is no more than is left there."""
    source = drawable(ledger, source_line)
    strategy, _ = chosen_strategy(ledger, line, header, codes)
    given = line.get("amount")
    amount = read_amount(given, currency, codes) if given is not None else ZERO
    if amount * source.sign < 0:
        codes |= {"INVALID_AMOUNT", "EXCEEDS_CREDITABLE_AMOUNT"}
    magnitude = abs(amount)
    if line.get("taxOnly"):
        draft = _tax_only(source, source_line, strategy, line, magnitude, currency, codes)
    else:
        if magnitude == 0:
            codes.add("INVALID_AMOUNT")
        draft = _charged(source, source_line, strategy, line, magnitude, currency, codes)
    draft.source_line = source_line.handle
    return draft


def _charged(
    source: Drawable,
    source_line: InvoiceLine,
    strategy: str,
    line: Command,
    magnitude: Fraction,
    currency: str,
    codes: set[str],
) -> Draft:
    automatic = strategy == "COPY_FROM_INVOICE_LINE"
    if line.get("taxMode") == "INCLUSIVE":
        if not automatic:
            codes.add("TAX_NOT_ALLOWED")
        if magnitude > source.total_left:
            codes.add("EXCEEDS_CREDITABLE_AMOUNT")
            return Draft(source.sign * magnitude)
        contained = contained_tax(source, magnitude, currency)
        net = magnitude - sum(contained.values(), ZERO)
        return Draft(source.sign * net, signed(source, contained), took_tax_automatically=automatic)
    if magnitude > source.amount_left:
        codes.add("EXCEEDS_CREDITABLE_AMOUNT")
    if automatic:
        copied = copied_tax(source, magnitude, currency)
        return Draft(source.sign * magnitude, signed(source, copied), took_tax_automatically=True)
    return Draft(source.sign * magnitude, _given_taxes(source, source_line, line, currency, codes))


def _tax_only(
    source: Drawable,
    source_line: InvoiceLine,
    strategy: str,
    line: Command,
    named: Fraction,
    currency: str,
    codes: set[str],
) -> Draft:
    """Lowers what is left of the tax; counts neither as amount nor as tax taken automatically."""
    if line.get("taxItems"):
        if named != 0:
            codes.add("INVALID_AMOUNT")
        return Draft(ZERO, _given_taxes(source, source_line, line, currency, codes))
    if strategy in {"IGNORE", "MANUAL_OVERRIDE"}:
        codes |= {"TAX_NOT_ALLOWED", "INVALID_AMOUNT"}
    return Draft(ZERO, signed(source, tax_of_a_tax_only_line(source, named, currency)))


def _given_taxes(
    source: Drawable, source_line: InvoiceLine, line: Command, currency: str, codes: set[str]
) -> list[tuple[str | None, Fraction]]:
    """MANUAL_OVERRIDE: each item at most what is left on its source item, together at most the line's tax left."""
    taken: dict[str, Fraction] = {}
    taxes: list[tuple[str | None, Fraction]] = []
    for tax in line.get("taxItems") or []:
        amount = _given_tax(tax, currency, source.sign, codes)
        item = _source_item(source_line, tax, codes)
        taxes.append((item, amount))
        if item is not None:
            taken[item] = taken.get(item, ZERO) + abs(amount)
    if any(amount > source.taxes_left[item] for item, amount in taken.items()):
        codes.add("EXCEEDS_CREDITABLE_TAX")
    if sum((abs(amount) for _, amount in taxes), ZERO) > source.tax_left:
        codes.add("EXCEEDS_CREDITABLE_TAX")
    return taxes


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
