"""A job of automatic applications: its items are accounts (domain 4.11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain.application import CreditMemoApplication
from app.domain.available_credit import auto_apply
from app.domain.commands import AutoApplyCredits, SubmitAutoApplications
from app.domain.credit_memo import CreditMemo
from app.domain.entity import Account
from app.domain.facts import Changes, Facts, Worksheet
from app.domain.invoice import Invoice
from app.domain.job import JobItem, job_item_id, stored_application
from app.domain.needs import needed
from app.domain.reading import read
from app.domain.record import Metadata
from app.domain.violation import Path, Violation, reject_if_any
from app.domain.vocabulary import JobKind
from app.domain.writing import written
from app.repository.books import Books
from app.repository.job_queue import put_in_queue
from app.repository.jobs import insert_accounts
from app.repository.open_documents import line_counts_of_accounts
from app.use_cases.auto_apply import facts_for_auto_apply
from app.use_cases.job_work import Effect, JobWork
from app.use_cases.submit_jobs import new_job, queued
from app.validation.auto_apply import violations_of_auto_apply, violations_of_submitted_accounts
from app.validation.jobs import violations_of_count

ACCOUNTS: Path = ("accounts",)
PREVIEW = "preview"
"""Of the job's options, the one that is no option of a single account's command."""


@dataclass(frozen=True, slots=True)
class CreditOfAccount:
    """What is done for one account, and the item that its applications name."""

    command: AutoApplyCredits
    item_id: str
    is_preview: bool


async def submit_auto_applications(books: Books, command: SubmitAutoApplications) -> Changes:
    """An item for each account named, or for each that has something to apply now. A preview applies nothing."""
    settings = await books.settings(command.effective_date)
    named = await books.locate(
        Account, {(*ACCOUNTS, place): each for place, each in enumerate(command.accounts or ())}
    )
    facts = books.facts(settings, await books.find(Account, named.values()), named)
    reject_if_any(violations_of_submitted_accounts(command, facts))
    options = written(
        replace(command, idempotency_key=None, dry_run=False, atomic=False, accounts=None, all_accounts=False)
    )
    job = new_job(
        facts, JobKind.AUTO_APPLICATIONS, options, atomic=command.atomic, permissions=needed(command)
    )
    limits = facts.limits
    if command.all_accounts:
        most = limits.atomic_items if command.atomic else limits.job_items
        count = await insert_accounts(books, job, command.currency, most)
        reject_if_any(violations_of_count(count, command, limits, ("all_accounts",)))
        return await queued(books, facts, job, count)
    accounts = command.accounts or []
    reject_if_any(violations_of_count(len(accounts), command, limits, ACCOUNTS))
    items = [_item(facts, job.id, place, {"account": written(each)}) for place, each in enumerate(accounts)]
    await put_in_queue(books, job.id, facts.stamp.now)
    return Changes(new=(replace(job, total=len(items)), *items), outcome={"job": job.id})


def _item(facts: Facts, job_id: str, place: int, input: Metadata) -> JobItem:
    """An account that is not there is refused when its turn comes."""
    account = facts.named_record(Account, *ACCOUNTS, place)
    return JobItem(
        id=job_item_id(job_id, place),
        job_id=job_id,
        position=place,
        account_id=None if account is None else account.id,
        input=input,
    )


def _command(options: Metadata, item: JobItem) -> CreditOfAccount:
    account = {"account": {"id": item.account_id}} if item.input is None else item.input
    said = {name: value for name, value in options.items() if name != PREVIEW}
    return CreditOfAccount(read(AutoApplyCredits, said | account), item.id, bool(options.get(PREVIEW)))


async def _facts(books: Books, commands: Mapping[Path, CreditOfAccount]) -> Facts:
    return await facts_for_auto_apply(books, {at: each.command for at, each in commands.items()})


def _judge(credit: CreditOfAccount, facts: Facts, at: Path) -> list[Violation]:
    return violations_of_auto_apply(credit.command, facts, at)


def _decide(sheet: Worksheet, credit: CreditOfAccount, at: Path) -> Effect | None:
    if credit.is_preview:
        # On a sheet of its own, which is thrown away.
        sheet = Worksheet(sheet)
    made = auto_apply(sheet, credit.command, at, job_item_id=credit.item_id)
    if not made:
        return None
    return Effect(planned=[_planned(sheet, each) for each in made] if credit.is_preview else None)


def _planned(facts: Facts, row: CreditMemoApplication) -> Metadata:
    memo, invoice = facts.get(CreditMemo, row.credit_memo_id), facts.get(Invoice, row.invoice_id)
    return stored_application(row, memo, invoice)


def _is_never_idle(credit: CreditOfAccount, violations: Sequence[Violation]) -> bool:
    """What breaks a rule is refused; an account with nothing to apply breaks none."""
    return False


async def _lines(books: Books, items: Sequence[JobItem]) -> list[int]:
    counts = await line_counts_of_accounts(books, [each.account_id for each in items if each.account_id])
    return [counts.get(each.account_id or "", 0) for each in items]


AUTO_APPLICATIONS = JobWork(
    kind=JobKind.AUTO_APPLICATIONS,
    command_of=_command,
    facts=_facts,
    judge=_judge,
    decide=_decide,
    has_nothing_to_do=_is_never_idle,
    lines=_lines,
)
