"""What was measured, as numbers by name, kept beside the page: its list of targets and its plot are made from them."""

import json
from collections.abc import Mapping
from pathlib import Path

FACTS = Path(__file__).parents[2] / "docs" / "performance.json"

Facts = dict[str, float]
"""Ratios and sizes by name, e.g. `R1 / PostGraphile, 8 clients`."""


def kept() -> Facts:
    return dict(json.loads(FACTS.read_text(encoding="utf-8"))) if FACTS.exists() else {}


def keep(facts: Mapping[str, float]) -> Facts:
    """What was measured now beside what was measured before; returns all of it."""
    every = {**kept(), **{name: round(value, 4) for name, value in facts.items()}}
    FACTS.write_text(json.dumps(dict(sorted(every.items())), indent=2) + "\n", encoding="utf-8")
    return every
