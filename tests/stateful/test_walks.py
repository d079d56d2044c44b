"""Random walks over all mutations: the service does what the model does, on both engines, from both entity levels.

In the default profile the walks are always the same; with HYPOTHESIS_PROFILE=soak they are random, many and long.
"""

import asyncio
from collections import Counter
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from app.domain.entity import Settings
from app.domain.vocabulary import ApplicationLevel
from tests.stateful.machine import BooksMachine

DEFAULT_WALKS, DEFAULT_STEPS = 3, 16
SOAK_WALKS, SOAK_STEPS = 1000, 60


def profile() -> settings:
    """The counts belong to the profile, since a step of a walk is a hundred times as dear as an example elsewhere."""
    is_fixed = settings.default.derandomize  # type: ignore[union-attr]
    walks, steps = (DEFAULT_WALKS, DEFAULT_STEPS) if is_fixed else (SOAK_WALKS, SOAK_STEPS)
    return settings(max_examples=walks, stateful_step_count=steps)


@pytest.mark.parametrize("level", list(ApplicationLevel))
def test_the_service_walks_as_the_model_does(
    level: ApplicationLevel, walks: Any, runner: asyncio.Runner
) -> None:
    tally = Counter[str]()

    def machine() -> BooksMachine:
        return BooksMachine(runner, lambda: walks.open(Settings(application_level=level)), tally)

    run_state_machine_as_test(machine, settings=profile())  # type: ignore[arg-type]
    assert tally, "no step was taken"
