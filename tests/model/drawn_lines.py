"""Memo lines drawn from an invoice line (4.2, 4.8): the amount, the quantity and the tax that they take."""

from datetime import date
from fractions import Fraction
from typing import Any

from tests.model.documents import Calculated, Invoice, InvoiceLine
from tests.model.drawing import (
    Draft,
    Drawable,
    Taxes,
    amount_of_quantity,
    contained_tax,
    copied_tax,
    drawable,
    signed,
    tax_of_a_tax_only_line,
)
from tests.model.ledger import Command, Ledger
from tests.model.money import ZERO
from tests.model.reading import check_service_period, read_amount, read_date, read_decimal
from tests.model.tax_rates import tax_of_drawn_line
from tests.model.tax_strategy import AUTOMATIC, chosen_strategy, given_taxes

TAKEN_OVER = ("sku", "description", "unitOfMeasure", "serviceStart", "serviceEnd", "accountingCode")
CORRECTIONS = (*TAKEN_OVER, "comment", "metadata")


def drawn_line(
    ledger: Ledger,
    invoice: Invoice,
    source_line: InvoiceLine,
    line: Command,
    header: Command,
    codes: set[str],
    *,
    may_correct: bool = False,
) -> Draft:
    """Its amount has the sign of its source and is no more than is left there; 0 only of tax-only lines, of
    a quantity too small for an amount and, where they may be, of data corrections and of a quantity of a line that was
    charged nothing."""
    currency = invoice.currency
    source = drawable(ledger, source_line)
    strategy, _ = chosen_strategy(ledger, line, header, codes)
    check_service_period(line, source_line.words, codes)
    quantity = _quantity(source, line, codes)
    for given in [line.get("taxAmount"), *(tax["amount"] for tax in line.get("taxItems") or [])]:
        if given is not None:
            read_amount(given, currency, codes)
    amount, by_quantity = _amount(source, line, quantity, currency, codes)
    magnitude = abs(amount)
    if (
        by_quantity
        and source.amount
        and not source.amount_left
        and "EXCEEDS_CREDITABLE_QUANTITY" not in codes
    ):
        codes.add("EXCEEDS_CREDITABLE_AMOUNT")
    if line.get("taxOnly"):
        draft = _tax_only(source, source_line, strategy, line, magnitude, currency, codes)
    else:
        counts_only = source.amount == 0 and Fraction(line.get("quantity") or 0) != 0
        is_said = _corrects(line, strategy) or counts_only
        corrects = may_correct and line.get("amount") is not None and is_said
        if magnitude == 0 and not by_quantity and not corrects:
            codes.add("INVALID_AMOUNT")
        day = read_date(header.get("taxDate"))
        draft = _charged(ledger, invoice, source, source_line, strategy, line, magnitude, day, codes)
    draft.source_line = source_line.handle
    draft.quantity = quantity
    draft.took_amount_by_quantity = by_quantity
    draft.words = _words(source_line, line, strategy)
    if magnitude == 0 and _gives_tax(line):
        draft.words["taxOnly"] = True
    return draft


def _gives_tax(line: Command) -> bool:
    given = [line.get("taxAmount"), *(tax["amount"] for tax in line.get("taxItems") or [])]
    return any(Fraction(tax) != 0 for tax in given if tax is not None)


def _corrects(line: Command, strategy: str) -> bool:
    """Says something of the line besides its amount: words, or a tax that may be given."""
    gives_tax = strategy == "MANUAL_OVERRIDE" and _gives_tax(line)
    return gives_tax or any(line.get(name) is not None for name in CORRECTIONS)


def _words(source_line: InvoiceLine, line: Command, strategy: str) -> dict[str, Any]:
    """What is not said is taken from the invoice line."""
    said = {name: line.get(name) for name in TAKEN_OVER}
    words = {name: source_line.words.get(name) if value is None else value for name, value in said.items()}
    return words | {
        "comment": line.get("comment"),
        "taxOnly": bool(line.get("taxOnly")),
        "taxMode": line.get("taxMode") or "EXCLUSIVE",
        "taxStrategy": strategy,
    }


def _quantity(source: Drawable, line: Command, codes: set[str]) -> Fraction:
    """The quantity to count, with the sign of the line's: no more than is left."""
    if line.get("quantity") is None:
        return ZERO
    quantity = read_decimal(line["quantity"], 6, codes)
    if line.get("taxOnly") and quantity != 0:
        codes.add("INVALID_AMOUNT")
    if quantity * source.quantity_sign < 0:
        codes |= {"EXCEEDS_CREDITABLE_QUANTITY", "INVALID_AMOUNT"}
    if abs(quantity) > source.quantity_left:
        codes.add("EXCEEDS_CREDITABLE_QUANTITY")
    return quantity


def _amount(
    source: Drawable, line: Command, quantity: Fraction, currency: str, codes: set[str]
) -> tuple[Fraction, bool]:
    """(amount, whether the quantity alone decides it). Beside an amount the quantity is only counted."""
    if line.get("amount") is not None:
        amount = read_amount(line["amount"], currency, codes)
        if amount * source.sign < 0:
            codes |= {"INVALID_AMOUNT", "EXCEEDS_CREDITABLE_AMOUNT"}
        return amount, False
    if quantity == 0 or source.quantity == 0 or line.get("taxOnly"):
        return ZERO, False
    if line.get("taxMode") == "INCLUSIVE":
        codes |= {"INVALID_AMOUNT", "TAX_NOT_ALLOWED"}
    return source.sign * amount_of_quantity(source, abs(quantity), currency), True


def _charged(
    ledger: Ledger,
    invoice: Invoice,
    source: Drawable,
    source_line: InvoiceLine,
    strategy: str,
    line: Command,
    magnitude: Fraction,
    day: date | None,
    codes: set[str],
) -> Draft:
    is_inclusive = line.get("taxMode") == "INCLUSIVE"
    if is_inclusive and strategy not in AUTOMATIC:
        codes.add("TAX_NOT_ALLOWED")
    if magnitude > (source.total_left if is_inclusive else source.amount_left):
        codes.add("EXCEEDS_CREDITABLE_AMOUNT")
        if is_inclusive and strategy in AUTOMATIC:
            failed = strategy == "CALCULATE" and (
                tax_of_drawn_line(ledger, invoice, source_line, source, ZERO, False, day) is None
            )
            return Draft(source.sign * magnitude, tax_failed=failed)
    if strategy not in AUTOMATIC:
        taxes = given_taxes(source, source_line, line, invoice.currency, codes)
        return Draft(source.sign * magnitude, taxes)
    is_calculated = strategy == "CALCULATE"
    return automatic_line(ledger, invoice, source, source_line, magnitude, is_calculated, is_inclusive, day)


def automatic_line(
    ledger: Ledger,
    invoice: Invoice,
    source: Drawable,
    source_line: InvoiceLine,
    magnitude: Fraction,
    is_calculated: bool,
    is_inclusive: bool,
    day: date | None,
) -> Draft:
    """Copied or calculated tax; of an inclusive amount it is taken out. An amount of 0 has none.

    Where the engine fails, no tax is taken yet: of an inclusive amount, what it would be without a copied tax.
    """
    taxes: Taxes | None
    if magnitude == 0:
        taxes = {}
    elif is_calculated:
        taxes = tax_of_drawn_line(ledger, invoice, source_line, source, magnitude, is_inclusive, day)
    elif is_inclusive:
        taxes = contained_tax(source, magnitude, invoice.currency)
    else:
        taxes = copied_tax(source, magnitude, invoice.currency)
    found = taxes or {}
    inside = contained_tax(source, magnitude, invoice.currency) if taxes is None else found
    net = magnitude - (sum(inside.values(), ZERO) if is_inclusive else ZERO)
    is_exempt = is_calculated and source_line.tax_exempt
    return Draft(
        source.sign * net,
        signed(source, found),
        took_tax_automatically=taxes is not None and not is_exempt,
        tax_failed=taxes is None,
        calculated=Calculated(is_inclusive, asked=magnitude) if is_calculated else None,
    )


def _tax_only(
    source: Drawable,
    source_line: InvoiceLine,
    strategy: str,
    line: Command,
    named: Fraction,
    currency: str,
    codes: set[str],
) -> Draft:
    """Lowers what is left of the tax; counts neither as amount nor as tax taken automatically. It takes some."""
    if line.get("taxMode") == "INCLUSIVE":
        codes.add("TAX_NOT_ALLOWED")
    if line.get("taxItems") or line.get("taxAmount") is not None:
        if named != 0:
            codes.add("INVALID_AMOUNT")
        if not _gives_tax(line):
            codes.add("NOTHING_CREDITABLE")
        return Draft(ZERO, given_taxes(source, source_line, line, currency, codes))
    if strategy in {"IGNORE", "MANUAL_OVERRIDE"}:
        codes |= {"TAX_NOT_ALLOWED", "INVALID_AMOUNT"}
    draft = Draft(ZERO, signed(source, tax_of_a_tax_only_line(source, named, currency)))
    if draft.tax == 0:
        codes.add("NOTHING_CREDITABLE")
    return draft


def all_that_is_left(
    ledger: Ledger, invoice: Invoice, source_line: InvoiceLine, header: Command, codes: set[str]
) -> Draft | None:
    """A line of a full credit: exactly what is left where tax is copied; None where nothing is, or
    only a quantity whose money was credited without it. It finds its tax: none can be given."""
    source = drawable(ledger, source_line)
    strategy, _ = chosen_strategy(ledger, {}, header, codes)
    if strategy == "MANUAL_OVERRIDE":
        codes.add("TAX_NOT_ALLOWED")
    draft = Draft(source.sign * source.amount_left)
    if strategy == "COPY_FROM_INVOICE_LINE":
        draft.taxes = signed(source, source.taxes_left)
        draft.took_tax_automatically = True
    elif strategy == "CALCULATE" and source.amount_left:
        day = read_date(header.get("taxDate"))
        draft = automatic_line(ledger, invoice, source, source_line, source.amount_left, True, False, day)
    draft.quantity = source.quantity_sign * source.quantity_left
    is_free = source_line.total == 0 and draft.quantity != 0
    if draft.amount == draft.tax == 0 and not is_free:
        return None
    draft.source_line = source_line.handle
    draft.words = _words(source_line, {}, strategy)
    return draft
