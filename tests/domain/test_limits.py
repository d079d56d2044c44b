"""How much one call may ask for, and how much a job may that nobody waits for."""

import pytest

from app.domain.limits import Limits


@pytest.mark.parametrize(
    ("waited_for", "of_a_job", "expected"),
    [(10, 20, 20), (20, 10, 20)],
    ids=["a job may more", "never less than a call that is waited for"],
)
def test_a_job_may_pair_and_match_as_much_as_its_own_limits_say(
    waited_for: int, of_a_job: int, expected: int
) -> None:
    limits = Limits(
        pairs=waited_for,
        source_pairs=of_a_job,
        open_documents=waited_for,
        open_documents_in_a_job=of_a_job,
    )
    in_a_job = limits.in_a_job()
    assert (in_a_job.pairs, in_a_job.open_documents) == (expected, expected)
    assert (in_a_job.lines, in_a_job.source_pairs) == (limits.lines, of_a_job)
