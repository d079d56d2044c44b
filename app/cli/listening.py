"""Where to listen: on this machine only unless in production, and found out before anything heavy is loaded."""

import ipaddress
import socket

from app.cli.terminal import CommandFailed


def listen(host: str, port: int, *, production: bool = False) -> socket.socket:
    """A listening socket. Raises CommandFailed for a port that is taken, and outside of production for a host that others
    can reach.
    """
    if not production and not is_loopback(host):
        raise CommandFailed(
            f"{host} can be reached by others: CREDIT_MEMO_PRODUCTION=true serves there, and refuses what is not safe then"
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        advice = "; PORT=8001 chooses another" if port else ""
        raise CommandFailed(f"cannot listen on {host}:{port}: {error.strerror}{advice}") from error


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the host."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def address_of(listener: socket.socket) -> str:
    """The address as a browser takes it, with the port that the system chose."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
