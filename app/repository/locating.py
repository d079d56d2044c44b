"""Which record a reference of a request stands for: by id, by number, or by what another system calls it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy import Select, select

from app.domain.commands import Reference
from app.domain.external_reference import kept_source
from app.domain.record import Record
from app.domain.violation import Path
from app.repository.remembered import remembered
from app.repository.rows import TABLES
from app.repository.types import among, own

ReadRows = Callable[..., Awaitable[list[Any]]]
"""Rows of a statement that filters by `:entity_id`, given its other parameters by name."""


async def located(
    read_rows: ReadRows, kind: type[Record], references: Mapping[Path, Reference]
) -> dict[Path, str]:
    """Ids of the referenced records, by input path. An id given is taken as it is: reading it will tell."""
    found = {path: ref.id for path, ref in references.items() if ref.id is not None}
    numbers = {path: ref.number for path, ref in references.items() if ref.number is not None}
    external = {
        path: (kept_source(ref.external_reference.source), ref.external_reference.reference)
        for path, ref in references.items()
        if ref.external_reference is not None
    }
    if numbers:
        rows = await read_rows(_by_number(kind), values=sorted(set(numbers.values())))
        ids = {row.number: row.id for row in rows}
        found |= {path: ids[number] for path, number in numbers.items() if number in ids}
    if external:
        wanted = sorted({reference for _, reference in external.values()})
        rows = await read_rows(_by_external_reference(kind), values=wanted)
        ids = {(row.external_reference_source, row.external_reference): row.id for row in rows}
        found |= {path: ids[pair] for path, pair in external.items() if pair in ids}
    return found


@remembered
def _by_number(kind: type[Record]) -> Select[Any]:
    table = TABLES[kind]
    statement = select(table.c.id, table.c.number).where(own(table), among(table.c.number, "values"))
    # An invoice and a debit memo may share a number: the last one read wins, and that is the invoice.
    return statement.order_by(table.c.kind) if "kind" in table.c else statement


@remembered
def _by_external_reference(kind: type[Record]) -> Select[Any]:
    table = TABLES[kind]
    return select(table.c.id, table.c.external_reference, table.c.external_reference_source).where(
        own(table), among(table.c.external_reference, "values")
    )
