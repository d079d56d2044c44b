"""Types made at run time: the annotations of generated inputs, edges and payloads.

A type checker reads annotations as they are written, and these are computed; here is the one place that says so.
"""

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, Optional, ParamSpec, TypeVar, Union, cast

import strawberry
from strawberry import UNSET

P = ParamSpec("P")
T = TypeVar("T")


def optional(kind: Any) -> Any:
    """`kind | None`."""
    return Optional[kind]  # noqa: UP045 - `|` does not know a forward reference


def list_of(kind: Any) -> Any:
    """`list[kind]`."""
    return list[kind]


def maybe(kind: Any) -> Any:
    """Absent or a value, never null (Strawberry's Maybe)."""
    return strawberry.Maybe[kind]  # type: ignore[misc]


def lazily(name: str, module: str) -> Any:
    """The type of that name in a module that may not be loaded yet: document types refer to each other in circles."""
    return Annotated[name, strawberry.lazy(module)]


def argument(kind: Any, description: str) -> Any:
    """A described argument."""
    return Annotated[kind, strawberry.argument(description=description)]


def optional_argument(kind: Any, description: str) -> Any:
    """A described argument that may be left out."""
    return argument(optional(kind), description)


def union(name: str, description: str, *members: Any) -> Any:
    """A named union of object types."""
    return Annotated[Union[members], strawberry.union(name, description=description)]  # noqa: UP007


def once(function: Callable[P, T]) -> Callable[P, T]:
    """functools.cache with the function's own type: it takes a dataclass's class for unhashable otherwise."""
    return cast("Callable[P, T]", cache(function))


def type_of(
    name: str,
    description: str,
    fields: dict[str, tuple[Any, str]],
    *,
    make: Callable[..., Any],
    is_input: bool = False,
) -> type[Any]:
    """A Strawberry type from fields: name -> (type, description)."""
    namespace: dict[str, Any] = {"__annotations__": {key: kind for key, (kind, _) in fields.items()}}
    for key, (_, text) in fields.items():
        more = {"default": UNSET} if is_input else {}
        # A word that Python keeps for itself ends in `_` here.
        namespace[key] = strawberry.field(
            name=key.rstrip("_") if key.endswith("_") else None, description=text, **more
        )
    made: type[Any] = make(type(name, (), namespace), description=description)
    return made
