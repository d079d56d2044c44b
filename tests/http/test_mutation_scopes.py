"""Every root mutation field has a scope around its resolver and its whole selection, left once, whatever happens."""

import asyncio

import pytest
from starlette.requests import Request

from app.api.http import endpoint
from app.api.http.operation import RequestParameters
from tests.http.client import codes, post
from tests.http.service import Door, Guest, RecordingOperation, new_endpoint
from tests.support.clocks import Clocks


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> Door:
    """Time is over as soon as something waits for ever, and no sooner however slow the machine is."""
    clocks = Clocks()
    monkeypatch.setattr(endpoint, "asyncio", clocks)
    return Door(on_waiting=clocks.run_out)


def test_fields_of_one_mutation_run_one_after_the_other_each_in_its_scope() -> None:
    door = Door()
    response = post(
        new_endpoint(door),
        'mutation { a: record(name: "x") { ... on Recorded { child { child { name } } } } '
        '__typename b: recordAtOnce(name: "y") { name } c: record(name: "rejected") { __typename } }',
    )
    assert response.json()["data"] == {
        "a": {"child": {"child": {"name": "x''"}}},
        "__typename": "Mutation",
        "b": {"name": "y"},
        "c": {"__typename": "Rejection"},
    }
    assert door.only.events == [
        *("enter 1", "record x", "leave 1"),
        *("enter 2", "record y", "leave 2"),
        *("enter 3", "record rejected", "leave 3"),
        "close",
    ]


def test_a_query_has_no_scope_but_is_closed() -> None:
    door = Door()
    assert post(new_endpoint(door), "{ tree { child { name } } }").status_code == 200
    assert door.only.events == ["close"]


def test_a_mutation_that_only_asks_for_its_type_enters_no_scope() -> None:
    door = Door()
    assert post(new_endpoint(door), "mutation { __typename }").json() == {"data": {"__typename": "Mutation"}}
    assert door.only.events == ["close"]


def test_a_bug_in_a_nullable_field_of_the_payload_leaves_the_scope_in_order() -> None:
    door = Door()
    response = post(
        new_endpoint(door), 'mutation { record(name: "x") { ... on Recorded { name nullableBug } } }'
    )
    assert response.json()["data"] == {"record": {"name": "x", "nullableBug": None}}
    assert codes(response) == ["INTERNAL_SERVER_ERROR"]
    assert door.only.events == ["enter 1", "record x", "leave 1", "close"]


def test_a_bug_that_passes_a_non_null_payload_is_seen_by_the_scope_and_ends_the_mutation() -> None:
    door = Door()
    response = post(
        new_endpoint(door),
        'mutation { a: record(name: "x") { ... on Recorded { bug } } b: record(name: "y") { __typename } }',
    )
    assert response.json()["data"] is None
    assert [error["path"] for error in response.json()["errors"]] == [["a", "bug"]]
    assert door.only.events == ["enter 1", "record x", "leave 1 with GraphQLError", "close"]


def test_a_bug_below_a_nullable_root_field_lets_the_next_field_run() -> None:
    door = Door()
    response = post(
        new_endpoint(door),
        'mutation { a: recordAtOnce(name: "x") { bug } b: recordAtOnce(name: "y") { name } }',
    )
    assert response.json()["data"] == {"a": None, "b": {"name": "y"}}
    assert door.only.events == ["enter 1", "record x", "leave 1", "enter 2", "record y", "leave 2", "close"]


def test_a_bug_in_the_resolver_leaves_the_scope_with_the_error() -> None:
    door = Door()
    response = post(new_endpoint(door), 'mutation { record(name: "bug") { __typename } }')
    assert codes(response) == ["INTERNAL_SERVER_ERROR"]
    assert door.only.events == ["enter 1", "record bug", "leave 1 with GraphQLError", "close"]


def test_what_runs_beside_a_failing_field_has_ended_before_the_scope_is_left() -> None:
    door = Door()
    response = post(
        new_endpoint(door),
        'mutation { a: record(name: "x") { ... on Recorded { forever child { forever } bug } } }',
    )
    assert [error["path"] for error in response.json()["errors"]] == [["a", "bug"]]
    events = door.only.events
    assert events[-2:] == ["leave 1 with GraphQLError", "close"]
    started = [event for event in events if event.endswith("started")]
    assert len(started) == len([event for event in events if event.endswith("ended")])


def test_what_runs_beside_a_failing_field_of_a_query_has_ended_before_the_close() -> None:
    door = Door()
    response = post(new_endpoint(door), "{ a: forever b: forever tree { forever child { bug } bug } }")
    assert response.json()["data"] is None
    events = door.only.events
    assert events[-1] == "close"
    assert sum(event.endswith("started") for event in events) == sum(
        event.endswith("ended") for event in events
    )


@pytest.mark.parametrize(
    "mutation",
    [
        'mutation { record(name: "forever") { __typename } }',
        'mutation { record(name: "x") { ... on Recorded { name forever } } }',
        'mutation { record(name: "x") { ... on Recorded { child { forever } again: child { forever } } } }',
        'mutation { recordAtOnce(name: "x") { forever } }',
    ],
)
def test_a_mutation_out_of_time_is_cancelled_inside_its_scope(hasty: Door, mutation: str) -> None:
    response = post(new_endpoint(hasty), mutation)
    assert (response.status_code, codes(response)) == (503, ["RETRY"])
    assert response.headers["Retry-After"] == "1"
    assert "idempotency key" in response.json()["errors"][0]["message"]
    events = hasty.only.events
    assert events[0] == "enter 1"
    assert events[-2:] == ["leave 1 with CancelledError", "close"]
    assert sum(event.endswith("started") for event in events) == sum(
        event.endswith("ended") for event in events
    )


def test_the_fields_after_the_one_that_ran_out_of_time_are_not_begun(hasty: Door) -> None:
    post(
        new_endpoint(hasty),
        'mutation { a: record(name: "x") { __typename } b: record(name: "forever") { __typename } '
        'c: record(name: "z") { __typename } }',
    )
    assert hasty.only.events == [
        *("enter 1", "record x", "leave 1"),
        *("enter 2", "record forever", "leave 2 with CancelledError"),
        "close",
    ]


def test_a_query_out_of_time_is_cancelled_and_closed(hasty: Door) -> None:
    response = post(new_endpoint(hasty), "{ a: forever b: forever }")
    assert (response.status_code, codes(response)) == (503, ["RETRY"])
    assert hasty.only.events == ["started", "started", "ended", "ended", "close"]


def test_a_scope_that_cannot_be_entered_is_an_error_of_the_field() -> None:
    door = Door(fails_when="entered")
    response = post(new_endpoint(door), 'mutation { a: recordAtOnce(name: "x") { name } }')
    assert response.json()["data"] == {"a": None}
    assert (response.json()["errors"][0]["path"], codes(response)) == (["a"], ["RETRY"])
    assert door.only.events == ["close"]


def test_a_scope_that_fails_at_its_end_takes_the_value_of_the_field_with_it() -> None:
    door = Door(fails_when="left")
    response = post(new_endpoint(door), 'mutation { a: recordAtOnce(name: "x") { name } }')
    assert response.json()["data"] == {"a": None}
    assert (response.json()["errors"][0]["path"], codes(response)) == (["a"], ["INTERNAL_SERVER_ERROR"])
    assert "rollback" not in response.text


def test_a_close_that_fails_does_not_lose_the_answer_of_what_was_done(
    caplog: pytest.LogCaptureFixture,
) -> None:
    door = Door(fails_when="closed")
    response = post(new_endpoint(door), 'mutation { recordAtOnce(name: "x") { name } }')
    assert response.json() == {"data": {"recordAtOnce": {"name": "x"}}}
    assert "the snapshot was gone" in caplog.text


def test_an_operation_that_cannot_be_opened_is_a_masked_bug(caplog: pytest.LogCaptureFixture) -> None:
    response = post(new_endpoint(Door(fails_when="opened")), "{ one }")
    assert (response.status_code, codes(response)) == (500, ["INTERNAL_SERVER_ERROR"])
    assert "secret" not in response.text
    assert response.json()["errors"][0]["extensions"]["errorId"] in caplog.text


def test_a_time_out_of_the_database_is_not_taken_for_the_time_limit() -> None:
    class Broken(Door):
        async def open(self, parameters: RequestParameters) -> RecordingOperation:
            raise TimeoutError

    assert codes(post(new_endpoint(Broken()), "{ one }")) == ["INTERNAL_SERVER_ERROR"]


def test_opening_an_operation_is_under_the_time_limit() -> None:
    class Stuck(Door):
        async def open(self, parameters: RequestParameters) -> RecordingOperation:
            await asyncio.Event().wait()
            raise AssertionError("never")

    assert codes(post(new_endpoint(Stuck(), time_limit_seconds=0.1), "{ one }")) == ["RETRY"]


def test_finding_out_who_asks_is_under_the_time_limit() -> None:
    class Stuck(Door):
        async def authenticate(self, request: Request) -> Guest:
            await asyncio.Event().wait()
            raise AssertionError("never")

    response = post(new_endpoint(Stuck(), time_limit_seconds=0.1), "{ one }")
    assert (response.status_code, codes(response), response.headers["Retry-After"]) == (503, ["RETRY"], "1")
