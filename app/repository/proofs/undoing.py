"""Invariant 6, for applications and line applications alike: what is taken back was applied, and the marks say so."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.repository.proofs.check import Check, Clauses, check, exact, summed


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """A kind of row that takes back another of its kind.

    `link` leads from an UNAPPLIED row to its APPLIED one; both share the columns `same`.
    """

    word: str
    table: str
    link: str
    same: Sequence[str]

    @property
    def words(self) -> str:
        return self.word.replace("_", " ")

    @property
    def taken_back(self) -> str:
        """Joined to the row d: the one it takes back, u, and what is taken back of itself, undone."""
        return f" LEFT JOIN {self.table} u ON u.entity_id = d.entity_id AND u.id = d.{self.link}" + summed(
            "undone",
            f"x.{self.link}",
            f"{self.table} x WHERE x.entity_id = :entity_id AND x.{self.link} IS NOT NULL",
            amount=exact("x.amount"),
            last="MAX(x.recorded_at)",
        )


IS_UNDONE = "undone.amount > 0 AND undone.amount >= d.amount"


def checks_of(rows: Undoing, of_row: Clauses) -> list[Check]:
    """`of_row`: a source of the rows d with `taken_back` joined, and what the checks say of a row."""
    return [*_amounts(rows, of_row), *_originals(rows, of_row), *_dates(rows, of_row), *_marks(rows, of_row)]


def _amounts(rows: Undoing, of_row: Clauses) -> list[Check]:
    return [
        check(
            f"{rows.word}_is_undone_within_its_amount",
            "6",
            f"more is taken back than the {rows.words} applied",
            expected="d.amount",
            found="COALESCE(undone.amount, 0)",
            where="undone.amount > d.amount",
            **of_row,
        ),
    ]


def _originals(rows: Undoing, of_row: Clauses) -> list[Check]:
    others = " OR ".join(f"u.{name} <> d.{name}" for name in rows.same)
    return [
        check(
            f"{rows.word}_names_its_original",
            "6",
            f"an UNAPPLIED {rows.words} names the one it takes back, an APPLIED one none",
            currency="NULL",
            expected="d.type",
            found=f"COALESCE(d.{rows.link}, 'none')",
            where=f"(d.type = 'UNAPPLIED') <> (d.{rows.link} IS NOT NULL)",
            **of_row,
        ),
        check(
            f"{rows.word}_undoes_an_applied_one",
            "6",
            f"the {rows.words} takes back a row that is not APPLIED",
            currency="NULL",
            expected="'APPLIED'",
            found="u.type",
            **of_row,
        ),
        check(
            f"{rows.word}_undoes_what_it_is_on",
            "6",
            f"the {rows.words} and its original are not on the same sides, at the same level",
            currency="NULL",
            expected=" || ', ' || ".join(f"u.{name}" for name in rows.same),
            found=" || ', ' || ".join(f"d.{name}" for name in rows.same),
            where=others,
            **of_row,
        ),
    ]


def _dates(rows: Undoing, of_row: Clauses) -> list[Check]:
    return [
        check(
            f"{rows.word}_applied_date_is_when",
            "6",
            f"the applied date of an APPLIED {rows.words} is not when it was recorded",
            currency="NULL",
            expected="d.recorded_at",
            found="d.applied_date",
            where="d.type = 'APPLIED' AND d.applied_date <> d.recorded_at",
            instants=True,
            **of_row,
        ),
        check(
            f"{rows.word}_inherits_its_applied_date",
            "6",
            f"the {rows.words}'s applied date is not its original's",
            currency="NULL",
            expected="u.applied_date",
            found="d.applied_date",
            instants=True,
            **of_row,
        ),
        check(
            f"{rows.word}_is_undone_after_it_was_made",
            "6",
            f"the {rows.words} was recorded before the one it takes back",
            currency="NULL",
            expected="u.recorded_at",
            found="d.recorded_at",
            where="d.recorded_at < u.recorded_at",
            instants=True,
            **of_row,
        ),
    ]


def _marks(rows: Undoing, of_row: Clauses) -> list[Check]:
    mark = f"CASE WHEN d.type <> 'APPLIED' THEN 'NA' WHEN {IS_UNDONE} THEN 'YES' ELSE 'NO' END"
    return [
        check(
            f"{rows.word}_mark_says_what_remains",
            "6",
            f"the {rows.words}'s mark has been unapplied is not what remains of it",
            currency="NULL",
            expected=mark,
            found="d.has_been_unapplied",
            **of_row,
        ),
        check(
            f"{rows.word}_unapplied_date_is_when",
            "6",
            f"the {rows.words}'s unapplied date is not when nothing of it was left",
            currency="NULL",
            expected=f"CASE WHEN d.type <> 'APPLIED' THEN d.recorded_at WHEN {IS_UNDONE} THEN undone.last END",
            found="d.unapplied_date",
            where=f"CASE WHEN d.type <> 'APPLIED' THEN d.unapplied_date IS NULL OR d.unapplied_date <> d.recorded_at"
            f" WHEN {IS_UNDONE} THEN d.unapplied_date IS NULL OR d.unapplied_date <> undone.last"
            " ELSE d.unapplied_date IS NOT NULL END",
            instants=True,
            **of_row,
        ),
    ]
