"""The addresses of OAuth."""

from starlette.routing import BaseRoute, Route

from app.api.oauth.discovery import KEY_SET_PATH, METADATA_PATH, TOKEN_PATH, Discovery
from app.api.oauth.token import TokenEndpoint
from app.sign_in.gate import Gate
from app.sign_in.signing_keys import SigningKeys
from app.sign_in.tokens import Tokens


def oauth_routes(
    gate: Gate,
    keys: SigningKeys,
    tokens: Tokens,
    *,
    issuer: str,
    allowed_hosts: tuple[str, ...],
    time_limit_seconds: float,
) -> list[BaseRoute]:
    """Tokens by POST, the rest by GET."""
    endpoint = TokenEndpoint(gate, tokens, allowed_hosts=allowed_hosts, time_limit_seconds=time_limit_seconds)
    discovery = Discovery(keys, issuer=issuer, allowed_hosts=allowed_hosts)
    return [
        Route(TOKEN_PATH, endpoint.answer, methods=["POST"]),
        Route(KEY_SET_PATH, discovery.key_set, methods=["GET"]),
        Route(METADATA_PATH, discovery.metadata, methods=["GET"]),
    ]
