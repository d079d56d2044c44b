"""Quick constructors for frozen dataclasses with slots, of which a batch makes hundred thousands.

The constructor that a frozen dataclass has by itself sets each field past its own refusal, at several times the cost of
an assignment. Here an instance that is being filled is of an *open* subclass: it has the same slots, and they can be
assigned to. Once filled it is of its own class, and frozen.
"""

from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Construction(Generic[T]):
    """How instances of a class are made past its constructor."""

    of_values: Callable[..., T]
    """From the values of all fields, in the order in which they are declared."""
    open_copy: Callable[[T], T]
    """A copy that can be assigned to until its `__class__` is set to its own."""


_constructions: dict[type[Any], Construction[Any]] = {}


def construction_of(kind: type[T]) -> Construction[T]:
    """KeyError for a class that is not made quickly."""
    return _constructions[kind]


def quickly_made(kind: type[T]) -> type[T]:
    """Class decorator, above `dataclass`: the same constructor, quicker.

    TypeError where there is more to it than fields and their defaults.
    """
    declared = fields(kind)  # type: ignore[arg-type]
    if hasattr(kind, "__post_init__") or any(each.default_factory is not MISSING for each in declared):
        raise TypeError(f"the constructor of {kind.__name__} does more than to fill fields")
    is_open = {"__slots__": (), "__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    known: dict[str, Any] = {
        "own": kind,
        "Open": type(kind.__name__, (kind,), is_open),
        "new": object.__new__,
        "put": object.__setattr__,
        "default": {each.name: each.default for each in declared if each.default is not MISSING},
    }
    exec(_source(declared), known)
    setattr(kind, "__init__", known["__init__"])  # noqa: B010 - to mypy a method is not to be assigned to
    _constructions[kind] = Construction(known["of_values"], known["open_copy"])
    return kind


def _source(declared: tuple[Field[Any], ...]) -> str:
    """Three functions, of the names of the fields and nothing else, as `dataclass` writes its constructor."""
    names = [each.name for each in declared]
    given = "".join(f"\n    made.{name} = {name}" for name in names)
    copied = "".join(f"\n    made.{name} = original.{name}" for name in names)
    by_place = [_parameter(each) for each in declared if not each.kw_only]
    by_name = [_parameter(each) for each in declared if each.kw_only]
    parameters = ", ".join(["made", *by_place, *(["*", *by_name] if by_name else [])])
    return f"""
def __init__({parameters}):
    put(made, "__class__", Open){given}
    made.__class__ = own

def of_values({", ".join(names)}):
    made = new(Open){given}
    made.__class__ = own
    return made

def open_copy(original):
    made = new(Open){copied}
    return made
"""


def _parameter(field: Field[Any]) -> str:
    return field.name if field.default is MISSING else f"{field.name}=default[{field.name!r}]"
