"""GraphiQL as a client without a browser sees it."""

import gzip
import json
import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from graphql import OperationDefinitionNode, parse
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.api.graphiql import page

service = Starlette(routes=page.graphiql_routes())
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
MEDIA_TYPES = {
    "graphiql": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
    "ttf": "font/ttf",
}


@pytest.fixture
def client() -> TestClient:
    return TestClient(service, headers={"Accept-Encoding": "identity"})


def references(url: str, text: str) -> set[str]:
    """What the page, a style sheet or a script at `url` loads."""
    if url.endswith(".css"):
        found = set(re.findall(r"url\([\"']?([^\"')]+)", text))
    elif url.endswith(".js"):
        # A bundle is full of addresses that it only shows; what it loads is named by its content or by us.
        found = set(re.findall(r"[\w.]+-[0-9A-Z]{8}\.\w+(?![\w.])|(?<=[\"'`])\.\./[\w.]+", text))
    else:
        found = set(re.findall(r"(?:src|href)=\"([^\"]+)", text))
    return {urljoin(url, reference) for reference in found if not reference.startswith("data:")}


@pytest.fixture(scope="module")
def reachable(built: None) -> dict[str, str]:
    """Media type by path of everything that the page leads to."""
    client = TestClient(service)
    seen: dict[str, str] = {}
    ahead = {"/graphiql"}
    while ahead:
        url = ahead.pop()
        answer = client.get(url)
        assert answer.status_code == 200, url
        seen[url] = answer.headers["content-type"]
        if seen[url].startswith("text/"):
            ahead |= references(url, answer.text) - seen.keys()
    return seen


@pytest.mark.usefixtures("built")
def test_the_page_is_html_with_the_whole_policy_and_no_inline_script(client: TestClient) -> None:
    answer = client.get("/graphiql")
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert re.findall(r"<script[^>]*>([^<]*)", answer.text) == [""]
    assert 'data-endpoint="/graphql"' in answer.text


def test_everything_the_page_leads_to_is_here_with_its_media_type(reachable: dict[str, str]) -> None:
    assert all(url.startswith("/graphiql") for url in reachable)
    assert {
        url: kind for url, kind in reachable.items() if kind != MEDIA_TYPES[re.split(r"[./]", url)[-1]]
    } == {}
    kinds = sorted(url.rpartition(".")[2] for url in reachable)
    assert kinds == ["/graphiql", "css", "js", "js", "js", "js", "json", "svg", "ttf"]


def test_an_asset_never_changes_and_the_page_is_asked_for_again(
    client: TestClient, reachable: dict[str, str]
) -> None:
    cached = {url: client.get(url).headers["cache-control"] for url in reachable}
    assert cached.pop("/graphiql") == cached.pop("/graphiql/examples.json") == "no-cache"
    assert set(cached.values()) == {"public, max-age=31536000, immutable"}


def test_what_a_client_has_already_is_not_sent_again(client: TestClient, reachable: dict[str, str]) -> None:
    for url in reachable:
        first = client.get(url)
        weak = f'"other", W/{first.headers["etag"]}'
        again = client.get(url, headers={"If-None-Match": weak})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
        assert client.get(url, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("accepted", ["gzip", "br;q=1, GZIP;q=0.5"])
def test_an_asset_is_sent_gzipped_to_whoever_accepts_that(
    client: TestClient, reachable: dict[str, str], accepted: str
) -> None:
    for url in reachable.keys() - {"/graphiql", "/graphiql/examples.json"}:
        plain = client.get(url)
        with client.stream("GET", url, headers={"Accept-Encoding": accepted}) as zipped:
            assert zipped.headers["content-encoding"] == "gzip"
            assert gzip.decompress(b"".join(zipped.iter_raw())) == plain.content
            assert zipped.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
            assert zipped.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "gzip; q=0.0"])
def test_an_asset_is_sent_as_it_is_to_whoever_refuses_gzip(
    client: TestClient, reachable: dict[str, str], accepted: str
) -> None:
    for url in reachable:
        assert "content-encoding" not in client.get(url, headers={"Accept-Encoding": accepted}).headers


@pytest.mark.parametrize(
    "name",
    [
        "none.js",
        "index.html",
        "..%2Fpage.py",
        "%2e%2e%5cpage.py",
        "page.py",
        "%00.js",
        "x" * 5000 + ".js",
    ],
)
def test_a_name_that_is_no_asset_is_not_found(client: TestClient, name: str) -> None:
    assert client.get(f"/graphiql/assets/{name}").status_code == 404


def test_the_gzipped_copy_has_no_address_of_its_own(client: TestClient, reachable: dict[str, str]) -> None:
    script = next(url for url in reachable if url.endswith(".js"))
    assert client.get(f"{script}.gz").status_code == 404


def test_a_checkout_without_the_front_end_says_how_to_build_it(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "ASSETS", tmp_path / "never-built")
    answer = client.get("/graphiql")
    assert answer.status_code == 503
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert "make graphiql" in answer.text
    assert "Node.js 20" in answer.text
    assert client.get("/graphiql/assets/main.js").status_code == 404
    assert client.get("/graphiql/examples.json").status_code == 200


@pytest.mark.usefixtures("built")
def test_the_address_of_the_api_is_written_into_the_page() -> None:
    client = TestClient(Starlette(routes=page.graphiql_routes('/api/"graphql"')))
    assert 'data-endpoint="/api/&quot;graphql&quot;"' in client.get("/graphiql").text


def test_every_example_has_named_operations_with_their_variables(client: TestClient) -> None:
    examples = client.get("/graphiql/examples.json").json()
    assert len(examples) >= 6
    for example in examples:
        assert example.keys() <= {"title", "query", "variables", "ids"}
        operations = [
            node for node in parse(example["query"]).definitions if isinstance(node, OperationDefinitionNode)
        ]
        assert all(each.name is not None for each in operations)
        variables = [
            each.variable.name.value
            for operation in operations
            for each in operation.variable_definitions or ()
        ]
        assert len(set(variables)) == len(variables), "operations of a tab share its variables"
        assert example.get("variables", {}).keys() == set(variables), json.dumps(example)
        for name in example.get("ids", {}):
            assert json.dumps(name) in json.dumps(example["variables"])
