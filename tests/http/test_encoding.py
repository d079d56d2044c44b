"""Instants and dates in an answer are written as RFC 3339 has them, by whichever of the two encoders writes it."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.api.http.encode import json_bytes

LONE_SURROGATE = "\ud800"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2026, 11, 21, 9, 30, tzinfo=UTC), "2026-11-21T09:30:00Z"),
        (datetime(2026, 11, 21, 9, 30, 0, 120_000, UTC), "2026-11-21T09:30:00.120000Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
        (datetime.max, "9999-12-31T23:59:59.999999Z"),  # noqa: DTZ901 - so PostgreSQL's driver gives the last one
        (date(987, 6, 5), "0987-06-05"),
    ],
)
@pytest.mark.parametrize("beside", ["plain", LONE_SURROGATE])
def test_an_instant_or_a_date_is_text(value: Any, text: str, beside: str) -> None:
    body = json_bytes({"data": {"it": value, "beside": beside}})
    assert json.loads(body) == {"data": {"it": text, "beside": beside}}


def test_what_no_answer_can_have_is_said() -> None:
    with pytest.raises(TypeError, match="an answer cannot have a set"):
        json_bytes({"data": {1, 2}})
