"""A class that is made quickly is constructed as the dataclass says, and is as frozen."""

from dataclasses import FrozenInstanceError, dataclass, field, replace
from typing import Any

import pytest

from app.domain.construction import construction_of, quickly_made


@dataclass(frozen=True, slots=True)
class Slow:
    name: str
    amount: int = 7
    note: str | None = field(default=None, kw_only=True)


@pytest.fixture
def part() -> Any:
    """A class that each test has made anew: what makes it is run by the test."""

    @quickly_made
    @dataclass(frozen=True, slots=True)
    class Part:
        name: str
        amount: int = 7
        note: str | None = field(default=None, kw_only=True)

    return Part


def test_places_names_and_defaults_are_those_of_the_dataclass(part: Any) -> None:
    assert part("a") == part(name="a", amount=7, note=None)
    assert (part("a", 1).amount, part("a", note="n").note) == (1, "n")
    assert replace(part("a", 1), name="b") == part("b", 1)
    assert repr(part("a")).endswith("Part(name='a', amount=7, note=None)")


@pytest.mark.parametrize(
    ("places", "names"), [((), {}), (("a", 1, "n"), {}), (("a",), {"name": "b"}), (("a",), {"colour": "red"})]
)
def test_what_the_dataclass_refuses_is_refused(
    part: Any, places: tuple[Any, ...], names: dict[str, Any]
) -> None:
    for kind in (part, Slow):
        with pytest.raises(TypeError, match="argument"):
            kind(*places, **names)


def test_a_class_without_defaults_and_one_of_names_alone_are_made_too() -> None:
    @quickly_made
    @dataclass(frozen=True, slots=True)
    class Pair:
        one: int
        other: int

    @quickly_made
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Named:
        name: str
        amount: int = 7

    assert (Pair(1, 2).one, Pair(1, other=2).other) == (1, 2)
    assert Named(name="a") == Named(amount=7, name="a")
    with pytest.raises(TypeError, match="argument"):
        Named("a")  # type: ignore[call-arg]


def test_what_is_made_in_any_way_is_of_its_own_class_and_frozen(part: Any) -> None:
    construction = construction_of(part)
    copy = construction.open_copy(part("a", 1))
    copy.amount = 2
    del copy.note
    copy.note = None
    copy.__class__ = part
    for made in (part("a", 2), construction.of_values("a", 2, None), copy):
        assert type(made) is part
        assert made == part("a", 2)
        assert not hasattr(made, "__dict__")
        with pytest.raises(FrozenInstanceError):
            made.amount = 3
        with pytest.raises(FrozenInstanceError):
            del made.amount


def test_a_class_that_is_made_as_ever_has_no_quick_construction() -> None:
    with pytest.raises(KeyError):
        construction_of(Slow)


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
