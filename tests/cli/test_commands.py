"""The commands of the terminal, each in a process of its own."""

import json
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from app.settings import SettingsError, read_settings
from tests.cli.terminal import Terminal

ROOT = Path(__file__).parents[2]
COMMANDS = (
    "dev",
    "serve",
    "token",
    "work",
    "migrate",
    "entities",
    "entity",
    "seed",
    "import",
    "audit",
    "explain",
    "export-history",
    "statement",
    "aging",
    "schema",
)


@pytest.fixture(scope="module")
def helps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each command says of itself."""
    terminal = Terminal(tmp_path_factory.mktemp("helps"))
    return {command: terminal.done(command, "--help") for command in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(helps: dict[str, str], command: str) -> None:
    assert f"python -m app {command}" in helps[command]


def test_a_command_of_a_shell_answers_as_one_of_these_tests_does(terminal: Terminal) -> None:
    with terminal.start_from_nothing("entity", "--help") as started:
        assert started.wait() == 0
        assert started.output() == terminal.done("entity", "--help")
    with terminal.start_from_nothing("entities", CREDIT_MEMO_DATABASE_URL="nonsense") as started:
        assert started.wait() == 1
        assert started.output() == terminal.refusal("entities", CREDIT_MEMO_DATABASE_URL="nonsense")


def test_help_names_what_an_option_wants_and_not_the_type_it_has_inside(helps: dict[str, str]) -> None:
    inner = [(command, kind) for command in COMMANDS for kind in re.findall(r"--.*(<\S+>)", helps[command])]
    assert inner == []
    assert re.search("--port +NUMBER", helps["dev"])
    assert re.search("--file +FILE", helps["seed"])
    assert re.search("--closed-through +YYYY-MM-DD", helps["entity"])
    assert re.search("--submit-only +Leave the work", helps["import"])


def test_help_lists_every_command_and_loads_nothing_heavy(terminal: Terminal) -> None:
    shown = terminal.done("--help")
    assert all(re.search(rf"^│ {command} ", shown, re.MULTILINE) for command in COMMANDS)
    heavy = {"asyncio", "sqlalchemy", "strawberry", "graphql", "uvicorn", "pydantic", "starlette", "alembic"}
    heavy |= {"app.domain.commands", "app.repository", "app.settings", "app.validation"}
    helped = subprocess.run(
        [sys.executable, "-m", "app", "--help"],
        env=terminal.environment | SAYING_WHAT_IS_LOADED,
        capture_output=True,
        text=True,
        check=True,
    )
    assert helped.stdout == shown
    assert loaded(helped.stderr) & heavy == set()


SAYING_WHAT_IS_LOADED = {"PYTHONPROFILEIMPORTTIME": "1"}


def loaded(said: str) -> set[str]:
    """The modules that a process has loaded, from what it said of it."""
    return set(re.findall(r"^import time: .*\| *(\S+)$", said, re.MULTILINE))


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("DATABASE_ULR", "DATABASE_URL"),
        ("MAXBODYBYTES", "MAX_BODY_BYTES"),
        ("GRAPHQL", "GRAPHIQL"),
        ("ALLOWED_HOST", "ALLOWED_HOSTS"),
        ("PROT", "PORT"),
        ("GTE", "GET"),
    ],
)
def test_a_misspelt_setting_is_an_error_that_names_the_one_that_was_meant(
    monkeypatch: pytest.MonkeyPatch, name: str, meant: str
) -> None:
    monkeypatch.setenv(f"CREDIT_MEMO_{name}", "x")
    with pytest.raises(SettingsError) as raised:
        read_settings()
    assert str(raised.value) == (
        f"CREDIT_MEMO_{name} in the environment is no setting: did you mean CREDIT_MEMO_{meant}?"
    )


@pytest.mark.parametrize("name", ["MAX_DEPTH", "TIMEOUT", "PROCESSES", "URL", "POOL_SIZE", ""])
def test_a_setting_that_resembles_none_is_answered_with_all_there_are(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(f"CREDIT_MEMO_{name}", "x")
    with pytest.raises(
        SettingsError, match=r"is no setting: known are CREDIT_MEMO_DATABASE_URL, .*LOG_LEVEL"
    ):
        read_settings()


def test_a_misspelt_setting_ends_a_command_in_one_line(terminal: Terminal) -> None:
    [line] = terminal.refusal("entities", CREDIT_MEMO_DATABASE_ULR="sqlite:///x.db").splitlines()
    assert line.startswith("CREDIT_MEMO_DATABASE_ULR")


def test_an_unusable_setting_is_named_without_its_value(terminal: Terminal) -> None:
    said = terminal.refusal("entities", CREDIT_MEMO_MAX_BODY_BYTES="secret")
    assert "CREDIT_MEMO_MAX_BODY_BYTES" in said
    assert "secret" not in said


def test_no_password_shows_in_the_settings(terminal: Terminal) -> None:
    program = "from app.settings import read_settings; s = read_settings(); print(s, repr(s), s.model_dump())"
    url = "postgresql://someone:hunter2@host/books"
    shown = subprocess.run(
        [sys.executable, "-c", program],
        env={**terminal.environment, "CREDIT_MEMO_DATABASE_URL": url, "CREDIT_MEMO_MIGRATION_URL": url},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "hunter2" not in shown.stdout


def test_the_token_is_for_its_owner_only_and_stays_the_same(terminal: Terminal) -> None:
    assert "token --create" in terminal.refusal("token")
    first = terminal.done("token", "--create")
    path = terminal.folder / "var" / "development-token"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert f"http://127.0.0.1:8000/graphiql#token={path.read_text().strip()}" in first
    assert terminal.done("token", "--create") == first
    assert [each.name for each in path.parent.iterdir()] == ["development-token"]
    path.chmod(0o644)
    assert "chmod 600" in terminal.refusal("token")


def test_the_token_comes_with_the_address_that_the_settings_give_the_service(terminal: Terminal) -> None:
    terminal.done("token", "--create")
    for arguments, environment, address in (
        ([], {"PORT": "8123"}, "127.0.0.1:8123"),
        ([], {"PORT": "8123", "CREDIT_MEMO_PORT": "8124"}, "127.0.0.1:8124"),
        (["--port", "8125"], {"PORT": "8123"}, "127.0.0.1:8125"),
        ([], {"CREDIT_MEMO_HOST": "::1"}, "[::1]:8000"),
    ):
        assert f"http://{address}/graphiql#token=" in terminal.done("token", *arguments, **environment)
    result = terminal.run("token", PORT="0")
    assert result.stdout == "Token: var/development-token\n"
    assert "chooses the port" in result.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
def test_serve_refuses_a_host_that_others_can_reach(terminal: Terminal, host: str) -> None:
    terminal.done("token", "--create")
    assert "can be reached by others" in terminal.refusal("serve", "--host", host, "--port", "0")


def test_serve_says_in_one_line_that_the_database_is_not_migrated(terminal: Terminal) -> None:
    terminal.done("token", "--create")
    [line] = terminal.refusal("serve", "--port", "0").splitlines()
    assert "not migrated" in line
    assert not (terminal.folder / "var" / "books.db").exists()


@pytest.mark.parametrize("command", ["migrate", "entities"])
@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://somebody:secret@host/books",
        "sqlite://",
        "postgresql://somebody@127.0.0.1:1/books",
    ],
)
def test_a_database_that_cannot_be_is_told_in_one_line(terminal: Terminal, url: str, command: str) -> None:
    [line] = terminal.refusal(command, CREDIT_MEMO_DATABASE_URL=url).splitlines()
    assert "database" in line or "books" in line
    assert "secret" not in line


def test_a_taken_port_is_said_in_one_line(migrated: Terminal) -> None:
    migrated.done("token", "--create")
    with migrated.start("serve", "--port", "0") as server:
        port = server.wait_for_line(r"GraphQL: http://127\.0\.0\.1:(\d+)/graphql")[1]
        [line] = migrated.refusal("serve", "--port", port).splitlines()
        assert port in line
        assert server.end() == 0, server.output()


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_dev_makes_everything_serves_and_ends_cleanly(terminal: Terminal, by: signal.Signals) -> None:
    with terminal.start_from_nothing("dev", PORT="0") as service:
        line = service.wait_for_line(r"^GraphiQL: (http://127\.0\.0\.1:\d+)/graphiql#token=(\S+)$")
        answer = asked(line[1], line[2], "{ invoices(first: 1) { totalCount } }", "harbor-tools")
        assert answer["data"]["invoices"]["totalCount"] == 42
        assert service.end(by) == 0, service.output()
    assert "Traceback" not in service.output()
    assert line[2] == (terminal.folder / "var" / "development-token").read_text().strip()
    before = contents(terminal.folder / "var" / "books.db")
    with terminal.start_from_nothing("dev", "--port", "0", **SAYING_WHAT_IS_LOADED) as again:
        line = again.wait_for_line("^GraphiQL: (.*)/graphiql#token=(.*)$")
        assert asked(line[1], line[2], "{ entity { code } }", "harbor-tools")["data"]
        assert again.end(by) == 0
        # What a server with an up-to-date SQLite database and callers with keys has no use for takes start-up and memory.
        idle = {"alembic", "mako", "asyncpg", "httpx2", "jwt", "cryptography", "rich", "dotenv"}
        assert loaded(again.output()) & idle == set()
    assert line[2] == (terminal.folder / "var" / "development-token").read_text().strip()
    assert contents(terminal.folder / "var" / "books.db") == before


def asked(address: str, token: str, query: str, entity: str) -> dict[str, dict[str, dict[str, int]]]:
    request = urllib.request.Request(
        f"{address}/graphql",
        json.dumps({"query": query}).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {token}", "X-Entity-Id": entity},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            answer: dict[str, dict[str, dict[str, int]]] = json.load(response)
    except urllib.error.HTTPError as error:
        raise AssertionError(error.read().decode()) from error
    return answer


def contents(database: Path) -> list[str]:
    connection = sqlite3.connect(database)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def test_entities_are_registered_and_changed_one_setting_at_a_time(migrated: Terminal) -> None:
    assert "--name" in migrated.refusal("entity", "acme")
    assert "like people" in migrated.refusal("entity", "OIDC", "--name", "People")
    migrated.done(
        "entity", "acme", "--name", "Acme", "--time-zone", "Asia/Tokyo", "--reason-code", "LATE=Late"
    )
    migrated.done("entity", "acme", "--closed-through", "2026-01-31")
    assert migrated.done("entities").split("\t") == [
        "acme",
        "Acme",
        "INVOICE",
        "Asia/Tokyo",
        "closed through 2026-01-31\n",
    ]
    assert "timeZone" in migrated.refusal("entity", "acme", "--time-zone", "Mars/Base")
    assert "closedThrough" in migrated.refusal("entity", "acme", "--closed-through", "2999-01-31")
    assert "prefix" in migrated.refusal("entity", "new", "--name", "New", "--prefix", "INVOICE=I1")
    assert "only begin with an entity" in migrated.refusal("entity", "acme", "--prefix", "INVOICE=I-")


def test_sample_invoices_are_imported_with_a_report_of_the_faulty_ones_and_the_books_hold(
    seeded: Terminal,
) -> None:
    for name in ("invoices.csv", "invoices-with-faults.csv"):
        shutil.copy(ROOT / "seeds" / "import" / name, seeded.folder)
    shown = seeded.done("import", "invoices.csv", "--entity", "harbor-tools")
    assert shown == "10 imported, 0 already there, 0 refused\n"
    result = seeded.run(
        "import", "invoices-with-faults.csv", "--entity", "harbor-tools", "--errors", "refused.csv"
    )
    assert (result.returncode, result.stdout) == (1, "3 imported, 0 already there, 3 refused\n")
    report = (seeded.folder / "refused.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[:3] for line in report[1:]] == [
        ["3", "INV-1512", "NOT_FOUND"],
        ["4", "INV-1513", "TOO_MANY_DECIMALS"],
        ["6", "INV-1515", "UNREADABLE"],
    ]
    assert "harbor-tools" in seeded.refusal("import", "invoices.csv", "--entity", "nobody")
    *_, summary = seeded.done("audit", "--json").splitlines()
    assert json.loads(summary)["holds"] is True


def test_an_import_can_be_left_to_the_workers_and_asked_for_its_end_later(seeded: Terminal) -> None:
    shutil.copy(ROOT / "seeds" / "import" / "invoices-with-faults.csv", seeded.folder)
    command = ("import", "invoices-with-faults.csv", "--entity", "harbor-tools")
    job_id = seeded.done(*command, "--submit-only").strip()
    assert f"{job_id}  " in seeded.done("job", "list", "--entity", "harbor-tools")
    seeded.done("work", "--until-done")
    result = seeded.run(*command)
    assert (result.returncode, result.stdout) == (1, "0 imported, 3 already there, 3 refused\n")
    assert len((seeded.folder / "invoices-with-faults.csv.errors.jsonl").read_text().splitlines()) == 3


def test_audit_fails_and_names_the_document_when_a_balance_was_changed(seeded: Terminal) -> None:
    connection = sqlite3.connect(seeded.folder / "var" / "books.db")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute("UPDATE invoice SET balance = balance + 1 WHERE number = 'INV-1002'")
    connection.commit()
    connection.close()
    result = seeded.run("audit", "--entity", "harbor-tools", COLUMNS="40")
    assert result.returncode == 1
    assert "INV-1002" in result.stdout
    assert "do not hold" in result.stdout
    shown = [
        [cell.strip() for cell in line.strip("│").split("│")]
        for line in result.stdout.splitlines()
        if line.startswith("│")
    ]
    for each in json_differences(seeded):
        document = each["number"] or each["document_id"]
        found = [each["message"], each["expected"], each["found"], each["first_row"] or ""]
        assert ["harbor-tools", each["invariant"], document, *found] in shown
    on_a_terminal = seeded.run("audit", COLUMNS="70", TTY_COMPATIBLE="1", NO_COLOR="1").stdout
    assert max(map(len, re.sub(r"\x1b\[[0-9;]*m", "", on_a_terminal).splitlines())) == 70
    assert "…" not in on_a_terminal


def json_differences(terminal: Terminal) -> list[dict[str, str]]:
    lines = map(json.loads, terminal.run("audit", "--json").stdout.splitlines())
    return [line for line in lines if "summary" not in line]


def test_the_schema_is_printed_as_text(terminal: Terminal) -> None:
    assert "type Mutation" in terminal.done("schema")


def test_a_rejected_step_is_told_as_code_path_and_message(migrated: Terminal) -> None:
    sample = json.loads((ROOT / "seeds" / "harbor-tools.json").read_text(encoding="utf-8"))
    sample["steps"] = sample["steps"][:2]
    sample["steps"][1]["input"]["invoices"][0]["account"] = {"number": "nobody"}
    (migrated.folder / "sample.json").write_text(json.dumps(sample), encoding="utf-8")
    said = migrated.refusal("seed", "--file", "sample.json").splitlines()
    assert said[0].startswith("step 2 (createInvoices")
    assert said[1].startswith("NOT_FOUND  invoices.0.account  ")
