"""What is read of records by the functions that are written for their classes is what their fields say."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from app.domain.application import BalanceEntry
from app.domain.change_history import CHAINED, EVENTS, PARTS, differences_of, row_of
from app.domain.contents import reading_of
from app.domain.record import differ
from app.domain.sealing import BOOKKEEPING, canonical, text_of_contents
from app.repository.rows import TABLES
from tests.rules.facts import invoice, line

KINDS = (*TABLES, BalanceEntry)
TOKYO = timezone(timedelta(hours=9))
VALUES: tuple[Any, ...] = (7, "é", True, {"a": 1.5}, datetime(2026, 1, 1, 8, tzinfo=TOKYO))
"""Whatever a field is declared as, it is read as it is."""


def record_of(kind: type[Any], *, empty: bool) -> Any:
    """A record whose every field holds something, an instant an instant; or nothing."""
    names = [each.name for each in fields(kind)]
    values = [None if empty else _value(kind, place) for place in range(len(names))]
    return kind(**dict(zip(names, values, strict=True)))


def _value(kind: type[Any], place: int) -> Any:
    declared = str(fields(kind)[place].type)
    return VALUES[-1] if "datetime.datetime" in declared else VALUES[place % 4]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_contents_are_the_fields_that_hold_something_in_order_with_instants_as_text(kind: type[Any]) -> None:
    record = record_of(kind, empty=False)
    held = {each.name: getattr(record, each.name) for each in fields(kind)}
    found = reading_of(kind, ()).contents(record)
    assert list(found) == sorted(held)
    assert canonical(found) == canonical(held)
    assert not any(isinstance(value, datetime) for value in found.values())
    assert reading_of(kind, ()).contents(record_of(kind, empty=True)) == {}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_differences_are_the_fields_that_differ(kind: type[Any]) -> None:
    before, after = record_of(kind, empty=True), record_of(kind, empty=False)
    reading = reading_of(kind, ())
    assert reading.differences(after, record_of(kind, empty=False)) == {}
    found = reading.differences(before, after)
    assert found == {each.name: [None, getattr(after, each.name)] for each in fields(kind)}
    assert list(found) == sorted(found)


def test_in_json_one_and_true_differ() -> None:
    before = replace(invoice(), metadata={"a": 1})
    after = replace(before, metadata={"a": True})
    assert differ(before.metadata, after.metadata)
    assert differences_of(before, after) == {"metadata": [{"a": 1}, {"a": True}]}


def test_of_a_header_its_bookkeeping_is_no_content_but_differs() -> None:
    before = invoice()
    after = replace(before, version=2, position=3, balance=1)
    assert BOOKKEEPING.isdisjoint(row_of(after))
    assert set(differences_of(before, after)) == {"version", "position", "balance"}


@pytest.mark.parametrize("metadata", [None, {"rate": 1.0, "large": 10**30}])
def test_rows_of_contents_have_one_form(metadata: dict[str, Any] | None) -> None:
    records = [invoice(), replace(line("inl_1"), metadata=metadata)]
    rows = [("any", row_of(each)) for each in records]
    assert text_of_contents(rows) == canonical(rows).encode()


def test_every_kind_that_is_sealed_can_be_read() -> None:
    for kind in (*CHAINED, *PARTS, *EVENTS):
        assert row_of(record_of(kind, empty=False))


def test_an_instant_is_read_in_utc() -> None:
    record = replace(invoice(), created_at=datetime(2026, 1, 1, 8, tzinfo=TOKYO))
    assert row_of(record)["created_at"] == "2025-12-31T23:00:00.000000Z"
    assert record.created_at.astimezone(UTC).hour == 23
