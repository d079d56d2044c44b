"""Edges and computed fields: resolvers made from declarations, none written by hand."""

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any

import strawberry
from strawberry import UNSET

from app.api.annotations import lazily, list_of, optional, optional_argument
from app.api.declarations import (
    DOCUMENTS,
    AskedPlan,
    ComputedPlan,
    ConnectionPlan,
    JudgedPlan,
    ListPlan,
    OnePlan,
    Plan,
    SumsPlan,
)
from app.api.lists import page_request

MODULES = {
    "AccessChange": "access",
    "Account": "account",
    "BalanceEntry": "balance_entry",
    "Credential": "access",
    "CreditMemo": "credit_memo",
    "CreditMemoApplication": "application",
    "CreditMemoLine": "credit_memo_line",
    "CreditMemoLineApplication": "application",
    "CreditMemoLineTax": "credit_memo_line",
    "DocumentChange": "history",
    "Grant": "access",
    "Invoice": "invoice",
    "InvoiceLine": "invoice_line",
    "InvoiceLineTax": "invoice_line",
    "Job": "job",
    "JobResult": "job",
    "JournalEntry": "journal",
    "LogEntry": "history",
    "OrderItem": "account",
    "Payment": "payment",
    "ReasonCode": "entity_data",
    "Refund": "refund",
    "TaxRate": "entity_data",
    "Template": "entity_data",
}


def reference(name: str, suffix: str = "") -> Any:
    """The document type (or its connection, filter, order) by name: modules refer to each other in circles."""
    return lazily(name + suffix, f"app.api.types.{MODULES[name]}")


def _field(resolve: Callable[..., Any], annotations: dict[str, Any], plan: Plan, description: str) -> Any:
    resolve.__annotations__ = {"info": strawberry.Info, **annotations}
    return strawberry.field(resolver=resolve, description=description, metadata={"plan": plan})


def one(target: str, key: str, description: str, *, nullable: bool = False) -> Any:
    """The document that this row's column `key` names."""

    async def resolve(root: Any, info: Any) -> Any:
        return await info.context.reader.one(target, "id", getattr(root.row, key))

    kind = optional(reference(target)) if nullable else reference(target)
    return _field(resolve, {"return": kind}, OnePlan(target, key), description)


def many(target: str, key: str, order: str, description: str) -> Any:
    """All documents whose column `key` names this row."""

    async def resolve(root: Any, info: Any) -> Any:
        return await info.context.reader.many(target, key, order, root.row.id)

    return _field(resolve, {"return": list_of(reference(target))}, ListPlan(target, key, order), description)


def connection(target: str, key: str, order: str, description: str, *, descending: bool = False) -> Any:
    """A page of the documents whose column `key` names this row."""
    plan = ConnectionPlan(target, key, order, descending)

    async def resolve(
        root: Any,
        info: Any,
        first: Any = UNSET,
        after: Any = UNSET,
        last: Any = UNSET,
        before: Any = UNSET,
        filter: Any = UNSET,
        order_by: Any = UNSET,
    ) -> Any:
        request = page_request(
            DOCUMENTS[target], plan.order, plan.descending, first, after, last, before, filter, order_by
        )
        return await info.context.reader.page(target, key, request, root.row.id)

    return _field(resolve, connection_annotations(target), plan, description)


def connection_annotations(target: str) -> dict[str, Any]:
    """Arguments and result of a connection field."""
    return {
        "first": optional_argument(int, "The first rows after `after`; at most 250, 20 by default."),
        "after": optional_argument(str, "A cursor: rows that come after it."),
        "last": optional_argument(int, "The last rows before `before`; at most 250."),
        "before": optional_argument(str, "A cursor: rows that come before it."),
        "filter": optional_argument(reference(target, "Filter"), "Only rows that fulfil all of it."),
        "order_by": optional_argument(reference(target, "Order"), "Sort field and direction; ties go by id."),
        "return": reference(target, "Connection"),
    }


def sums(kind: Any, plan: SumsPlan, description: str) -> Any:
    """Sums per currency over what belongs to this row."""

    async def resolve(root: Any, info: Any) -> Any:
        return await info.context.reader.sums(plan, root.row.id)

    return _field(resolve, {"return": list_of(kind)}, plan, description)


def judged(
    kind: Any, function: Callable[..., Any], plan: SumsPlan, description: str, *, by_settings: bool = False
) -> Any:
    """A pure function of the row and of what the plan finds for it; `by_settings`: of the entity's settings, too."""

    async def resolve(root: Any, info: Any) -> Any:
        reader = info.context.reader
        settings = (await reader.settings(),) if by_settings else ()
        return function(root.row, await reader.sums(plan, root.row.id), *settings)

    return _field(resolve, {"return": kind}, JudgedPlan(function, plan, by_settings), description)


def asked(kind: Any, plan: AskedPlan, arguments: dict[str, Any], description: str) -> Any:
    """What the plan finds for this row and what is asked of it, in one statement for all rows that are asked alike."""

    async def resolve(root: Any, info: Any, **given: Any) -> Any:
        said = {name: None if value is UNSET else value for name, value in given.items()}
        reader = info.context.reader
        settings = (await reader.settings(),) if plan.by_settings else ()
        question = plan.parameters(*settings, **said)
        return plan.made(question, await reader.asked(plan, question, root.row.id))

    # Strawberry reads the arguments off the signature.
    own = {"root": Parameter.empty, "info": strawberry.Info}
    parameters = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, annotation=own[name]) for name in own]
    parameters += [
        Parameter(name, Parameter.KEYWORD_ONLY, default=UNSET, annotation=each)
        for name, each in arguments.items()
    ]
    resolve.__signature__ = Signature(parameters, return_annotation=kind)  # type: ignore[attr-defined]
    return _field(resolve, {**arguments, "return": kind}, plan, description)


def computed(
    kind: Any,
    function: Callable[..., Any],
    description: str,
    *,
    parent: tuple[str, str] | None = None,
    by_settings: bool = False,
    by_viewer: bool = False,
) -> Any:
    """A pure function of the row; with `parent` (document type, key column) of the row that the key names, too;
    `by_settings`: of the entity's settings, too; `by_viewer`: and of who asks.
    """
    if by_settings:

        async def resolve_by_settings(root: Any, info: Any) -> Any:
            viewer = (info.context.actor,) if by_viewer else ()
            return function(root.row, await info.context.reader.settings(), *viewer)

        plan = ComputedPlan(function, None, True, by_viewer)
        return _field(resolve_by_settings, {"return": kind}, plan, description)
    if parent is None:

        def resolve_here(root: Any, info: Any) -> Any:
            return function(root.row)

        return _field(resolve_here, {"return": kind}, ComputedPlan(function), description)
    target, key = parent

    async def resolve(root: Any, info: Any) -> Any:
        above = await info.context.reader.one(target, "id", getattr(root.row, key))
        return function(root.row, above.row)

    return _field(resolve, {"return": kind}, ComputedPlan(function, parent), description)
