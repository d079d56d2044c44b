"""Hostile and broken requests: each is refused with the right status and code, and none is ever a fault of ours."""

import json
from typing import Any

import httpx2
import pytest

from tests.http.client import MEDIA_TYPE, codes, send
from tests.http.hostile_requests import COMPLEX, GOOD, INPUT, INVALID, JSON, Hostile, deep_json, get, query
from tests.http.hostile_requests import REFUSED as ANYWHERE
from tests.http.live_server import serving
from tests.http.service import Door, new_application, new_endpoint

OWN = [
    get("a mutation by GET", 405, "query=mutation{record(name:%22x%22){__typename}}"),
    get("a subscription by GET", 400, "query=subscription{ticks}"),
    query("an unused wide fragment", COMPLEX, "{ one } fragment F on Recorded { " + "name " * 1_001 + "}"),
    query("300 conflicting fields", INVALID, "{ " + " ".join(f"one(a: {i})" for i in range(20)) + " }"),
    query("a literal of 5,000 digits", INVALID, "{ integer(value: " + "9" * 5_000 + ") }"),
    query("the same object 240 times", COMPLEX, "{ tree { " + "child { child { name } } " * 240 + "} }"),
    query("the same field 900 times", COMPLEX, "{ tree { " + "name " * 900 + "} }"),
    query("the same object in 180 fragments", COMPLEX, "{ tree { " + "... { child { child { name } } } " * 180 + "} }"),
    query("a chain of 240 fragments", COMPLEX, "{ ...F0 } " + " ".join(f"fragment F{i} on Query {{ ...F{i + 1} }}" for i in range(240)) + " fragment F240 on Query { one }"),
    query("an undefined variable in a oneOf", INVALID, "{ found(by: {id: $x}) }"),
    query("a subscription", "BAD_REQUEST", "subscription { ticks }"),
    query("an integer too large", INPUT, "query($v: Int!) { integer(value: $v) }", variables={"v": 2**31}),
    query("a float for an integer", INPUT, "query($v: Int!) { integer(value: $v) }", variables={"v": 1.5}),
    query("a lone surrogate for a number", INPUT, "query($v: Int!) { integer(value: $v) }", variables={"v": "\ud800"}),
    query("an enum value that is none", INPUT, "query($v: Shade!) { shade(value: $v) }", variables={"v": "light"}),
    query("two keys of a oneOf", INPUT, "query($v: By!) { found(by: $v) }", variables={"v": {"id": "1", "invoiceNumber": "2"}}),
    query("a null in a oneOf", INPUT, "query($v: By!) { found(by: $v) }", variables={"v": {"id": None}}),
    query("a null that may only be left out", INPUT, "query($v: Patch!) { patched(patch: $v) }", variables={"v": {"ownNote": None}}),
    query("a hundred mistakes in one variable", INPUT, "query($v: Patch!) { patched(patch: $v) }", variables={"v": {f"f{i}": i for i in range(49)}}),
]  # fmt: skip
REFUSED = [*ANYWHERE, *OWN]


@pytest.mark.parametrize("hostile", REFUSED, ids=lambda hostile: hostile.name)
def test_a_hostile_request_is_refused(hostile: Hostile) -> None:
    door = Door()
    response = send(
        new_endpoint(door),
        hostile.method,
        hostile.url,
        content=hostile.content,
        headers={"Accept": MEDIA_TYPE, **hostile.headers},
    )
    assert response.status_code == hostile.status
    if hostile.method != "HEAD":
        assert set(codes(response)) == {hostile.code}
        assert "data" not in response.json()
    assert len(response.content) < 20_000
    assert all("record" not in event for operation in door.opened for event in operation.events)


def test_over_real_connections_the_answers_are_the_same_and_the_server_lives_on() -> None:
    with (
        serving(new_application(new_endpoint(allowed_hosts=["127.0.0.1"]))) as address,
        httpx2.Client() as client,
    ):
        for hostile in REFUSED:
            if "Content-Length" in hostile.headers:
                continue  # the server itself refuses a length that is not that of the body
            response = client.request(
                hostile.method,
                hostile.url.replace("http://127.0.0.1", address),
                content=hostile.content,
                headers={"Accept": MEDIA_TYPE, **hostile.headers},
            )
            assert (hostile.name, response.status_code) == (hostile.name, hostile.status)
        good = client.post(f"{address}/graphql", content=GOOD, headers=JSON)
        assert good.json() == {"data": {"__typename": "Query"}}


def test_there_are_at_least_sixty_hostile_requests_with_different_names() -> None:
    assert len({hostile.name for hostile in REFUSED}) == len(REFUSED) >= 60


@pytest.mark.parametrize(
    "variables", [deep_json(900), deep_json(400, ('{"inner":', "}")).replace(b":}", b":{}}")]
)
def test_deep_variables_that_nobody_asks_for_do_no_harm(variables: bytes) -> None:
    assert send(new_endpoint(), content=variables, headers=JSON).status_code in (200, 400)


def test_a_recursive_input_a_thousand_levels_deep_is_refused() -> None:
    value: dict[str, Any] = {}
    for _ in range(300):
        value = {"inner": value}
    body = json.dumps({"query": "query($v: Patch!) { patched(patch: $v) }", "variables": {"v": value}})
    response = send(new_endpoint(), content=body.encode(), headers={**JSON, "Accept": MEDIA_TYPE})
    assert (response.status_code, codes(response)) == (400, ["BAD_USER_INPUT"])
