"""Who has come in lately: known by what a request shows before that is looked up, so that strangers cannot stand in
the way.
"""

import hashlib

from starlette.datastructures import Headers

from app.sign_in.remembered import Remembered

LATELY_SECONDS = 900.0
MOST = 10_000

Share = tuple[str, str]
"""A principal's key and the entity in which it acts: whose share of the service a request takes up."""


class Acquaintances:
    """Shares by what was shown for them. It says whose share a request takes up, not that it may come in."""

    def __init__(self) -> None:
        self._shares: Remembered[bytes, Share] = Remembered(LATELY_SECONDS, MOST)

    def share(self, shown: bytes | None) -> Share | None:
        """The share of whoever came in with this; None for a stranger."""
        return None if shown is None else self._shares.get(shown)

    def came_in(self, shown: bytes | None, share: Share) -> None:
        """Note that who showed this has this share."""
        if shown is not None:
            self._shares.put(shown, share)


def shown_by(headers: Headers) -> bytes | None:
    """A digest of the headers that say who asks and in which entity; None where nobody says."""
    credentials = headers.getlist("authorization")
    if len(credentials) != 1:
        return None
    # One credential can be written with any number of spaces: they make no other of it.
    said = "\n".join((*credentials[0].split(), "", *headers.getlist("x-entity-id")))
    return hashlib.sha256(said.encode()).digest()
