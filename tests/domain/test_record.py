"""Records copied and put together past their constructors are what the constructors make."""

from collections.abc import Iterator
from dataclasses import FrozenInstanceError, dataclass, fields, replace
from typing import Any

import pytest

from app.domain.record import Record, changed, differ, of_values
from app.repository.rows import TABLES
from tests.rules.facts import NOW

KINDS = [*TABLES]


def numbered(kind: type[Record]) -> dict[str, Any]:
    """A value of its own for each field; no field of a record checks what it is given."""
    return {each.name: f"value {place}" for place, each in enumerate(fields(kind))}


def kinds_that_look_at_their_values() -> Iterator[type[Record]]:
    for kind in KINDS:
        if hasattr(kind, "__post_init__"):
            yield kind


def test_a_new_kind_of_record_can_be_copied_and_put_together_at_once() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Note(Record):
        text: str

    assert of_values(Note, ["nte_1", "a"]) == Note(id="nte_1", text="a")
    assert changed(Note(id="nte_1", text="a"), text="b") == Note(id="nte_1", text="b")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_record_of_values_is_the_record_of_the_same_fields(kind: type[Record]) -> None:
    values = numbered(kind)
    assert of_values(kind, values.values()) == kind(**values)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_changed_record_differs_in_the_named_field_alone(kind: type[Record]) -> None:
    before = kind(**numbered(kind))
    for each in fields(kind):
        after = changed(before, **{each.name: "other"})
        assert after == replace(before, **{each.name: "other"})
        assert type(after) is kind
    assert before == kind(**numbered(kind))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_field_that_the_record_does_not_have_is_no_change(kind: type[Record]) -> None:
    record = kind(**numbered(kind))
    with pytest.raises(TypeError, match="has no field 'colour'"):
        changed(record, colour="red")
    with pytest.raises(TypeError, match="has no field 'PREFIX'"):
        changed(record, PREFIX="red")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_value_too_few_or_too_many_makes_no_record(kind: type[Record]) -> None:
    values = list(numbered(kind).values())
    for wrong in (values[:-1], [*values, "more"]):
        with pytest.raises(TypeError, match="argument"):
            of_values(kind, wrong)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_changed_record_is_as_immutable_as_any(kind: type[Record]) -> None:
    record = changed(kind(**numbered(kind)), id="other")
    with pytest.raises(FrozenInstanceError):
        record.id = "third"  # type: ignore[misc]


def test_no_kind_of_record_has_checks_that_a_copy_would_pass_by() -> None:
    assert list(kinds_that_look_at_their_values()) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (1, 2, True),
        (1, 1, False),
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": 1}, {"a": True}, True),
        ({"a": {"b": 0}}, {"a": {"b": False}}, True),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, False),
        ({"a": 1}, None, True),
        (NOW, NOW, False),
    ],
)
def test_the_books_tell_json_apart_as_json_does_and_all_else_as_python_does(
    one: Any, other: Any, expected: bool
) -> None:
    assert differ(one, other) is expected
