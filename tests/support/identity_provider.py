"""An identity provider as strangers run them: a server on a free port of this machine, whose keys sign tokens."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

AUDIENCE = "credit-memos"
MAKERS: dict[str, Any] = {
    "RS256": (lambda: rsa.generate_private_key(65537, 2048), RSAAlgorithm),
    "ES256": (lambda: ec.generate_private_key(ec.SECP256R1()), ECAlgorithm),
    "EdDSA": (ed25519.Ed25519PrivateKey.generate, OKPAlgorithm),
}


@cache
def private_key(algorithm: str, which: int) -> Any:
    """Made once: an RSA key takes longer than most tests."""
    return MAKERS[algorithm][0]()


class SigningKey:
    """A private key of the provider, and what it publishes of it; `which` tells keys under one id apart."""

    def __init__(self, kid: str, algorithm: str, which: int = 0) -> None:
        kind = MAKERS[algorithm][1]
        self.kid, self.algorithm = kid, algorithm
        self.private = private_key(algorithm, which)
        self.public: dict[str, Any] = {
            **json.loads(kind.to_jwk(self.private.public_key())),
            "kid": kid,
            "alg": algorithm,
            "use": "sig",
        }


class IdentityProvider:
    """What it publishes, and what it was asked for; `answers` may be changed to answer something else."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.keys = [SigningKey("first", "RS256")]
        self.asked: list[str] = []
        self.hold: threading.Event | None = None
        """While it is there and not set, no answer is given."""
        self.answers: dict[str, Any] = {
            "/.well-known/openid-configuration": lambda: {
                "issuer": self.issuer,
                "jwks_uri": f"{self.issuer}/keys",
            },
            "/keys": lambda: {"keys": [each.public for each in self.keys]},
        }

    def token(self, key: SigningKey | None = None, *, without: str | None = None, **claims: Any) -> str:
        """A token that is good for a minute but for what is said otherwise."""
        key = key or self.keys[0]
        now = int(time.time())
        said = {"iss": self.issuer, "aud": AUDIENCE, "sub": "ada", "iat": now, "exp": now + 60, **claims}
        said.pop(without or "", None)
        return jwt.encode(said, key.private, algorithm=key.algorithm, headers={"kid": key.kid})


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """A provider with one RSA key, until the context is left."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked.append(self.path)
            if provider.hold is not None:
                provider.hold.wait(60)
            answer = provider.answers.get(self.path)
            body = b"" if answer is None else _bytes(answer())
            self.send_response(404 if answer is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """What it was asked is in `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = IdentityProvider(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield provider
    finally:
        if provider.hold is not None:
            provider.hold.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _bytes(answer: Any) -> bytes:
    return answer if isinstance(answer, bytes) else json.dumps(answer).encode()
