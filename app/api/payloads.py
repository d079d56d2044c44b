"""What a mutation answers: the documents it touched, or why it was refused."""

from collections.abc import Callable, Iterable
from typing import Any

import strawberry

from app.api.annotations import list_of, optional
from app.api.declarations import OutcomePlan, ResultPlan
from app.api.edges import reference
from app.api.types.ability import Violation, shown
from app.api.types.entity import Entity, entity_of
from app.api.types.role import Role, roles_by_ids
from app.domain.violation import Violation as DomainViolation
from app.domain.vocabulary import CredentialKind
from app.sign_in.secrets import api_key
from app.use_cases.run import Result


@strawberry.interface(name="Error", description="Why nothing was done.")
class Error:
    message: str = strawberry.field(description="In a sentence, for people.")


@strawberry.type(
    description="The command breaks rules of the books: nothing was done, nothing is kept, the key is free."
)
class Rejection(Error):
    violations: list[Violation] = strawberry.field(
        description="Every rule that it breaks, the most basic first."
    )


def rejection_of(violations: Iterable[DomainViolation]) -> Rejection:
    shown_ones = [shown(each) for each in violations]
    return Rejection(message=shown_ones[0].message, violations=shown_ones)


class Payload:
    """A verb's result behind a payload type: edges are read by the ids in its outcome."""

    result: Result


def _edge(resolve: Any, kind: Any, description: str, plan: OutcomePlan | ResultPlan | None = None) -> Any:
    resolve.__annotations__ = {"info": strawberry.Info, "return": kind}
    return strawberry.field(resolver=resolve, description=description, metadata={"plan": plan})


def _said(read: Callable[[Result], Any], kind: Any, description: str) -> Any:
    def resolve(root: Any, info: Any) -> Any:
        return read(root.result)

    return _edge(resolve, kind, description, ResultPlan(read))


def outcome_one(role: str, target: str, description: str, *, nullable: bool = False) -> Any:
    """The document whose id the outcome has under the role; nullable: the outcome may have none."""

    async def resolve(root: Any, info: Any) -> Any:
        outcome = root.result.outcome
        return await info.context.reader.one(target, "id", outcome.get(role) if nullable else outcome[role])

    kind = optional(reference(target)) if nullable else reference(target)
    return _edge(resolve, kind, description, OutcomePlan(role, target))


def outcome_many(role: str, target: str, description: str) -> Any:
    """The documents whose ids the outcome has under the role, in its order."""

    async def resolve(root: Any, info: Any) -> Any:
        return await info.context.reader.by_ids(target, root.result.outcome[role])

    return _edge(resolve, list_of(reference(target)), description, OutcomePlan(role, target, many=True))


def acting_entity() -> Any:
    """The entity in whose books the mutation acted, with its settings as they are now."""

    async def resolve(root: Any, info: Any) -> Any:
        return await entity_of(info.context.reader)

    return _edge(resolve, Entity, "The entity, with its settings as they are now.")


def outcome_count(role: str, description: str) -> Any:
    return _said(lambda result: result.outcome[role], int, description)


def outcome_id(role: str, description: str) -> Any:
    """The id that the outcome has under the role."""
    return _said(lambda result: result.outcome[role], strawberry.ID, description)


def outcome_secret(description: str) -> Any:
    """The secret made for the outcome's credential, as its owner shows it; null where none was made just now."""

    async def resolve(root: Any, info: Any) -> Any:
        secret, id = root.result.secret, root.result.outcome["credential"]
        if secret is None:
            return None
        credential = await info.context.reader.one("Credential", "id", id)
        return api_key(id, secret) if credential.kind is CredentialKind.API_KEY else secret

    return _edge(resolve, optional(str), description)


def outcome_roles(description: str) -> Any:
    """The roles of the entity whose ids the outcome has, in its order."""

    async def resolve(root: Any, info: Any) -> Any:
        return await roles_by_ids(info.context.reader, root.result.outcome["roles"])

    return _edge(resolve, list_of(Role), description)


def payload_type(name: str, description: str, **edges: Any) -> type[Any]:
    """A success type: its edges, and how it came about."""

    namespace = {
        **edges,
        "replayed": _said(
            lambda result: result.replayed,
            bool,
            "An earlier call did it; its documents are shown as they are now.",
        ),
        "dry_run": _said(
            lambda result: result.dry_run,
            bool,
            "Nothing was kept: new ids, numbers and instants are the preview's own.",
        ),
    }
    made: type[Any] = strawberry.type(type(name, (Payload,), namespace), description=description)
    return made


def payload_of(kind: type[Any], result: Result) -> Any:
    payload = object.__new__(kind)
    payload.result = result
    return payload
