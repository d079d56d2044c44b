"""The execution of one operation of a valid document."""

from collections.abc import Awaitable
from typing import Any, TypeGuard

from graphql import ExecutionResult, GraphQLSchema
from graphql.execution import VariableValues, get_variable_values
from strawberry.execution import optimized_is_awaitable

from app.api.http.document import ValidDocument, chosen_operation, request_error
from app.api.http.executor import Failed, FastPath, QueryOfOneField, ScopedExecutor
from app.api.http.operation import Operation, RequestParameters


def is_awaitable(value: object) -> TypeGuard[Awaitable[object]]:
    """Strawberry's check, which knows the usual types of results before it looks any further."""
    return optimized_is_awaitable(value)


async def execute(
    schema: GraphQLSchema,
    document: ValidDocument,
    parameters: RequestParameters,
    operation: Operation,
    *,
    suggestions: bool,
    fast_path: FastPath | None = None,
) -> ExecutionResult:
    """Executes the operation; everything it started has ended when this returns, raises or is cancelled.

    An error without a path means that nothing was executed: the variables do not fit. There is no `data` then.
    """
    if fast_path is not None and not parameters.is_mutation:
        begun = begun_answer(schema, document, parameters, operation, fast_path)
        if begun is not None:
            name, answer = begun
            try:
                return ExecutionResult({name: await answer}, [])
            except Exception as error:  # noqa: BLE001 - the executor words it, or answers itself
                fast_path = Failed(error)
    executor = ScopedExecutor.build(
        schema,
        document.node,
        context_value=operation,
        raw_variable_values=dict(parameters.variables),
        operation_name=parameters.operation_name,
        is_awaitable=is_awaitable,
        hide_suggestions=not suggestions,
        operation_extensions=dict(parameters.extensions),
    )
    if isinstance(executor, list):
        return ExecutionResult(None, [request_error(error, "BAD_USER_INPUT") for error in executor])
    assert isinstance(executor, ScopedExecutor)
    executor.fast_path, executor.document = fast_path, document
    try:
        result = executor.execute_operation()
        if isinstance(result, Awaitable):
            result = await result
    finally:
        await executor.end_background_work()
    assert isinstance(result, ExecutionResult)  # another class is for @defer, which the schema does not have
    errors = [e if e.path else request_error(e, "BAD_USER_INPUT") for e in result.errors or ()]
    return ExecutionResult(result.data, errors)


def begun_answer(
    schema: GraphQLSchema,
    document: ValidDocument,
    parameters: RequestParameters,
    operation: Operation,
    fast_path: FastPath,
) -> tuple[str, Awaitable[Any]] | None:
    """The compiled answer of a query of one field, which needs no executor: that takes longer to be built than the answer
    to be read. None where there is none, and where the variables do not fit.
    """
    node = chosen_operation(document, parameters.operation_name)
    parent = schema.query_type
    if parent is None or len(node.selection_set.selections) != 1:
        return None
    values = get_variable_values(schema, node.variable_definitions or (), dict(parameters.variables), 1)
    if not isinstance(values, VariableValues):
        return None
    return fast_path.only_field(QueryOfOneField(document, node, values, operation), parent)
