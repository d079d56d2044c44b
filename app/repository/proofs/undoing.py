"""Invariant 6, for applications and line applications alike: what is taken back was applied, and the marks say so."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.repository.proofs.check import Check, Clauses, check, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """A kind of row that takes back another of its kind.

    `link` leads from an UNAPPLIED row to its APPLIED one; both share the columns `same`.
    """

    word: str
    table: str
    link: str
    source: str
    of_row: Clauses
    same: Sequence[str]

    @property
    def words(self) -> str:
        return self.word.replace("_", " ")

    @property
    def undone(self) -> str:
        return f"{self.table} u WHERE u.entity_id = d.entity_id AND u.{self.link} = d.id"

    @property
    def taken_back(self) -> str:
        return total("u.amount", self.undone)

    @property
    def with_original(self) -> str:
        return f"{self.source} JOIN {self.table} u ON u.entity_id = d.entity_id AND u.id = d.{self.link}"

    @property
    def is_undone(self) -> str:
        return f"{self.taken_back} > 0 AND {self.taken_back} >= d.amount"


def checks_of(rows: Undoing) -> list[Check]:
    return [*_amounts(rows), *_originals(rows), *_dates(rows), *_marks(rows)]


def _amounts(rows: Undoing) -> list[Check]:
    return [
        check(
            f"{rows.word}_is_undone_within_its_amount",
            "6",
            f"more is taken back than the {rows.words} applied",
            source=rows.source,
            expected="d.amount",
            found=rows.taken_back,
            where=f"{rows.taken_back} > d.amount",
            **rows.of_row,
        ),
    ]


def _originals(rows: Undoing) -> list[Check]:
    others = " OR ".join(f"u.{name} <> d.{name}" for name in rows.same)
    return [
        check(
            f"{rows.word}_names_its_original",
            "6",
            f"an UNAPPLIED {rows.words} names the one it takes back, an APPLIED one none",
            source=rows.source,
            currency="NULL",
            expected="d.type",
            found=f"COALESCE(d.{rows.link}, 'none')",
            where=f"(d.type = 'UNAPPLIED') <> (d.{rows.link} IS NOT NULL)",
            **rows.of_row,
        ),
        check(
            f"{rows.word}_undoes_an_applied_one",
            "6",
            f"the {rows.words} takes back a row that is not APPLIED",
            source=rows.with_original,
            currency="NULL",
            expected="'APPLIED'",
            found="u.type",
            **rows.of_row,
        ),
        check(
            f"{rows.word}_undoes_what_it_is_on",
            "6",
            f"the {rows.words} and its original are not on the same sides, at the same level",
            source=rows.with_original,
            currency="NULL",
            expected=" || ', ' || ".join(f"u.{name}" for name in rows.same),
            found=" || ', ' || ".join(f"d.{name}" for name in rows.same),
            where=others,
            **rows.of_row,
        ),
    ]


def _dates(rows: Undoing) -> list[Check]:
    return [
        check(
            f"{rows.word}_inherits_its_applied_date",
            "6",
            f"the {rows.words}'s applied date is not its original's",
            source=rows.with_original,
            currency="NULL",
            expected="u.applied_date",
            found="d.applied_date",
            instants=True,
            **rows.of_row,
        ),
        check(
            f"{rows.word}_is_undone_after_it_was_made",
            "6",
            f"the {rows.words} was recorded before the one it takes back",
            source=rows.with_original,
            currency="NULL",
            expected="u.recorded_at",
            found="d.recorded_at",
            where="d.recorded_at < u.recorded_at",
            instants=True,
            **rows.of_row,
        ),
    ]


def _marks(rows: Undoing) -> list[Check]:
    mark = f"CASE WHEN d.type <> 'APPLIED' THEN 'NA' WHEN {rows.is_undone} THEN 'YES' ELSE 'NO' END"
    # The COALESCE keeps SQLite from walking the index on recorded_at back to the first match, for every row.
    last_undone = f"(SELECT MAX(COALESCE(u.recorded_at, u.unapplied_date)) FROM {rows.undone})"
    return [
        check(
            f"{rows.word}_mark_says_what_remains",
            "6",
            f"the {rows.words}'s mark has been unapplied is not what remains of it",
            source=rows.source,
            currency="NULL",
            expected=mark,
            found="d.has_been_unapplied",
            **rows.of_row,
        ),
        check(
            f"{rows.word}_unapplied_date_is_when",
            "6",
            f"the {rows.words}'s unapplied date is not when nothing of it was left",
            source=rows.source,
            currency="NULL",
            expected=f"CASE WHEN d.type <> 'APPLIED' THEN d.recorded_at WHEN {rows.is_undone} THEN {last_undone} END",
            found="d.unapplied_date",
            where=f"CASE WHEN d.type <> 'APPLIED' THEN d.unapplied_date IS NULL OR d.unapplied_date <> d.recorded_at"
            f" WHEN {rows.is_undone} THEN d.unapplied_date IS NULL OR d.unapplied_date <> {last_undone}"
            " ELSE d.unapplied_date IS NOT NULL END",
            instants=True,
            **rows.of_row,
        ),
    ]
