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
    """Written from its first row to its last, each time anew; whoever looks finds the old one or the new one, whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._is_csv = path.suffix.lower() == ".csv"
        self._new = path.with_name(path.name + ".new")
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Without a row there is no report, and an old one is gone."""
        if self._file is not None:
            self._file.close()
        if kind is not None:
            self._new.unlink(missing_ok=True)
        elif self._file is not None:
            self._new.replace(self.path)
        else:
            self.path.unlink(missing_ok=True)

    def add(self, rows: list[RefusedRow]) -> None:
        """Behind those there are."""
        if self._file is None:
            self._file = self._new.open("wb")
            if self._is_csv:
                self._file.write(_csv_line([each.name for each in fields(RefusedRow)]))
        for row in rows:
            values = asdict(row)
            line = _csv_line(list(values.values())) if self._is_csv else orjson.dumps(values) + b"\n"
            self._file.write(line)


def _csv_line(cells: list[object] | list[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()
