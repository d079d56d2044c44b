"""explain: which rows make a balance?"""

import json
from collections import deque
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.awaiting import awaited
from app.cli.configured import configured, entity_of, open_books
from app.cli.terminal import CommandFailed, any_console, folded_table

if TYPE_CHECKING:
    from app.proof.trail import Step
    from app.repository.database import Database
    from app.repository.entities import Entity
    from app.settings import Settings


SHOWN = 1_000
"""Rows that the table has room for, the last ones; --json has them all."""


def explain(
    document: Annotated[
        str, typer.Argument(metavar="ID|NUMBER", help="A credit memo, an invoice or an account.")
    ],
    entity: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="In this entity's books. Needed where there are several."),
    ] = None,
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only this currency, of an account with several.")
    ] = None,
    as_of_log: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="As it was when the log had come to this number.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object a line.")] = False,
) -> None:
    """Show every row that makes a balance, in order, with what it was after each.

    Of an account: what it owes and what credit it holds, over all of its documents.
    """
    awaited(_explain(configured(), document, entity, currency, as_of_log, as_json))


async def _explain(
    settings: "Settings",
    document: str,
    code: str | None,
    currency: str | None,
    log: int | None,
    as_json: bool,
) -> None:
    from app.proof.trail import trail
    from app.repository.trails import owner_named

    async with open_books(settings) as database:
        there = await _entity(database, code)
        async with database.snapshot(there.id) as snapshot:
            found = await owner_named(snapshot, document)
            if found is None:
                raise CommandFailed(f"these books have no memo, invoice or account {document!r}")
            owner, id = found
            steps = trail(database, snapshot, owner, id, currency, log)
            if as_json:
                async for step in steps:
                    print(json.dumps(_as_json(step), ensure_ascii=False))
            else:
                last: deque[Step] = deque(maxlen=SHOWN)
                async for step in steps:
                    last.append(step)
                _print(owner, document, last)


async def _entity(database: "Database", code: str | None) -> "Entity":
    from app.repository.entities import entities

    if code is not None:
        return await entity_of(database, code)
    known = await entities(database)
    if len(known) == 1:
        return known[0]
    codes = ", ".join(each.code for each in known) or "none yet"
    raise CommandFailed(f"in whose books? --entity CODE says it; there are {codes}")


def _as_json(step: "Step") -> dict[str, object]:
    from app.domain.money import amount_text

    return {
        "place": step.place,
        "documentId": step.document_id,
        "documentNumber": step.document_number,
        "position": step.position,
        "kind": step.kind,
        "currency": step.currency,
        "impactAmount": amount_text(step.impact_amount, step.currency),
        "balanceAfter": amount_text(step.balance_after, step.currency),
        "owed": amount_text(step.owed, step.currency),
        "unusedCredit": amount_text(step.credit, step.currency),
        "explanation": step.explanation,
        "causeId": step.cause_id,
        "logNumber": step.log_number,
        "operation": step.operation,
        "recordedAt": step.recorded_at.isoformat(),
        "recordedBy": step.recorded_by,
    }


def _print(owner: str, document: str, last: "deque[Step]") -> None:
    from rich.text import Text

    from app.domain.money import amount_text

    is_account = owner == "Account"
    heads = ("Document", "Owed", "Credit") if is_account else ("Balance",)
    table = folded_table("", "When", "By", *heads, "Moved", "What happened")
    for step in last:
        totals = [amount_text(step.balance_after, step.currency)]
        if is_account:
            totals = [amount_text(each, step.currency) for each in (step.owed, step.credit)]
            totals.insert(0, step.document_number or step.document_id)
        sign = "+" if step.impact_amount >= 0 else ""
        moved = f"{sign}{amount_text(step.impact_amount, step.currency)} {step.currency}"
        when = f"{step.recorded_at:%Y-%m-%d %H:%M:%S}"
        cells = (str(step.place), when, step.recorded_by, *totals, moved, step.explanation)
        # As text: what stands in the books is not to be taken for markup.
        table.add_row(*(Text(cell) for cell in cells))
    table.title = f"{document}: {last[-1].place if last else 0} rows"
    console = any_console()
    console.print(table)
    if last and last[0].place > 1:
        console.print(f"{last[0].place - 1} rows before these: --json has them all")
