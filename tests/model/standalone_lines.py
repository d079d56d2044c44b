"""The lines of a standalone memo (4.1)."""

from datetime import date

from tests.model.documents import Calculated
from tests.model.drawing import Draft
from tests.model.ledger import Command, Ledger
from tests.model.money import ZERO
from tests.model.reading import read_charge, read_date
from tests.model.tax_rates import tax_of_standalone_line
from tests.model.tax_strategy import chosen_strategy, given_tax


def standalone_line(ledger: Ledger, line: Command, header: Command, currency: str, codes: set[str]) -> Draft:
    """No source line: no tax to copy. The amount is positive, or 0 on a tax-only line with given items."""
    strategy, asked = chosen_strategy(ledger, line, header, codes)
    if strategy == "COPY_FROM_INVOICE_LINE" and asked:
        codes.add("TAX_NOT_ALLOWED")
    is_inclusive = line.get("taxMode") == "INCLUSIVE"
    if is_inclusive and strategy != "CALCULATE":
        codes.add("TAX_NOT_ALLOWED")
    amount = read_charge(line, currency, codes)
    if line.get("taxOnly"):
        amount = ZERO
    elif amount is None or amount <= 0:
        codes.add("INVALID_AMOUNT")
    draft = Draft(amount or ZERO, words={"accountingCode": line.get("accountingCode")})
    for tax in line.get("taxItems") or []:
        if tax.get("sourceTaxItemId") is not None:
            codes |= {"TAX_NOT_ALLOWED", "NOT_FOUND"}
        draft.taxes.append((None, given_tax(tax, currency, 1, codes)))
    if line.get("taxOnly") and draft.tax == 0:
        codes.add("INVALID_AMOUNT")
    if strategy == "CALCULATE" and not line.get("taxOnly"):
        draft.calculated = Calculated(
            is_inclusive,
            tax_code=line.get("taxCode"),
            jurisdiction=line.get("jurisdiction"),
            tax_exempt=bool(line.get("taxExempt")),
        )
        if draft.amount > 0:
            calculate(ledger, draft, currency, tax_day(ledger, header))
    return draft


def tax_day(ledger: Ledger, header: Command) -> date:
    """The memo's tax date, else the day it takes effect, else today."""
    return read_date(header.get("taxDate")) or read_date(header.get("effectiveDate")) or ledger.today


def calculate(ledger: Ledger, draft: Draft, currency: str, day: date) -> None:
    """Puts the engine's tax on the line; of an inclusive one it is taken out of the amount."""
    assert draft.calculated is not None
    taxes = tax_of_standalone_line(ledger, draft.calculated, draft.amount, currency, day)
    draft.tax_failed = taxes is None
    draft.taxes = [(None, tax) for tax in taxes or []]
    if draft.calculated.is_inclusive:
        draft.amount -= draft.tax
