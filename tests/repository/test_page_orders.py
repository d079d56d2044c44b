"""What the rows of a page are sorted by."""

from app.repository import tables
from app.repository.pages import Page, page_below, page_of

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
