"""Addresses that the service does not have lead nowhere."""

import pytest

from tests.support.service import Service


@pytest.mark.parametrize(
    "path",
    ["/graphql/", "//graphql", "/oauth/token/", "/oauth/jwks/", "/health/", "/graphiql/", "//evil.example/"],
)
async def test_a_slash_too_many_leads_to_no_other_host(service: Service, path: str) -> None:
    for method in ("GET", "POST"):
        answer = await service.request(method, f"http://localhost{path}", headers={"Host": "evil.example"})
        assert answer.status_code == 404
        assert "location" not in answer.headers
        assert b"evil" not in answer.content
