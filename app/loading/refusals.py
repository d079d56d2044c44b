"""Why invoices of a file are not in the books: what could not become an item of the job, and what the job refused."""

from collections.abc import AsyncIterator, Iterable, Iterator

from app.domain.invoice_import import ImportedInvoice
from app.domain.job import JobItem, violation_of
from app.domain.reading import camel, path_text, read
from app.domain.violation import Path, Violation, most_basic_first
from app.loading.deliveries import Delivery
from app.loading.error_report import UNREADABLE, RefusedRow
from app.loading.invoice_csv import row_place
from app.validation.shape import violations_of_shape


def faults_of(delivery: Delivery) -> list[RefusedRow]:
    """Why the delivery is no item: it cannot be read, or no database keeps it; in the order of its rows."""
    if delivery.entry is None:
        found = [
            RefusedRow(
                row=each.row,
                invoice=delivery.number,
                code=UNREADABLE,
                path=path_text(each.fault.path),
                message=each.fault.message,
            )
            for each in delivery.faults
        ]
    else:
        violations = most_basic_first(violations_of_shape(delivery.entry))
        found = [_refused(each, each.path, delivery.rows, delivery.number) for each in violations]
    return sorted(found, key=lambda each: each.row)


def refusals_of(item: JobItem) -> list[RefusedRow]:
    """Why the item was refused, in the order of its rows; the paths are told inside the invoice."""
    imported = read(ImportedInvoice, item.input)
    violations = [violation_of(each) for each in item.violations or ()]
    found = [_refused(each, each.path[1:], imported.rows, imported.invoice.number) for each in violations]
    return sorted(found, key=lambda each: each.row)


async def in_row_order(
    deliveries: Iterable[Delivery], refused: AsyncIterator[JobItem]
) -> AsyncIterator[list[RefusedRow]]:
    """Both in the order of the file; a list for each invoice."""
    unreadable = _unreadable(deliveries)
    next_unreadable = next(unreadable, None)
    async for item in refused:
        rows = refusals_of(item)
        while next_unreadable is not None and next_unreadable[0].row < rows[0].row:
            yield next_unreadable
            next_unreadable = next(unreadable, None)
        yield rows
    while next_unreadable is not None:
        yield next_unreadable
        next_unreadable = next(unreadable, None)


def _unreadable(deliveries: Iterable[Delivery]) -> Iterator[list[RefusedRow]]:
    return (faults for each in deliveries if (faults := faults_of(each)))


def _refused(
    violation: Violation, path: Path, rows: list[int] | tuple[int, ...], number: str | None
) -> RefusedRow:
    written = tuple(camel(part) if isinstance(part, str) else part for part in path)
    place = row_place(written)
    return RefusedRow(
        row=rows[place if place < len(rows) else 0],
        invoice=number,
        code=violation.code,
        path=path_text(written),
        message=violation.message,
        asked=violation.asked,
        allowed=violation.allowed,
    )
