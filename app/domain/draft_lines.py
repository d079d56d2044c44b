"""The rows of a draft's lines: put anew, taken out, and the totals that follow from them.

No row of the books is deleted: a line that is taken out stays and counts nothing, a tax item that has gone is 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from itertools import chain
from typing import Any

from app.domain.credit_memo import CreditMemo, CreditMemoLine, CreditMemoLineTax
from app.domain.facts import Worksheet
from app.domain.memo_making import NewMemoLine
from app.domain.tax_engine import TaxFailure
from app.domain.tax_pending import leave_tax_pending
from app.domain.vocabulary import TaxStatus

_SAME_TAX = ("source_tax_item_id", "jurisdiction", "location_code", "code", "name")
"""Two items of a line that agree in these are one and the same, before and after."""
_UNSAID = {each.name: each.default for each in fields(CreditMemoLine) if each.default is not MISSING}
"""What a line is that says nothing of itself."""


def put_line(sheet: Worksheet, row: CreditMemoLine, line: NewMemoLine) -> None:
    """Let the row be this line; what it said before is gone."""
    total = line.amount + line.tax
    said = _UNSAID | line.fields
    sheet.change(row, **said, amount=line.amount, tax_amount=line.tax, total_amount=total, balance=total)
    put_taxes(sheet, row, line.taxes)


def take_out(sheet: Worksheet, row: CreditMemoLine) -> None:
    """Let the row count nothing; what it said of itself can still be read."""
    sheet.change(
        row,
        removed=True,
        quantity=None,
        tax_only=False,
        amount_prorated=False,
        amount_to_tax=None,
        amount=0,
        tax_amount=0,
        total_amount=0,
        balance=0,
    )
    put_taxes(sheet, row, ())


def put_taxes(sheet: Worksheet, line: CreditMemoLine, taxes: Sequence[dict[str, Any]]) -> None:
    """Give the line these tax items; rows of the same tax are changed, others made."""
    rows = sheet.of(CreditMemoLineTax, "credit_memo_line_id", line.id)
    before: dict[tuple[Any, ...], list[CreditMemoLineTax]] = {}
    for row in rows:
        before.setdefault(tuple(getattr(row, name) for name in _SAME_TAX), []).append(row)
    ordinal = len(rows)
    for said in taxes:
        if known := before.get(tuple(said.get(name) for name in _SAME_TAX)):
            sheet.change(known.pop(0), **{"exempt_amount": 0, **said})
            continue
        ordinal += 1
        sheet.add(
            CreditMemoLineTax(
                **said,
                id=sheet.stamp.new_id(CreditMemoLineTax),
                credit_memo_id=line.credit_memo_id,
                credit_memo_line_id=line.id,
                ordinal=ordinal,
                currency=line.currency,
            )
        )
    for gone in chain.from_iterable(before.values()):
        sheet.change(gone, amount=0, exempt_amount=0)


def put_totals(
    sheet: Worksheet, memo: CreditMemo, failures: Mapping[int, TaxFailure] | None = None
) -> CreditMemo:
    """Give the draft the totals of its lines; `failures`: why tax is missing, by line number.

    While a line waits for its tax, so does the memo, and says why.
    """
    lines = sheet.of(CreditMemoLine, "credit_memo_id", memo.id)
    items = sheet.of(CreditMemoLineTax, "credit_memo_id", memo.id)
    total = sum(line.total_amount for line in lines)
    waits = any(line.amount_to_tax is not None for line in lines)
    known = TaxStatus.COMPLETE if any(map(_says_something, items)) else TaxStatus.NOT_APPLICABLE
    memo = sheet.change(
        memo,
        charge_amount=sum(line.amount for line in lines),
        tax_amount=sum(line.tax_amount for line in lines),
        tax_exempt_amount=sum(item.exempt_amount for item in items),
        total_amount=total,
        balance=total,
        tax_status=TaxStatus.ERROR if waits else known,
        tax_message=memo.tax_message if waits else None,
        edited_by=sheet.stamp.actor,
    )
    if not failures:
        return memo
    return leave_tax_pending(sheet, memo, {number - 1: each for number, each in failures.items()})


def _says_something(item: CreditMemoLineTax) -> bool:
    """False for an item that has gone, and for one of no tax at all."""
    return bool(item.amount or item.exempt_amount)
