"""What an import file brings: invoices one after another, each with its place in the file, or what is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import orjson

from app.domain.commands import InvoiceEntry
from app.domain.reading import Fault, Unreadable, read
from app.domain.record import Metadata


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading goes on: a byte of the file, and the number of the row that begins there (from 1)."""

    offset: int = 0
    row: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    """Something wrong with a row of the file."""

    row: int
    fault: Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An invoice of the file; without `entry` it could not be read, and `faults` says why.

    `rows` are the file's rows that made it; where each line has its own, line n is the row at place n. `content` is the
    entry as JSON, which a job keeps.
    """

    number: str | None
    rows: tuple[int, ...]
    end: Place
    entry: InvoiceEntry | None
    content: Metadata | None = None
    faults: tuple[RowFault, ...] = ()


class DeliveryFile(Protocol):
    """A format: how to go through a file from a place on, holding no more than one invoice."""

    def deliveries(self, path: Path, start: Place) -> Iterator[Delivery]: ...


class JsonLines:
    """A `createInvoices` entry a line; empty lines are passed over."""

    def deliveries(self, path: Path, start: Place) -> Iterator[Delivery]:
        with path.open("rb") as file:
            file.seek(start.offset)
            place = start
            for line in file:
                row, place = place.row, Place(place.offset + len(line), place.row + 1)
                if line.strip():
                    yield _delivery_of_line(line, row, place)


def _delivery_of_line(line: bytes, row: int, end: Place) -> Delivery:
    number = None
    try:
        content = orjson.loads(line.removeprefix(b"\xef\xbb\xbf") if row == 1 else line)
        if isinstance(content, dict) and isinstance(content.get("number"), str):
            number = content["number"]
        entry = read(InvoiceEntry, content)
        return Delivery(number=number, rows=(row,), end=end, entry=entry, content=content)
    except orjson.JSONDecodeError as error:
        faults: tuple[Fault, ...] = (Fault((), f"this is no JSON: {error}"),)
    except Unreadable as error:
        faults = error.faults
    return Delivery(
        number=number,
        rows=(row,),
        end=end,
        entry=None,
        faults=tuple(RowFault(row=row, fault=each) for each in faults),
    )
