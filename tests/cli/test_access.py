"""Keys, clients and roles from the terminal; a secret comes out once, alone, and is never an argument."""

import json
import re

import httpx2
import pytest

from tests.cli.terminal import Terminal

COMMANDS = ("create-key", "create-client", "grant", "replace-secret", "revoke", "list", "roles", "log")
KEY = re.compile(r"cmk_[0-9a-f]{32}_[A-Za-z0-9_-]{43}\n")
PEPPER = {"CREDIT_MEMO_PEPPER": "a pepper of the tests alone"}


@pytest.fixture(scope="module")
def ready_once(migrated_once: Terminal, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    terminal = Terminal(tmp_path_factory.mktemp("entities"))
    terminal.has_what(migrated_once)
    for code in ("acme", "globex"):
        terminal.done("entity", code, "--name", code.title())
    return terminal


@pytest.fixture
def ready(terminal: Terminal, ready_once: Terminal) -> Terminal:
    """Two entities without books."""
    terminal.has_what(ready_once)
    return terminal


def create_key(terminal: Terminal, name: str, *more: str) -> str:
    """The key, which is all that is printed."""
    options = ("--entity", "acme", "--role", "READ_ONLY")
    printed = terminal.done("access", "create-key", name, *options, *more, **PEPPER)
    assert KEY.fullmatch(printed)
    return printed.strip()


def listed(terminal: Terminal, entity: str = "acme") -> list[list[str]]:
    return [line.split("\t") for line in terminal.done("access", "list", "--entity", entity).splitlines()]


def test_every_access_command_has_help_and_takes_no_secret(terminal: Terminal) -> None:
    for command in COMMANDS:
        text = terminal.done("access", command, "--help")
        assert f"access {command}" in text
        assert not re.search(r"--(secret|token|password|key)\b", text)


def test_a_key_is_printed_alone_listed_without_its_secret_and_its_making_is_in_the_log(
    ready: Terminal,
) -> None:
    key = create_key(ready, "reports", "--expires", "2100-01-01")
    id = "crd_" + key.split("_")[1]
    secret = key.split("_", 2)[2]
    [line] = listed(ready)
    assert line == [id, "reports", "API_KEY", "good until 2100-01-01", "READ_ONLY", "never used"]
    [change] = ready.done("access", "log", "--entity", "acme").splitlines()
    assert secret not in change
    assert json.loads(change)["by"] == "operator"
    assert json.loads(change)["after"]["expires_at"] == "2100-01-01T00:00:00+00:00"
    for file in (ready.folder / "var").iterdir():
        assert secret.encode() not in file.read_bytes()


def test_the_service_takes_the_key_until_it_is_revoked_and_the_new_secret_instead_of_the_old(
    ready: Terminal,
) -> None:
    key = create_key(ready, "reports")
    new = ready.done("access", "replace-secret", "reports", "--entity", "acme", **PEPPER).strip()
    everywhere = create_key(ready, "robot", "--every-entity")
    revoked = create_key(ready, "gone")
    ready.done("access", "revoke", "gone", "--entity", "acme")
    assert ready.refusal("access", "revoke", "gone", "--entity", "acme").startswith("INVALID_STATUS")
    with ready.start("serve", "--port", "0", **PEPPER) as server:
        address = server.wait_for_line(r"GraphQL: (\S+)")[1]

        def asked(key: str, entity: str) -> int:
            headers = {"Authorization": f"Bearer {key}", "X-Entity-Id": entity}
            return httpx2.post(address, json={"query": "{ viewer { name } }"}, headers=headers).status_code

        assert [asked(each, "acme") for each in (key, new, everywhere, revoked)] == [401, 200, 200, 401]
        assert [asked(each, "globex") for each in (new, everywhere)] == [403, 200]


def test_the_operator_grants_in_another_entity_by_the_name_or_the_id(ready: Terminal) -> None:
    id = "crd_" + create_key(ready, "reports").split("_")[1]
    ready.done("access", "grant", "acme:reports", "--entity", "globex", "--role", "TAX_ADMIN")
    assert listed(ready, "globex") == [[id, "acme:reports", "of another entity", "", "TAX_ADMIN", ""]]
    ready.done("access", "grant", id, "--entity", "globex", "--role", "READ_ONLY", "--role", "TAX_ADMIN")
    assert listed(ready, "globex")[0][4] == "READ_ONLY TAX_ADMIN"
    ready.done("access", "grant", "reports", "--entity", "acme", "--role", "BILLING_OPERATIONS")
    assert listed(ready)[0][4] == "BILLING_OPERATIONS"
    ready.done("access", "revoke", "acme:reports", "--entity", "globex")
    assert listed(ready, "globex")[0][4] == "no roles"
    assert listed(ready)[0][3] == "good"


def test_a_client_s_secret_is_printed_and_its_id_is_said_beside(ready: Terminal) -> None:
    result = ready.run("access", "create-client", "crm", "--entity", "acme", "--role", "READ_ONLY", **PEPPER)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}\n", result.stdout)
    assert re.fullmatch(r"client id: crd_[0-9a-f]{32}\n", result.stderr)


def test_what_cannot_be_done_is_told_in_a_line(ready: Terminal) -> None:
    entity = ("--entity", "acme", "--role", "NONE")
    assert "NOT_FOUND" in ready.refusal("access", "create-key", "x", *entity, **PEPPER)
    assert "INVALID_TEXT" in ready.refusal(
        "access", "create-key", "X", "--entity", "acme", "--role", "READ_ONLY", **PEPPER
    )
    assert "no credential 'nobody'" in ready.refusal("access", "revoke", "nobody", "--entity", "acme")
    assert "no entity 'initech'" in ready.refusal("access", "list", "--entity", "initech")
    assert "CREDIT_MEMO_PEPPER" in ready.refusal(
        "access", "create-key", "x", "--entity", "acme", "--role", "READ_ONLY", CREDIT_MEMO_PRODUCTION="true"
    )


def test_the_built_in_roles_are_listed_with_what_they_allow(ready: Terminal) -> None:
    lines = ready.done("access", "roles", "--entity", "acme").splitlines()
    assert lines[-1] == "READ_ONLY\tRead only\tno limit\tbooks:audit books:read"
