"""Callbacks are asked at public addresses and in listed networks, and what is judged is what is connected to."""

import asyncio
import datetime as dt
import logging
import ssl
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.domain.entity import TaxCallback
from app.domain.tax_engine import TaxAnswer, TaxFailure
from app.outside.addresses import AddressRefused, JudgedTransport, may_be_asked
from app.outside.look_ups import LookUps
from app.outside.tax_callback import TaxCallbackClient
from tests.outside.test_tax_callback import question
from tests.support.tax_server import THIS_MACHINE, TaxServer
from tests.support.waiting import until_no_other_task_is_left

LOOK_UP = partial(LookUps().addresses, "txc_1")
REFUSED = "The tax engine's address is not one that this service may ask."


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "fec0::1",
        "ff02::1",
        "::ffff:10.1.2.3",
        "::ffff:127.0.0.1",
        "64:ff9b::a01:203",
        "2002:a01:203::1",
        "2001:db8::1",
    ],
)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not may_be_asked(ip_address(address), ())


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_a_public_address_may_be_asked(address: str) -> None:
    assert may_be_asked(ip_address(address), ())


def test_a_listed_network_may_be_asked_however_its_addresses_are_written() -> None:
    networks = (IPv4Network("10.2.0.0/16"), IPv6Network("fd00:7::/32"))
    for address, is_listed in (
        ("10.2.255.1", True),
        ("::ffff:10.2.0.1", True),
        ("10.3.0.1", False),
        ("fd00:7::5", True),
        ("fd00:8::5", False),
    ):
        assert may_be_asked(ip_address(address), networks) is is_listed, address


async def asked(url: str, *networks: IPv4Network) -> TaxAnswer | TaxFailure:
    callback = TaxCallback(id="txc_1", url=url, secret="a-secret-of-the-tests", timeout_milliseconds=20_000)
    [found] = (await TaxCallbackClient(networks)(callback, [question()], preview=False)).values()
    # What is left of a connection is closed by the library in a task of its own.
    await until_no_other_task_is_left()
    return found


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "[::ffff:127.0.0.1]"])
async def test_a_server_in_a_private_network_is_not_asked_however_it_is_named(
    server: TaxServer, host: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert await asked(f"http://{host}:{server.port}/private") == TaxFailure(REFUSED)
    assert server.requests("private") == []
    assert "CREDIT_MEMO_CALLBACK_NETWORKS" in caplog.text


async def test_in_a_listed_network_it_is_asked_under_its_own_name(server: TaxServer) -> None:
    assert isinstance(await asked(f"http://localhost:{server.port}/named", *THIS_MACHINE), TaxAnswer)
    [request] = server.requests("named")
    assert request["headers"]["host"] == f"localhost:{server.port}"


async def test_a_host_that_there_is_not_cannot_be_reached() -> None:
    assert await asked("http://nowhere.invalid/") == TaxFailure("The tax engine cannot be reached.")


def certified(directory: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The contexts of a server that is the name, and of a client that believes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain = directory / f"{name}.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(chain)
    return serving, ssl.create_default_context(cafile=chain)


@pytest.mark.parametrize(("name", "is_believed"), [("localhost", True), ("tax.example", False)])
async def test_a_certificate_is_held_against_the_name_though_the_address_is_connected_to(
    tmp_path: Path, name: str, is_believed: bool
) -> None:
    serving, believing = certified(tmp_path, name)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=serving)
    port = listening.sockets[0].getsockname()[1]
    async with (
        listening,
        httpx2.AsyncClient(transport=JudgedTransport(believing, THIS_MACHINE, LOOK_UP)) as client,
    ):
        if is_believed:
            assert (await client.get(f"https://localhost:{port}/")).text == "ok"
        else:
            with pytest.raises(httpx2.ConnectError, match=r"(?i)hostname mismatch"):
                await client.get(f"https://localhost:{port}/")
    # The server learns in a task of its own that nobody believed it.
    await until_no_other_task_is_left()


async def test_the_transport_says_where_a_refused_host_is() -> None:
    async with httpx2.AsyncClient(
        transport=JudgedTransport(ssl.create_default_context(), (), LOOK_UP)
    ) as client:
        with pytest.raises(AddressRefused, match=r"^10\.1\.2\.3 is at 10\.1\.2\.3\.$"):
            await client.get("http://10.1.2.3/")
