"""Invoices as CSV: one row a line, rows of an invoice one after another, its own columns the same in each."""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.domain.commands import InvoiceEntry
from app.domain.limits import DEFAULT_LIMITS
from app.domain.reading import Fault, Unreadable, camel, read
from app.loading.csv_rows import CsvRow, CsvRows
from app.loading.deliveries import Delivery, Place, RowFault

NUMBER = "invoice_number"
INVOICE_COLUMNS = {
    NUMBER: "number",
    "account_number": "account",
    **{
        name: camel(name)
        for name in (
            "kind",
            "currency",
            "invoice_date",
            "due_date",
            "target_date",
            "group_number",
            "reference_document",
            "external_reference",
            "external_reference_source",
            "post",
        )
    },
}
LINE_COLUMNS = {
    name: camel(name)
    for name in (
        "line_number",
        "sku",
        "description",
        "quantity",
        "unit_of_measure",
        "unit_price",
        "amount",
        "service_start",
        "service_end",
        "tax_exempt",
        "tax_amount",
        "accounting_code",
    )
}
TAX_COLUMNS = {
    "tax_name": "name",
    "tax_code": "code",
    "tax_jurisdiction": "jurisdiction",
    "tax_location_code": "locationCode",
    "tax_rate": "rate",
    "tax_date": "taxDate",
}
COLUMNS = (*INVOICE_COLUMNS, *LINE_COLUMNS, *TAX_COLUMNS)
REQUIRED = (NUMBER, "account_number", "invoice_date")
FLAGS = {"true": True, "false": False}


class InvoiceCsv:
    """The format; raises ValueError for a header that it does not understand.

    A row that cannot be attributed spoils the invoice before it and the one after it: it may be a line of either.
    """

    def deliveries(self, path: Path, start: Place) -> Iterator[Delivery]:
        rows = CsvRows(path)
        _check_header(rows.columns)
        attributes_first = rows.columns[0] == NUMBER
        group = _Group()
        for row in rows.starting_at(start):
            readable = row.problem is None or (attributes_first and bool(row.cells))
            number = row.cells.get(NUMBER, "") if readable else None
            if not group.takes(number):
                yield group.delivery()
                group = _Group()
            group.add(row, number)
        if group.rows:
            yield group.delivery()


class _Group:
    """Rows that follow each other and belong, or may belong, to one invoice."""

    def __init__(self) -> None:
        self.rows: list[CsvRow] = []
        self._number: str | None = None
        self._is_open = True
        self._numbers: list[str] = []
        self._count = 0
        self._last: CsvRow | None = None

    def takes(self, number: str | None) -> bool:
        """Whether the next row goes here; after a row without a number any number does, but no second such row."""
        if not self.rows:
            return True
        if number is None:
            return not self._is_open
        return self._is_open or number == self._number

    def add(self, row: CsvRow, number: str | None) -> None:
        self._is_open = number is None
        self._number = number
        if number is not None and number not in self._numbers:
            self._numbers.append(number)
        self._count += 1
        self._last = row
        # Beyond the limit nothing is kept: the invoice is refused whatever its further lines say.
        if len(self.rows) <= DEFAULT_LIMITS.lines:
            self.rows.append(row)

    def delivery(self) -> Delivery:
        assert self._last is not None
        number = self._numbers[0] if self._numbers else None
        faults = tuple(self._faults())
        entry, content = None, None
        if not faults:
            entry, content, faults = self._read()
        return Delivery(
            number=number,
            rows=tuple(row.number for row in self.rows),
            end=self._last.end,
            entry=entry,
            content=content,
            faults=faults,
        )

    def _faults(self) -> Iterator[RowFault]:
        lost = [row for row in self.rows if row.problem is not None]
        for row in lost:
            yield RowFault(row=row.number, fault=Fault((), row.problem or ""))
        if not lost and self._count > DEFAULT_LIMITS.lines:
            message = f"{self._count} lines, at most {DEFAULT_LIMITS.lines} are allowed"
            yield RowFault(row=self.rows[0].number, fault=Fault(("lines",), message))
        for number in self._numbers if lost else []:
            first = next(row for row in self.rows if row.cells.get(NUMBER) == number)
            if first.problem is None:
                message = f"invoice {number} is held back: row {lost[0].number} may be a line of it"
                yield RowFault(row=first.number, fault=Fault((), message))
        head = self.rows[0].cells
        for row in self.rows[1:] if not lost else []:
            for column, field in INVOICE_COLUMNS.items():
                if row.cells.get(column) and row.cells[column] != head[column]:
                    message = f"row {self.rows[0].number} of the same invoice says otherwise"
                    yield RowFault(row=row.number, fault=Fault((field,), message))

    def _read(self) -> tuple[InvoiceEntry | None, dict[str, Any] | None, tuple[RowFault, ...]]:
        head = self.rows[0].cells
        entry: dict[str, Any] = {
            INVOICE_COLUMNS[name]: cell for name, cell in head.items() if cell and name in INVOICE_COLUMNS
        }
        if "account" in entry:
            entry["account"] = {"number": entry["account"]}
        if "post" in entry:
            entry["post"] = FLAGS.get(entry["post"].lower(), entry["post"])
        if not head[NUMBER]:
            fault = Fault(("number",), "an invoice number is wanted: it tells which lines belong together")
            return None, None, (RowFault(row=self.rows[0].number, fault=fault),)
        entry["lines"] = [_line(row.cells) for row in self.rows]
        try:
            return read(InvoiceEntry, entry), entry, ()
        except Unreadable as error:
            faults = tuple(
                RowFault(row=self.rows[row_place(each.path)].number, fault=each) for each in error.faults
            )
            return None, None, faults


def row_place(path: tuple[str | int, ...]) -> int:
    """Which of the invoice's rows a path inside the entry is about; what is not about a line: the first."""
    match path:
        case ["lines", int(place), *_]:
            return place
        case _:
            return 0


def _line(cells: dict[str, str]) -> dict[str, Any]:
    line: dict[str, Any] = {
        LINE_COLUMNS[name]: cell for name, cell in cells.items() if cell and name in LINE_COLUMNS
    }
    if line.get("lineNumber", "").isdecimal():
        line["lineNumber"] = int(line["lineNumber"])
    if "taxExempt" in line:
        line["taxExempt"] = FLAGS.get(line["taxExempt"].lower(), line["taxExempt"])
    tax = {TAX_COLUMNS[name]: cell for name, cell in cells.items() if cell and name in TAX_COLUMNS}
    if tax:
        if "rate" in tax:
            tax["rateType"] = "PERCENTAGE"
        line["taxItems"] = [{**tax, "amount": line.get("taxAmount")}]
    return line


def _check_header(columns: tuple[str, ...]) -> None:
    complaints = [f"the column {name} is missing" for name in REQUIRED if name not in columns]
    for name in dict.fromkeys(columns):
        if columns.count(name) > 1:
            complaints.append(f"the column {name!r} is there {columns.count(name)} times")
        if name not in COLUMNS:
            near = difflib.get_close_matches(name, COLUMNS, n=1)
            meant = f"did you mean {near[0]}?" if near else f"known are {', '.join(COLUMNS)}"
            complaints.append(f"there is no column {name!r}: {meant}")
    if complaints:
        raise ValueError("; ".join(complaints))
