"""Who came in lately is known by what was shown, and by nothing else."""

import pytest
from starlette.datastructures import Headers

from app.api.http.acquaintances import Acquaintances, shown_by
from tests.http.service import Door, Guest

GUEST = Guest("ada", Door())
ADA = {"Authorization": "Bearer ada", "X-Entity-Id": "acme"}


def headers(*pairs: tuple[str, str], **named: str) -> Headers:
    return Headers(raw=[(name.lower().encode(), value.encode()) for name, value in (*pairs, *named.items())])


def test_who_came_in_is_known_by_the_same_credential_and_entity() -> None:
    lately = Acquaintances()
    lately.came_in(shown_by(headers(*ADA.items())), GUEST)
    assert lately.caller(shown_by(headers(*ADA.items(), ("X-Request-Id", "another")))) is GUEST


@pytest.mark.parametrize(
    "other",
    [
        {**ADA, "Authorization": "Bearer bob"},
        {**ADA, "X-Entity-Id": "other"},
        {"Authorization": ADA["Authorization"]},
        {"X-Entity-Id": ADA["X-Entity-Id"]},
        {"Authorization": "Bearer\nada", "X-Entity-Id": "acme\n"},
        {"Authorization": "Bearer ada acme"},
    ],
)
def test_whoever_shows_something_else_is_a_stranger(other: dict[str, str]) -> None:
    lately = Acquaintances()
    lately.came_in(shown_by(headers(*ADA.items())), GUEST)
    assert lately.caller(shown_by(headers(*other.items()))) is None


def test_spaces_make_no_other_credential_of_it() -> None:
    """One caller would fill what is remembered with many ways of writing one key."""
    assert shown_by(headers(("Authorization", "Bearer   ada "))) == shown_by(
        headers(("Authorization", "Bearer ada"))
    )


def test_without_a_credential_or_with_two_nobody_becomes_known() -> None:
    lately = Acquaintances()
    for shown in (headers(), headers(("Authorization", "Bearer ada"), ("Authorization", "Bearer bob"))):
        lately.came_in(shown_by(shown), GUEST)
        assert lately.caller(shown_by(shown)) is None
