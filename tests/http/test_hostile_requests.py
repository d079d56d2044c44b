"""Hostile and broken requests: each is refused with the right status and code, and none is ever a fault of ours."""

import gzip
import json
import zlib
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from tests.http.client import MEDIA_TYPE, URL, codes, send
from tests.http.live_server import serving
from tests.http.service import Door, new_application, new_endpoint

JSON = {"Content-Type": "application/json"}
GZIPPED = {**JSON, "Content-Encoding": "gzip"}


@dataclass(frozen=True)
class Hostile:
    """One request and how it is refused."""

    name: str
    status: int
    code: str = "BAD_REQUEST"
    content: bytes | None = None
    headers: dict[str, str] = field(default_factory=lambda: dict(JSON))
    method: str = "POST"
    url: str = URL


def query(name: str, code: str, text: str, status: int = 400, **parameters: Any) -> Hostile:
    """A well-formed request with a hostile document or hostile variables."""
    return Hostile(name, status, code, json.dumps({"query": text, **parameters}).encode())


def get(name: str, status: int, query_string: str, code: str = "BAD_REQUEST") -> Hostile:
    """A request in the URL."""
    return Hostile(name, status, code, None, {}, "GET", f"{URL}?{query_string}")


def spreading_twice(length: int) -> str:
    """A chain of fragments each of which spreads the next one twice: 2**length fields in a few hundred characters."""
    chain = [f"fragment F{i} on Recorded {{ child {{ ...F{i + 1} ...F{i + 1} }} }}" for i in range(length)]
    return "{ tree { ...F0 } } " + " ".join(chain) + f" fragment F{length} on Recorded {{ name }}"


def deep_json(depth: int, brackets: tuple[str, str] = ("[", "]")) -> bytes:
    """A request whose variables are `depth` levels deep."""
    value = brackets[0] * depth + brackets[1] * depth
    return f'{{"query": "{{ one }}", "variables": {{"v": {value}}}}}'.encode()


COMPLEX = "DOCUMENT_TOO_COMPLEX"
SYNTAX = "GRAPHQL_PARSE_FAILED"
INVALID = "GRAPHQL_VALIDATION_FAILED"
INPUT = "BAD_USER_INPUT"
NO_OPERATION = "OPERATION_RESOLUTION_FAILURE"
BOMB = gzip.compress(b" " * 5_000_000)
GOOD = b'{"query": "{ one }"}'

REFUSED = [
    # bodies
    Hostile("an empty body", 400, content=b""),
    Hostile("null", 400, content=b"null"),
    Hostile("a string", 400, content=b'"x"'),
    Hostile("a number", 400, content=b"1"),
    Hostile("a batch", 400, content=b"[" + GOOD + b"," + GOOD + b"]"),
    Hostile("an empty batch", 400, content=b"[]"),
    Hostile("broken JSON", 400, content=b'{"query": '),
    Hostile("text after the JSON", 400, content=GOOD + b"x"),
    Hostile("no UTF-8", 400, content=b'{"query": "{ one \xff }"}'),
    Hostile("UTF-16", 400, content='{"query": "{ one }"}'.encode("utf-16")),
    Hostile("a byte order mark", 400, content=b"\xef\xbb\xbf" + GOOD),
    Hostile("arrays 100,000 deep", 400, content=b"[" * 100_000),
    Hostile("arrays 50,000 deep in variables", 400, content=deep_json(50_000)),
    Hostile("an integer of 5,000 digits", 400, content=b'{"query": "{ one }", "variables": {"v": ' + b"9" * 5_000 + b"}}"),
    Hostile("NaN", 400, content=b'{"query": "{ one }", "variables": {"v": NaN}}'),
    Hostile("an infinite number", 400, content=b'{"query": "{ one }", "variables": {"v": 1e999}}'),
    Hostile("a body over the cap", 413, content=b" " * 1_000_001),
    Hostile("a huge declared length", 413, content=b"{}", headers={**JSON, "Content-Length": "9" * 12}),
    Hostile("a nonsense declared length", 413, content=b"{}", headers={**JSON, "Content-Length": "-1"}),
    Hostile("a gzip bomb", 413, content=BOMB, headers=GZIPPED),
    Hostile("half a gzip", 400, content=gzip.compress(GOOD)[:-6], headers=GZIPPED),
    Hostile("two gzips", 400, content=gzip.compress(GOOD) * 2, headers=GZIPPED),
    Hostile("no gzip", 400, content=GOOD, headers=GZIPPED),
    Hostile("deflate", 415, content=zlib.compress(GOOD), headers={**JSON, "Content-Encoding": "deflate"}),
    Hostile("gzip twice", 415, content=gzip.compress(gzip.compress(GOOD)), headers={**JSON, "Content-Encoding": "gzip, gzip"}),
    # content types, among them those that a form or a simple cross-site request can send
    Hostile("no content type", 415, content=GOOD, headers={}),
    Hostile("plain text", 415, content=GOOD, headers={"Content-Type": "text/plain"}),
    Hostile("JSON smuggled as text", 415, content=GOOD, headers={"Content-Type": "text/plain; application/json"}),
    Hostile("a form", 415, content=b"query={one}", headers={"Content-Type": "application/x-www-form-urlencoded"}),
    Hostile("a multipart form", 415, content=b"--x--", headers={"Content-Type": "multipart/form-data; boundary=x"}),
    Hostile("a bare document", 415, content=b"{ one }", headers={"Content-Type": "application/graphql"}),
    Hostile("another charset", 415, content=GOOD, headers={"Content-Type": "application/json; charset=utf-16"}),
    # parameters
    Hostile("no query", 400, content=b"{}"),
    Hostile("a query that is null", 400, content=b'{"query": null}'),
    Hostile("a query that is a number", 400, content=b'{"query": 5}'),
    Hostile("an empty query", 400, content=b'{"query": ""}'),
    Hostile("variables that are a list", 400, content=b'{"query": "{ one }", "variables": []}'),
    Hostile("variables that are text", 400, content=b'{"query": "{ one }", "variables": "{}"}'),
    Hostile("an operation name that is a list", 400, content=b'{"query": "{ one }", "operationName": ["a"]}'),
    Hostile("extensions that are a number", 400, content=b'{"query": "{ one }", "extensions": 1}'),
    # methods and addresses
    Hostile("PUT", 405, content=GOOD, method="PUT"),
    Hostile("DELETE", 405, method="DELETE"),
    Hostile("OPTIONS", 405, method="OPTIONS"),
    Hostile("HEAD", 405, code="", method="HEAD"),
    get("a GET without a query", 400, ""),
    get("a GET with two queries", 400, "query={one}&query={two}"),
    get("a mutation by GET", 405, "query=mutation{record(name:%22x%22){__typename}}"),
    get("a subscription by GET", 400, "query=subscription{ticks}"),
    get("broken variables by GET", 400, "query={one}&variables={"),
    get("a list of variables by GET", 400, "query={one}&variables=[]"),
    Hostile("another host", 421, content=GOOD, headers={**JSON, "Host": "evil.example"}),
    Hostile("a host that ends alike", 421, content=GOOD, headers={**JSON, "Host": "evilmemos.example"}),
    Hostile("a malformed host", 400, content=GOOD, headers={**JSON, "Host": "127.0.0.1/../"}),
    Hostile("an impossible Accept", 406, content=GOOD, headers={**JSON, "Accept": "text/html"}),
    Hostile("an Accept that wants nothing", 406, content=GOOD, headers={**JSON, "Accept": "*/*;q=0"}),
    Hostile("a request id of 65 characters", 400, content=GOOD, headers={**JSON, "X-Request-Id": "x" * 65}),
    Hostile("a track id with a quote", 400, content=GOOD, headers={**JSON, "X-Track-Id": 'a"b'}),
    # documents
    query("a syntax error", SYNTAX, "{ one"),
    query("a document of spaces", SYNTAX, "   "),
    query("NUL in a document", SYNTAX, "{ one \x00 }"),
    query("a lone surrogate in a document", SYNTAX, '{ text(value: "\ud800") }'),
    query("an escaped lone surrogate in a document", SYNTAX, '{ text(value: "\\ud800") }'),
    query("a document of 20,001 characters", COMPLEX, "{ one }" + " " * 20_000),
    query("2,001 tokens", COMPLEX, "{ " + "one " * 2_001 + "}"),
    query("201 comments", COMPLEX, "#\n" * 201 + "{ one }"),
    query("2,000 levels", COMPLEX, "{ tree " * 900),
    query("16 levels", COMPLEX, "{ tree " + "{ child " * 14 + "{ name }" + "}" * 15),
    query("31 aliases", COMPLEX, "{ tree { " + " ".join(f"a{i}: name" for i in range(31)) + " } }"),
    query("21 root fields", COMPLEX, "{ " + " ".join(f"a{i}: one" for i in range(21)) + " }"),
    query("21 root fields in a fragment", COMPLEX, "{ ...F } fragment F on Query { " + "one " * 21 + "}"),
    query("21 directives", COMPLEX, "{ one " + "@skip(if: false) " * 21 + "}"),
    query("11 operations", COMPLEX, " ".join(f"query Q{i} {{ one }}" for i in range(11)), operationName="Q1"),
    query("a chain of 5 doubling fragments", INVALID, spreading_twice(5).replace("name", "wrong")),
    query("a chain of 9 doubling fragments", COMPLEX, spreading_twice(9)),
    query("a chain of 100 doubling fragments", COMPLEX, spreading_twice(100)),
    query("an unused wide fragment", COMPLEX, "{ one } fragment F on Recorded { " + "name " * 1_001 + "}"),
    query("fragments in a circle", INVALID, "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"),
    query("a fragment of itself", INVALID, "{ ...A } fragment A on Query { one ...A ...A }"),
    query("the limits switched off by introspection", COMPLEX, "{ __typename tree " + "{ child " * 16 + "{ name }" + "}" * 17),
    query("introspection in circles", INVALID, "{ __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }"),
    query("an unknown field", INVALID, "{ two }"),
    query("an unknown directive", INVALID, "{ one @defer }"),
    query("an unknown fragment", INVALID, "{ ...F }"),
    query("300 conflicting fields", INVALID, "{ " + " ".join(f"one(a: {i})" for i in range(20)) + " }"),
    query("a literal of 5,000 digits", INVALID, "{ integer(value: " + "9" * 5_000 + ") }"),
    query("the same object 240 times", COMPLEX, "{ tree { " + "child { child { name } } " * 240 + "} }"),
    query("the same field 900 times", COMPLEX, "{ tree { " + "name " * 900 + "} }"),
    query("the same object in 180 fragments", COMPLEX, "{ tree { " + "... { child { child { name } } } " * 180 + "} }"),
    query("a chain of 240 fragments", COMPLEX, "{ ...F0 } " + " ".join(f"fragment F{i} on Query {{ ...F{i + 1} }}" for i in range(240)) + " fragment F240 on Query { one }"),
    query("an undefined variable in a oneOf", INVALID, "{ found(by: {id: $x}) }"),
    query("a subscription", "BAD_REQUEST", "subscription { ticks }"),
    query("two operations and no name", NO_OPERATION, "query A { one } query B { one }"),
    query("an operation that does not exist", NO_OPERATION, "query A { one }", operationName="B"),
    query("an operation with an empty name", NO_OPERATION, "{ one }", operationName=""),
    # variables
    query("a missing variable", INPUT, "query($v: Int!) { integer(value: $v) }"),
    query("an integer too large", INPUT, "query($v: Int!) { integer(value: $v) }", variables={"v": 2**31}),
    query("a float for an integer", INPUT, "query($v: Int!) { integer(value: $v) }", variables={"v": 1.5}),
    query("a lone surrogate for a number", INPUT, "query($v: Int!) { integer(value: $v) }", variables={"v": "\ud800"}),
    query("an enum value that is none", INPUT, "query($v: Shade!) { shade(value: $v) }", variables={"v": "light"}),
    query("two keys of a oneOf", INPUT, "query($v: By!) { found(by: $v) }", variables={"v": {"id": "1", "invoiceNumber": "2"}}),
    query("a null in a oneOf", INPUT, "query($v: By!) { found(by: $v) }", variables={"v": {"id": None}}),
    query("a null that may only be left out", INPUT, "query($v: Patch!) { patched(patch: $v) }", variables={"v": {"ownNote": None}}),
    query("a hundred mistakes in one variable", INPUT, "query($v: Patch!) { patched(patch: $v) }", variables={"v": {f"f{i}": i for i in range(49)}}),
]  # fmt: skip


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
        assert good.json() == {"data": {"one": 1}}


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
