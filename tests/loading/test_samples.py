"""The sample books: every step is accepted, the books hold, and loading twice changes nothing."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from app.domain.actor import Actor
from app.domain.commands import UpdateEntitySettings
from app.domain.vocabulary import Operation
from app.loading.sample import Sample, is_half_loaded, load_sample, read_sample
from app.proof.audit import audit
from app.repository.database import Database
from app.repository.entities import entities, rename_entity
from app.repository.lookups import settings_of
from app.repository.opening import open_database
from app.use_cases.run import perform
from app.use_cases.verbs import VERBS
from tests.support.books import trace
from tests.support.stores import Place, Store

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture
def samples() -> list[Sample]:
    return [read_sample(path) for path in sorted(SEEDS.glob("*.json"))]


@pytest.fixture
def fresh(store: Store) -> Place:
    """A database of the test's own."""
    return store.migrated()


@asynccontextmanager
async def opened(place: Place) -> AsyncIterator[Database]:
    database = open_database(place.url)
    try:
        yield database
    finally:
        await database.close()


def promised_numbers(samples: list[Sample]) -> Iterator[str]:
    """Every document number that the README points to."""
    readme = (SEEDS / "README.md").read_text(encoding="utf-8")
    section = readme[readme.index("## To see") : readme.index("## How")]
    yield from re.findall(r"\b(?:INV-\d{4}|DM-\d{3}|CM-\d{6}|MC-\d{5}|MC-DN-\d{3}|MC-CN-\d{5})\b", section)


async def test_all_samples_are_accepted_and_a_second_load_changes_nothing(
    fresh: Place, samples: list[Sample]
) -> None:
    async with opened(fresh) as database:
        for sample in samples:
            loaded = await load_sample(database, sample)
            assert (loaded.done, loaded.repeated) == (len(sample.steps), 0)
        before = await trace(fresh)
        for sample in samples:
            loaded = await load_sample(database, sample)
            assert (loaded.done, loaded.repeated) == (0, len(sample.steps))
        assert await trace(fresh) == before


async def test_the_sample_books_hold_and_have_the_documents_that_the_readme_points_to(
    fresh: Place, samples: list[Sample]
) -> None:
    numbers: set[str] = set()
    async with opened(fresh) as database:
        for sample in samples:
            entity = (await load_sample(database, sample)).entity
            assert [difference async for difference in audit(database, entity.id)] == []
            async with database.snapshot(entity.id) as snapshot:
                for name in ("invoice", "credit_memo"):
                    statement = text(f"SELECT number FROM {name} WHERE entity_id = :entity_id")
                    numbers |= {row.number for row in await snapshot.rows(statement)}
    assert set(promised_numbers(samples)) - numbers == set()


async def test_an_interrupted_load_is_known_and_goes_on_where_it_was(
    fresh: Place, samples: list[Sample]
) -> None:
    sample = samples[0]
    async with opened(fresh) as database:
        assert not await is_half_loaded(database, sample)
        await load_sample(database, replace(sample, steps=sample.steps[:20]))
        assert await is_half_loaded(database, sample)
        loaded = await load_sample(database, sample)
        assert (loaded.done, loaded.repeated) == (len(sample.steps) - 20, 20)
        assert not await is_half_loaded(database, sample)


async def test_settings_that_an_operator_changed_are_not_set_back(
    fresh: Place, samples: list[Sample]
) -> None:
    async with opened(fresh) as database:
        entity = (await load_sample(database, samples[0])).entity
        operator = Actor(entity_id=entity.id, name="operator", permissions=frozenset())
        moved = UpdateEntitySettings(time_zone="Asia/Tokyo")
        await perform(database, operator, VERBS[Operation.UPDATE_ENTITY_SETTINGS], moved)
        await rename_entity(database, entity, "Renamed")
        await load_sample(database, samples[0])
        assert [each.name for each in await entities(database)] == ["Renamed"]
        async with database.snapshot(entity.id) as snapshot:
            assert (await settings_of(snapshot)).time_zone == "Asia/Tokyo"
