"""Who may do what: credentials, their grants in an entity, roles, and what roles allow.

Roles mirror those of the field (Salesforce: Credit Memo Operations User, Billing Operations User; Zuora: billing roles).
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from app.domain.record import Document, Metadata, Record
from app.domain.vocabulary import AccessAction, CredentialKind

READ = "books:read"
AUDIT = "books:audit"
POST = "credit_memos:post"
APPROVE = "credit_memos:approve"
CHANGE_ACCESS = "access:write"
CONVERTING = frozenset({"invoices:convert", "invoices:post"})
"""Permissions with which negative lines become a posted memo."""
READ_ACCESS = "access:read"

PERMISSIONS: Mapping[str, str] = {
    READ: "See documents, history, jobs, settings.",
    AUDIT: "Have the books audited.",
    "accounts:write": "Make accounts and bring them up to date.",
    "invoices:write": "Deliver invoices and debit memos.",
    "invoices:post": "Post invoices.",
    "payments:write": "Record payments and their reversals.",
    "refunds:write": "Record refunds of credit and their reversals.",
    "credit_memos:create": "Make credit memos in every way there is, edit them, and recalculate the tax of drafts.",
    POST: "Post credit memos.",
    "credit_memos:cancel": "Cancel drafts.",
    "credit_memos:reverse": "Take posted credit memos back: unpost, void, reverse.",
    APPROVE: "Approve or reject credit memos of others that wait for it.",
    "credit_memos:apply": "Apply credit, and describe applications.",
    "credit_memos:unapply": "Take applications back.",
    "credit_memos:write_off": "Write off credit that was not used.",
    "invoices:write_off": "Write off what invoices owe.",
    "invoices:void": "Void invoices.",
    "invoices:convert": "Convert negative invoice lines.",
    "jobs:write": "Submit jobs, cancel, resume and retry them.",
    "settings:write": "Change settings, reason codes, templates and number sequences.",
    "taxes:write": "Change tax rates and the tax engine.",
    "accounting:write": "Change accounting codes, and confirm what accounting has of the journal.",
    READ_ACCESS: "See credentials, roles, and who changed them.",
    CHANGE_ACCESS: "Make, change and revoke credentials and roles.",
}
"""Every permission there is, with what it allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential(Document):
    """What a caller of the API shows: an API key, or a client id with its secret.

    It belongs to the entity in which it was made, and may have grants in others.
    """

    PREFIX: ClassVar[str] = "crd"

    kind: CredentialKind
    name: str
    """Written beside everything the credential does; it stays."""
    description: str | None = None
    secret_hash: str = field(repr=False)
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    last_used_at: datetime | None = None
    """To the minute."""
    every_entity: bool = False
    """Its grant at home is good in every entity. Only the operator gives that."""
    granted_elsewhere: bool = False
    """The operator has given it roles in other entities, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant(Document):
    """Which roles a credential has in an entity; without roles it is good for nothing there."""

    PREFIX: ClassVar[str] = "grn"

    credential_id: str
    name: str
    """What is written beside everything the credential does here: its name, of another entity's with that entity's code
    before it."""
    home_entity_id: int
    """The entity whose credential it is."""
    roles: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Document):
    """A named set of permissions that the entity has defined beside the built-in ones."""

    PREFIX: ClassVar[str] = "rol"

    code: str
    label: str
    permissions: list[str]
    approval_limits: Metadata | None = None
    """Currency -> the largest total, in minor units, that may be posted without approval. None: whatever it is."""
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessChange(Record):
    """The history of credentials, grants and roles: one row for each change, never altered. Secrets are not in it."""

    PREFIX: ClassVar[str] = "ach"

    subject_id: str
    """The credential or role that was changed."""
    action: AccessAction
    before: Metadata | None = None
    after: Metadata | None = None
    log_id: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltInRole:
    """A role that every entity has; nobody can change it."""

    label: str
    permissions: frozenset[str]


_CREDIT = frozenset(
    {
        READ,
        "credit_memos:create",
        POST,
        "credit_memos:cancel",
        "credit_memos:reverse",
        "credit_memos:apply",
        "credit_memos:unapply",
        "credit_memos:write_off",
        "invoices:write_off",
        "invoices:convert",
        "jobs:write",
    }
)

BUILT_IN_ROLES: Mapping[str, BuiltInRole] = {
    "BILLING_ADMIN": BuiltInRole(label="Billing Admin", permissions=frozenset(PERMISSIONS)),
    "BILLING_OPERATIONS": BuiltInRole(
        label="Billing Operations",
        permissions=_CREDIT
        | {AUDIT, "accounts:write", "invoices:write", "invoices:post", "payments:write", "refunds:write"}
        | {"invoices:void"},
    ),
    "CREDIT_MEMO_OPERATIONS": BuiltInRole(label="Credit Memo Operations", permissions=_CREDIT),
    "TAX_ADMIN": BuiltInRole(
        label="Tax Admin", permissions=frozenset({READ, "taxes:write", "credit_memos:create"})
    ),
    "READ_ONLY": BuiltInRole(label="Read only", permissions=frozenset({READ, AUDIT})),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What somebody may do in an entity. `approval_limits` bound what is posted alone, `approving_limits` what is approved
    of others: None is no limit; a currency not listed has limit 0.
    """

    permissions: frozenset[str] = frozenset()
    approval_limits: Mapping[str, int] | None = None
    approving_limits: Mapping[str, int] | None = None


def allowed_by(role: Role | BuiltInRole | None) -> Allowed:
    """What one role allows; one that is inactive, or that there is not, allows nothing."""
    if role is None or (isinstance(role, Role) and not role.active):
        return Allowed()
    limits = role.approval_limits if isinstance(role, Role) else None
    return Allowed(
        # What a role of long ago names and nobody knows any more is nothing.
        permissions=frozenset(PERMISSIONS.keys() & set(role.permissions)),
        approval_limits=limits,
        approving_limits=limits,
    )


def allowed(roles: Iterable[str], own: Mapping[str, Role]) -> Allowed:
    """What these roles allow together; `own` are the entity's, by code. Unknown and inactive ones allow nothing."""
    return together(allowed_by(BUILT_IN_ROLES.get(code) or own.get(code)) for code in roles)


def together(several: Iterable[Allowed]) -> Allowed:
    """All of it at once. Of several that allow posting the most generous limit counts; where none does, of those that
    make posted memos by converting. Who may approve more than post is trusted with others' memos, not with their own.
    """
    every = list(several)
    permissions = frozenset(permission for each in every for permission in each.permissions)
    posting = [each.approval_limits for each in every if POST in each.permissions]
    converting = [each.approval_limits for each in every if CONVERTING & each.permissions]
    approving = [each.approving_limits for each in every if APPROVE in each.permissions]
    return Allowed(
        permissions=permissions,
        approval_limits=_most_generous(posting or converting),
        approving_limits=_most_generous(approving),
    )


def makes_final(permissions: Set[str]) -> bool:
    """Whether somebody with these permissions can make posted memos alone."""
    return POST in permissions or bool(CONVERTING & permissions)


def _most_generous(limits: list[Mapping[str, int] | None]) -> Mapping[str, int] | None:
    listed = [each for each in limits if each is not None]
    if len(listed) < len(limits) or not limits:
        return None
    return {currency: max(each.get(currency, 0) for each in listed) for each in listed for currency in each}
