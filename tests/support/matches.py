"""What was applied, and by which rule: rows as tests of automatic application compare them."""

from app.domain.application import CreditMemoApplication
from app.domain.vocabulary import AutoApplyRule
from tests.support.books import TestBooks

REFERENCE, EQUAL, OLDEST = (
    AutoApplyRule.MATCH_REFERENCE,
    AutoApplyRule.MATCH_BALANCE,
    AutoApplyRule.OLDEST_DUE,
)
Row = tuple[str, str, int, AutoApplyRule | None, int | None]
"""Memo, invoice, amount in minor units, rule and rank."""


async def made(books: TestBooks, ids: list[str]) -> list[Row]:
    rows = [await books.record(CreditMemoApplication, id) for id in ids]
    return [
        (each.credit_memo_id, each.invoice_id, each.amount, each.auto_apply_rule, each.auto_apply_rank)
        for each in rows
    ]


async def applications(books: TestBooks) -> list[Row]:
    """All of the books, in order."""
    rows = await books.rows(
        "SELECT id FROM credit_memo_application WHERE entity_id = :entity_id ORDER BY recorded_at, id"
    )
    return await made(books, [id for (id,) in rows])
