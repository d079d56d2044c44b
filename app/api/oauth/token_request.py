"""What a client sends to get a token: its id and secret, by Basic or as form fields, and the form."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote_plus

from starlette.datastructures import Headers

from app.api.oauth.refusal import TokenRefused, invalid_client, invalid_request
from app.domain.access import PERMISSIONS

FORM = "application/x-www-form-urlencoded"
PARAMETERS = ("grant_type", "client_id", "client_secret", "scope")
"""What the form may say; anything else is not looked at, as the RFC wants."""
MOST_FIELDS = 50


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A client that asks for a token; `scope` are the permissions that the token is to be narrowed to."""

    client_id: str
    secret: str = field(repr=False)
    grant_type: str
    scope: str | None


def token_request(headers: Headers, query: str, body: bytes) -> TokenRequest:
    """Raises TokenRefused for a request that is not well-formed, or does not say which client asks."""
    if query:
        raise invalid_request("Parameters belong into the body: addresses are written into logs.")
    types = [each.partition(";")[0].strip().lower() for each in headers.getlist("content-type")]
    if types != [FORM]:
        raise invalid_request(f"Content-Type must be {FORM}.")
    form = _form(body)
    client_id, secret = _client(headers.getlist("authorization"), form)
    if "grant_type" not in form:
        raise invalid_request("grant_type is missing.")
    return TokenRequest(client_id, secret, form["grant_type"], form.get("scope"))


def permissions_of(scope: str | None) -> tuple[str, ...] | None:
    """The permissions that a scope lists, each once; None where there is no scope. Raises TokenRefused."""
    if scope is None:
        return None
    permissions = tuple(dict.fromkeys(scope.split(" ")))
    if not all(each in PERMISSIONS for each in permissions):
        raise TokenRefused("invalid_scope", "scope lists permissions, separated by one space.")
    return permissions


def _form(body: bytes) -> dict[str, str]:
    """The parameters by name; one without a value counts as absent (RFC 6749, 3.2)."""
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError as error:
        raise invalid_request("The body is no form in UTF-8.") from error
    form: dict[str, str] = {}
    for name, value in pairs:
        if name in form and name in PARAMETERS:
            raise invalid_request(f"{name} is given more than once.")
        form[name] = value
    return {name: value for name, value in form.items() if value}


def _client(authorization: list[str], form: Mapping[str, str]) -> tuple[str, str]:
    """The client's id and secret, by one of the two ways."""
    if len(authorization) > 1:
        raise invalid_request("Authorization is given more than once.")
    if not authorization:
        if "client_id" not in form or "client_secret" not in form:
            raise invalid_client("Send the client's id and secret by HTTP Basic or as form fields.")
        return form["client_id"], form["client_secret"]
    client_id, secret = _basic(authorization[0])
    if "client_secret" in form or form.get("client_id", client_id) != client_id:
        raise invalid_request("The client's id and secret come by HTTP Basic or as form fields, not both.")
    return client_id, secret


def _basic(authorization: str) -> tuple[str, str]:
    """Id and secret of HTTP Basic; each is encoded like a form value first (RFC 6749, 2.3.1)."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        if scheme.lower() != "basic":
            raise ValueError(scheme)
        client_id, colon, secret = (
            base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
        )
        if not colon:
            raise ValueError("no colon")
    except (ValueError, binascii.Error) as error:
        raise invalid_client("Authorization is not HTTP Basic with an id and a secret.") from error
    return unquote_plus(client_id), unquote_plus(secret)
