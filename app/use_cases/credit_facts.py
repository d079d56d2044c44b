"""What credits of invoices are judged on and decided from, for one command or for hundreds."""

from collections.abc import Iterable, Mapping

from app.domain.facts import Facts
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax, OrderItem
from app.domain.line_credit import CreditCommand, is_full_credit, strategies_of
from app.domain.record import Record
from app.domain.violation import Path
from app.domain.vocabulary import TaxStrategy
from app.repository.books import Books
from app.use_cases.memo_headers import records_of_headers
from app.use_cases.tax_records import tax_records


async def facts_for_credit(books: Books, commands: Mapping[Path, CreditCommand]) -> Facts:
    """Each command under its place in the input: its reference to the invoice is named (*place, "invoice").

    Invoices and order items are locked, with all that belongs to the invoices.
    """
    settings = await books.settings(*(each.effective_date for each in commands.values()))
    named = await books.locate(Invoice, {(*at, "invoice"): each.invoice for at, each in commands.items()})
    records: list[Record] = [*await records_of_headers(books, commands.values())]
    invoices = await books.lock(Invoice, named.values())
    lines = await books.children(InvoiceLine, "invoice_id", [each.id for each in invoices])
    taxes = await books.children(InvoiceLineTax, "invoice_id", [each.id for each in invoices])
    records += [*invoices, *lines, *taxes]
    known = {each.id for each in lines}
    asked = {entry.invoice_line_id for each in commands.values() for entry in each.lines or ()}
    records += await books.find(InvoiceLine, asked - known)
    records += await books.lock(OrderItem, _order_items(commands.values(), lines))
    if settings.tax_engine is not None and any(
        TaxStrategy.CALCULATE in strategies_of(each, settings) for each in commands.values()
    ):
        codes = {each.tax_code for each in lines} | {each.code for each in taxes}
        records += await tax_records(books, settings, codes)
    return books.facts(settings, records, named)


def _order_items(commands: Iterable[CreditCommand], lines: Iterable[InvoiceLine]) -> set[str]:
    """The order items on which a quantity may be counted."""
    counted: set[str] = set()
    counts_all = False
    for command in commands:
        counts_all = counts_all or is_full_credit(command)
        counted |= {entry.invoice_line_id for entry in command.lines or () if entry.quantity is not None}
    return {each.order_item_id for each in lines if each.order_item_id and (counts_all or each.id in counted)}
