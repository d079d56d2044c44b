"""Where a balance comes from: its entries in order, with running totals and what caused each."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

import strawberry

from app.api import cursors
from app.api.annotations import optional_argument
from app.api.declarations import DOCUMENTS, AskedPlan
from app.api.edges import asked
from app.api.lists import PageInfo
from app.api.reader import page_size
from app.api.scalars import CurrencyCode, amount_answered
from app.api.types.node import Node
from app.domain.vocabulary import BalanceEntryKind, Operation
from app.proof.trail import Step, step_of
from app.repository.pages import Place
from app.repository.trails import trail_of

ORDER = cursors.Order("BalanceTrail", "PLACE", "ASC")


@dataclass(frozen=True, slots=True)
class _Question:
    """Which part of a trail, and of which currency."""

    after: int
    size: int
    currency: str | None
    log: int | None

    @property
    def bound(self) -> Mapping[str, Any]:
        """One row more than asked for says whether there are more."""
        through = self.after + self.size + 1
        return {"after": self.after, "through": through, "currency": self.currency, "log": self.log}


def _money(amount: Callable[[Step], int], description: str) -> Any:
    def resolve(root: Any) -> Any:
        step: Step = root.step
        return amount_answered(amount(step), step.currency)

    resolve.__annotations__ = {"return": Decimal}
    return strawberry.field(resolver=resolve, description=description)


def _said(name: str, kind: Any, description: str) -> Any:
    def resolve(root: Any) -> Any:
        return getattr(root.step, name)

    resolve.__annotations__ = {"return": kind}
    return strawberry.field(resolver=resolve, description=description)


async def _document(root: Any, info: Any) -> Any:
    return await info.context.reader.one(root.step.document_type, "id", root.step.document_id)


async def _cause(root: Any, info: Any) -> Any:
    id = root.step.cause_id
    kinds = {plan.prefix: name for name, plan in DOCUMENTS.items() if plan.prefix}
    target = id and kinds.get(id.partition("_")[0])
    return await info.context.reader.one(target, "id", id) if target else None


def _linked(resolve: Callable[..., Any], kind: Any, description: str) -> Any:
    resolve.__annotations__ = {"info": strawberry.Info, "return": kind}
    return strawberry.field(resolver=resolve, description=description)


@strawberry.type(description="One row of those that make a balance.")
class BalanceTrailStep:
    step: strawberry.Private[Step]
    place: int = _said("place", int, "1, 2, 3 … in this trail.")
    document_id: strawberry.ID = _said("document_id", strawberry.ID, "Whose balance it moved.")
    document_number: str | None = _said("document_number", str | None, "Its number.")
    position: int = _said("position", int, "Its place in the history of that document.")
    currency: CurrencyCode = _said("currency", CurrencyCode, "Currency of its amounts.")
    kind: BalanceEntryKind = _said("kind", BalanceEntryKind, "Why the balance moved.")
    impact_amount: Decimal = _money(lambda step: step.impact_amount, "By how much.")
    balance_after: Decimal = _money(lambda step: step.balance_after, "The document's balance after it.")
    owed: Decimal = _money(
        lambda step: step.owed, "What the trail's invoices come to after it, in its currency."
    )
    unused_credit: Decimal = _money(
        lambda step: step.credit, "What the trail's credit memos come to after it, in its currency."
    )
    explanation: str = _said("explanation", str, "What happened, in a sentence.")
    cause_id: strawberry.ID | None = _said(
        "cause_id",
        strawberry.ID | None,
        "The application, payment or memo that moved it; none where the document's own state did.",
    )
    log_number: int | None = _said(
        "log_number", int | None, "The command's number in the log; none until it has got one."
    )
    operation: Operation = _said("operation", Operation, "The command that it was part of.")
    recorded_at: dt.datetime = _said("recorded_at", dt.datetime, "When.")
    recorded_by: str = _said("recorded_by", str, "By whom.")
    document: Node | None = _linked(_document, Node | None, "The document.")
    cause: Node | None = _linked(_cause, Node | None, "What moved it, where that is a document of its own.")


@strawberry.type(
    description="The rows that make a balance, in order: the totals of the last one are the balance."
)
class BalanceTrail:
    nodes: list[BalanceTrailStep] = strawberry.field(description="The rows.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the trail.")


def balance_trail(owner: str, description: str) -> Any:
    """The field of a type that has a balance; an account's is asked for in one currency, or in all."""
    arguments = {
        "first": optional_argument(int, "The first rows after `after`; at most 250, 20 by default."),
        "after": optional_argument(str, "A cursor: rows that come after it."),
        "as_of_log": optional_argument(
            int,
            "Only what the log had at this number: its pages stay as they are, whatever is recorded meanwhile.",
        ),
    }
    if owner == "Account":
        arguments["currency"] = optional_argument(CurrencyCode, "Only rows in this currency.")
    plan = AskedPlan(partial(trail_of, owner), "owner_id", _question, _made)
    return asked(BalanceTrail, plan, arguments, description)


def _question(
    first: int | None = None,
    after: str | None = None,
    as_of_log: int | None = None,
    currency: str | None = None,
) -> _Question:
    size, _ = page_size(first, None)
    place = cursors.decode(ORDER, after, int).value if after is not None else 0
    return _Question(max(0, min(place, 2**62)), size, currency, as_of_log)


def _made(question: _Question, rows: list[Any]) -> BalanceTrail:
    nodes = [BalanceTrailStep(step=step_of(row)) for row in rows[: question.size]]
    ends = [cursors.encode(ORDER, Place(each.step.place, "")) for each in nodes[:1] + nodes[-1:]]
    info = PageInfo(
        has_next_page=len(rows) > question.size,
        has_previous_page=question.after > 0,
        start_cursor=ends[0] if ends else None,
        end_cursor=ends[-1] if ends else None,
    )
    return BalanceTrail(nodes=nodes, page_info=info)
