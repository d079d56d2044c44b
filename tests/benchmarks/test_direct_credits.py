"""What is compared does the same work: a benchmark whose sides differ measures nothing."""

import pytest

from benchmarks import seed
from benchmarks.direct_credits import measure
from benchmarks.direct_credits.sameness import differences
from benchmarks.stand import Stand, connected

INVOICES = 20
"""More than a worker's first chunk."""


@pytest.fixture(autouse=True)
def _little_history(monkeypatch: pytest.MonkeyPatch) -> None:
    """What PostgreSQL plans with matters to who measures."""
    monkeypatch.setattr(seed, "EARLIER", 10)


@pytest.mark.parametrize(("workers", "hands"), [(1, "1 worker"), (2, "2 workers")])
async def test_service_and_floor_leave_the_same_books(workers: int, hands: str) -> None:
    """It raises where they do not."""
    with Stand() as stand:
        told = await measure.beside_the_floor(stand, INVOICES, rounds=1, workers=[workers])
    assert [line.split("|")[1].strip() for line in told.text.splitlines()[2:]] == [
        f"posted, {hands}",
        "posted, floor",
        f"applied, {hands}",
        "applied, floor",
    ]


async def test_books_that_differ_by_one_cent_are_not_the_same() -> None:
    with Stand() as stand:
        seeded, _ = await measure.seeded(stand, "postgresql", 1)
        other = stand.copy(seeded)
        connection = await connected(other.owner_url)
        await connection.execute(
            "UPDATE credit_memo_line_tax SET amount = amount + 1 WHERE id = (SELECT max(id) FROM credit_memo_line_tax)"
        )
        await connection.close()
        found = await differences(seeded, other)
    assert [each.partition(":")[0] for each in found] == ["credit_memo_line_tax"]
