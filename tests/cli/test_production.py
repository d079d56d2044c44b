"""A service that others reach is not started with what is meant for one machine."""

import asyncio
import re

import httpx2
import pytest

from app.cli.production import unsafe_settings
from app.repository.role_powers import role_powers
from app.settings import SettingsError, read_settings
from tests.cli.terminal import Terminal
from tests.support.stores import PostgresStore

PEPPER = "a pepper that nobody else knows"
ISSUER = "https://memos.example"
SAFE = {"production": True, "pepper": PEPPER, "issuer": ISSUER}
PRODUCTION = {f"CREDIT_MEMO_{name.upper()}": str(value).lower() for name, value in SAFE.items()}

UNSAFE = {
    "pepper": ({"pepper": "for work on one machine only"}, "CREDIT_MEMO_PEPPER"),
    "development token": ({"token_file": "var/development-token"}, "CREDIT_MEMO_TOKEN_FILE"),
    "every origin": ({"cors_origins": "*"}, "CREDIT_MEMO_CORS_ORIGINS"),
    "tokens over an open line": ({"issuer": "http://127.0.0.1:8000"}, "CREDIT_MEMO_ISSUER"),
    "every host": ({"allowed_hosts": "*"}, "CREDIT_MEMO_ALLOWED_HOSTS"),
}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT", raising=False)


def test_safe_settings_are_not_complained_about() -> None:
    assert unsafe_settings(read_settings(**SAFE)) == []


@pytest.mark.parametrize("name", UNSAFE)
def test_each_unsafe_setting_is_named(name: str) -> None:
    given, variable = UNSAFE[name]
    [complaint] = unsafe_settings(read_settings(**{**SAFE, **given}))
    assert variable in complaint
    assert PEPPER not in complaint


def test_all_that_is_unsafe_is_said_at_once_and_nothing_is_served(migrated: Terminal) -> None:
    said = migrated.refusal(
        "serve", "--port", "0", CREDIT_MEMO_PRODUCTION="true", CREDIT_MEMO_CORS_ORIGINS="*"
    )
    assert "CREDIT_MEMO_PEPPER" in said
    assert "CREDIT_MEMO_ISSUER" in said
    assert "CREDIT_MEMO_CORS_ORIGINS" in said


def test_dev_is_not_for_production(terminal: Terminal) -> None:
    assert "`serve`" in terminal.refusal("dev", **PRODUCTION, PORT="0")
    assert not (terminal.folder / "var").exists()


def test_production_serves_on_every_address_and_knows_no_development_token(migrated: Terminal) -> None:
    migrated.done("token", "--create")
    token = (migrated.folder / "var" / "development-token").read_text().strip()
    with migrated.start("serve", "--host", "0.0.0.0", "--port", "0", **PRODUCTION) as server:
        port = server.wait_for_line(r"GraphQL: http://0\.0\.0\.0:(\d+)/graphql")[1]
        assert status_of(int(port), token) == 401
        assert server.end() == 0, server.output()


def status_of(port: int, token: str) -> int:
    """The status with which a query under the token is answered."""
    sent = httpx2.post(
        f"http://127.0.0.1:{port}/graphql",
        json={"query": "{ entity { code } }"},
        headers={"Authorization": f"Bearer {token}"},
    )
    return int(sent.status_code)


def test_the_services_role_has_no_power_past_the_guards(postgres_store: PostgresStore) -> None:
    place = postgres_store.migrated()
    assert asyncio.run(role_powers(place.url)) == []
    powers = asyncio.run(role_powers(place.owner_url))
    assert {"is a superuser", "owns tables of the books"} <= set(powers)


def test_the_owner_of_the_tables_is_not_served_as(terminal: Terminal, postgres_store: PostgresStore) -> None:
    place = postgres_store.migrated()
    said = terminal.refusal("serve", "--port", "0", **PRODUCTION, CREDIT_MEMO_DATABASE_URL=place.owner_url)
    assert re.search("owns tables of the books", said)
    assert place.owner_url not in said


def test_a_database_that_is_away_is_said_in_one_line(terminal: Terminal) -> None:
    url = "postgresql://somebody:hunter2@127.0.0.1:1/books"
    [line] = terminal.refusal("serve", "--port", "0", **PRODUCTION, CREDIT_MEMO_DATABASE_URL=url).splitlines()
    assert "does not answer" in line
    assert "hunter2" not in line


@pytest.mark.parametrize(
    "issuer",
    [
        "http://people.example",
        "http://people.example/?https://people.example",
        "http://localhost.example",
        "http://127.0.0.1@people.example/",
        "ftp://people.example https://people.example",
    ],
)
def test_keys_of_a_provider_do_not_come_over_an_open_line(issuer: str) -> None:
    with pytest.raises(SettingsError, match="OIDC_ISSUER"):
        read_settings(oidc_issuer=issuer, oidc_audience="memos")


@pytest.mark.parametrize(
    "issuer", ["https://people.example/realms/us", "http://localhost", "http://127.0.0.1:8080/realms/us"]
)
def test_a_provider_is_reached_by_https_or_on_this_machine(issuer: str) -> None:
    assert read_settings(oidc_issuer=issuer, oidc_audience="memos").oidc_issuer == issuer


@pytest.mark.parametrize("command", ["serve", "work"])
def test_a_password_is_no_argument(terminal: Terminal, command: str) -> None:
    said = terminal.refusal(command, "--database-url", "postgresql://till:open-sesame@localhost:1/books")
    assert "CREDIT_MEMO_DATABASE_URL" in said
    assert "open-sesame" not in said
