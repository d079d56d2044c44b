"""The rows that an import refused, for people and programs: JSON Lines, or CSV by the file's name."""

import csv
import io
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import orjson

UNREADABLE = "UNREADABLE"
"""The code of what never became a command; every other code is a rule's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """A reason why a row of the file is not in the books; `path` is inside the invoice, as GraphQL writes it."""

    row: int
    invoice: str | None
    code: str
    path: str
    message: str
    asked: str | None = None
    allowed: str | None = None


class ErrorReport:
    """Appends to the report; what is behind `size` on opening was written by a process that died, and is cut off."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self._is_csv = path.suffix.lower() == ".csv"
        self.size = size
        self._file: BinaryIO | None = None
        if size:
            self._file = path.open("r+b")
            self._file.truncate(size)
            self._file.seek(size)
        else:
            path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, rows: list[RefusedRow]) -> None:
        """The file is made with its first row, so that an import without faults leaves none."""
        if not rows:
            return
        if self._file is None:
            self._file = self.path.open("wb")
            if self._is_csv:
                self._write(_csv_line([each.name for each in fields(RefusedRow)]))
        for row in rows:
            values = asdict(row)
            self._write(_csv_line(list(values.values())) if self._is_csv else orjson.dumps(values) + b"\n")
        self._file.flush()

    def _write(self, content: bytes) -> None:
        assert self._file is not None
        self.size += self._file.write(content)


def _csv_line(cells: list[object] | list[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()
