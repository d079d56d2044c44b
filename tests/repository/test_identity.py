"""Ids grow in the order in which they were made, also where several threads make them at once."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from app.domain.invoice import Invoice
from app.repository.identity import new_id, uuid7_hex


def test_ids_grow_within_a_process() -> None:
    made = [uuid7_hex() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_of_several_threads_are_all_different_and_grow_in_each() -> None:
    with ThreadPoolExecutor(max_workers=4) as threads:
        batches = list(threads.map(lambda _: [uuid7_hex() for _ in range(5_000)], range(4)))
    assert all(batch == sorted(batch) for batch in batches)
    assert len({each for batch in batches for each in batch}) == 20_000


def test_an_id_is_a_prefix_and_a_uuid_of_version_7() -> None:
    assert re.fullmatch(r"inv_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}", new_id(Invoice))


_FORKED = """
import os, sys
from app.repository.identity import uuid7_hex
uuid7_hex()
child = os.fork()
sys.stdout.write(uuid7_hex()[16:] + "\\n")
sys.stdout.flush()
if child:
    os.waitpid(child, 0)
"""


def test_a_forked_process_draws_other_chances_than_the_one_it_was_forked_from() -> None:
    said = subprocess.run([sys.executable, "-c", _FORKED], capture_output=True, text=True, check=True).stdout
    assert len(set(said.split())) == 2
