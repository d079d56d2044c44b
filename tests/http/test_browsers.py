"""What a browser is told: nothing about answers to pages of others, and to do as little as possible with each."""

import asyncio
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.api.http.middleware import http_middleware
from app.api.http.security_headers import SECURITY_HEADERS
from app.settings import SettingsError, read_settings
from tests.http.service import new_endpoint

OURS, OTHERS = "https://billing.example", "https://evil.example"
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type, x-entity-id, idempotency-key",
}


def ask(method: str, path: str, origins: tuple[str, ...] = (), **request: Any) -> httpx2.Response:
    """One request to a service with these origins."""
    plain = PlainTextResponse("ok", headers={"Content-Security-Policy": "default-src 'self'"})

    async def broken(_: Request) -> Response:
        raise RuntimeError("the database is away: postgres://user:secret@host")

    routes = [
        Route("/graphql", new_endpoint()),
        Route("/own-policy", plain),
        Route("/broken", broken, methods=["GET", "POST"]),
    ]
    app = Starlette(routes=routes, middleware=http_middleware(origins))

    async def exchange() -> httpx2.Response:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path, **request)

    return asyncio.run(exchange())


def allowed_headers(response: httpx2.Response) -> dict[str, str]:
    return {
        name: value for name, value in response.headers.items() if name.startswith("access-control-allow")
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/graphql"), ("PUT", "/graphql"), ("GET", "/missing"), ("GET", "/broken")],
)
def test_every_answer_has_the_headers_of_caution_and_the_ids_of_the_request(method: str, path: str) -> None:
    ids = {"X-Request-Id": "r 1", "X-Track-Id": "t 1"}
    headers = ask(method, path, json={"query": "{ one }"}, headers=ids).headers
    assert {name: headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert {name: headers.get_list(name) for name in ids} == {name: [id] for name, id in ids.items()}
    assert "Strict-Transport-Security" not in headers


def test_an_id_that_is_malformed_is_not_echoed_and_the_request_gets_one() -> None:
    headers = ask("GET", "/missing", headers={"X-Request-Id": "a:b", "X-Track-Id": "c;d"}).headers
    assert len(headers["X-Request-Id"]) == 32
    assert "X-Track-Id" not in headers


def test_a_part_of_the_service_that_fails_is_answered_for_and_tells_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = ask("GET", "/broken", headers={"X-Request-Id": "r 1"})
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["message"]) == (500, "Internal error.")
    assert "secret" not in answer.text
    [record] = caplog.records
    assert error["extensions"]["errorId"] in record.getMessage()
    assert "r 1" in record.getMessage()


def test_an_answer_that_has_its_own_policy_keeps_it() -> None:
    headers = ask("GET", "/own-policy").headers
    assert headers.get_list("Content-Security-Policy") == ["default-src 'self'"]
    assert headers["X-Frame-Options"] == "DENY"


def test_pages_of_other_origins_are_allowed_nothing_unless_it_is_set() -> None:
    assert allowed_headers(ask("POST", "/graphql", json={"query": "{ one }"}, headers={"Origin": OURS})) == {}
    preflight = ask("OPTIONS", "/graphql", headers={"Origin": OURS, **PREFLIGHT})
    assert (preflight.status_code, allowed_headers(preflight)) == (405, {})


def test_a_page_of_an_origin_that_is_set_may_call_with_its_headers_but_without_cookies() -> None:
    preflight = ask("OPTIONS", "/graphql", (OURS,), headers={"Origin": OURS, **PREFLIGHT})
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == OURS
    answer = ask("POST", "/graphql", (OURS,), json={"query": "{ one }"}, headers={"Origin": OURS})
    assert answer.headers["Access-Control-Allow-Origin"] == OURS
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]
    assert "Origin" in answer.headers["Vary"]
    for response in (preflight, answer):
        assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize(
    "origin", [OTHERS, "null", f"{OURS}.evil.example", "http://billing.example", f"{OURS}:8443"]
)
def test_a_page_of_any_other_origin_may_not(origin: str) -> None:
    preflight = ask("OPTIONS", "/graphql", (OURS,), headers={"Origin": origin, **PREFLIGHT})
    assert preflight.status_code == 400
    answer = ask("POST", "/graphql", (OURS,), json={"query": "{ one }"}, headers={"Origin": origin})
    for response in (preflight, answer):
        assert "Access-Control-Allow-Origin" not in response.headers


def test_origins_are_read_as_browsers_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDIT_MEMO_CORS_ORIGINS", f"{OURS}, http://localhost:5173 , http://[::1]:8080")
    assert read_settings().cors_origins == (OURS, "http://localhost:5173", "http://[::1]:8080")


@pytest.mark.parametrize(
    "origin",
    [
        "billing.example",
        f"{OURS}/",
        "https://Billing.example",
        "https://*.example",
        "ftp://a",
        f"{OURS}:x",
        "null",
    ],
)
def test_what_is_no_origin_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
    monkeypatch.setenv("CREDIT_MEMO_CORS_ORIGINS", origin)
    with pytest.raises(SettingsError, match=r"CREDIT_MEMO_CORS_ORIGINS.*is no origin"):
        read_settings()
