"""A sweep: checks over the same rows, which are read once to see which of the checks find something.

Books that hold are proved by the sweeps alone; a check's own statement, which says what differs, runs where it must.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.sql import Executable

from app.repository.proofs.check import Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One row of the statement: for each check, in their order, how many rows it finds broken (none: null)."""

    checks: tuple[Check, ...]
    statement: Executable


def sweeps(checks: Iterable[Check]) -> tuple[Sweep, ...]:
    """Every check once, in the order of the sources' first appearances."""
    by_source: dict[str, list[Check]] = {}
    for check in checks:
        by_source.setdefault(check.source, []).append(check)
    return tuple(_sweep(source, tuple(sharing)) for source, sharing in by_source.items())


def _sweep(source: str, checks: tuple[Check, ...]) -> Sweep:
    counted = ", ".join(
        f"SUM(CASE WHEN {check.broken} THEN 1 ELSE 0 END) AS {check.name}" for check in checks
    )
    return Sweep(
        checks=checks, statement=text(f"SELECT {counted} FROM {source} WHERE d.entity_id = :entity_id")
    )
