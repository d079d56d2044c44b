"""Statements are built once: a cache whose type is the function's own."""

from collections.abc import Callable
from functools import cache
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")


def remembered(function: Callable[P, T]) -> Callable[P, T]:
    """functools.cache keeps no parameter types, and takes a dataclass's class for unhashable."""
    return cast("Callable[P, T]", cache(function))
