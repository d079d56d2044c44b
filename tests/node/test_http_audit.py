"""The endpoint passes the published audit of GraphQL over HTTP, every MUST, SHOULD and MAY of it."""

from collections.abc import Callable

from tests.http.live_server import serving
from tests.http.service import new_application
from tests.node.http_audit import AuditResult


def test_all_61_checks_of_the_published_audit_pass(audit: Callable[[str], list[AuditResult]]) -> None:
    with serving(new_application()) as address:
        results = audit(f"{address}/graphql")
    assert [result for result in results if result.status != "ok"] == []
    assert len(results) == 61
