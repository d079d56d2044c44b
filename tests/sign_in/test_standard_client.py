"""A client library that knows nothing of this service gets tokens of real servers, and uses them."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import jwt
import pytest
import requests
from oauthlib.oauth2 import BackendApplicationClient
from oauthlib.oauth2.rfc6749.errors import InvalidClientError, InvalidScopeError
from requests_oauthlib import OAuth2Session

from app.domain.entity import Settings
from app.repository.opening import open_database
from tests.cli.terminal import Terminal
from tests.sign_in.door import WHO
from tests.support.access import HeldCredential, oauth_client
from tests.support.books import open_books
from tests.support.processes import WatchedProcess
from tests.support.stores import Store

SECONDS = 120


@dataclass
class Servers:
    """Two processes that issue in one name, and a client of theirs."""

    first: str
    second: str
    client: HeldCredential
    terminal: Terminal
    database_url: str


@pytest.fixture(scope="module")
def servers(
    store: Store, runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Servers]:
    place = store.migrated()

    async def made() -> HeldCredential:
        database = open_database(place.url)
        try:
            return await oauth_client(await open_books(database, place, Settings()), "READ_ONLY")
        finally:
            await database.close()

    client = runner.run(made())
    terminal = Terminal(tmp_path_factory.mktemp("servers"))
    settings = {"CREDIT_MEMO_DATABASE_URL": place.url, "CREDIT_MEMO_WORKERS": "0"}
    with terminal.start("serve", "--port", "0", **settings, CREDIT_MEMO_LOG_LEVEL="debug") as first:
        address = address_of(first)
        with terminal.start("serve", "--port", "0", **settings, CREDIT_MEMO_ISSUER=address) as second:
            yield Servers(address, address_of(second), client, terminal, place.url)
        printed = first.output()
    assert client.secret not in printed
    assert client.record.secret_hash not in printed
    assert "Traceback" not in printed, printed


def address_of(server: WatchedProcess) -> str:
    return server.wait_for_line(r"GraphQL: (http://\S+)/graphql")[1]


@pytest.fixture(autouse=True)
def over_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library insists on https otherwise."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


def session_of(servers: Servers, scope: list[str] | None = None) -> OAuth2Session:
    return OAuth2Session(client=BackendApplicationClient(servers.client.id, scope=scope))


def sees_the_books(session: requests.Session, address: str) -> bool:
    answer = session.post(f"{address}/graphql", json={"query": WHO}, timeout=SECONDS)
    return answer.status_code == 200 and "errors" not in answer.json()


@pytest.mark.parametrize("in_body", [False, True], ids=["Basic", "form"])
def test_it_finds_the_way_by_itself_and_gets_in(servers: Servers, in_body: bool) -> None:
    about = requests.get(f"{servers.first}/.well-known/oauth-authorization-server", timeout=SECONDS).json()
    assert about["issuer"] == servers.first
    secret = servers.client.secret
    with session_of(servers) as session:
        given = session.fetch_token(
            about["token_endpoint"], client_secret=secret, include_client_id=in_body, timeout=SECONDS
        )
        assert given["expires_in"] == 900
        assert sees_the_books(session, servers.first)
        assert sees_the_books(session, servers.second), "servers of one issuer take each other's tokens"
    # And a library that verifies.
    key = jwt.PyJWKClient(about["jwks_uri"]).get_signing_key_from_jwt(given["access_token"])
    claims = jwt.decode(given["access_token"], key, ["EdDSA"], audience=servers.first, issuer=servers.first)
    assert claims["client_id"] == servers.client.id


def test_it_understands_why_it_is_refused(servers: Servers) -> None:
    with session_of(servers) as session, pytest.raises(InvalidClientError):
        session.fetch_token(f"{servers.first}/oauth/token", client_secret="guessed", timeout=SECONDS)
    with session_of(servers, ["everything"]) as session, pytest.raises(InvalidScopeError):
        session.fetch_token(
            f"{servers.first}/oauth/token", client_secret=servers.client.secret, timeout=SECONDS
        )


def test_a_rotation_while_servers_run_is_not_noticed(servers: Servers) -> None:
    def token_of(address: str) -> str:
        with session_of(servers) as session:
            given = session.fetch_token(
                f"{address}/oauth/token", client_secret=servers.client.secret, timeout=SECONDS
            )
        token: str = given["access_token"]
        return token

    def is_good(token: str, address: str) -> bool:
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {token}"
            return sees_the_books(session, address)

    old = token_of(servers.first)
    said = servers.terminal.done("access", "rotate-keys", CREDIT_MEMO_DATABASE_URL=servers.database_url)
    assert said.startswith("key_")
    assert said.rstrip().endswith("retired: 1")
    tokens = [old, token_of(servers.first), token_of(servers.second)]
    for token in tokens:
        assert is_good(token, servers.first)
        assert is_good(token, servers.second)
