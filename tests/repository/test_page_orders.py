"""What the rows of a page are sorted by, and where in that order a page begins."""

from datetime import date

import pytest
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite

from app.repository import tables
from app.repository.pages import Page, Place, page_below, page_of

SQLITE: Dialect = sqlite.dialect()
POSTGRESQL: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
MEMO, LINE = tables.credit_memo, tables.credit_memo_line


def test_only_an_order_that_rows_share_is_told_apart_by_the_id() -> None:
    """Behind one that no two rows of the list share, an id would only have to be sorted by."""
    line_number = Page(order="line_number", descending=False, limit=2)
    assert str(page_below(LINE, "credit_memo_id", line_number)).count(".id ASC") == 0
    assert str(page_of(LINE, line_number)).count(".id ASC") == 1
    for order, ties in (("number", 1), ("created_at", 1)):
        # A draft has no number: of those there are several without one.
        page = Page(order=order, descending=False, limit=2)
        assert str(page_of(MEMO, page)).count(".id ASC") == ties


@pytest.mark.parametrize("descending", [False, True], ids=["ascending", "descending"])
@pytest.mark.parametrize("dialect", [SQLITE, POSTGRESQL], ids=["sqlite", "postgresql"])
def test_a_page_begins_at_its_place_however_many_rows_have_the_same_value(
    dialect: Dialect, descending: bool
) -> None:
    """Value and id are compared as one: an index of both is entered there, on either engine."""
    page = Page(order="memo_date", descending=descending, limit=2, after=Place(date(2026, 1, 1), "cm_1"))
    condition = str(page_of(MEMO, page, ("id",)).compile(dialect=dialect)).partition("WHERE")[2]
    assert f"(credit_memo.memo_date, credit_memo.id) {'<' if descending else '>'} (" in condition
    assert condition.partition("ORDER BY")[0].count("memo_date") == 1
