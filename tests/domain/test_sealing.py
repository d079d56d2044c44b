"""The form of a seal: it never changes, or no chain of before could be checked."""

import datetime as dt
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import JSON

from app.domain.change_history import CHAINED, EVENTS, PARTS
from app.domain.sealing import JSON_COLUMNS, canonical, canonical_columns, hash_of, in_order, sealed
from app.domain.vocabulary import ChangeKind, Operation
from app.repository.rows import TABLES

NOON = dt.datetime(2026, 11, 21, 12, 30, 0, tzinfo=dt.UTC)
LINK: dict[str, Any] = {
    "previous": "aa",
    "document_id": "cm_1",
    "version": 2,
    "part": 1,
    "kind": ChangeKind.CHANGED,
    "log_id": "log_1",
    "operation": Operation.APPLY_CREDIT_MEMO,
    "actor": "ada ✓",
    "recorded_at": NOON,
    "rows": [("balance_entry", {"document_id": "cm_1", "position": 2, "impact_amount": -500})],
    "changes": '{"changed":{"cm_1":{"balance":[1000,500]}}}',
}
LINES = (
    '["aa","cm_1",2,1,"CHANGED","log_1","APPLY_CREDIT_MEMO","ada ✓","2026-11-21T12:30:00.000000Z",'
    '[["balance_entry",{"document_id":"cm_1","impact_amount":-500,"position":2}]]]\n'
    '{"changed":{"cm_1":{"balance":[1000,500]}}}'
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**63), max_value=2**63 - 1),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.dates(),
    st.datetimes(timezones=st.just(dt.UTC)),
    st.sampled_from(Operation),
)
COLUMNS = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), SCALARS, max_size=6)


def test_a_link_is_the_hash_of_two_lines() -> None:
    assert hash_of(**LINK) == hashlib.sha256(LINES.encode()).hexdigest()


@pytest.mark.parametrize(
    "other",
    [
        {"previous": "ab"},
        {"previous": None},
        {"document_id": "cm_2"},
        {"version": 3},
        {"part": 2},
        {"kind": ChangeKind.CREATED},
        {"log_id": "log_2"},
        {"operation": Operation.UNAPPLY_CREDIT_MEMO},
        {"actor": "bob"},
        {"recorded_at": NOON + dt.timedelta(microseconds=1)},
        {"rows": []},
        {"changes": "{}"},
    ],
    ids=lambda each: next(iter(each)),
)
def test_everything_that_is_told_is_sealed(other: dict[str, Any]) -> None:
    assert hash_of(**{**LINK, **other}) != hash_of(**LINK)


def test_an_instant_is_sealed_in_utc_whatever_zone_it_comes_in() -> None:
    elsewhere = NOON.astimezone(dt.timezone(dt.timedelta(hours=-5)))
    assert hash_of(**{**LINK, "recorded_at": elsewhere}) == hash_of(**LINK)


def test_what_is_nothing_is_left_out_so_that_a_later_column_breaks_no_hash() -> None:
    later: dict[str, Any] = {"flag": False, "note": None, "count": 0, "text": "", "metadata": {}, "list": []}
    assert sealed({"id": "cm_1", "balance": 5, **later}) == {"id": "cm_1", "balance": 5}


def test_rows_come_by_table_and_id_and_balance_entries_by_position() -> None:
    rows: list[tuple[str, dict[str, Any]]] = [
        ("refund", {"id": "rfd_1"}),
        ("balance_entry", {"position": 10}),
        ("credit_memo", {"id": "cm_1"}),
        ("balance_entry", {"position": 9}),
    ]
    assert in_order(rows) == [rows[3], rows[1], rows[2], rows[0]]


@given(COLUMNS)
def test_both_ways_of_writing_are_one_form(columns: dict[str, Any]) -> None:
    assert canonical_columns(["x", columns], [columns]) == canonical(["x", columns]).encode()


@given(st.dictionaries(st.text(max_size=3), st.floats(allow_nan=False, allow_infinity=False), max_size=4))
def test_what_a_caller_says_as_json_is_written_in_that_form_too(metadata: dict[str, float]) -> None:
    columns = {"metadata": {**metadata, "large": 10**30}}
    assert canonical_columns(columns, [columns]) == canonical(columns).encode()


def test_every_column_that_can_have_json_is_known() -> None:
    chained = [TABLES[kind] for kind in (*CHAINED, *PARTS, *EVENTS) if kind in TABLES]
    found = {column.name for table in chained for column in table.c if isinstance(column.type, JSON)}
    assert found == JSON_COLUMNS


def test_the_first_link_and_one_that_no_command_has_made_have_empty_texts_in_their_places() -> None:
    adopted = {**LINK, "previous": None, "log_id": None, "operation": None, "rows": []}
    told = '["","cm_1",2,1,"CHANGED","","","ada ✓","2026-11-21T12:30:00.000000Z",[]]\n' + LINK["changes"]
    assert hash_of(**adopted) == hashlib.sha256(told.encode()).hexdigest()
