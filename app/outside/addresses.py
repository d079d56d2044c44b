"""Which addresses may be asked: a host is looked up here, and what is connected to is an address that was judged.

An entity says where its tax is asked for. Without a judge it could have the service ask servers that only the service
can reach.
"""

import ssl
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpx2

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
LookUp = Callable[[str], Awaitable[Sequence[str]]]
"""The addresses of a host, in order of preference. Raises OSError and UnicodeError."""

UNICAST = IPv6Network("2000::/3")
TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv4 addresses behind a translator (RFC 6052)."""


class AddressRefused(Exception):
    """The host has no address that the service may ask."""


def may_be_asked(address: Address, networks: Sequence[Network]) -> bool:
    """Whether it is a public address, or one in the networks; one that wraps an IPv4 address counts as that."""
    if isinstance(address, IPv6Address):
        wrapped = _wrapped(address)
        if wrapped is not None:
            return may_be_asked(wrapped, networks)
    if any(address in network for network in networks):
        return True
    if isinstance(address, IPv6Address) and address not in UNICAST:
        return False
    return address.is_global and not address.is_multicast


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    if address in TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


class JudgedTransport(httpx2.AsyncBaseTransport):
    """Sends each request to an address of its host that may be asked; raises AddressRefused where there is none."""

    def __init__(self, certificates: ssl.SSLContext, networks: Sequence[Network], look_up: LookUp) -> None:
        self._inner = httpx2.AsyncHTTPTransport(verify=certificates, trust_env=False)
        self._networks = networks
        self._look_up = look_up

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.scheme not in ("http", "https"):
            raise httpx2.UnsupportedProtocol(f"No request is sent by {request.url.scheme!r}.")
        host = request.url.raw_host.decode("ascii")
        found = await self._addresses_of(host)
        addresses = [each for each in found if may_be_asked(each, self._networks)]
        if not addresses:
            raise AddressRefused(f"{host} is at {', '.join(map(str, found))}.")
        return await self._sent(request, host, addresses)

    async def _addresses_of(self, host: str) -> list[Address]:
        """All of them. Raises ConnectError where the host has none."""
        try:
            found = await self._look_up(host)
        except (OSError, UnicodeError) as error:
            raise httpx2.ConnectError("The host has no address.") from error
        return [ip_address(each) for each in found]

    async def _sent(
        self, request: httpx2.Request, host: str, addresses: Sequence[Address]
    ) -> httpx2.Response:
        """Sent to the first of the addresses that takes the connection."""
        *others, last = addresses
        for each in others:
            try:
                return await self._inner.handle_async_request(_at(each, request, host))
            except httpx2.ConnectError:
                # Of a host with several addresses some may be out of reach from here.
                continue
        return await self._inner.handle_async_request(_at(last, request, host))

    async def aclose(self) -> None:
        await self._inner.aclose()


def _at(address: Address, request: httpx2.Request, host: str) -> httpx2.Request:
    """The request to the address; certificate and `Host` header stay those of the host."""
    return httpx2.Request(
        request.method,
        request.url.copy_with(host=str(address)),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )
