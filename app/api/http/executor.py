"""graphql-core's executor, as Strawberry adapts it, with a scope around every root mutation field."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLOutputType,
    OperationDefinitionNode,
    OperationType,
)
from graphql.execution import VariableValues, get_argument_values
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Path
from strawberry.exceptions import StrawberryInputCoercionError
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from app.api.http.document import ValidDocument
from app.api.http.fault import ClientFault


class Unanswered(Exception):
    """A fast path has no answer after all, and nothing is known of why: the executor is asked."""


class Execution(Protocol):
    """One execution of an operation, as far as what was compiled of its document has to know it."""

    variable_values: VariableValues
    context_value: Any
    read_arguments: dict[object, Any]
    """What the fast path has made of arguments with variables in them, by whose they are."""


@dataclass(slots=True)
class QueryOfOneField:
    """An execution that needs no executor, unless its answer fails: all that it has to do is one compiled field."""

    document: ValidDocument
    operation: OperationDefinitionNode
    variable_values: VariableValues
    context_value: Any
    read_arguments: dict[object, Any] = field(default_factory=dict)


class FastPath(Protocol):
    """Answers what it knows past the executor, with the same answer."""

    def only_field(
        self, execution: QueryOfOneField, parent: GraphQLObjectType
    ) -> tuple[str, Awaitable[Any]] | None:
        """The name in the answer, and the answer, of the only root field of a query, as `root_field`; None, too, where it
        was not compiled yet.
        """

    def root_field(
        self, executor: "ScopedExecutor", parent: GraphQLObjectType, details: FieldDetailsList, response: str
    ) -> Awaitable[Any] | None:
        """The answer to a root field of a query, which may raise Unanswered; None to leave it to the executor."""

    def payload(
        self,
        executor: "ScopedExecutor",
        kind: GraphQLObjectType,
        details: FieldDetailsList,
        response: str,
        payload: Any,
    ) -> Awaitable[Any] | None:
        """What the object that a mutation's resolver returned is in the answer, as `root_field`."""


class Failed:
    """A fast path that has tried its one answer: the executor goes on from what came of it."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def only_field(self, execution: QueryOfOneField, parent: GraphQLObjectType) -> None:
        """Nothing more."""

    async def root_field(self, *_: Any) -> Any:
        """Raises what came of it."""
        raise self._error

    def payload(self, *_: Any) -> None:
        """A query has none."""


class UnfitResult(Exception):
    """A resolver returned what the schema does not allow: a bug here, although graphql-core words it as for clients."""


class ScopedExecutor(StrawberryGraphQLCoreExecutionContext):
    """Runs each root mutation field, with its whole selection, inside `context_value.mutation_field()`.

    It also ends what graphql-core leaves running. When a field fails at once and the error passes a non-null parent,
    the resolvers already started beside it go on in the background; they would use a connection that is given back.
    """

    fast_path: FastPath | None = None
    document: ValidDocument | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.read_arguments: dict[object, Any] = {}

    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,
        field_details_list: FieldDetailsList,
        path: Path,
        position_context: Any,
    ) -> Any:
        is_root_mutation = path.prev is None and self.operation.operation is OperationType.MUTATION
        if is_root_mutation and not field_details_list[0].node.name.value.startswith("__"):
            return self.execute_root_mutation_field(
                parent_type, source, field_details_list, path, position_context
            )
        execute = partial(
            super().execute_field, parent_type, source, field_details_list, path, position_context
        )
        if path.prev is None and self.fast_path is not None:
            answer = self.fast_path.root_field(self, parent_type, field_details_list, str(path.key))
            if answer is not None:
                return self.answered_root_field(answer, execute, parent_type, field_details_list, path)
        return execute()

    async def answered_root_field(
        self,
        answer: Awaitable[Any],
        execute: Callable[[], Any],
        parent_type: GraphQLObjectType,
        field_details_list: FieldDetailsList,
        path: Path,
    ) -> Any:
        """The fast path's answer, or what comes of executing the field."""
        try:
            return await self.answered(answer, execute)
        except Exception as error:
            field = self.schema.get_field(parent_type, field_details_list[0].node.name.value)
            if field is None:
                raise
            self.handle_field_error(error, field.type, field_details_list, path)
            return None

    async def answered(self, answer: Awaitable[Any], execute: Callable[[], Any]) -> Any:
        """The fast path's answer, or the executor's."""
        try:
            return await answer
        except Unanswered:
            result = execute()
            return await result if self.is_awaitable(result) else result

    def complete_object_value(
        self,
        return_type: GraphQLObjectType,
        field_details_list: FieldDetailsList,
        info: Any,
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        complete = partial(
            super().complete_object_value,
            return_type,
            field_details_list,
            info,
            path,
            result,
            position_context,
        )
        is_payload = path.prev is None and self.operation.operation is OperationType.MUTATION
        if is_payload and self.fast_path is not None:
            answer = self.fast_path.payload(self, return_type, field_details_list, str(path.key), result)
            if answer is not None:
                return self.answered(answer, complete)
        return complete()

    async def execute_root_mutation_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,
        field_details_list: FieldDetailsList,
        path: Path,
        position_context: Any,
    ) -> Any:
        """The completed value of the field; what the scope itself raises is an error of the field as well."""
        try:
            async with self.context_value.mutation_field():
                try:
                    result = super().execute_field(
                        parent_type, source, field_details_list, path, position_context
                    )
                    return await result if self.is_awaitable(result) else result
                finally:
                    await self.end_background_work()
        except Exception as error:
            field = self.schema.get_field(parent_type, field_details_list[0].node.name.value)
            if field is None:
                raise
            self.handle_field_error(error, field.type, field_details_list, path)
            return None

    async def end_background_work(self) -> None:
        """Cancels what is still running beside the answer, and waits until it has ended."""
        if not self.background_futures:
            return
        try:
            # Lets every task begin: cancelled before that, it would leave its resolver's coroutine never awaited.
            await asyncio.sleep(0)
        finally:
            while self.background_futures:
                for future in self.background_futures:
                    future.cancel()
                await asyncio.gather(*self.background_futures, return_exceptions=True)

    def handle_field_error(
        self,
        raw_error: Exception,
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        path: Path,
    ) -> None:
        if isinstance(raw_error, GraphQLError) and raw_error.path is None:
            raw_error = self.judged(raw_error, field_details_list, path)
        super().handle_field_error(raw_error, return_type, field_details_list, path)

    def judged(self, error: GraphQLError, field_details_list: FieldDetailsList, path: Path) -> Exception:
        """Whose fault it is that graphql-core or Strawberry could not go on: the client's arguments, or our result.

        Both come as the same class. The arguments are read once more to find out; only a failure costs that.
        """
        if "code" in (error.extensions or {}):
            return error
        if isinstance(error, StrawberryInputCoercionError):
            # Its message speaks of Python types.
            return ClientFault("An argument has a null where a value may only be left out.", "BAD_USER_INPUT")
        details = field_details_list[0]
        parent_type = self.schema.get_type(path.typename) if path.typename else None
        if isinstance(parent_type, GraphQLObjectType):
            field = self.schema.get_field(parent_type, details.node.name.value)
            try:
                if field is not None:
                    variables = details.fragment_variable_values
                    get_argument_values(
                        field, details.node, self.variable_values, variables, self.hide_suggestions
                    )
            except GraphQLError:
                return GraphQLError(error.message, error.nodes, extensions={"code": "BAD_USER_INPUT"})
        unfit = UnfitResult(error.message)
        unfit.__cause__ = error
        return unfit
