"""A class that is made quickly is constructed as the dataclass says, and is as frozen."""

from dataclasses import FrozenInstanceError, dataclass, field, replace
from typing import Any

import pytest

from app.domain.construction import construction_of, quickly_made


@quickly_made
@dataclass(frozen=True, slots=True)
class Part:
    name: str
    amount: int = 7
    note: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Slow:
    name: str
    amount: int = 7
    note: str | None = field(default=None, kw_only=True)


def test_places_names_and_defaults_are_those_of_the_dataclass() -> None:
    assert Part("a") == Part(name="a", amount=7, note=None)
    assert (Part("a", 1).amount, Part("a", note="n").note) == (1, "n")
    assert replace(Part("a", 1), name="b") == Part("b", 1)
    assert repr(Part("a")).endswith("Part(name='a', amount=7, note=None)")


@pytest.mark.parametrize(
    ("places", "names"), [((), {}), (("a", 1, "n"), {}), (("a",), {"name": "b"}), (("a",), {"colour": "red"})]
)
def test_what_the_dataclass_refuses_is_refused(places: tuple[Any, ...], names: dict[str, Any]) -> None:
    for kind in (Part, Slow):
        with pytest.raises(TypeError, match="argument"):
            kind(*places, **names)


def test_what_is_made_in_any_way_is_of_its_own_class_and_frozen() -> None:
    construction = construction_of(Part)
    copy = construction.open_copy(Part("a", 1))
    copy.amount = 2  # type: ignore[misc]
    copy.__class__ = Part
    for made in (Part("a", 2), construction.of_values("a", 2, None), copy):
        assert type(made) is Part
        assert made == Part("a", 2)
        with pytest.raises(FrozenInstanceError):
            made.amount = 3  # type: ignore[misc]


def test_a_constructor_that_does_more_than_to_fill_fields_is_left_alone() -> None:
    @dataclass(frozen=True, slots=True)
    class Listed:
        names: list[str] = field(default_factory=list)

    @dataclass(frozen=True, slots=True)
    class Checked:
        name: str

        def __post_init__(self) -> None:
            assert self.name

    for kind in (Listed, Checked):
        with pytest.raises(TypeError, match="does more than to fill fields"):
            quickly_made(kind)
