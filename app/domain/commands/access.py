"""Who may do what in an entity: credentials, the roles they have here, and the roles that the entity defines."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from app.domain.commands.fields import Command, optional, required


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCredential(Command):
    """A credential in the making; it belongs to the entity that it is made in."""

    name: str = required(
        "Written beside everything it does, for good: 1 to 63 small letters, digits, dots, dashes and"
        " underscores, a letter or digit first.",
        is_name=True,
    )
    description: str | None = optional("What it is for.", limit="description")
    roles: list[str] = required(
        "Codes of its roles in this entity. They may allow only what the caller may do.", limit="entity_data"
    )
    expires_at: dt.datetime | None = optional("From then on it is good for nothing. Absent: never.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateApiKey(NewCredential):
    """Make an API key: a text that is sent with every request, and shown in this answer alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOAuthClient(NewCredential):
    """Make an OAuth client: an id and a secret that `/oauth/token` gives tokens for. This answer alone shows the secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceCredentialSecret(Command):
    """Give a credential of this entity another secret, which this answer alone shows; the old one is good for nothing.

    Only who may do all that the credential may, or shows it. One that is good in other entities too: only who shows it.
    """

    credential_id: str = required("The credential.", is_id=True)
    expires_at: dt.datetime | None = optional(
        "From then on the credential is good for nothing. Absent: as it was."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCredentialRoles(Command):
    """Give a credential other roles in this entity; the roles that it gains may allow only what the caller may do.

    A credential of another entity must have been let in here before; the operator does that.
    """

    credential_id: str = required("The credential.", is_id=True)
    roles: list[str] = required("Codes of all the roles that it has here from now on.", limit="entity_data")
    expected_version: int | None = optional("The version of its grant that the caller has read.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeCredential(Command):
    """Make a credential good for nothing, for good; one of another entity has no roles here any more."""

    credential_id: str = required("The credential.", is_id=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalLimitEntry:
    """The largest total of a memo in a currency that the role posts without approval, and approves."""

    currency: str = required("The currency (ISO 4217).", limit="currency")
    amount: Decimal = required("The largest total, tax included; 0 or more.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleEntry:
    """A role to make, or to bring up to date, by its code."""

    code: str = required(
        "The code; the key of the upsert: 1 to 63 capitals, digits and underscores, a capital first."
    )
    label: str | None = optional("For people. A new one without a label has its code for one.", is_name=True)
    permissions: list[str] | None = optional(
        "All that it allows, e.g. `credit_memos:apply`. New: nothing.", limit="entity_data"
    )
    approval_limits: list[ApprovalLimitEntry] | None = optional(
        "All its limits; in a currency without one everything needs approval. New: no limit.",
        limit="entity_data",
    )
    unlimited: bool = optional(
        "Takes its limits away: totals of any size. Not beside `approvalLimits`.", default=False
    )
    active: bool | None = optional("Inactive it allows nothing. New: true.")


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertRoles(Command):
    """Make roles, or bring known ones up to date, by code; what is absent stays as it is.

    What a role gains may only be what the caller may do. Whoever has the role has the change at once.
    """

    roles: list[RoleEntry] = required("The roles.", limit="entity_data")
