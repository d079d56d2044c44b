"""What records hold, and in what two of them differ, by functions that are written once for each of their classes.

A batch asks that of hundred thousands; a step for each field by its name costs three times what these do.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, get_args, get_type_hints

from app.domain.record import differ
from app.domain.sealing import instant_text

Contents = dict[str, Any]
"""The fields that hold something, by name in order; instants as they are sealed."""
Differences = dict[str, list[Any]]
"""The fields of which the books tell two values apart, by name in order -> [before, after]."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How records of a class are read."""

    contents: Callable[[Any], Contents]
    differences: Callable[[Any, Any], Differences]


def reading_of(kind: type[Any], left_out: Collection[str]) -> Reading:
    """`left_out`: fields that are no contents."""
    names = sorted(each.name for each in fields(kind))
    hints = get_type_hints(kind)
    instants = {name for name in names if datetime in (hints[name], *get_args(hints[name]))}
    known: dict[str, Any] = {"differ": differ, "instant_text": instant_text}
    exec(_source(names, instants, left_out), known)
    return Reading(known["contents"], known["differences"])


def _source(names: Collection[str], instants: Collection[str], left_out: Collection[str]) -> str:
    """Two functions, of the names of the fields and nothing else."""
    read = "".join(
        f"""
    value = record.{name}
    if value:
        found[{name!r}] = {"instant_text(value)" if name in instants else "value"}"""
        for name in names
        if name not in left_out
    )
    compared = "".join(
        f"""
    old, new = before.{name}, after.{name}
    if old is not new and differ(old, new):
        found[{name!r}] = [old, new]"""
        for name in names
    )
    return f"""
def contents(record):
    found = {{}}{read}
    return found

def differences(before, after):
    found = {{}}{compared}
    return found
"""
