"""The sample books, which every page shows."""

import asyncio

import pytest

from tests.docs.sample_service import load_samples
from tests.support.stores import Place, Store


@pytest.fixture(scope="session")
def samples(store: Store, runner: asyncio.Runner) -> Place:
    """A database to make copies of; nobody has it open."""
    place = store.migrated()
    runner.run(load_samples(place.url))
    return place
