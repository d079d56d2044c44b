"""Who has come in lately: known by what a request shows before that is looked up, so that strangers cannot stand in
the way, and what is known need not be found out again.
"""

import hashlib

from starlette.datastructures import Headers

from app.api.http.operation import Caller
from app.sign_in.remembered import Remembered

LATELY_SECONDS = 900.0
MOST = 10_000


class Acquaintances:
    """Callers by what was shown for them. It says who a request seems to come from, not that it may come in."""

    def __init__(self) -> None:
        self._callers: Remembered[bytes, Caller] = Remembered(LATELY_SECONDS, MOST)

    def caller(self, shown: bytes | None) -> Caller | None:
        """Whoever came in with this; None for a stranger."""
        return None if shown is None else self._callers.get(shown)

    def came_in(self, shown: bytes | None, caller: Caller) -> None:
        """Note who has shown this."""
        if shown is not None:
            self._callers.put(shown, caller)


def shown_by(headers: Headers) -> bytes | None:
    """A digest of the headers that say who asks and in which entity; None where nobody says."""
    credentials = headers.getlist("authorization")
    if len(credentials) != 1:
        return None
    # One credential can be written with any number of spaces: they make no other of it.
    said = "\n".join((*credentials[0].split(), "", *headers.getlist("x-entity-id")))
    return hashlib.sha256(said.encode()).digest()
