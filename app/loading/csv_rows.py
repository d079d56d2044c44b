"""CSV as rows with their place in the file, so that reading can go on in the middle of millions of them."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.loading.deliveries import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRow:
    """A row's cells by column; `problem` where it could not be split into them. Row 1 is the header."""

    number: int
    start: Place
    end: Place
    cells: dict[str, str]
    problem: str | None = None


class CsvRows:
    """Rows from a place on. A row that spans several lines counts once, as a spreadsheet shows it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            header = next(_Reader(file, Place()), None)
        if header is None or isinstance(header[0], str):
            raise ValueError(f"{path} has no header row")
        self.columns = tuple(cell.strip() for cell in header[0])
        self.first = header[1]

    def __iter__(self) -> Iterator[CsvRow]:
        return self.starting_at(self.first)

    def starting_at(self, start: Place) -> Iterator[CsvRow]:
        with self._path.open("rb") as file:
            place = max(start, self.first, key=lambda each: each.offset)
            for cells, end in _Reader(file, place):
                begun, place = place, end
                if isinstance(cells, str):
                    yield CsvRow(number=begun.row, start=begun, end=end, cells={}, problem=cells)
                elif cells:
                    problem = None
                    if len(cells) != len(self.columns):
                        problem = f"{len(cells)} cells, but the header has {len(self.columns)}"
                    named = dict(zip(self.columns, cells, strict=False))
                    yield CsvRow(number=begun.row, start=begun, end=end, cells=named, problem=problem)


class _Reader:
    """The csv module's reader, with the place after each row; a row it cannot split comes as what is wrong with it."""

    def __init__(self, file: BinaryIO, start: Place) -> None:
        file.seek(start.offset)
        self._file = file
        self._place = start
        self._offset = start.offset
        self._rows = csv.reader(self._lines(), strict=True)

    def __iter__(self) -> Iterator[tuple[list[str] | str, Place]]:
        return self

    def __next__(self) -> tuple[list[str] | str, Place]:
        found: list[str] | str
        try:
            found = next(self._rows)
            "".join(found).encode()
        except csv.Error as error:
            found = f"this is no CSV: {error}"
        except UnicodeEncodeError:
            found = "this is not UTF-8"
        self._place = Place(self._offset, self._place.row + 1)
        return found, self._place

    def _lines(self) -> Iterator[str]:
        for line in self._file:
            begin = self._offset
            self._offset += len(line)
            yield (line.removeprefix(b"\xef\xbb\xbf") if begin == 0 else line).decode(
                errors="surrogateescape"
            )
