"""Who may do what: credentials, their roles here, and how both came about. No edge of a document leads here."""

import datetime as dt
from typing import Any

import strawberry

from app.api import words  # noqa: F401 - the enums must be GraphQL enums first
from app.api.annotations import list_of
from app.api.declarations import DOCUMENTS, Document, SumsPlan, column
from app.api.edges import judged, one
from app.api.filters import filter_type
from app.api.lists import connection_type, order_type
from app.api.scalars import JSONObject
from app.api.types.node import document
from app.domain.vocabulary import AccessAction, CredentialKind
from app.repository import reads, tables


def _roles(row: Any, found: list[list[str]]) -> list[str]:
    return found[0] if found else []


_ROLES_HERE = SumsPlan(
    lambda: reads.rows_by(tables.credential_grant, "credential_id"), "credential_id", lambda row: row.roles
)


@document(
    tables.credential,
    "",
    "An API key or OAuth client of this entity. Its secret is shown once, when it is made, and kept as a hash alone.",
)
class Credential(Document):
    id: strawberry.ID = column("Its id; of an OAuth client its client id.", filter=True)
    kind: CredentialKind = column("How it is shown.", filter=True)
    name: str = column("What is written beside everything it does.", filter=True, sort=True)
    description: str | None = column("What it is for.")
    expires_at: dt.datetime | None = column("From then on it is good for nothing.", filter=True)
    revoked_at: dt.datetime | None = column("When it was revoked.", filter=True)
    revoked_by: str | None = column("By whom.")
    last_used_at: dt.datetime | None = column("When it was used last, to about a minute.", filter=True)
    every_entity: bool = column("Its roles here are good in every entity.", filter=True)
    granted_elsewhere: bool = column("The operator has let it into other entities.", filter=True)
    version: int = column("Counts its changes.")
    created_at: dt.datetime = column("When it was made.", filter=True, sort=True)
    created_by: str = column("By whom.", filter=True)
    updated_at: dt.datetime = column("When it was changed last.", filter=True)
    updated_by: str = column("By whom.")

    roles = judged(list_of(str), _roles, _ROLES_HERE, "Codes of its roles in this entity.")


@document(
    tables.credential_grant,
    "",
    "The roles of a credential in this entity; without one it is good for nothing here.",
)
class Grant(Document):
    id: strawberry.ID = column("Its id.", filter=True)
    credential_id: strawberry.ID = column("The credential's id.", filter=True)
    name: str = column(
        "What is written beside everything that the credential does here; before the name of another entity's"
        " stand that entity's code and a colon.",
        filter=True,
        sort=True,
    )
    roles: list[str] = column("Codes of its roles in this entity.")
    version: int = column("Counts its changes; for `expectedVersion`.")
    created_at: dt.datetime = column("When the credential was let in.", filter=True, sort=True)
    created_by: str = column("By whom.")
    updated_at: dt.datetime = column("When its roles were changed last.", filter=True)
    updated_by: str = column("By whom.")

    credential = one(
        "Credential", "credential_id", "The credential, if it is this entity's own.", nullable=True
    )


@document(
    tables.access_change,
    "",
    "A change of a credential, of its roles here, or of a role. It is never altered itself.",
)
class AccessChange(Document):
    id: strawberry.ID = column("Its id.", filter=True)
    subject_id: strawberry.ID = column("The id of the credential or role.", filter=True)
    action: AccessAction = column("What was done.", filter=True)
    before: JSONObject | None = column("What was changed, as it was.")
    after: JSONObject | None = column("What was changed, as it is from then on. Never a secret.")
    recorded_at: dt.datetime = column("When.", filter=True, sort=True)
    recorded_by: str = column("By whom.", filter=True)


CredentialConnection = connection_type(DOCUMENTS["Credential"])
CredentialFilter = filter_type(DOCUMENTS["Credential"])
CredentialOrder = order_type(DOCUMENTS["Credential"])
GrantConnection = connection_type(DOCUMENTS["Grant"])
GrantFilter = filter_type(DOCUMENTS["Grant"])
GrantOrder = order_type(DOCUMENTS["Grant"])
AccessChangeConnection = connection_type(DOCUMENTS["AccessChange"])
AccessChangeFilter = filter_type(DOCUMENTS["AccessChange"])
AccessChangeOrder = order_type(DOCUMENTS["AccessChange"])
