"""The root of reading: documents by reference, lists, any document by id, sums, the entity."""

import asyncio
import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import strawberry
from strawberry import UNSET

from app.api import types as _types  # noqa: F401 - every document type declares itself
from app.api.annotations import argument, list_of, optional, optional_argument
from app.api.declarations import DOCUMENTS, ConnectionPlan, Find, Named, RootListPlan, RootPlan
from app.api.edges import connection_annotations, reference
from app.api.filters import given_by_name
from app.api.http.fault import ClientFault
from app.api.inputs import command_of, input_type
from app.api.lists import page_request
from app.api.scalars import CurrencyCode
from app.api.types.aging import AgingPage, aging_page
from app.api.types.as_of import AsOfInput
from app.api.types.audit import AuditReport, report_of
from app.api.types.entity import Entity, entity_of
from app.api.types.node import Node
from app.api.types.role import Role, Viewer, roles_of, viewer_of
from app.api.types.statement import AccountStatement, statements_of
from app.api.types.sums import ApplicationSum, GroupBy, sums_of
from app.api.types.trial_balance import TrialBalance, trial_balance_of
from app.domain.access import AUDIT, READ, READ_ACCESS
from app.domain.commands import AccountReference, CreditMemoReference, InvoiceReference, Reference
from app.domain.external_reference import kept_source
from app.proof.audit import AuditSummary
from app.repository import reads
from app.repository.conditions import Every, Test
from app.validation.shape import is_storable

NODES = 250
KINDS = {plan.prefix: name for name, plan in DOCUMENTS.items() if plan.prefix}


def _query(
    resolve: Any,
    annotations: dict[str, Any],
    description: str,
    *,
    permission: str | None = READ,
    plan: RootPlan | RootListPlan | None = None,
) -> Any:
    """A root field that says which permission it needs; the resolver asks for it. None: everybody has it."""
    resolve.__annotations__ = {"info": strawberry.Info, **annotations}
    needs = f"Needs `{permission}`." if permission else "Needs no permission."
    return strawberry.field(
        resolver=resolve,
        description=f"{description} {needs}",
        metadata={"permission": permission, "plan": plan},
    )


async def _document(reader: Any, named: Named | None) -> Any:
    return None if named is None else await reader.one(named.target, "id", named.id)


def _one(target: str, kind: type[Reference], what: str) -> Any:
    async def find(reader: Any, by: Mapping[str, Any]) -> Named | None:
        id = await _referenced(reader, target, command_of(by, kind))
        return None if id is None else Named(target, id)

    async def resolve(root: Any, info: Any, by: Any) -> Any:
        info.context.require(READ)
        return await _document(info.context.reader, await find(info.context.reader, given_by_name(by)))

    which = argument(input_type(kind), "Which one: named in exactly one way.")
    annotations = {"by": which, "return": optional(reference(target))}
    return _query(resolve, annotations, f"{what}, or null.", plan=RootPlan("by", find, target))


async def _referenced(reader: Any, target: str, by: Reference) -> str | None:
    """The id of the document that is meant; of one named by its id, there may be none."""
    external = by.external_reference
    texts = [by.id, by.number, external and external.source, external and external.reference]
    if not all(is_storable(text) for text in texts if text):
        return None
    if by.id is not None:
        return by.id
    if by.number is not None:
        found = await reader.many(target, "number", "id", by.number)
        # An invoice and a debit memo may share a number: it names the invoice.
        named = max(found, key=lambda each: getattr(each.row, "kind", ""), default=None)
        return named and str(named.row.id)
    if external is None:
        return None
    rows = await reader.rows(
        reads.rows_by_external_reference(DOCUMENTS[target].table),
        reference=external.reference,
        source=kept_source(external.source),
    )
    return str(rows[0].id) if rows else None


def _by_id(kind: Any, description: str, find: Find, *, permission: str = READ) -> Any:
    async def resolve(root: Any, info: Any, id: Any) -> Any:
        info.context.require(permission)
        return await _document(info.context.reader, await find(info.context.reader, id))

    annotations = {"id": _ID, "return": optional(kind)}
    return _query(resolve, annotations, description, permission=permission, plan=RootPlan("id", find))


def _of_type(target: str) -> Find:
    async def find(reader: Any, id: str) -> Named | None:
        return Named(target, id) if is_storable(id) else None

    return find


async def _of_any_type(reader: Any, id: str) -> Named | None:
    target = KINDS.get(id.partition("_")[0])
    return Named(target, id) if target and is_storable(id) else None


async def nodes(root: Any, info: Any, ids: Any) -> Any:
    info.context.require(READ)
    reader = info.context.reader
    found = [await _of_any_type(reader, id) for id in _few(ids)]
    # Together, so that documents of one kind come in one statement.
    return await asyncio.gather(*(_document(reader, each) for each in found))


def _few(ids: list[str]) -> list[str]:
    if len(ids) > NODES:
        raise ClientFault(f"At most {NODES} ids at a time; {len(ids)} were given.", "BAD_USER_INPUT")
    return ids


def _list(target: str, order: str, what: str, *, permission: str = READ) -> Any:
    plan = RootListPlan(ConnectionPlan(target, "", order, descending=True))

    async def resolve(  # type: ignore[no-untyped-def]
        root, info, first=UNSET, after=UNSET, last=UNSET, before=UNSET, filter=UNSET, order_by=UNSET
    ):
        info.context.require(permission)
        request = page_request(DOCUMENTS[target], order, True, first, after, last, before, filter, order_by)
        return await info.context.reader.root_page(target, request)

    return _query(
        resolve,
        connection_annotations(target),
        f"{what}, newest first unless asked otherwise.",
        permission=permission,
        plan=plan,
    )


async def log(  # type: ignore[no-untyped-def]
    root, info, first=UNSET, after=UNSET, last=UNSET, before=UNSET, filter=UNSET, order_by=UNSET
):
    info.context.require(READ)
    asked = page_request(DOCUMENTS["LogEntry"], "number", False, first, after, last, before, filter, order_by)
    numbered = Test("number", "is_null", False)
    within = numbered if asked.page.condition is None else Every((asked.page.condition, numbered))
    request = replace(asked, page=replace(asked.page, condition=within))
    return await info.context.reader.root_page("LogEntry", request)


async def application_sums(root: Any, info: Any, group_by: Any, filter: Any = UNSET) -> Any:
    info.context.require(READ)
    return await sums_of(info.context.reader, group_by, filter)


async def trial_balance(
    root: Any, info: Any, from_date: Any = UNSET, through_date: Any = UNSET, currency: Any = UNSET
) -> Any:
    info.context.require(READ)
    given = [None if each is UNSET else each for each in (from_date, through_date, currency)]
    return await trial_balance_of(info.context.reader, *given)


async def account_statement(  # type: ignore[no-untyped-def]
    root, info, account, from_date=UNSET, through_date=UNSET, currency=UNSET, as_of=UNSET
):
    info.context.require(READ)
    reader = info.context.reader
    id = await _referenced(reader, "Account", command_of(given_by_name(account), AccountReference))
    if id is None or await reader.one("Account", "id", id) is None:
        return None
    given = [None if each is UNSET else each for each in (from_date, through_date, currency, as_of)]
    return await statements_of(reader, id, *given)


async def aging(  # type: ignore[no-untyped-def]
    root, info, account=UNSET, day=UNSET, buckets=UNSET, as_of=UNSET, first=UNSET, after=UNSET
):
    info.context.require(READ)
    reader = info.context.reader
    account, *given = (
        None if each is UNSET else each for each in (account, day, buckets, as_of, first, after)
    )
    id = None
    if account is not None:
        # An account that there is not has no aging: its page is empty.
        id = await _referenced(reader, "Account", command_of(given_by_name(account), AccountReference)) or ""
    return await aging_page(reader, id, *given)


async def entity(root: Any, info: Any) -> Any:
    info.context.require(READ)
    return await entity_of(info.context.reader)


async def viewer(root: Any, info: Any) -> Any:
    return await viewer_of(info.context.reader, info.context.actor)


async def roles(root: Any, info: Any) -> Any:
    info.context.require(READ_ACCESS)
    return await roles_of(info.context.reader)


async def audited(root: Any, info: Any) -> Any:
    info.context.require(AUDIT)
    summary = AuditSummary()
    return await report_of(info.context.audit(summary), summary)


_ID = argument(strawberry.ID, "The document's id.")
_IDS = argument(list_of(strawberry.ID), "Ids, at most 250.")
_FIELDS: dict[str, Any] = {
    "node": _by_id(Node, "Any document by its id, or null.", _of_any_type),
    "nodes": _query(
        nodes,
        {"ids": _IDS, "return": list[Node | None]},
        "Documents by their ids, null for those there are not.",
    ),
    "entity": _query(entity, {"return": Entity}, "The entity whose books these are."),
    "audit": _query(
        audited,
        {"return": AuditReport},
        "Whether the books hold: every balance recomputed from the history. Large books: `credit-memos audit`.",
        permission=AUDIT,
    ),
    "viewer": _query(
        viewer, {"return": Viewer}, "Who asks, and what that caller may do here.", permission=None
    ),
    "credential": _by_id(
        reference("Credential"),
        "An API key or OAuth client of this entity, or null.",
        _of_type("Credential"),
        permission=READ_ACCESS,
    ),
    "credentials": _list(
        "Credential", "created_at", "The entity's own API keys and OAuth clients", permission=READ_ACCESS
    ),
    "grants": _list(
        "Grant",
        "created_at",
        "Who has, or had, roles here: credentials of this entity and of others",
        permission=READ_ACCESS,
    ),
    "roles": _query(
        roles,
        {"return": list_of(Role)},
        "Every role: the built-in ones, then the entity's own by code.",
        permission=READ_ACCESS,
    ),
    "access_changes": _list(
        "AccessChange", "recorded_at", "What was done to credentials and roles", permission=READ_ACCESS
    ),
    "account": _one("Account", AccountReference, "An account"),
    "invoice": _one("Invoice", InvoiceReference, "An invoice or debit memo"),
    "credit_memo": _one("CreditMemo", CreditMemoReference, "A credit memo"),
    "credit_memo_application": _by_id(
        reference("CreditMemoApplication"),
        "A row of the application history, or null.",
        _of_type("CreditMemoApplication"),
    ),
    "job": _by_id(reference("Job"), "A job, or null.", _of_type("Job")),
    "accounts": _list("Account", "created_at", "Accounts"),
    "invoices": _list("Invoice", "created_at", "Invoices and debit memos"),
    "credit_memos": _list("CreditMemo", "created_at", "Credit memos"),
    "credit_memo_applications": _list("CreditMemoApplication", "recorded_at", "The application history"),
    "jobs": _list("Job", "created_at", "Jobs"),
    "payments": _list("Payment", "payment_date", "Payments and their reversals"),
    "log": _query(
        log,
        connection_annotations("LogEntry"),
        "The accepted commands in the order of their numbers: what is behind a cursor stays as it is, and nothing is"
        " put in before it. A command has its number a moment after its effect is seen.",
    ),
    "journal_entries": _list("JournalEntry", "journal_date", "What the service does to the ledger"),
    "trial_balance": _query(
        trial_balance,
        {
            "from_date": optional_argument(dt.date, "Entries dated on or after this day."),
            "through_date": optional_argument(dt.date, "Entries dated on or before this day."),
            "currency": optional_argument(CurrencyCode, "This currency only."),
            "return": TrialBalance,
        },
        "What the journal adds up to, by currency and accounting code.",
    ),
    "account_statement": _query(
        account_statement,
        {
            "account": argument(input_type(AccountReference), "The account: named in exactly one way."),
            "from_date": optional_argument(dt.date, "The first day. Default: the beginning."),
            "through_date": optional_argument(dt.date, "The last day. Default: all there is."),
            "currency": optional_argument(CurrencyCode, "This currency only."),
            "as_of": optional_argument(AsOfInput, "What was recorded then; `by` says nothing here."),
            "return": optional(list_of(AccountStatement)),
        },
        "The statement of an account, by currency; null where there is no such account.",
    ),
    "aging": _query(
        aging,
        {
            "account": optional_argument(input_type(AccountReference), "This account only."),
            "day": optional_argument(dt.date, "The day to hold due dates against. Default: today."),
            "buckets": optional_argument(list_of(int), "Days overdue, ascending. Default: 30, 60, 90."),
            "as_of": optional_argument(AsOfInput, "Balances as of then. Default: as they are."),
            "first": optional_argument(int, "How many accounts; at most 250, 20 by default."),
            "after": optional_argument(str, "A cursor: accounts that come after it."),
            "return": AgingPage,
        },
        "What accounts owe by how long it is overdue, and their unapplied credit.",
    ),
    "refunds": _list("Refund", "refund_date", "Refunds of credit and their reversals"),
    "credit_memo_application_sums": _query(
        application_sums,
        {
            "group_by": argument(list_of(GroupBy), "What to sum by; per currency always."),
            "filter": optional_argument(reference("CreditMemoApplication", "Filter"), "Which rows to sum."),
            "return": list[ApplicationSum],
        },
        "Sums over the application history, at most 1,000 groups.",
    ),
}

Query: type[Any] = strawberry.type(
    type("Query", (), _FIELDS),
    description="Reading the books. One operation reads all of its fields from one consistent snapshot.",
)
