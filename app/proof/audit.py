"""Audit: every balance recomputed from the history, every difference named with the first row that explains it.

One snapshot for the whole run. The database compares: a sweep over each kind of rows says which checks find something,
and only what differs comes here, one difference at a time.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.domain.entity_history import ENTITY
from app.domain.money import UnknownCurrency, amount_text
from app.proof.ahead import gone_ahead
from app.proof.chain import first_break
from app.proof.conservation import Conservation, conservation
from app.proof.entity_chain import first_break_of_entity
from app.proof.sweeping import Sweeping
from app.repository.chains import count_of_links, unproved_documents
from app.repository.database import Database, Snapshot
from app.repository.proofs import CHECKS, COUNTS, SWEEPS, Check
from app.repository.proofs.touched import touched_since

SEALED = "history_seals_its_document"
"""The name of the check of the chains, which is none of SQL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A place where the books do not hold."""

    invariant: str
    """Its number in the domain's list, e.g. `3a`; else `status`, `settlement`, `log` or `chain`."""
    check: str
    """The check's own name, e.g. `memo_applied_is_its_applications`."""
    document_id: str
    number: str | None
    message: str
    expected: str
    """What the history says; amounts in the document's currency, with its decimals."""
    found: str
    """What the column says."""
    first_row: str | None
    """The application, position or line from which on they differ; None where the document's own row says it all."""


@dataclass(slots=True, kw_only=True)
class AuditSummary:
    """What an audit covered, filled while it runs: only a finished one without differences says that the books hold."""

    credit_memos: int = 0
    credit_memo_lines: int = 0
    invoices: int = 0
    invoice_lines: int = 0
    applications: int = 0
    line_applications: int = 0
    payments: int = 0
    refunds: int = 0
    balance_entries: int = 0
    journal_entries: int = 0
    links: int = 0
    """Links of the documents' chains that were computed anew."""
    checks: int = 0
    """Checks that have run to their end, of `checks_in_all`."""
    checks_in_all: int = len(CHECKS) + 1
    """The last one is that of the chains."""
    differences: int = 0
    conservation: list[Conservation] = field(default_factory=list)
    """Where the money of each currency has gone."""
    finished: bool = False

    @property
    def documents(self) -> int:
        return self.credit_memos + self.invoices

    @property
    def books_hold(self) -> bool:
        return self.finished and self.differences == 0 and all(each.holds for each in self.conservation)


async def audit(
    database: Database,
    entity_id: int,
    summary: AuditSummary | None = None,
    since: int | datetime | None = None,
    *,
    by_account: bool = False,
    abreast: bool = False,
) -> AsyncGenerator[Difference, None]:
    """The differences, check by check, within a check by document. Reads one snapshot and writes nothing.

    `since`, a number of the log or an instant: only of documents that have changed after it. `by_account`: the summary says
    where the money of each account has gone. `abreast`: on two connections, where the database is another process, which
    compares while the chains are computed here.
    """
    summary, sweeping = summary or AuditSummary(), Sweeping()
    async with (
        database.snapshot(entity_id) as snapshot,
        database.beside(snapshot) if abreast else nullcontext(snapshot) as beside,
        aclosing(_beside_the_sweeps(database, beside, summary, since, sweeping, by_account)) as broken,
        gone_ahead(broken) if beside is not snapshot else nullcontext(broken) as unsealed,
    ):
        await database.plan_for_whole_tables(snapshot)
        await _count(snapshot, summary)
        for sweep in SWEEPS:
            found = await sweeping.found(sweep, snapshot)
            for check, count in zip(sweep.checks, found, strict=True):
                if count:
                    async for difference in _differences(database, snapshot, check, since):
                        summary.differences += 1
                        yield difference
                summary.checks += 1
        async for difference in unsealed:
            summary.differences += 1
            yield difference
        summary.checks += 1
    summary.finished = True


async def _count(snapshot: Snapshot, summary: AuditSummary) -> None:
    [row] = await snapshot.rows(COUNTS)
    summary.credit_memos = row.credit_memo
    summary.credit_memo_lines = row.credit_memo_line
    summary.invoices = row.invoice
    summary.invoice_lines = row.invoice_line
    summary.applications = row.credit_memo_application
    summary.line_applications = row.credit_memo_line_application
    summary.payments = row.payment
    summary.refunds = row.refund
    summary.balance_entries = row.balance_entry
    summary.journal_entries = row.journal_entry


async def _differences(
    database: Database, snapshot: Snapshot, check: Check, since: int | datetime | None
) -> AsyncIterator[Difference]:
    named = None
    statement, parameters = check.statement, None
    if since is not None:
        statement, parameters = check.statement_since, touched_since(since)
    async for row in database.stream(snapshot, statement, parameters):
        if check.first_only and row.document_id == named:
            continue
        named = row.document_id
        yield Difference(
            invariant=check.invariant,
            check=check.name,
            document_id=row.document_id,
            number=row.number,
            message=check.message,
            expected=_shown(row.expected, row.currency),
            found=_shown(row.found, row.currency),
            first_row=row.first_row,
        )


async def _beside_the_sweeps(
    database: Database,
    snapshot: Snapshot,
    summary: AuditSummary,
    since: int | datetime | None,
    sweeping: Sweeping,
    by_account: bool,
) -> AsyncGenerator[Difference, None]:
    """What breaks the chains; then where the money has gone, and help with the sweeps that are left."""
    async with aclosing(_unsealed(database, snapshot, summary, since)) as broken:
        async for each in broken:
            yield each
    summary.conservation = await conservation(snapshot, by_account=by_account)
    await sweeping.help(snapshot)


async def _unsealed(
    database: Database, snapshot: Snapshot, summary: AuditSummary, since: int | datetime | None
) -> AsyncGenerator[Difference, None]:
    """Where a document is not what its chain seals, account by account; then the entity's own chain."""
    await database.plan_for_whole_tables(snapshot)
    summary.links = await count_of_links(snapshot, since)
    async for document in unproved_documents(database, snapshot, since):
        if (found := first_break(document)) is not None:
            yield Difference(
                invariant="chain",
                check=SEALED,
                document_id=document.id,
                number=document.number,
                message=found.message,
                expected=found.expected,
                found=found.found,
                first_row=found.row,
            )
    if (found := await first_break_of_entity(snapshot)) is not None:
        yield Difference(
            invariant="chain",
            check=SEALED,
            document_id=ENTITY,
            number=None,
            message=found.message,
            expected=found.expected,
            found=found.found,
            first_row=found.row,
        )


def _shown(value: object, currency: str | None) -> str:
    """An amount with its currency, an instant in UTC, anything else as it stands."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if not isinstance(value, int) or currency is None:
        return "none" if value is None else str(value)
    try:
        return f"{amount_text(value, currency)} {currency}"
    except UnknownCurrency:
        # The books may be damaged there too: the number is shown as it is stored.
        return f"{value} minor units of {currency!r}"
