"""A sweep: checks over the same rows, which are read once to see which of the checks find something.

Books that hold are proved by the sweeps alone; a check's own statement, which says what differs, runs where it must.
Checks whose sources look something up for each row of one table share a sweep of that table, and what several of them
look up is joined once, whatever each calls it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.sql import Executable

from app.repository.proofs.check import Check

_JOIN = re.compile(r" (LEFT )?JOIN ")
_JOINED = re.compile(r"(?P<rows>.*?)(?: AS)?(?: (?P<name>\w+))?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One row of the statement: for each check, in their order, how many rows it finds broken (none: null)."""

    checks: tuple[Check, ...]
    statement: Executable

    @property
    def name(self) -> str:
        """That of its first check: no other sweep has it."""
        return self.checks[0].name


@dataclass(slots=True)
class _Table:
    """A table that is swept."""

    rows: str
    """Its rows, as d."""
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    """What is joined, and on what, with ? for its own name -> the name that it has in the sweep."""
    checks: list[Check] = field(default_factory=list)
    counts: list[str] = field(default_factory=list)

    def take(self, check: Check, joins: Iterable["_Join"]) -> None:
        """The check asks for its rows in the names of the sweep."""
        names: dict[str, str] = {}
        conditions: list[str] = []
        for join in joins:
            looked_up = (join.rows, _renamed(join.on, names | {join.name: "?"}))
            names[join.name] = name = self.names.setdefault(looked_up, f"j{len(self.names)}")
            if join.must_be_there:
                conditions.append(f"{name}.entity_id IS NOT NULL")
        condition = " AND ".join([*conditions, f"({_renamed(check.broken, names)})"])
        self.checks.append(check)
        self.counts.append(f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END) AS {check.name}")

    def sweep(self) -> Sweep:
        joined = "".join(
            f" LEFT JOIN {rows} AS {name} ON {on.replace('?', name)}"
            for (rows, on), name in self.names.items()
        )
        counted = ", ".join(self.counts)
        return Sweep(
            checks=tuple(self.checks),
            statement=text(f"SELECT {counted} FROM {self.rows}{joined} WHERE d.entity_id = :entity_id"),
        )


@dataclass(frozen=True, slots=True)
class _Join:
    rows: str
    """A table, or a statement in brackets."""
    name: str
    on: str
    must_be_there: bool


def sweeps(checks: Iterable[Check]) -> tuple[Sweep, ...]:
    """Every check once, in the order of the tables' first appearances."""
    tables: dict[str, _Table] = {}
    for check in checks:
        rows, *joined = _parted(check.source)
        tables.setdefault(rows, _Table(rows)).take(check, map(_join, joined))
    return tuple(each.sweep() for each in tables.values())


def _parted(source: str) -> Iterator[str]:
    """The table, and each of its joins; those in brackets are part of what is joined."""
    start = 0
    for each in _JOIN.finditer(source):
        before = source[: each.start()]
        if before.count("(") == before.count(")"):
            yield source[start : each.start()]
            start = each.start()
    yield source[start:]


def _join(text: str) -> _Join:
    kind = _JOIN.match(text)
    assert kind is not None
    rows, _, on = text[kind.end() :].rpartition(" ON ")
    joined = _JOINED.fullmatch(rows)
    assert joined is not None
    name = joined["name"] or joined["rows"]
    return _Join(joined["rows"], name, on, must_be_there=kind[1] is None)


def _renamed(condition: str, names: Mapping[str, str]) -> str:
    return re.sub(r"\b(\w+)\.", lambda each: f"{names.get(each[1], each[1])}.", condition)
