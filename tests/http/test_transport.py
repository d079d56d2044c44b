"""Media types, methods, statuses, bodies and headers of an ordinary client."""

import gzip
import json
import socket

import httpx2
import pytest

from app.api.http.media import GRAPHQL_RESPONSE, JSON
from app.api.http.operation import RequestParameters
from app.api.http.refusal import RequestRefused
from tests.http.client import codes, post, send
from tests.http.live_server import serving
from tests.http.service import Door, RecordingOperation, new_application, new_endpoint

SENT = {"Content-Type": "application/json"}
ONE = {"data": {"one": 1}}


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("application/json; charset=utf-8", JSON),
        ("application/graphql-response+json", GRAPHQL_RESPONSE),
        (
            "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8",
            GRAPHQL_RESPONSE,
        ),
        ("application/json, application/graphql-response+json", GRAPHQL_RESPONSE),
        ("application/graphql-response+json;q=0.5, application/json", JSON),
        ("application/graphql-response+json, application/json;q=0.9", GRAPHQL_RESPONSE),
        ("application/json;q=0, */*", GRAPHQL_RESPONSE),
        ("text/html, */*;q=0.1", JSON),
        ("APPLICATION/GRAPHQL-RESPONSE+JSON", GRAPHQL_RESPONSE),
        ("application/graphql-response+json;q=nonsense, application/json", JSON),
    ],
)
def test_the_media_type_is_negotiated(accept: str | None, answered: str) -> None:
    headers = {**SENT, "Accept": accept} if accept is not None else dict(SENT)
    response = send(new_endpoint(), content=b'{"query": "{ one }"}', headers=headers)
    assert response.headers["Content-Type"] == f"{answered}; charset=utf-8"
    assert response.json() == ONE
    assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize(
    "query", ["{", "{ two }", "query($v: Int!) { integer(value: $v) }", "{ a: one " + "}" * 300]
)
def test_a_refused_document_is_200_for_old_clients_and_400_for_new_ones(query: str) -> None:
    old = send(new_endpoint(), json={"query": query}, headers={"Accept": JSON})
    new = send(new_endpoint(), json={"query": query}, headers={"Accept": GRAPHQL_RESPONSE})
    assert (old.status_code, new.status_code) == (200, 400)
    assert old.json() == new.json()
    assert "data" not in new.json()


def test_data_with_errors_is_200() -> None:
    response = post(new_endpoint(), "{ one forbidden }")
    assert response.status_code == 200
    assert response.json()["data"] == {"one": 1, "forbidden": None}
    assert post(new_endpoint(), "{ tree { bug } }").json()["data"] is None


def test_a_query_by_get() -> None:
    endpoint = new_endpoint()
    parameters = {
        "query": "query A($v: Int!) { integer(value: $v) } query B { one }",
        "variables": '{"v": 7}',
        "operationName": "A",
        "extensions": '{"a": 1}',
        "other": "ignored",
    }
    assert send(endpoint, "GET", params=parameters).json() == {"data": {"integer": 7}}


def test_get_can_be_switched_off() -> None:
    response = send(new_endpoint(allow_get=False), "GET", params={"query": "{ one }"})
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert send(new_endpoint(), "PUT").headers["Allow"] == "GET, POST"
    assert send(new_endpoint(), "GET", params={"query": "mutation { __typename }"}).headers["Allow"] == "POST"


def test_a_null_parameter_is_as_good_as_none() -> None:
    body = {"query": "{ one }", "variables": None, "operationName": None, "extensions": None, "other": [1]}
    assert send(new_endpoint(), json=body).json() == ONE


def test_a_gzipped_request_is_read() -> None:
    body = gzip.compress(json.dumps({"query": "{ one }" + " " * 10_000}).encode())
    assert send(new_endpoint(), content=body, headers={**SENT, "Content-Encoding": "gzip"}).json() == ONE


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_a_large_answer_is_compressed_as_the_client_accepts(encoding: str) -> None:
    headers = {**SENT, "Accept-Encoding": encoding}
    response = send(new_endpoint(), content=b'{"query": "{ largeMetadata }"}', headers=headers)
    assert response.headers["Content-Encoding"] == encoding
    assert int(response.headers["Content-Length"]) < 1_000
    assert "Accept-Encoding" in response.headers["Vary"]


def test_every_answer_forbids_storing_and_sniffing() -> None:
    for response in (post(new_endpoint(), "{ one }"), post(new_endpoint(), "{"), send(new_endpoint(), "PUT")):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Request-Id"]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "Eu.Memos.Example", "a.b.memos.example:443"])
def test_a_request_for_one_of_our_hosts_is_answered(host: str) -> None:
    assert post(new_endpoint(), "{ one }", {"Host": host}).json() == ONE


def test_any_host_is_allowed_only_by_a_star() -> None:
    assert post(new_endpoint(allowed_hosts=["*"]), "{ one }", {"Host": "[::1]:80"}).json() == ONE
    assert post(new_endpoint(allowed_hosts=["[::1]"]), "{ one }", {"Host": "[::1]:80"}).json() == ONE
    assert post(new_endpoint(allowed_hosts=[]), "{ one }").status_code == 421
    assert post(new_endpoint(), "{ one }", {"Host": "memos.example"}).status_code == 421


def test_request_and_track_ids_are_echoed_and_told_to_the_operation() -> None:
    door = Door()
    response = post(new_endpoint(door), "{ one }", {"X-Request-Id": "r 1", "X-Track-Id": "t" * 64})
    assert (response.headers["X-Request-Id"], response.headers["X-Track-Id"]) == ("r 1", "t" * 64)
    assert (door.only.parameters.request_id, door.only.parameters.track_id) == ("r 1", "t" * 64)


def test_a_request_without_an_id_gets_one_of_its_own() -> None:
    door = Door()
    response = post(new_endpoint(door), "{ one }")
    assert response.headers["X-Request-Id"] == door.only.parameters.request_id
    assert "X-Track-Id" not in response.headers
    assert post(new_endpoint(), "{ one }").headers["X-Request-Id"] != response.headers["X-Request-Id"]


@pytest.mark.parametrize("value", ["", "x" * 65, "a:b", "a;b", 'a"b', "a'b", "ü", "a\tb"])
def test_an_id_out_of_form_is_refused_and_not_echoed(value: str) -> None:
    for name in ("X-Request-Id", "X-Track-Id"):
        response = send(
            new_endpoint(),
            content=b'{"query": "{ one }"}',
            headers=[(b"Content-Type", b"application/json"), (name.encode(), value.encode("latin-1"))],
        )
        assert (response.status_code, codes(response)) == (400, ["BAD_REQUEST"])
        assert response.headers.get(name) != value or not value


def parameters_of(query: str, headers: dict[str, str]) -> tuple[httpx2.Response, RequestParameters | None]:
    """The answer, and what the operation was told."""
    door = Door()
    response = post(new_endpoint(door), query, headers)
    return response, door.only.parameters if door.opened else None


def test_an_idempotency_key_goes_with_the_only_root_field_of_a_mutation() -> None:
    mutation = 'mutation { ...F __typename } fragment F on Mutation { record(name: "x") { __typename } }'
    response, parameters = parameters_of(mutation, {"Idempotency-Key": "k" * 255})
    assert response.status_code == 200
    assert parameters is not None
    assert (parameters.idempotency_key, parameters.is_mutation, parameters.root_field_count) == (
        "k" * 255,
        True,
        1,
    )


def test_one_idempotency_key_for_several_mutation_fields_is_refused() -> None:
    mutation = 'mutation { ... { a: record(name: "x") { __typename } } ...F } fragment F on Mutation { b: record(name: "x") { __typename } }'
    response, parameters = parameters_of(mutation, {"Idempotency-Key": "k"})
    assert (response.status_code, codes(response), parameters) == (400, ["BAD_REQUEST"], None)
    response, parameters = parameters_of(mutation, {})
    assert parameters is not None
    assert parameters.root_field_count == 2


@pytest.mark.parametrize("query", ["{ one }", "mutation { __typename }"])
def test_an_idempotency_key_is_ignored_where_nothing_is_changed(query: str) -> None:
    response, parameters = parameters_of(query, {"Idempotency-Key": "k"})
    assert response.status_code == 200
    assert parameters is not None
    assert parameters.idempotency_key is None


@pytest.mark.parametrize("key", ["", "k" * 256, "a\tb", "ü"])
def test_an_idempotency_key_out_of_form_is_refused(key: str) -> None:
    response = send(
        new_endpoint(),
        content=b'{"query": "mutation { record(name: \\"x\\") { __typename } }"}',
        headers=[(b"Content-Type", b"application/json"), (b"Idempotency-Key", key.encode("latin-1"))],
    )
    assert (response.status_code, codes(response)) == (400, ["BAD_REQUEST"])


def test_whoever_opens_the_operation_decides_about_status_and_headers() -> None:
    class Slow(Door):
        async def open(self, parameters: RequestParameters) -> RecordingOperation:
            raise RequestRefused(429, "RATE_LIMITED", "Slower.", {"Retry-After": "9"})

    response = send(new_endpoint(Slow()), content=b'{"query": "{ one }"}', headers=SENT)
    assert (response.status_code, response.headers["Retry-After"], codes(response)) == (
        429,
        "9",
        ["RATE_LIMITED"],
    )


def test_a_stranger_is_sent_away_before_the_body_is_read() -> None:
    door = Door(is_locked=True)
    for content in (b'{"query": "{ one }"}', b"no JSON", b" " * 2_000_000):
        response = send(new_endpoint(door), content=content, headers=SENT)
        assert (response.status_code, codes(response)) == (401, ["UNAUTHENTICATED"])
        assert response.headers["WWW-Authenticate"] == "Bearer"
    assert (door.asked, door.opened) == (3, [])


@pytest.mark.parametrize(("knows_guests", "asked"), [(True, 2), (False, 3)])
def test_who_comes_in_again_is_not_asked_who_it_is(knows_guests: bool, asked: int) -> None:
    door = Door(knows_guests=knows_guests)
    endpoint = new_endpoint(door)
    for key in ("ada", "ada", "bob"):
        headers = {**SENT, "Authorization": f"Bearer {key}", "X-Guest": key}
        response = send(endpoint, content=b'{"query": "{ one }"}', headers=headers)
        assert response.status_code == 200
    assert door.asked == asked


def test_over_a_real_connection_a_body_that_streams_past_the_cap_is_refused_and_the_server_lives_on() -> None:
    def endless() -> object:
        for _ in range(40):
            yield b" " * 50_000

    with (
        serving(new_application(new_endpoint(max_body_bytes=100_000))) as address,
        httpx2.Client(timeout=60) as client,
    ):
        response = client.post(f"{address}/graphql", content=endless(), headers=SENT)  # type: ignore[arg-type]
        assert (response.status_code, codes(response)) == (413, ["BAD_REQUEST"])
        assert client.post(f"{address}/graphql", json={"query": "{ one }"}).json() == ONE
        assert client.get(f"{address}/graphql", params={"query": "{ one }"}).json() == ONE
        assert client.head(f"{address}/graphql").status_code == 405


def test_over_a_real_connection_a_body_that_does_not_come_is_given_up() -> None:
    with serving(new_application(new_endpoint(time_limit_seconds=0.2))) as address:
        host, port = httpx2.URL(address).host, httpx2.URL(address).port
        assert port is not None
        assert half_a_request(host, port).startswith(b"HTTP/1.1 408 ")


def half_a_request(host: str, port: int) -> bytes:
    """What a server answers to a request whose body stops in the middle."""
    with socket.create_connection((host, port), timeout=60) as connection:
        connection.sendall(
            f"POST /graphql HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{{".encode()
        )
        return connection.recv(65_536)
