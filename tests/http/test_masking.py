"""What a client reads about errors, and what stands in the log."""

import logging

import pytest

from tests.http.client import codes, post
from tests.http.service import Door, new_endpoint


@pytest.mark.parametrize(
    "query", ["{ bug }", "{ unfitInteger }", "{ unfitUnion { __typename } }", "{ tree { nullableBug } }"]
)
def test_a_bug_is_masked_and_logged_once_under_the_id_the_client_gets(
    query: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = post(new_endpoint(), query)
    (error,) = response.json()["errors"]
    assert response.status_code == 200
    assert error["message"] == "Internal error."
    assert error["extensions"].keys() == {"code", "errorId"}
    assert "secret" not in response.text
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert error["extensions"]["errorId"] in record.getMessage()
    assert response.headers["X-Request-Id"] in record.getMessage()
    assert record.exc_info is not None


def test_rows_that_fail_alike_are_one_event_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    response = post(new_endpoint(), "{ bugs { nullableBug } bug }")
    errors = response.json()["errors"]
    assert len(errors) == 21
    assert len({error["extensions"]["errorId"] for error in errors}) == 1
    assert len(caplog.records) == 2


def test_faults_of_the_client_are_shown_and_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    endpoint = new_endpoint()
    assert post(endpoint, "{ forbidden }").json()["errors"][0] == {
        "message": "Not yours.",
        "locations": [{"line": 1, "column": 3}],
        "path": ["forbidden"],
        "extensions": {"code": "FORBIDDEN"},
    }
    for query in ("{", "{ two }", "{ decimal(value: 1) }", "query($v: Int!) { integer(value: $v) }"):
        assert post(endpoint, query).status_code == 400
    assert not caplog.records


def test_an_argument_that_turns_out_wrong_in_execution_is_the_clients_fault(
    caplog: pytest.LogCaptureFixture,
) -> None:
    response = post(new_endpoint(), "query($v: Int = 1) { integer(value: $v) }", variables={"v": None})
    assert codes(response) == ["BAD_USER_INPUT"]
    assert not caplog.records


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ patched(patch: {ownNote: null}) }", {}),
        ("query($p: Patch!) { patched(patch: $p) }", {"p": {"inner": {"ownNote": None}}}),
        ("query($n: String) { patched(patch: {ownNote: $n}) }", {"n": None}),
        ("{ noted(note: null) }", {}),
        ("query($n: String) { noted(note: $n) }", {"n": None}),
        ("query($i: Int!) { integer(value: $i) }", {"i": 10**4299}),
        ("{ integer(value: " + "9" * 5_000 + ") }", {}),
        ("query($b: By!) { found(by: $b) }", {"b": {}}),
        ("{ shade(value: 5) }", {}),
    ],
)
def test_no_message_speaks_python(query: str, variables: dict[str, object]) -> None:
    response = post(new_endpoint(), query, variables=variables)
    assert codes(response)[0] in ("BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED")
    for word in ("Maybe", "NoneType", "str |", "set_int_max", "<class", "Traceback", "UNSET", "object at 0x"):
        assert word not in response.text


def test_suggestions_can_be_switched_off() -> None:
    assert "Did you mean 'one'" in post(new_endpoint(), "{ onee }").text
    assert "Did you mean" not in post(new_endpoint(suggestions=False), "{ onee }").text
    query = "query($v: Shade!) { shade(value: $v) }"
    assert "Did you mean" in post(new_endpoint(), query, variables={"v": "DRK"}).text
    assert "Did you mean" not in post(new_endpoint(suggestions=False), query, variables={"v": "DRK"}).text


def test_introspection_can_be_switched_off() -> None:
    query = "{ __schema { queryType { name } } }"
    assert post(new_endpoint(), query).status_code == 200
    assert set(codes(post(new_endpoint(introspection=False), query))) == {"GRAPHQL_VALIDATION_FAILED"}
    assert post(new_endpoint(introspection=False), "{ __typename }").json() == {
        "data": {"__typename": "Query"}
    }


def test_a_lone_surrogate_in_an_answer_is_escaped_not_a_failure() -> None:
    response = post(new_endpoint(), "{ brokenText }")
    assert response.status_code == 200
    assert response.content == b'{"data":{"brokenText":"\\ud800"}}'
    echoed = post(new_endpoint(), "query($v: String!) { text(value: $v) }", variables={"v": "a\ud800\x00b"})
    assert echoed.json() == {"data": {"text": "a\ud800\x00b"}}


def test_a_stranger_is_refused_before_anything_is_executed_or_remembered() -> None:
    door = Door(is_locked=True)
    endpoint = new_endpoint(door)
    response = post(endpoint, 'mutation { record(name: "x") { __typename } }')
    assert (response.status_code, codes(response)) == (401, ["UNAUTHENTICATED"])
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert door.opened == []
    assert len(endpoint.documents.cache) == 0
