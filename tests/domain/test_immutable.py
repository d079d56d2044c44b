"""The nouns do not change: every value of the domain is frozen, and has the fields that it was made with and no others."""

import dataclasses
import importlib
import pkgutil
from typing import Any

import pytest

import app.domain

MODULES = [each.name for each in pkgutil.walk_packages(app.domain.__path__, "app.domain.")]

SHARED = {"AutoApplyOptions", "DirectCreditOptions", "WriteOffReason"}
"""What several commands have in common: with slots, no command could take over from two of them."""


def values_of(module: str) -> list[type[Any]]:
    """Its public dataclasses; what begins with an underscore is a tool of one function's."""
    return [
        each
        for name, each in vars(importlib.import_module(module)).items()
        if dataclasses.is_dataclass(each)
        and isinstance(each, type)
        and each.__module__ == module
        and not name.startswith("_")
    ]


@pytest.mark.parametrize("module", MODULES)
def test_a_value_of_the_domain_is_frozen_and_has_slots(module: str) -> None:
    loose = [each.__name__ for each in values_of(module) if not each.__dataclass_params__.frozen]
    assert loose == []
    open_ones = {each.__name__ for each in values_of(module) if "__slots__" not in vars(each)}
    assert open_ones <= SHARED
