"""Aging as a query."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import strawberry

from app.api import cursors
from app.api.annotations import lazily, list_of
from app.api.http.fault import ClientFault
from app.api.reader import page_size
from app.api.scalars import CurrencyCode, amount_answered
from app.api.types.as_of import as_of_asked
from app.proof import aging as proof
from app.repository.pages import Place

_ORDER = cursors.Order("Aging", "NUMBER", "ASC")


@strawberry.type(description="What is overdue by so many days.")
class AgingBucket:
    from_days: int | None = strawberry.field(description="Days overdue at least; none: it is not due yet.")
    through_days: int | None = strawberry.field(description="Days overdue at most; none: however many.")
    amount: Decimal = strawberry.field(description="What is owed on invoices and debit memos of those days.")


@strawberry.type(
    description="What is owed, by how long it is overdue, and credit that is not used, in one currency."
)
class AgingLine:
    currency: CurrencyCode = strawberry.field(description="Currency of the amounts.")
    buckets: list[AgingBucket] = strawberry.field(description="What is not due yet, then the overdue.")
    total_owed: Decimal = strawberry.field(description="Their sum: what the ledger says is owed.")
    unapplied_credit: Decimal = strawberry.field(description="Posted credit that is not used.")
    balance: Decimal = strawberry.field(description="Owed - unapplied credit.")


_ACCOUNT = lazily("Account", "app.api.types.account")


@strawberry.type(description="The aging of one account.")
class AgingOfAccount:
    account: _ACCOUNT = strawberry.field(description="The account.")  # type: ignore[valid-type]
    lines: list[AgingLine] = strawberry.field(description="By currency.")


@strawberry.type(description="The aging of accounts, by their numbers.")
class AgingPage:
    day: dt.date = strawberry.field(description="The day against which due dates are held.")
    nodes: list_of(AgingOfAccount) = strawberry.field(description="The accounts.")  # type: ignore[valid-type]
    totals: list[AgingLine] = strawberry.field(description="Of these accounts together, by currency.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last account.")
    has_next_page: bool = strawberry.field(description="There are accounts after it.")


async def aging_page(
    reader: Any,
    account_id: str | None,
    day: dt.date | None,
    buckets: Sequence[int] | None,
    as_of: Any,
    first: int | None,
    after: str | None,
) -> AgingPage:
    """Of one account, or of the next ones by number. ClientFault for buckets that do not ascend."""
    settings = await reader.settings()
    days = _checked(proof.USUAL_BUCKETS if buckets is None else buckets)
    asked: dict[str, Any] = {
        "day": day or settings.day_of(dt.datetime.now(dt.UTC)),
        "buckets": days,
        "as_of": None if as_of is None else as_of_asked(settings, as_of),
    }
    size, _ = page_size(first, None)
    if account_id is not None:
        found = await proof.aging_of_one(reader.rows, account_id, **asked)
    else:
        start = "" if after is None else cursors.decode(_ORDER, after, str).value
        found = await proof.aging(reader.rows, after=start, count=size + 1, **asked)
    shown = found[:size] if account_id is None else found
    accounts = await reader.by_ids("Account", [each.account_id for each in shown])
    last = shown[-1] if shown else None
    return AgingPage(
        day=asked["day"],
        nodes=[
            AgingOfAccount(account=account, lines=_lines(each.lines, days))
            for account, each in zip(accounts, shown, strict=True)
        ],
        totals=_lines(proof.together(line for each in shown for line in each.lines), days),
        end_cursor=None if last is None else cursors.encode(_ORDER, Place(last.number, last.account_id)),
        has_next_page=len(found) > len(shown),
    )


def _checked(buckets: Sequence[int]) -> tuple[int, ...]:
    if len(buckets) > proof.MOST_BUCKETS:
        raise ClientFault(f"At most {proof.MOST_BUCKETS} buckets are told apart.", "BAD_USER_INPUT")
    if proof.misplaced_bucket(buckets) is not None:
        message = f"Buckets are days, 1 to {proof.MOST_DAYS:,}, each more than the one before."
        raise ClientFault(message, "BAD_USER_INPUT")
    return tuple(buckets)


def _lines(found: Iterable[proof.AgingLine], days: Sequence[int]) -> list[AgingLine]:
    return [
        AgingLine(
            currency=CurrencyCode(each.currency),
            buckets=_buckets(each, days),
            total_owed=amount_answered(each.total_owed, each.currency),
            unapplied_credit=amount_answered(each.unapplied_credit, each.currency),
            balance=amount_answered(each.balance, each.currency),
        )
        for each in found
    ]


def _buckets(line: proof.AgingLine, days: Sequence[int]) -> list[AgingBucket]:
    return [
        AgingBucket(from_days=start, through_days=end, amount=amount_answered(amount, line.currency))
        for (start, end), amount in zip(proof.spans(days), line.owed, strict=True)
    ]
