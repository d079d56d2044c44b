"""A field of Mutation: a verb's command in, what it did or a Rejection out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import strawberry
from graphql import GraphQLResolveInfo, GraphQLSchema
from strawberry.types.field import StrawberryField

from app.api.annotations import union
from app.api.http.fault import ClientFault
from app.api.inputs import command_of, input_argument
from app.api.leading_on import leads_on
from app.api.payloads import Rejection, payload_of, payload_type, rejection_of
from app.domain.access import CHANGE_ACCESS, READ, READ_ACCESS
from app.domain.commands import Command
from app.domain.needs import STEERING, needs_of
from app.domain.violation import Rejected
from app.domain.vocabulary import Operation
from app.use_cases.run import Verb
from app.use_cases.verbs import VERBS


@dataclass(frozen=True, slots=True)
class MutationRow:
    """A mutation's verb and its success type."""

    operation: Operation
    payload: type[Any]


def mutation_row(operation: Operation, name: str, description: str, **edges: Any) -> MutationRow:
    """The verb's row, with a success type of that name that answers the edges."""
    return MutationRow(operation, payload_type(name, description, **edges))


def mutation_field(row: MutationRow) -> tuple[str, Any]:
    """The field's name and the field."""
    verb = VERBS[row.operation]
    name = row.operation.lower()
    command = verb.command
    result = union(f"{command.__name__}Result", "Done, or refused with every reason.", row.payload, Rejection)

    reading = READ_ACCESS if verb.permission == CHANGE_ACCESS else READ

    async def resolve(root: Any, info: GraphQLResolveInfo[Any], input: Mapping[str, Any]) -> Any:
        operation = info.context
        operation.require(verb.permission)
        if reading not in operation.actor.permissions and leads_on(info):
            operation.require(reading)
        asked = _with_key(command_of(input, command), operation.idempotency_key)
        await operation.require_all(asked)
        try:
            return payload_of(row.payload, await operation.run(verb, asked))
        except Rejected as rejected:
            return rejection_of(rejected.violations)

    resolve.__annotations__ = {"info": strawberry.Info, "input": input_argument(command), "return": result}
    description = f"{' '.join((command.__doc__ or '').split())} {_needs(verb)}"
    shown = command.__name__
    return name, strawberry.mutation(
        resolver=resolve,
        name=shown[0].lower() + shown[1:],
        description=description,
        metadata={"permission": verb.permission},
    )


def resolve_directly(schema: GraphQLSchema) -> None:
    """Has graphql-core call the mutations' resolvers with inputs as it reads them.

    Strawberry would make an object of each input and of each one in it, which is then taken apart for the command.
    """
    assert schema.mutation_type is not None
    for field in schema.mutation_type.fields.values():
        declared: StrawberryField = field.extensions["strawberry-definition"]
        assert declared.base_resolver is not None
        field.resolve = declared.base_resolver.wrapped_func


def _needs(verb: Verb) -> str:
    """Every permission that the verb's commands may need, as a sentence."""
    always, asked = [verb.permission], list[str]()
    for each in needs_of(verb.command):
        if each.permission in always:
            continue
        if each.field is None:
            always.append(each.permission)
        else:
            asked.append(f"with `{each.field}` also `{each.permission}`")
    if issubclass(verb.command, STEERING):
        asked.append("also what submitting the job needed")
    return f"Needs {'; '.join([', '.join(f'`{each}`' for each in always), *asked])}."


def _with_key(command: Command, header: str | None) -> Command:
    """The key of the `Idempotency-Key` header counts for an input without one; two unlike keys are a mistake."""
    if header is None or command.idempotency_key == header:
        return command
    if command.idempotency_key is not None:
        raise ClientFault(
            "The Idempotency-Key header and the input's idempotencyKey are not the same.", "BAD_USER_INPUT"
        )
    return replace(command, idempotency_key=header)
