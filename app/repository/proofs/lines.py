"""Lines and tax items beside the sums of all that belongs to them, each sum formed once over the whole entity."""

from app.repository.proofs.check import exact, summed
from app.repository.proofs.drawn import CONVERSIONS_BY_LINE, DRAWN_BY_ITEM, DRAWN_BY_LINE, DRAWN_TAX_BY_LINE
from app.repository.proofs.sides import INVOICE, MEMO, Side

IN_ENTITY = "x WHERE x.entity_id = :entity_id"


def _with_sums(side: Side) -> str:
    """The line d and its header h; joined: items and applied."""
    return (
        f"{side.line} d {side.header_of('d')}"
        + summed(
            "items",
            f"x.{side.line_key}",
            f"{side.tax} {IN_ENTITY}",
            tax=exact("x.amount"),
            least="MIN(x.amount)",
            most="MAX(x.amount)",
        )
        + summed(
            "applied",
            f"x.{side.line_key}",
            f"credit_memo_line_application {IN_ENTITY}",
            whole=exact("-x.impact_amount"),
        )
    )


MEMO_LINES = _with_sums(MEMO)
INVOICE_LINES = _with_sums(INVOICE) + DRAWN_BY_LINE + DRAWN_TAX_BY_LINE + CONVERSIONS_BY_LINE
LINES = {MEMO.word: MEMO_LINES, INVOICE.word: INVOICE_LINES}


def _items(side: Side) -> str:
    """The tax item d, its line l and its header h."""
    return (
        f"{side.tax} d JOIN {side.line} l ON l.entity_id = d.entity_id AND l.id = d.{side.line_key}"
        f" {side.header_of('l')}"
    )


INVOICE_ITEMS = _items(INVOICE) + DRAWN_BY_ITEM
"""Joined: drawn."""
ITEMS = {MEMO.word: _items(MEMO), INVOICE.word: INVOICE_ITEMS}
