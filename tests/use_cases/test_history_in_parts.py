"""A document of very many records: its history is told in parts, and the audit finds it whole."""

from app.domain.commands import CreateCreditMemoFromInvoice, InvoiceReference
from app.domain.sealing import PART_RECORDS
from tests.support.books import TestBooks, assert_books_hold
from tests.support.building import posted_invoice
from tests.support.levels import at_lines

LINES = 700
_PARTS = """
SELECT document_id, version, max(part), count(*) FROM document_change WHERE entity_id = :entity_id
GROUP BY document_id, version HAVING max(part) > 1 ORDER BY document_id, version
"""


@at_lines
async def test_a_full_credit_of_many_lines_is_told_in_parts(books: TestBooks) -> None:
    invoice = await posted_invoice(books, *[("1.00", "0.08")] * LINES)
    assert 2 * LINES > PART_RECORDS
    await books.perform(
        CreateCreditMemoFromInvoice(
            invoice=InvoiceReference(id=invoice.id), full_credit=True, post=True, apply_to_invoice=True
        )
    )
    found = await books.rows(_PARTS)
    assert len(found) == 3
    assert all(last == count for _, _, last, count in found)
    assert {row[0].partition("_")[0] for row in found} == {"cm", "inv"}
    await assert_books_hold(books)
