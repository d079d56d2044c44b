"""Two services on one SQLite file take turns: nothing is lost, nobody is told "busy", nobody starves."""

from itertools import groupby
from pathlib import Path

import pytest

from tests.support.books import TestBooks
from tests.support.preloaded import PreloadedProcess

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
TURNS = 40
# With SQLite's own waiting (busy_timeout) a process sleeps through hundreds of another's turns.
MOST_TURNS_BETWEEN = 100


def writing(books: TestBooks, directory: Path, name: str, turns: int) -> PreloadedProcess:
    return PreloadedProcess(
        "tests.repository.writing_process",
        books.place.url,
        str(books.entity.id),
        name,
        str(turns),
        str(directory / "enough"),
        output_file=directory / f"{name}.log",
    )


async def turns_of(books: TestBooks) -> list[tuple[str, int]]:
    """Who wrote, and how many times in a row, in the order of the commits."""
    rows = await books.rows(
        "SELECT actor FROM log_entry WHERE entity_id = :entity_id AND idempotency_key IS NOT NULL ORDER BY rowid"
    )
    return [(name, len(list(run))) for name, run in groupby(actor for (actor,) in rows)]


async def test_a_process_gets_its_turns_beside_one_that_never_rests(books: TestBooks, tmp_path: Path) -> None:
    with writing(books, tmp_path, "restless", 0) as restless:
        restless.wait_for_line("writing")
        with writing(books, tmp_path, "other", TURNS) as other:
            assert other.wait() == 0, other.output()
        (tmp_path / "enough").touch()
        assert restless.wait() == 0, restless.output()
    taken = await turns_of(books)
    assert sum(length for name, length in taken if name == "other") == TURNS
    first = next(place for place, (name, _) in enumerate(taken) if name == "other")
    last = max(place for place, (name, _) in enumerate(taken) if name == "other")
    between = [length for name, length in taken[first:last] if name == "restless"]
    assert sum(between) <= TURNS * MOST_TURNS_BETWEEN


async def test_every_turn_of_two_processes_is_kept(books: TestBooks, tmp_path: Path) -> None:
    with (
        writing(books, tmp_path, "one", TURNS) as one,
        writing(books, tmp_path, "two", TURNS) as two,
    ):
        assert (one.wait(), two.wait()) == (0, 0), one.output() + two.output()
    taken = await turns_of(books)
    for name in ("one", "two"):
        assert sum(length for who, length in taken if who == name) == TURNS
