"""statement: what moved the balance of an account."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
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
from app.domain.money import amount_text

if TYPE_CHECKING:
    from app.cli.reports import Stream
    from app.domain.as_of import AsOf
    from app.proof.statement import Period, Standing, StatementLine

Row = tuple[str, ...]
HEADS = (
    "Currency",
    "Date",
    "What",
    "Document",
    "Number",
    "Reference",
    "Amount",
    "Matched",
    "Owed",
    "Unapplied credit",
    "Balance",
)


def statement(
    account: Annotated[str, typer.Argument(metavar="NUMBER", help="The account's number.")],
    entity: Entity,
    from_date: Day = None,
    through_date: Day = None,
    currency: Annotated[str | None, typer.Option(metavar="CODE", help="Only this currency.")] = None,
    as_csv: AsCsv = False,
    as_of_log: OfLog = None,
    as_of: OfInstant = None,
) -> None:
    """Show what an account owed before a period, what moved it, and what it owes after, by currency.

    Without a last day it closes with what the ledger says.
    """
    when = as_of_asked(as_of_log, as_of)
    awaited(_statement(account, entity, _day(from_date), _day(through_date), currency, when, as_csv))


def _day(given: datetime | None) -> date | None:
    return None if given is None else given.date()


async def _statement(
    number: str,
    code: str,
    start: date | None,
    end: date | None,
    currency: str | None,
    as_of: "AsOf | None",
    as_csv: bool,
) -> None:
    from app.proof.statement import Period

    async with reading(code) as (snapshot, settings, rows, stream):
        period = Period(
            account_id=await account_named(snapshot, number),
            settings=settings,
            start=start,
            end=end,
            currency=currency,
            as_of=as_of,
        )
        await write(HEADS, _rows(rows, stream, period), as_csv=as_csv, title=f"Statement of {number}")


async def _rows(rows: Any, stream: "Stream", period: "Period") -> AsyncIterator[Row]:
    from app.proof.statement import all_lines, statements

    for each in await statements(rows, period):
        yield _standing(each.currency, "OPENING", each.opening)
        async for line in all_lines(stream, replace(period, currency=each.currency), each.opening):
            yield _line(each.currency, line)
        yield _standing(each.currency, "CLOSING", each.closing)


def _standing(currency: str, word: str, standing: "Standing") -> Row:
    told = (standing.owed, standing.unapplied_credit, standing.balance)
    return (currency, "", word, "", "", "", "", "", *(amount_text(each, currency) for each in told))


def _line(currency: str, line: "StatementLine") -> Row:
    return (
        currency,
        line.day.isoformat(),
        line.kind,
        line.document,
        line.number or "",
        line.reference or "",
        amount_text(line.amount, currency),
        amount_text(line.matched, currency),
        "",
        "",
        amount_text(line.balance, currency),
    )
