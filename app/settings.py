"""The environment as one frozen object, read once, when a process starts."""

import os
import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

PREFIX = "CREDIT_MEMO_"
ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")
"""As browsers write it: in small letters, without a path, without the port that the scheme means anyway."""
PrivateKeySignature = Literal[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"
]
"""No signature by a shared secret is among them: whoever verifies it could make it."""
DEVELOPMENT_PEPPER = "for work on one machine only"


class SettingsError(Exception):
    """The environment says something that cannot be meant; one line for each thing."""


class Settings(BaseModel):
    """What an operator can set: `CREDIT_MEMO_` and the field's name in capitals. Addresses may hold passwords."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True)

    database_url: SecretStr = Field(
        SecretStr("sqlite:///var/books.db"), description="`sqlite:///path` or `postgresql://user@host/name`."
    )
    migration_url: SecretStr | None = Field(
        None, description="The same database as the role that owns its tables. Default: the database address."
    )
    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="0 lets the system choose. Plain `PORT` says it too.")
    token_file: Path = Field(Path("var/development-token"), description="Where the development key lies.")
    pepper: SecretStr = Field(
        SecretStr(DEVELOPMENT_PEPPER),
        min_length=16,
        description="What secrets of credentials are hashed with; at least 16 characters, and it stays.",
    )
    production: bool = Field(
        False, description="Refuse what is meant for work on one machine; listen where others reach it."
    )
    access_seconds: float = Field(
        5.0, ge=0, description="How long a revoked credential or role may still be good."
    )
    issuer: str | None = Field(
        None,
        pattern=r"^(https://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)|http://(localhost|127\.0\.0\.1|\[::1\]))(:[0-9]{1,5})?$",
        description="The address by which clients reach the service, without a path: who issues its tokens."
        " Default: where it listens.",
    )
    token_seconds: int = Field(900, ge=1, le=86_400, description="How long a token of the service is good.")
    oidc_issuer: str | None = Field(
        None,
        pattern=r"^(https://[!-~]+|http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?(/[!-~]*)?)$",
        description="An identity provider whose tokens are taken as well, by its issuer address.",
    )
    oidc_audience: str | None = Field(None, description="What its tokens must be for: `aud`.")
    oidc_algorithms: tuple[PrivateKeySignature, ...] = Field(
        ("RS256", "ES256", "EdDSA"), min_length=1, description="How its tokens may be signed."
    )
    oidc_entities_claim: str = Field(
        "entities",
        description="The claim that lists entity codes, or gives the roles for each of them; dots lead inside.",
    )
    oidc_roles_claim: str = Field(
        "roles", description="The claim that lists the roles in the entities that are only listed."
    )
    oidc_role_names: Mapping[str, str] = Field(
        {}, description="Its names of roles and ours: `billing=BILLING_OPERATIONS,auditor=READ_ONLY`."
    )
    allowed_hosts: tuple[str, ...] = Field(
        ("localhost", "127.0.0.1", "[::1]"),
        min_length=1,
        description="Host names that requests may be sent to, separated by commas; `*.domain`, `*` for all.",
    )
    time_limit_seconds: float = Field(30.0, gt=0, description="The longest that a request may take.")
    grace_seconds: float = Field(
        10.0, ge=0, description="How long requests under way may go on after a signal to stop."
    )
    requests_at_once: int = Field(
        128, ge=1, description="How many requests may be under way in a process; others get 503."
    )
    max_body_bytes: int = Field(1_000_000, gt=0, description="The longest request body.")
    fast_path: bool = Field(
        True,
        description="Answer queries by compiled statements where that is possible; the answers are the same.",
    )
    introspection: bool = Field(True, description="Answer questions about the schema.")
    graphiql: bool = Field(True, description="Serve the GraphiQL page.")
    get: bool = Field(True, description="Answer queries sent by GET.")
    cost_budget: int = Field(
        1_000_000, ge=0, description="What a client's operations may cost at once, in fields; 0: any number."
    )
    cost_per_second: float = Field(
        50_000, gt=0, description="How much of that budget comes back each second."
    )
    trusted_documents: Path | None = Field(
        None, description="A manifest of documents by id, or a folder of them: clients may send the id alone."
    )
    trusted_documents_only: bool = Field(
        True, description="With trusted documents: refuse requests that bring their own text."
    )
    cors_origins: tuple[str, ...] = Field(
        (), description="Origins whose pages may call the service, separated by commas; `*` for all."
    )
    callback_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        (),
        description="Networks in which tax callbacks may be, beside public addresses: `10.2.0.0/16,127.0.0.0/8`.",
    )
    workers: int = Field(
        1, ge=0, le=16, description="Workers on jobs inside the service; 0 leaves jobs to `work`."
    )
    poll_seconds: float = Field(1.0, gt=0, description="How often an idle worker looks for jobs.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("warning", description="What is logged.")

    @field_validator("allowed_hosts", "cors_origins", "oidc_algorithms", "callback_networks", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if origin != "*" and not ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin} is no origin, such as https://billing.example")
        return origins

    @field_validator("oidc_role_names", mode="before")
    @classmethod
    def _paired(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        pairs = [part.partition("=") for part in value.split(",") if part.strip()]
        if not all(name.strip() and code.strip() for name, _, code in pairs):
            raise ValueError("write name=CODE, separated by commas")
        return {name.strip(): code.strip() for name, _, code in pairs}

    @model_validator(mode="after")
    def _audience_is_named(self) -> Self:
        if self.oidc_issuer is not None and not self.oidc_audience:
            raise ValueError(f"{PREFIX}OIDC_AUDIENCE: tokens for anybody else would be taken without it")
        return self

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @property
    def migration_address(self) -> str:
        """Where migrations go, password included."""
        return (self.migration_url or self.database_url).get_secret_value()


def read_settings(**given: Any) -> Settings:
    """The settings of the environment; what is `given` (and not None) stands above it.

    Raises SettingsError for unusable values and for names that begin like ours and mean nothing: a misspelt limit
    would otherwise be no limit.
    """
    chosen, complaints = _environment()
    if os.environ.get("PORT"):
        chosen.setdefault("port", os.environ["PORT"])
    chosen |= {name: value for name, value in given.items() if value is not None}
    try:
        settings = Settings(**chosen)
    except ValidationError as error:
        complaints += [_complaint(each) for each in error.errors(include_url=False, include_input=False)]
        raise SettingsError("\n".join(complaints)) from None
    if complaints:
        raise SettingsError("\n".join(complaints))
    return settings


def _environment() -> tuple[dict[str, Any], list[str]]:
    """What the environment says, by field, and a line for each name in it that is no setting. Empty is as good as unset."""
    said: dict[str, Any] = {}
    complaints = []
    for name in sorted(os.environ):
        prefix, setting = name[: len(PREFIX)].upper(), name[len(PREFIX) :].upper()
        if prefix != PREFIX:
            continue
        if setting.lower() not in Settings.model_fields:
            near = _misspelt(setting)
            known = ", ".join(f"{PREFIX}{each.upper()}" for each in Settings.model_fields)
            meant = f"did you mean {' or '.join(near)}?" if near else f"known are {known}."
            complaints.append(f"{name} in the environment is no setting: {meant}")
        elif os.environ[name]:
            said[setting.lower()] = os.environ[name]
    return said, complaints


def _misspelt(name: str) -> list[str]:
    """The settings that are a slip or two away from the name, in a short name one slip."""
    known = [each.upper() for each in Settings.model_fields]
    return [PREFIX + each for each in known if _slips(name, each) <= (1 if len(each) <= 4 else 2)]


def _slips(one: str, other: str) -> int:
    """How many letters are left out, put in, wrong, or swapped with their neighbour (optimal string alignment)."""
    before, last = [0] * (len(other) + 1), list(range(len(other) + 1))
    for i, letter in enumerate(one):
        current = [i + 1]
        for j, wanted in enumerate(other):
            fewest = min(current[j] + 1, last[j + 1] + 1, last[j] + (letter != wanted))
            if i and j and letter == other[j - 1] and one[i - 1] == wanted:
                fewest = min(fewest, before[j - 1] + 1)
            current.append(fewest)
        before, last = last, current
    return last[-1]


def _complaint(error: Any) -> str:
    place = str(error["loc"][0]) if error["loc"] else ""
    return f"{PREFIX}{place.upper()}: {error['msg']}" if place else str(error["msg"])
