"""The endpoint: GraphQL over HTTP in the order of its steps."""

import asyncio
import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import strawberry
from graphql import ExecutionResult, OperationDefinitionNode, OperationType
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from app.api.http.acquaintances import Acquaintances, shown_by
from app.api.http.body import read_body
from app.api.http.budget import CostBudgets
from app.api.http.cost import CostOfOperation, cost_of_refusal, lists_of_payloads
from app.api.http.decode import GraphQLRequest, check_content_type, decode_body, decode_query_string
from app.api.http.document import (
    DocumentRefused,
    Documents,
    ValidDocument,
    check_cost,
    check_operation_type,
    chosen_operation,
    root_field_count,
)
from app.api.http.encode import Answer, encode
from app.api.http.errors import log_bug, log_refused_access, masked, refusal_errors, shown_errors
from app.api.http.execute import execute
from app.api.http.executor import FastPath
from app.api.http.limits import DocumentLimits
from app.api.http.media import JSON, negotiate
from app.api.http.null_inputs import correct_input_types
from app.api.http.operation import Authenticate, Caller, Operation, RequestParameters
from app.api.http.overload import claim_share
from app.api.http.refusal import RequestRefused, bad_request
from app.api.http.request_head import IncomingRequest, check_host, idempotency_key, new_request_id, trace_id
from app.api.http.trusted_documents import TrustedDocuments

logger = logging.getLogger(__name__)


class GraphQLEndpoint:
    """An ASGI application for one path: POST with JSON, and GET for queries where it is allowed.

    It calls graphql-core itself: extensions and directives of the Strawberry schema would not run, and a schema that
    has some is refused, as is one that `sort_schema` has sorted (no union of it can be resolved).
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        *,
        authenticate: Authenticate,
        allowed_hosts: Sequence[str],
        limits: DocumentLimits | None = None,
        budgets: CostBudgets | None = None,
        trusted: TrustedDocuments | None = None,
        allow_get: bool = True,
        show_cost: bool = True,
        introspection: bool = True,
        suggestions: bool = True,
        time_limit_seconds: float = 30,
        max_body_bytes: int = 1_000_000,
        fast_path: FastPath | None = None,
    ) -> None:
        if schema.extensions or schema.directives or schema.config.sort_schema:
            raise ValueError("extensions, directives and sort_schema of a Strawberry schema do not work here")
        self.schema = schema._schema
        correct_input_types(self.schema, schema.config.name_converter.from_field)
        self.payload_lists = lists_of_payloads(self.schema)
        self.authenticate = authenticate
        self.allowed_hosts = tuple(allowed_hosts)
        self.methods = ("GET", "POST") if allow_get else ("POST",)
        self.suggestions = suggestions
        self.show_cost = show_cost
        self.time_limit_seconds = time_limit_seconds
        self.max_body_bytes = max_body_bytes
        self.fast_path = fast_path
        limits = limits or DocumentLimits()
        if budgets is not None:
            # What costs more than the whole budget could wait for ever.
            limits = replace(limits, cost=min(limits.cost, budgets.capacity))
        self.budgets = budgets
        self.acquaintances = Acquaintances()
        self.documents = Documents(self.schema, limits, introspection=introspection, suggestions=suggestions)
        self.trusted = trusted or TrustedDocuments()
        self.trusted.check(self.documents)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = IncomingRequest(scope, receive)
        request_id, track_id = new_request_id(), None
        media_type = JSON
        try:
            check_host(request.headers, self.allowed_hosts)
            media_type = negotiate(",".join(request.headers.getlist("accept")))
            track_id = trace_id(request.headers, "X-Track-Id")
            request_id = trace_id(request.headers, "X-Request-Id") or request_id
            answer = await self.answer(request, request_id, track_id)
        except RequestRefused as refusal:
            log_refused_access(refusal, request_id)
            answer = Answer({"errors": refusal_errors(refusal)}, refusal.status, refusal.headers)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - the last place where a bug can be masked; it is logged whole
            error_id = uuid.uuid4().hex
            log_bug(error, error_id, request_id)
            answer = Answer({"errors": [masked(error_id)]}, 500)
        await encode(answer, media_type, request_id, track_id).sent_to(send)

    async def answer(self, request: Request, request_id: str, track_id: str | None) -> Answer:
        """Finds out who asks, decodes the request, finds its document valid, and executes it."""
        self.check_method(request)
        caller = await self.caller(request)
        graphql_request = await self.decode(request)
        source = self.trusted.text_of(graphql_request)
        try:
            document = self.documents.valid(source)
            operation = chosen_operation(document, graphql_request.operation_name)
            check_operation_type(operation, request.method)
            variables = graphql_request.variables
            cost = self.cost(document, operation, variables)
            check_cost(cost, self.documents.limits)
        except DocumentRefused as refusal:
            if self.budgets is not None:
                price = cost_of_refusal(source, self.documents.limits.source_characters)
                self.budgets.charge_what_is_left(caller.key, price)
            return Answer({"errors": shown_errors(refusal.errors, request_id)})
        is_mutation = operation.operation is OperationType.MUTATION
        root_fields = self.root_fields(document, operation)
        parameters = RequestParameters(
            query=source,
            variables=graphql_request.variables,
            operation_name=graphql_request.operation_name,
            extensions=graphql_request.extensions,
            idempotency_key=idempotency_key(request.headers, root_fields) if is_mutation else None,
            is_mutation=is_mutation,
            root_field_count=root_fields,
            cost=cost,
            request_id=request_id,
            track_id=track_id,
        )
        if self.budgets is not None:
            self.budgets.charge(caller.key, cost)
        return await self.execute(caller, document, parameters)

    def cost(
        self, document: ValidDocument, operation: OperationDefinitionNode, variables: Mapping[str, Any]
    ) -> int:
        """The operation's cost; it is added up once where it is the same for all variables."""
        key = ("cost", operation.name and operation.name.value)
        known: int | None = document.notes.get(key)
        if known is not None:
            return known
        found = CostOfOperation(document.node, operation, variables, self.payload_lists, document.notes)
        if not found.depends_on_variables:
            document.notes[key] = found.total
        return found.total

    def root_fields(self, document: ValidDocument, operation: OperationDefinitionNode) -> int:
        """How many root fields the operation has; counted once."""
        key = ("root fields", operation.name and operation.name.value)
        known: int | None = document.notes.get(key)
        if known is None:
            known = document.notes[key] = root_field_count(document, operation)
        return known

    def check_method(self, request: Request) -> None:
        """Refuses a method that is not served, and a body that is not JSON."""
        if request.method not in self.methods:
            raise bad_request(f"Use {' or '.join(self.methods)}.", 405, {"Allow": ", ".join(self.methods)})
        if request.method == "POST":
            check_content_type(request.headers)

    async def caller(self, request: Request) -> Caller:
        """Who asks; refused when too much of theirs is under way, or nothing left to spend, before the body is read."""
        shown = shown_by(request.headers)
        known = self.acquaintances.caller(shown)
        # Before anything waits: whoever has come in lately is in nobody's way but that of their own.
        claim_share(request.scope, known)
        if known is not None and known.comes_in_again():
            caller = known
        else:
            caller = await self.found_out(request)
            if known is None or (known.key, known.entity) != (caller.key, caller.entity):
                claim_share(request.scope, caller)
            self.acquaintances.came_in(shown, caller)
        if self.budgets is not None and self.budgets.left(caller.key) < 1:
            self.budgets.charge(caller.key, 1)
        return caller

    async def found_out(self, request: Request) -> Caller:
        """Who asks, found out within the time limit."""
        clock = asyncio.timeout(self.time_limit_seconds)
        try:
            async with clock:
                return await self.authenticate(request)
        except TimeoutError as error:
            if not clock.expired():
                raise
            message = "Signing in took too long: try again."
            raise RequestRefused(503, "RETRY", message, {"Retry-After": "1"}) from error

    async def decode(self, request: Request) -> GraphQLRequest:
        """The request in the body or in the URL, by the method."""
        if request.method == "GET":
            return decode_query_string(request.query_params)
        try:
            async with asyncio.timeout(self.time_limit_seconds):
                body = await read_body(request, self.max_body_bytes)
        except TimeoutError as error:
            raise bad_request("The request body came too slowly.", 408, {"Connection": "close"}) from error
        return decode_body(body)

    async def execute(self, caller: Caller, document: ValidDocument, parameters: RequestParameters) -> Answer:
        """Opens, executes within the time limit, and closes the operation whatever happens."""
        operation: Operation | None = None
        clock = asyncio.timeout(self.time_limit_seconds)
        try:
            async with clock:
                operation = await caller.open(parameters)
                self.documents.keep(document)
                result = await execute(
                    self.schema,
                    document,
                    parameters,
                    operation,
                    suggestions=self.suggestions,
                    fast_path=self.fast_path,
                )
        except TimeoutError:
            if not clock.expired():
                raise
            return self.out_of_time()
        finally:
            if operation is not None:
                await close(operation, parameters.request_id)
        extensions = {"cost": self.shown_cost(caller, parameters.cost)} if self.show_cost else {}
        return answer_of(result, parameters.request_id, extensions)

    def shown_cost(self, caller: Caller, requested: int) -> dict[str, Any]:
        """What the operation cost, what one may cost at most, and what the caller may spend next."""
        cost: dict[str, Any] = {"requested": requested, "limit": self.documents.limits.cost}
        if self.budgets is not None:
            cost["budget"] = {
                "capacity": self.budgets.capacity,
                "left": self.budgets.left(caller.key),
                "restorePerSecond": self.budgets.per_second,
            }
        return cost

    def out_of_time(self) -> Answer:
        """The answer of an operation that was cancelled; a commit it had begun may have been kept."""
        message = (
            f"The operation was cancelled after {self.time_limit_seconds:g} seconds. "
            "A mutation may have taken effect: repeat it with the same idempotency key."
        )
        return Answer(
            {"errors": [{"message": message, "extensions": {"code": "RETRY"}}]}, 503, {"Retry-After": "1"}
        )


async def close(operation: Operation, request_id: str) -> None:
    """Closes the operation; a failure goes to the log, since the work is done and its answer must not get lost."""
    try:
        await operation.close()
    except Exception:
        logger.exception("operation of request %s could not be closed", request_id)


def answer_of(result: ExecutionResult, request_id: str, extensions: Mapping[str, Any]) -> Answer:
    """The body for a result; without `data` where nothing was executed, as the specification wants."""
    errors = result.errors or []
    body: dict[str, Any] = {"errors": shown_errors(errors, request_id)} if errors else {}
    if result.data is not None or any(error.path for error in errors):
        body["data"] = result.data
    if extensions:
        body["extensions"] = extensions
    return Answer(body)
