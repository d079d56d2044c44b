"""The token endpoint: client credentials in, access token out (RFC 6749, 4.4)."""

import asyncio
import logging
import re

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from app.api.http.body import read_body
from app.api.http.budget import CostBudgets
from app.api.http.refusal import RequestRefused, bad_request
from app.api.http.request_head import check_host
from app.api.oauth.refusal import NEVER_KEPT, TokenRefused, invalid_client, refusal_of
from app.api.oauth.token_request import TokenRequest, permissions_of, token_request
from app.domain.vocabulary import CredentialKind
from app.repository.database import Busy
from app.sign_in.gate import Gate
from app.sign_in.principal import Principal
from app.sign_in.tokens import Tokens

logger = logging.getLogger(__name__)

MOST_BODY_BYTES = 8_192
CLIENT_ID = re.compile(r"crd_[0-9a-f]{32}")
FAILURES_AT_ONCE = 20
FAILURES_PER_SECOND = 0.2
TOKENS_AT_ONCE = 200
TOKENS_PER_SECOND = 20
"""To one client, whose token is good for minutes: signing one costs as much as a small query."""


class TokenEndpoint:
    """Gives tokens to OAuth clients.

    A secret has 256 random bits: nobody finds it by trying, however fast. Failures are limited for each client id all
    the same, so that they fill no log; the right secret is let through even then, or anybody could lock a client out by
    failing in its name.
    """

    def __init__(
        self, gate: Gate, tokens: Tokens, *, allowed_hosts: tuple[str, ...], time_limit_seconds: float
    ) -> None:
        self._gate = gate
        self._tokens = tokens
        self._allowed_hosts = allowed_hosts
        self._time_limit_seconds = time_limit_seconds
        self._failures = CostBudgets(FAILURES_AT_ONCE, FAILURES_PER_SECOND)
        self._tokens_given = CostBudgets(TOKENS_AT_ONCE, TOKENS_PER_SECOND)

    async def answer(self, request: Request) -> Response:
        """A token, or why there is none."""
        try:
            check_host(request.headers, self._allowed_hosts)
            body = await self._body(request)
            asked = token_request(request.headers, request.url.query, body)
            clock = asyncio.timeout(self._time_limit_seconds)
            try:
                async with clock:
                    return await self._token(asked)
            except TimeoutError as error:
                if not clock.expired():
                    raise
                raise Busy from error
        except (TokenRefused, RequestRefused, Busy) as refusal:
            return refusal_of(refusal)
        except ClientDisconnect:
            # Nobody reads it.
            return Response(status_code=400)

    async def _body(self, request: Request) -> bytes:
        try:
            async with asyncio.timeout(self._time_limit_seconds):
                return await read_body(request, MOST_BODY_BYTES)
        except TimeoutError as error:
            raise bad_request("The request body came too slowly.", 408, {"Connection": "close"}) from error

    async def _token(self, asked: TokenRequest) -> Response:
        client = await self._client(asked)
        if asked.grant_type != "client_credentials":
            raise TokenRefused("unsupported_grant_type", "The only grant type is client_credentials.")
        scope = permissions_of(asked.scope)
        if self._tokens_given.left(client.id) < 1:
            message = "Use a token until it expires: too many were asked for at once."
            raise TokenRefused("temporarily_unavailable", message, 429, {"Retry-After": "1"})
        self._tokens_given.charge(client.id, 1)
        granted = {
            "access_token": await self._tokens.issue(client, scope),
            "token_type": "Bearer",
            "expires_in": self._tokens.seconds,
        }
        if scope is not None:
            granted["scope"] = " ".join(scope)
        return JSONResponse(granted, headers=NEVER_KEPT)

    async def _client(self, asked: TokenRequest) -> Principal:
        """The client whose secret it is. All others get one answer, whatever is wrong with them."""
        is_an_id = CLIENT_ID.fullmatch(asked.client_id) is not None
        if is_an_id:
            client = await self._gate.holder(asked.client_id, asked.secret, CredentialKind.OAUTH_CLIENT)
            if client is not None:
                return client
        named = asked.client_id if is_an_id else "without an id"
        if self._failures.left(named) < 1:
            raise TokenRefused(
                "invalid_client",
                "Too many failed attempts: try again later.",
                429,
                {"Retry-After": str(int(1 / FAILURES_PER_SECOND))},
            )
        self._failures.charge(named, 1)
        logger.warning("no token for client %s: unknown, revoked, expired, or not its secret", named)
        raise invalid_client("There is no such client with this secret.")
