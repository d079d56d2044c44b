"""Ports for servers that are told theirs before they take it, or that come back to it."""

import contextlib
import os
import socket

_FIRST, _LAST = 20_000, 32_000
"""Below those that a system gives to connections and to whoever asks for any (from 32,768 on): nobody is given one of
these between the moment in which it is found free and the one in which it is taken.
"""


def lasting_port() -> int:
    """A port of this machine that is free and stays so; processes that ask at once begin to look at different ones."""
    count = _LAST - _FIRST
    for place in range(count):
        port = _FIRST + (os.getpid() * 7 + place) % count
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError("no port is free")
