"""The endpoint passes the published audit of GraphQL over HTTP, every MUST, SHOULD and MAY of it."""

from pathlib import Path

from tests.http.live_server import serving
from tests.http.service import new_application
from tests.node.http_audit import AuditResult, audit
from tests.support.processes import python_process

ROOT = Path(__file__).parents[2]


def assert_passed(results: list[AuditResult]) -> None:
    assert [result for result in results if result.status != "ok"] == []
    assert len(results) == 61


def test_all_61_checks_of_the_published_audit_pass_on_the_endpoint_alone() -> None:
    with serving(new_application()) as address:
        assert_passed(audit(f"{address}/graphql"))


def test_all_61_checks_of_the_published_audit_pass_on_the_service(tmp_path: Path) -> None:
    environment = {
        "CREDIT_MEMO_DATABASE_URL": f"sqlite:///{tmp_path}/books.db",
        "CREDIT_MEMO_TOKEN_FILE": str(tmp_path / "development-token"),
        "CREDIT_MEMO_PORT": "0",
    }
    log = tmp_path / "service.log"
    with python_process("app", "dev", output_file=log, environment=environment, directory=ROOT) as service:
        found = service.wait_for_line(r"GraphiQL: (\S+)/graphiql#token=([\w-]+)")
        assert_passed(audit(f"{found[1]}/graphql", found[2]))
