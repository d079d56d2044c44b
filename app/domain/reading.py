"""JSON as GraphQL's inputs are written (camelCase, decimals as text) to commands, by the commands' own types.

The rules for single values are those of the schema's scalars, so that a file and a request mean the same.
"""

import datetime as dt
import re
import types
from collections.abc import Callable, Hashable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from app.domain.commands import Reference
from app.domain.commands.fields import ABSENT, Absent
from app.domain.violation import Path

T = TypeVar("T")

DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,12})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DATE_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,6})0*)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
LARGEST_INTEGER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that is not what its place wants; the path is written as in the file."""

    path: Path
    message: str


class Unreadable(Exception):
    """The value is no command; `faults` has everything that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{path_text(each.path)}: {each.message}" for each in faults))


def path_text(path: Path) -> str:
    """A path as people write it: `lines.0.amount`."""
    return ".".join(str(part) for part in path)


def read(kind: type[T], value: object) -> T:
    """The dataclass that the JSON value describes. Raises Unreadable."""
    faults: list[Fault] = []
    found = _reader(cast(Hashable, kind))(value, (), faults)
    if faults:
        raise Unreadable(faults)
    return cast(T, found)


def camel(name: str) -> str:
    """`invoice_line_id` as GraphQL and JSON write it: `invoiceLineId`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


Reader = Callable[[Any, Path, list[Fault]], Any]
"""Value, its path, where to complain -> what it stands for; anything at all once there was a complaint."""


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    written: str
    reader: Reader
    is_required: bool
    default: Any


@cache
def _reader(hint: Any) -> Reader:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        [inner] = [each for each in get_args(hint) if each not in (types.NoneType, Absent)]
        return _reader(inner)
    if origin is list:
        return _list_reader(_reader(get_args(hint)[0]))
    if origin is dict:
        return _metadata
    if is_dataclass(hint):
        return _dataclass_reader(cast("type[Any]", hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _word_reader(hint)
    return _SCALARS[hint]


def _dataclass_reader(kind: type[Any]) -> Reader:
    hints = get_type_hints(kind)
    plan = {
        camel(each.name): _Field(
            name=each.name,
            written=camel(each.name),
            reader=_reader(hints[each.name]),
            is_required=each.default is MISSING,
            default=each.default,
        )
        for each in fields(kind)
    }
    names_one = issubclass(kind, Reference)

    def read_dataclass(value: Any, path: Path, faults: list[Fault]) -> Any:
        if not isinstance(value, dict):
            return _complain(faults, path, "an object is wanted")
        before = len(faults)
        for name in value:
            if name not in plan:
                _complain(faults, (*path, name), f"there is no such field; known are {', '.join(plan)}")
        given = {name: item for name, item in value.items() if name in plan and _is_said(plan[name], item)}
        if names_one and len(given) != 1:
            _complain(faults, path, f"exactly one is wanted of {', '.join(plan)}")
        for each in plan.values():
            if each.is_required and each.written not in given:
                _complain(faults, (*path, each.written), "this field must be given")
        read_fields = {
            plan[name].name: None if item is None else plan[name].reader(item, (*path, name), faults)
            for name, item in given.items()
        }
        return kind(**read_fields) if len(faults) == before else None

    return read_dataclass


def _is_said(field: _Field, item: Any) -> bool:
    """Null says nothing, but in a patch."""
    return item is not None or field.default is ABSENT


def _list_reader(reader: Reader) -> Reader:
    def read_list(value: Any, path: Path, faults: list[Fault]) -> Any:
        if not isinstance(value, list):
            return _complain(faults, path, "a list is wanted")
        return [reader(item, (*path, place), faults) for place, item in enumerate(value)]

    return read_list


def _word_reader(words: type[StrEnum]) -> Reader:
    def read_word(value: Any, path: Path, faults: list[Fault]) -> Any:
        if isinstance(value, str) and value in words.__members__:
            return words[value]
        return _complain(faults, path, f"one of {', '.join(words.__members__)} is wanted")

    return read_word


def _text(value: Any, path: Path, faults: list[Fault]) -> Any:
    return value if isinstance(value, str) else _complain(faults, path, "text is wanted")


def _flag(value: Any, path: Path, faults: list[Fault]) -> Any:
    return value if isinstance(value, bool) else _complain(faults, path, "true or false is wanted")


def _integer(value: Any, path: Path, faults: list[Fault]) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_INTEGER:
        return value
    return _complain(faults, path, "an integer of 32 bits is wanted")


def _metadata(value: Any, path: Path, faults: list[Fault]) -> Any:
    return value if isinstance(value, dict) else _complain(faults, path, "an object is wanted")


def _decimal(value: Any, path: Path, faults: list[Fault]) -> Any:
    if isinstance(value, str) and DECIMAL.fullmatch(value):
        return Decimal(value)
    wanted = (
        'a decimal as text is wanted, such as "-12.50", at most 18 digits before the point and 12 after it'
    )
    return _complain(faults, path, wanted)


def _date(value: Any, path: Path, faults: list[Fault]) -> Any:
    if isinstance(value, str) and DATE.fullmatch(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return _complain(faults, path, "there is no such day")
    return _complain(faults, path, 'a day is wanted, such as "2026-11-21"')


def _instant(value: Any, path: Path, faults: list[Fault]) -> Any:
    match = DATE_TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        wanted = (
            'an instant with its offset is wanted, such as "2026-11-21T09:30:00Z", to a microsecond at most'
        )
        return _complain(faults, path, wanted)
    day, time, fraction, offset = match.groups()
    try:
        return dt.datetime.fromisoformat(f"{day}T{time}.{fraction or '0'}{offset.upper()}").astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return _complain(faults, path, "there is no such instant")


def _complain(faults: list[Fault], path: Path, message: str) -> None:
    faults.append(Fault(path, message))


_SCALARS: dict[Any, Reader] = {
    str: _text,
    bool: _flag,
    int: _integer,
    Decimal: _decimal,
    dt.date: _date,
    dt.datetime: _instant,
}
