"""A memo whose tax is not known: a draft that says why, and waits for recalculateTax."""

from collections.abc import Mapping

from app.domain.credit_memo import CreditMemo
from app.domain.facts import Worksheet
from app.domain.tax_engine import TaxFailure
from app.domain.vocabulary import TaxStatus

MOST_SAID = 10
"""Failures that a tax message tells; more would say nothing new."""


def leave_tax_pending(sheet: Worksheet, memo: CreditMemo, failures: Mapping[int, TaxFailure]) -> CreditMemo:
    """Mark the memo as one whose tax is not known; `failures` by place of the line. The first ones are kept as text."""
    said = [f"Line {place + 1}: {failure.message}" for place, failure in sorted(failures.items())]
    more = f" ({len(said) - MOST_SAID} more)" if len(said) > MOST_SAID else ""
    message = " ".join(said[:MOST_SAID]) + more
    return sheet.change(memo, tax_status=TaxStatus.ERROR, tax_message=message)
