"""aging: what accounts owe, by how long it is overdue."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.awaiting import awaited
from app.cli.reports import (
    AsCsv,
    Day,
    Entity,
    OfInstant,
    OfLog,
    account_named,
    as_of_asked,
    reading,
    write,
)
from app.cli.terminal import CommandFailed

if TYPE_CHECKING:
    from app.proof.aging import AgingLine, AgingOfAccount

ACCOUNTS_AT_ONCE = 500
Row = tuple[str, ...]


def aging(
    entity: Entity,
    account: Annotated[
        str | None, typer.Argument(metavar="[NUMBER]", help="One account's number. Default: all.")
    ] = None,
    day: Day = None,
    buckets: Annotated[
        str, typer.Option(metavar="DAYS", help="Days overdue that are told apart, ascending.")
    ] = "30,60,90",
    as_csv: AsCsv = False,
    as_of_log: OfLog = None,
    as_of: OfInstant = None,
) -> None:
    """Show what accounts owe by how long it is overdue, with unapplied credit in a column of its own.

    The last rows are the totals, which are those of the ledger.
    """
    asked: dict[str, Any] = {"buckets": _days(buckets), "as_of": as_of_asked(as_of_log, as_of)}
    if day is not None:
        asked["day"] = day.date()
    awaited(_aging(entity, account, asked, as_csv))


def _days(buckets: str) -> tuple[int, ...]:
    from app.proof.aging import MOST_BUCKETS, misplaced_bucket

    parts = [each.strip() for each in buckets.split(",")]
    days = tuple(int(each) if each.isdecimal() else 0 for each in parts)
    if misplaced_bucket(days) is not None or len(days) > MOST_BUCKETS:
        told = "days, each more than the one before, e.g. 30,60,90"
        raise CommandFailed(f"--buckets takes {told}; not {buckets!r}")
    return days


async def _aging(code: str, number: str | None, asked: dict[str, Any], as_csv: bool) -> None:
    async with reading(code) as (snapshot, settings, rows, _):
        asked.setdefault("day", settings.day_of(datetime.now(UTC)))
        account_id = None if number is None else await account_named(snapshot, number)
        told = _rows(_pages(rows, account_id, asked))
        await write(_heads(asked["buckets"]), told, as_csv=as_csv, title=f"Aging on {asked['day']}")


async def _pages(
    rows: Any, account_id: str | None, asked: dict[str, Any]
) -> "AsyncIterator[list[AgingOfAccount]]":
    from app.proof.aging import aging, aging_of_one

    if account_id is not None:
        yield await aging_of_one(rows, account_id, **asked)
        return
    after: str | None = ""
    while after is not None:
        found = await aging(rows, after=after, count=ACCOUNTS_AT_ONCE, **asked)
        yield found
        after = found[-1].number if len(found) == ACCOUNTS_AT_ONCE else None


async def _rows(pages: "AsyncIterator[list[AgingOfAccount]]") -> AsyncIterator[Row]:
    """Those of the accounts, then the totals."""
    from app.proof.aging import together

    totals: list[AgingLine] = []
    async for page in pages:
        for each in page:
            for line in each.lines:
                yield _row(each.number, each.name, line)
        totals = together([*totals, *(line for each in page for line in each.lines)])
    for line in totals:
        yield _row("ALL", "", line)


def _heads(days: tuple[int, ...]) -> Row:
    from app.proof.aging import spans

    overdue = [
        "Not due" if start is None else f"{start}-{end} days" if end is not None else f"{start} days and more"
        for start, end in spans(days)
    ]
    return ("Account", "Name", "Currency", *overdue, "Owed", "Unapplied credit", "Balance")


def _row(number: str, name: str, line: "AgingLine") -> Row:
    from app.domain.money import minor_digits, minor_to_text

    amounts = (*line.owed, line.total_owed, line.unapplied_credit, line.balance)
    digits = minor_digits(line.currency)
    return (number, name, line.currency, *(minor_to_text(each, digits) for each in amounts))
