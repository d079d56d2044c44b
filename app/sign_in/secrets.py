"""Secrets of credentials: made here, shown once, stored as keyed hashes only."""

import hmac
import re
import secrets
from dataclasses import dataclass

API_KEY = re.compile(r"cmk_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")
"""An API key: what it is, the id of its credential, its secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """Hashes secrets with a pepper that is not in the database.

    The secrets have 256 random bits, so a fast hash is enough: nobody can try them all.
    """

    pepper: bytes

    def hash(self, secret: str) -> str:
        """What is stored of a secret."""
        return hmac.digest(self.pepper, secret.encode(), "sha256").hex()

    def matches(self, secret: str, stored: str) -> bool:
        """Whether the stored hash is this secret's; takes as long for a wrong one."""
        return hmac.compare_digest(self.hash(secret), stored)


class SecretToShow:
    """Makes a secret when its hash is asked for, and keeps its text for whoever is to see it, once."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal
        self.text: str | None = None

    def hash(self) -> str:
        """The hash of a new secret, which is `text` from now on."""
        self.text = new_secret()
        return self._seal.hash(self.text)


def new_secret() -> str:
    """256 random bits in 43 characters."""
    return secrets.token_urlsafe(32)


def api_key(credential_id: str, secret: str) -> str:
    """The text of an API key, as its owner sends it."""
    return f"cmk_{credential_id.partition('_')[2]}_{secret}"


def parts_of_api_key(text: str) -> tuple[str, str] | None:
    """The credential's id and the secret, or None where the text is no API key."""
    match = API_KEY.fullmatch(text)
    return (f"crd_{match[1]}", match[2]) if match else None
