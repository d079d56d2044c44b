"""Hostile and broken requests that mean the same to every GraphQL service, and how each is refused."""

import gzip
import json
import zlib
from dataclasses import dataclass, field
from typing import Any

from graphql import get_introspection_query

from tests.http.client import URL

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
    chain = [f"fragment F{i} on A {{ a {{ ...F{i + 1} ...F{i + 1} }} }}" for i in range(length)]
    return "{ a { ...F0 } } " + " ".join(chain) + f" fragment F{length} on A {{ b }}"


def spreading_once(length: int) -> str:
    """A chain of fragments, one level each."""
    chain = [f"fragment F{i} on A {{ a {{ ...F{i + 1} }} }}" for i in range(length)]
    return "{ ...F0 } " + " ".join(chain) + f" fragment F{length} on A {{ b }}"


def deep_json(depth: int, brackets: tuple[str, str] = ("[", "]")) -> bytes:
    """A request whose variables are `depth` levels deep."""
    value = brackets[0] * depth + brackets[1] * depth
    return f'{{"query": "{{ __typename }}", "variables": {{"v": {value}}}}}'.encode()


def many(pattern: str, number: int) -> str:
    """The pattern with 0, 1, 2 … in the place of its `#`."""
    return " ".join(pattern.replace("#", str(each)) for each in range(number))


COMPLEX = "DOCUMENT_TOO_COMPLEX"
SYNTAX = "GRAPHQL_PARSE_FAILED"
INVALID = "GRAPHQL_VALIDATION_FAILED"
INPUT = "BAD_USER_INPUT"
NO_OPERATION = "OPERATION_RESOLUTION_FAILURE"
BOMB = gzip.compress(b" " * 5_000_000)
GOOD = b'{"query": "{ __typename }"}'

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
    Hostile("no UTF-8", 400, content=b'{"query": "{ a \xff }"}'),
    Hostile("UTF-16", 400, content='{"query": "{ a }"}'.encode("utf-16")),
    Hostile("a byte order mark", 400, content=b"\xef\xbb\xbf" + GOOD),
    Hostile("arrays 100,000 deep", 400, content=b"[" * 100_000),
    Hostile("arrays 50,000 deep in variables", 400, content=deep_json(50_000)),
    Hostile("objects 100,000 deep", 400, content=b'{"a":' * 100_000),
    Hostile("an integer of 5,000 digits", 400, content=b'{"query": "{ a }", "variables": {"v": ' + b"9" * 5_000 + b"}}"),
    Hostile("NaN", 400, content=b'{"query": "{ a }", "variables": {"v": NaN}}'),
    Hostile("an infinite number", 400, content=b'{"query": "{ a }", "variables": {"v": 1e999}}'),
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
    Hostile("a form", 415, content=b"query={a}", headers={"Content-Type": "application/x-www-form-urlencoded"}),
    Hostile("a multipart form", 415, content=b"--x--", headers={"Content-Type": "multipart/form-data; boundary=x"}),
    Hostile("a bare document", 415, content=b"{ a }", headers={"Content-Type": "application/graphql"}),
    Hostile("another charset", 415, content=GOOD, headers={"Content-Type": "application/json; charset=utf-16"}),
    # parameters
    Hostile("no query", 400, content=b"{}"),
    Hostile("a query that is null", 400, content=b'{"query": null}'),
    Hostile("a query that is a number", 400, content=b'{"query": 5}'),
    Hostile("an empty query", 400, content=b'{"query": ""}'),
    Hostile("variables that are a list", 400, content=b'{"query": "{ a }", "variables": []}'),
    Hostile("variables that are text", 400, content=b'{"query": "{ a }", "variables": "{}"}'),
    Hostile("an operation name that is a list", 400, content=b'{"query": "{ a }", "operationName": ["a"]}'),
    Hostile("extensions that are a number", 400, content=b'{"query": "{ a }", "extensions": 1}'),
    Hostile("a document id that is a list", 400, content=b'{"documentId": ["a"]}'),
    Hostile("a persisted query that is text", 400, content=b'{"extensions": {"persistedQuery": "a"}}'),
    Hostile("a persisted query", 400, "PERSISTED_QUERY_NOT_SUPPORTED", b'{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "a"}}}'),
    # methods and addresses
    Hostile("PUT", 405, content=GOOD, method="PUT"),
    Hostile("DELETE", 405, method="DELETE"),
    Hostile("OPTIONS", 405, method="OPTIONS"),
    Hostile("HEAD", 405, code="", method="HEAD"),
    get("a GET without a query", 400, ""),
    get("a GET with two queries", 400, "query={a}&query={b}"),
    get("broken variables by GET", 400, "query={a}&variables={"),
    get("a list of variables by GET", 400, "query={a}&variables=[]"),
    Hostile("another host", 421, content=GOOD, headers={**JSON, "Host": "evil.example"}),
    Hostile("a host that ends alike", 421, content=GOOD, headers={**JSON, "Host": "evilmemos.example"}),
    Hostile("a malformed host", 400, content=GOOD, headers={**JSON, "Host": "127.0.0.1/../"}),
    Hostile("an impossible Accept", 406, content=GOOD, headers={**JSON, "Accept": "text/html"}),
    Hostile("an Accept that wants nothing", 406, content=GOOD, headers={**JSON, "Accept": "*/*;q=0"}),
    Hostile("a request id of 65 characters", 400, content=GOOD, headers={**JSON, "X-Request-Id": "x" * 65}),
    Hostile("a track id with a quote", 400, content=GOOD, headers={**JSON, "X-Track-Id": 'a"b'}),
    # documents that are no documents
    query("a syntax error", SYNTAX, "{ a"),
    query("a document of spaces", SYNTAX, "   "),
    query("NUL in a document", SYNTAX, "{ a \x00 }"),
    query("a lone surrogate in a document", SYNTAX, '{ a(b: "\ud800") }'),
    query("an escaped lone surrogate in a document", SYNTAX, '{ a(b: "\\ud800") }'),
    query("a schema for a document", INVALID, "type Query { a: Int }"),
    # documents over a limit, each refused for the size that is meant
    query("a document of 20,001 characters", COMPLEX, "{ a }" + " " * 20_000),
    query("a text of 100,000 characters", COMPLEX, '{ a(b: "' + "x" * 100_000 + '") }'),
    query("a comment of a megabyte", COMPLEX, "#" + "x" * 900_000 + "\n{ a }"),
    query("2,001 tokens", COMPLEX, "{ " + "a " * 2_001 + "}"),
    query("a list of 2,000 values", COMPLEX, "{ a(b: [" + "1," * 2_000 + "]) }"),
    query("201 comments", COMPLEX, "#\n" * 201 + "{ a }"),
    query("900 levels", COMPLEX, "{ a " * 900),
    query("a value 900 levels deep", COMPLEX, "{ a(b: " + "[" * 900 + "]" * 900 + ") }"),
    query("16 levels", COMPLEX, "{ a " * 16 + "}" * 16),
    query("16 levels in fragments", COMPLEX, spreading_once(15)),
    query("31 aliases", COMPLEX, "{ a { " + many("a#: b", 31) + " } }"),
    query("101 aliases of one field", COMPLEX, "{ " + many("alias#: __typename", 101) + " }"),
    query("21 root fields", COMPLEX, "{ " + many("a#", 21) + " }"),
    query("21 root fields in a fragment", COMPLEX, "{ ...F } fragment F on Query { " + "a " * 21 + "}"),
    query("21 directives", COMPLEX, "{ a " + "@skip(if: false) " * 21 + "}"),
    query("11 operations", COMPLEX, many("query Q# { a }", 11), operationName="Q1"),
    query("1,001 fields in a fragment", COMPLEX, "{ a } fragment F on A { " + "b " * 1_001 + "}"),
    query("a chain of 10 doubling fragments", COMPLEX, spreading_twice(10)),
    query("a chain of 100 doubling fragments", COMPLEX, spreading_twice(100)),
    query("the limits switched off by introspection", COMPLEX, "{ __schema { __typename } " + "a { " * 16 + "b" + "}" * 16 + " }"),
    # documents that are not valid
    query("fragments in a circle", INVALID, "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"),
    query("a fragment of itself", INVALID, "{ ...A } fragment A on Query { __typename ...A ...A }"),
    query("introspection in circles", INVALID, "{ __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }"),
    query("an unknown field", INVALID, "{ a }"),
    query("an unknown directive", INVALID, "{ __typename @aa }"),
    query("a directive ten times", INVALID, "{ __typename " + "@skip(if: false) " * 10 + "}"),
    query("an unknown fragment", INVALID, "{ ...F }"),
    query("an undefined variable", INVALID, "{ __typename @skip(if: $v) }"),
    query("a variable of an unknown type", INVALID, "query($v: Wrong!) { __typename @skip(if: $v) }"),
    query("a deferred fragment", INVALID, "{ ... @defer { __typename } }"),
    # operations that cannot be chosen
    query("two operations and no name", NO_OPERATION, "query A { __typename } query B { __typename }"),
    query("an operation that does not exist", NO_OPERATION, "query A { __typename }", operationName="B"),
    query("an operation with an empty name", NO_OPERATION, "{ __typename }", operationName=""),
    # variables
    query("a missing variable", INPUT, "query($v: Boolean!) { __typename @skip(if: $v) }"),
    query("a text for a truth", INPUT, "query($v: Boolean!) { __typename @skip(if: $v) }", variables={"v": "true"}),
]  # fmt: skip

INTROSPECTION = query("introspection", INVALID, get_introspection_query())
"""Refused where the service does not answer questions about its schema."""
