"""Invariant 6, for applications and line applications alike: what is taken back was applied, and the marks say so."""

from collections.abc import Sequence

from app.repository.proofs.check import Check, Clauses, check, total


def undoing(
    *, word: str, table: str, link: str, source: str, of_row: Clauses, same: Sequence[str]
) -> list[Check]:
    """`link` leads from an UNAPPLIED row to its APPLIED one; both share the columns `same`."""
    words = word.replace("_", " ")
    undone = f"{table} u WHERE u.entity_id = d.entity_id AND u.{link} = d.id"
    taken_back = total("u.amount", undone)
    with_original = f"{source} JOIN {table} u ON u.entity_id = d.entity_id AND u.id = d.{link}"
    is_undone = f"{taken_back} > 0 AND {taken_back} >= d.amount"
    mark = f"CASE WHEN d.type <> 'APPLIED' THEN 'NA' WHEN {is_undone} THEN 'YES' ELSE 'NO' END"
    others = " OR ".join(f"u.{name} <> d.{name}" for name in same)
    last_undone = f"(SELECT MAX(u.recorded_at) FROM {undone})"
    return [
        check(
            f"{word}_is_undone_within_its_amount",
            "6",
            f"more is taken back than the {words} applied",
            source=source,
            expected="d.amount",
            found=taken_back,
            where=f"{taken_back} > d.amount",
            **of_row,
        ),
        check(
            f"{word}_names_its_original",
            "6",
            f"an UNAPPLIED {words} names the one it takes back, an APPLIED one none",
            source=source,
            currency="NULL",
            expected="d.type",
            found=f"COALESCE(d.{link}, 'none')",
            where=f"(d.type = 'UNAPPLIED') <> (d.{link} IS NOT NULL)",
            **of_row,
        ),
        check(
            f"{word}_undoes_an_applied_one",
            "6",
            f"the {words} takes back a row that is not APPLIED",
            source=with_original,
            currency="NULL",
            expected="'APPLIED'",
            found="u.type",
            **of_row,
        ),
        check(
            f"{word}_undoes_what_it_is_on",
            "6",
            f"the {words} and its original are not on the same sides, at the same level",
            source=with_original,
            currency="NULL",
            expected=" || ', ' || ".join(f"u.{name}" for name in same),
            found=" || ', ' || ".join(f"d.{name}" for name in same),
            where=others,
            **of_row,
        ),
        check(
            f"{word}_inherits_its_applied_date",
            "6",
            f"the {words}'s applied date is not its original's",
            source=with_original,
            currency="NULL",
            expected="u.applied_date",
            found="d.applied_date",
            instants=True,
            **of_row,
        ),
        check(
            f"{word}_is_undone_after_it_was_made",
            "6",
            f"the {words} was recorded before the one it takes back",
            source=with_original,
            currency="NULL",
            expected="u.recorded_at",
            found="d.recorded_at",
            where="d.recorded_at < u.recorded_at",
            instants=True,
            **of_row,
        ),
        check(
            f"{word}_mark_says_what_remains",
            "6",
            f"the {words}'s mark has been unapplied is not what remains of it",
            source=source,
            currency="NULL",
            expected=mark,
            found="d.has_been_unapplied",
            **of_row,
        ),
        check(
            f"{word}_unapplied_date_is_when",
            "6",
            f"the {words}'s unapplied date is not when nothing of it was left",
            source=source,
            currency="NULL",
            expected=f"CASE WHEN d.type <> 'APPLIED' THEN d.recorded_at WHEN {is_undone} THEN {last_undone} END",
            found="d.unapplied_date",
            where=f"CASE WHEN d.type <> 'APPLIED' THEN d.unapplied_date IS NULL OR d.unapplied_date <> d.recorded_at"
            f" WHEN {is_undone} THEN d.unapplied_date IS NULL OR d.unapplied_date <> {last_undone}"
            " ELSE d.unapplied_date IS NOT NULL END",
            instants=True,
            **of_row,
        ),
    ]
