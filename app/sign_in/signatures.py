"""What takes cryptography: making keys, sealing their private parts, signing tokens and reading what was signed.

Nothing loads this but `SigningKeys.signatures`.
"""

import base64
import json
import os
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from jwt.algorithms import OKPAlgorithm

ALGORITHM = "EdDSA"
TYPE = "at+jwt"
NONCE_BYTES = 12
REQUIRED = ["iss", "aud", "sub", "client_id", "iat", "exp", "jti"]


class Signatures:
    """Private keys are sealed with AES-256-GCM under a key made of the pepper, which is not in the database (RFC 5869)."""

    def __init__(self, pepper: bytes) -> None:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"private parts of signing keys")
        self._cipher = AESGCM(derived.derive(pepper))

    def sealed(self, key_id: str, private: Ed25519PrivateKey) -> str:
        """The private key as it is stored; it can be opened under this id only."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, private.private_bytes_raw(), key_id.encode())
        return base64.b64encode(nonce + sealed).decode()

    def opened(self, key_id: str, sealed: str) -> Ed25519PrivateKey | None:
        """None where it was sealed under another pepper or another id."""
        stored = base64.b64decode(sealed)
        try:
            raw = self._cipher.decrypt(stored[:NONCE_BYTES], stored[NONCE_BYTES:], key_id.encode())
        except InvalidTag:
            return None
        return Ed25519PrivateKey.from_private_bytes(raw)

    @staticmethod
    def new_key() -> Ed25519PrivateKey:
        return Ed25519PrivateKey.generate()

    @staticmethod
    def described(key_id: str, private: Ed25519PrivateKey) -> dict[str, Any]:
        """The public part, as a JSON Web Key."""
        known = json.loads(OKPAlgorithm.to_jwk(private.public_key()))
        about = {"kid": key_id, "alg": ALGORITHM, "use": "sig"}
        return {name: known[name] for name in ("kty", "crv", "x")} | about

    @staticmethod
    def public_key(description: Mapping[str, Any]) -> Ed25519PublicKey:
        public = OKPAlgorithm.from_jwk(dict(description))
        assert isinstance(public, Ed25519PublicKey)
        return public

    @staticmethod
    def signed(claims: dict[str, Any], key_id: str, private: Ed25519PrivateKey) -> str:
        return jwt.encode(claims, private, ALGORITHM, headers={"kid": key_id, "typ": TYPE})

    @staticmethod
    def named_key(shown: str) -> object:
        """The key id in a token's head, whatever stands there; None for a token of a kind that is not signed here."""
        try:
            head = jwt.get_unverified_header(shown)
        except jwt.PyJWTError:
            return None
        return head.get("kid") if head.get("alg") == ALGORITHM and head.get("typ") == TYPE else None

    @staticmethod
    def verified_claims(shown: str, key: Ed25519PublicKey, issuer: str) -> dict[str, Any] | None:
        """What the key has signed for its own issuer, or None; the caller judges when it is good, by its clock."""
        try:
            claims: dict[str, Any] = jwt.decode(
                shown,
                key,
                algorithms=[ALGORITHM],
                audience=issuer,
                issuer=issuer,
                options={"require": REQUIRED, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
        except jwt.PyJWTError:
            return None
        return claims
