"""What a client or a verifier of tokens finds out by itself: the server's metadata and its public keys."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.api.http.refusal import RequestRefused
from app.api.http.request_head import check_host
from app.api.oauth.refusal import refusal_of
from app.domain.access import PERMISSIONS
from app.repository.database import Busy
from app.sign_in.signing_keys import SigningKeys

TOKEN_PATH = "/oauth/token"
KEY_SET_PATH = "/oauth/jwks"
METADATA_PATH = "/.well-known/oauth-authorization-server"
KEY_SET = "application/jwk-set+json"


class Discovery:
    """Public documents: nobody has to sign in for them."""

    def __init__(self, keys: SigningKeys, *, issuer: str, allowed_hosts: tuple[str, ...]) -> None:
        self._keys = keys
        self._issuer = issuer
        self._allowed_hosts = allowed_hosts

    async def metadata(self, request: Request) -> Response:
        """What the authorization server can do (RFC 8414)."""
        try:
            check_host(request.headers, self._allowed_hosts)
        except RequestRefused as refusal:
            return refusal_of(refusal)
        return JSONResponse(self._metadata())

    async def key_set(self, request: Request) -> Response:
        """The public keys that verify tokens (RFC 7517)."""
        try:
            check_host(request.headers, self._allowed_hosts)
            keys = await self._keys.published()
        except (RequestRefused, Busy) as refusal:
            return refusal_of(refusal)
        return JSONResponse({"keys": list(keys)}, media_type=KEY_SET)

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self._issuer,
            "token_endpoint": self._issuer + TOKEN_PATH,
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "grant_types_supported": ["client_credentials"],
            # There is no authorization endpoint: nobody is asked to consent.
            "response_types_supported": [],
            "jwks_uri": self._issuer + KEY_SET_PATH,
            "scopes_supported": list(PERMISSIONS),
        }
