"""The statement of an account as a query: as a whole, or page by page."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import strawberry
from strawberry import UNSET

from app.api import cursors
from app.api.annotations import optional_argument
from app.api.http.fault import ClientFault
from app.api.lists import PageInfo
from app.api.reader import page_size
from app.api.scalars import CurrencyCode, amount_answered
from app.api.types.as_of import as_of_asked
from app.domain.vocabulary import BalanceEntryKind
from app.proof import statement as proof
from app.repository.pages import Place
from app.validation.shape import is_storable

MOST_LINES = 2_500
"""Rows of a statement that are told at once."""
_ORDER = cursors.Order("AccountStatement", "DATE", "ASC")


@strawberry.type(description="What an account owes and holds at a time.")
class AccountStanding:
    owed: Decimal = strawberry.field(description="What is owed on posted invoices and debit memos.")
    unapplied_credit: Decimal = strawberry.field(description="Posted credit that is not used.")
    balance: Decimal = strawberry.field(description="Owed - unapplied credit.")


@strawberry.type(description="A row of a statement.")
class StatementLine:
    date: dt.date = strawberry.field(description="The day by which it counts.")
    kind: BalanceEntryKind = strawberry.field(description="What moved the balance.")
    document_type: str = strawberry.field(description="INVOICE, DEBIT_MEMO or CREDIT_MEMO.")
    document_id: strawberry.ID = strawberry.field(description="The document whose balance it moved.")
    number: str | None = strawberry.field(description="The document's number.")
    reference: str | None = strawberry.field(
        description="Number of the application, refund or memo that did it, or the payment's reference."
    )
    amount: Decimal = strawberry.field(description="Added to the balance.")
    matched: Decimal = strawberry.field(
        description="Credit that went to an invoice, below 0 where it came back: it leaves the balance as it is."
    )
    balance: Decimal = strawberry.field(description="The balance after it: owed - unapplied credit.")


@strawberry.type(description="A part of a statement, in its order.")
class StatementPage:
    opening: AccountStanding = strawberry.field(description="Before its first row.")
    nodes: list[StatementLine] = strawberry.field(description="The rows.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the statement.")


async def _lines(root: Any, info: Any) -> Any:
    found = await _read(root, info, MOST_LINES + 1)
    if len(found[1]) > MOST_LINES:
        message = f"The period has more than {MOST_LINES} rows: ask for its `page`s."
        raise ClientFault(message, "BAD_USER_INPUT")
    return [_line(each, root.currency) for _, each in found[1]]


async def _page(root: Any, info: Any, first: Any = UNSET, after: Any = UNSET) -> Any:
    first, after = (None if each is UNSET else each for each in (first, after))
    size, _ = page_size(first, None)
    place = None if after is None else _place_of(after)
    opening, found = await _read(root, info, size + 1, place)
    shown = found[:size]
    ends = [_cursor(each) for each, _ in shown[:1] + shown[-1:]]
    return StatementPage(
        opening=_standing(opening, root.currency),
        nodes=[_line(each, root.currency) for _, each in shown],
        page_info=PageInfo(
            has_next_page=len(found) > size,
            has_previous_page=place is not None,
            start_cursor=ends[0] if ends else None,
            end_cursor=ends[-1] if ends else None,
        ),
    )


async def _read(root: Any, info: Any, count: int, after: proof.Place | None = None) -> Any:
    period: proof.Period = replace(root.period, currency=root.currency)
    return await proof.lines_of(info.context.reader.rows, period, root.stood, count, after)


def _cursor(place: proof.Place) -> str:
    told = [place.recorded_at.isoformat(), place.log_id, place.document_id, place.position]
    return cursors.encode(_ORDER, Place(place.day, json.dumps(told)))


def _place_of(cursor: str) -> proof.Place:
    """ClientFault for what is no cursor of a statement."""
    found = cursors.decode(_ORDER, cursor, dt.date)
    try:
        recorded_at, log_id, document_id, position = json.loads(found.id)
        moment = dt.datetime.fromisoformat(recorded_at).astimezone(dt.UTC)
        if not (is_storable(log_id) and is_storable(document_id) and 0 <= int(position) < 2**31):
            raise ValueError(cursor)
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise ClientFault("This is no cursor that a statement has answered.", "BAD_USER_INPUT") from error
    return proof.Place(
        day=found.value,
        recorded_at=moment,
        log_id=log_id,
        document_id=document_id,
        position=int(position),
    )


def _asked(resolve: Callable[..., Any], annotations: dict[str, Any], description: str) -> Any:
    resolve.__annotations__ = {"info": strawberry.Info, **annotations}
    return strawberry.field(resolver=resolve, description=description)


@strawberry.type(
    description="What an account owed before a period, what moved it, and what it owed after, in one currency."
)
class AccountStatement:
    period: strawberry.Private[proof.Period]
    stood: strawberry.Private[proof.Standing]
    currency: CurrencyCode = strawberry.field(description="Currency of the amounts.")
    opening: AccountStanding = strawberry.field(description="Before the first day.")
    lines: list[StatementLine] = _asked(
        _lines,
        {"return": list[StatementLine]},
        "All rows, in the order of their days, within a day in the order in which they were recorded. Of a period with"
        f" more than {MOST_LINES:,} they are asked for by `page`.",
    )
    page: StatementPage = _asked(
        _page,
        {
            "first": optional_argument(int, "The first rows after `after`; at most 250, 20 by default."),
            "after": optional_argument(str, "A cursor: rows that come after it."),
            "return": StatementPage,
        },
        "The same rows, page by page. With `asOf: {log}` the pages stay as they are, whatever is recorded meanwhile.",
    )
    closing: AccountStanding = strawberry.field(
        description="After the last day; without a last day, what the ledger says."
    )


async def statements_of(
    reader: Any,
    account_id: str,
    start: dt.date | None,
    end: dt.date | None,
    currency: str | None,
    as_of: Any,
) -> list[AccountStatement]:
    """By currency."""
    settings = await reader.settings()
    period = proof.Period(
        account_id=account_id,
        settings=settings,
        start=start,
        end=end,
        currency=currency,
        as_of=None if as_of is None else as_of_asked(settings, as_of),
    )
    return [_statement(period, each) for each in await proof.statements(reader.rows, period)]


def _statement(period: proof.Period, found: proof.Statement) -> AccountStatement:
    return AccountStatement(
        period=period,
        stood=found.opening,
        currency=CurrencyCode(found.currency),
        opening=_standing(found.opening, found.currency),
        closing=_standing(found.closing, found.currency),
    )


def _standing(found: proof.Standing, currency: str) -> AccountStanding:
    return AccountStanding(
        owed=amount_answered(found.owed, currency),
        unapplied_credit=amount_answered(found.unapplied_credit, currency),
        balance=amount_answered(found.balance, currency),
    )


def _line(found: proof.StatementLine, currency: str) -> StatementLine:
    return StatementLine(
        date=found.day,
        kind=found.kind,
        document_type=found.document,
        document_id=strawberry.ID(found.document_id),
        number=found.number,
        reference=found.reference,
        amount=amount_answered(found.amount, currency),
        matched=amount_answered(found.matched, currency),
        balance=amount_answered(found.balance, currency),
    )
