"""Jobs and what became of their items."""

import datetime as dt
from decimal import Decimal
from typing import Any

import strawberry

from app.api.annotations import list_of, optional
from app.api.declarations import DOCUMENTS, SumsPlan, column
from app.api.edges import computed, connection, judged, many, one
from app.api.filters import filter_type
from app.api.lists import connection_type, order_type
from app.api.scalars import CurrencyCode, amount_answered
from app.api.types.ability import Ability, Violation, ability, answered, shown
from app.api.types.node import Node, document
from app.domain import job as domain
from app.domain.vocabulary import AutoApplyRule, JobItemOutcome, JobKind, JobStatus
from app.repository import reads, tables
from app.repository.rows import record_from
from app.validation.jobs import violations_of_cancelable, violations_of_resumable, violations_of_retryable


def _job(row: Any) -> domain.Job:
    return record_from(domain.Job, row)


def _pending(row: Any) -> int:
    return _job(row).pending


def _items_per_second(row: Any) -> str | None:
    speed = domain.items_per_second(_job(row))
    return None if speed is None else f"{speed:.2f}"


def _expected_end(row: Any) -> dt.datetime | None:
    return domain.expected_end(_job(row))


def _can_retry(row: Any, retries: list[domain.Job]) -> Ability:
    return answered(violations_of_retryable(_job(row), retries))


RETRIES = SumsPlan(reads.retries_of_jobs, "retried_job_id", _job)


def _violations(row: Any) -> list[Violation]:
    return [shown(domain.violation_of(each)) for each in row.violations or ()]


@document(
    tables.job,
    "job",
    "Work on many documents, each with its own fate; it goes on whatever happens to the service meanwhile.",
)
class Job(Node):
    kind: JobKind = column("What is done with each item.", filter=True)
    status: JobStatus = column("Where it is.", filter=True)
    atomic: bool = column("All items or none.", filter=True)
    total: int = column("How many items it has.", filter=True, sort=True)
    done: int = column("How many were done.", filter=True)
    refused: int = column("How many broke a rule.", filter=True)
    skipped: int = column("How many had nothing to do.", filter=True)
    started_at: dt.datetime | None = column("When the first item got its outcome.", filter=True)
    finished_at: dt.datetime | None = column("When the last item got its outcome.", filter=True)
    canceled_at: dt.datetime | None = column("When it was canceled last.", filter=True)
    canceled_by: str | None = column("By whom.")
    retried_job_id: strawberry.ID | None = column(
        "The id of the job whose refused items it tries again.", filter=True
    )
    version: int = column("Counts its changes; for `expectedVersion`.")
    created_at: dt.datetime = column("When it was submitted.", filter=True, sort=True)
    created_by: str = column("By whom; its items are done in that name.", filter=True)
    updated_at: dt.datetime = column("When it came further last.", filter=True, sort=True)
    updated_by: str = column("Who changed it last.")

    pending = computed(int, _pending, "How many items have no outcome yet.")
    items_per_second = computed(
        optional(Decimal), _items_per_second, "How fast items got their outcomes, since the first one."
    )
    expected_end = computed(
        optional(dt.datetime),
        _expected_end,
        "When the last item will have its outcome, at the speed so far; only while it runs.",
    )
    results = connection("JobResult", "job_id", "position", "What became of its items, in input order.")
    retried_job = one("Job", "retried_job_id", "The job whose refused items it tries again.", nullable=True)
    retries = many(
        "Job", "retried_job_id", "created_at", "The job that tries its refused items again: one at most."
    )
    can_cancel = computed(
        Ability, ability(domain.Job, violations_of_cancelable), "Whether cancelJob would pass."
    )
    can_resume = computed(
        Ability, ability(domain.Job, violations_of_resumable), "Whether resumeJob would pass."
    )
    can_retry = judged(Ability, _can_retry, RETRIES, "Whether retryJob would pass.")


@strawberry.type(description="An application that would be made.")
class PlannedApplication:
    credit_memo_id: strawberry.ID = strawberry.field(description="The id of the memo.")
    credit_memo_number: str | None = strawberry.field(description="Its number.")
    invoice_id: strawberry.ID = strawberry.field(description="The id of the invoice or debit memo.")
    invoice_number: str | None = strawberry.field(description="Its number.")
    currency: CurrencyCode = strawberry.field(description="Currency of the amounts.")
    amount: Decimal = strawberry.field(description="How much would be applied.")
    credit_memo_balance: Decimal = strawberry.field(description="What the memo would have left.")
    invoice_balance: Decimal = strawberry.field(description="What the invoice would owe.")
    auto_apply_rule: AutoApplyRule = strawberry.field(description="The rule that found the invoice.")
    auto_apply_rank: int = strawberry.field(description="The rule's place among those tried, from 1.")


def _planned(row: Any) -> list[PlannedApplication]:
    return [_would_be(each) for each in row.planned or ()]


def _would_be(stored: dict[str, Any]) -> PlannedApplication:
    currency = stored["currency"]
    return PlannedApplication(
        credit_memo_id=strawberry.ID(stored["creditMemoId"]),
        credit_memo_number=stored["creditMemoNumber"],
        invoice_id=strawberry.ID(stored["invoiceId"]),
        invoice_number=stored["invoiceNumber"],
        currency=CurrencyCode(currency),
        amount=amount_answered(stored["amount"], currency),
        credit_memo_balance=amount_answered(stored["creditMemoBalance"], currency),
        invoice_balance=amount_answered(stored["invoiceBalance"], currency),
        auto_apply_rule=AutoApplyRule(stored["autoApplyRule"]),
        auto_apply_rank=stored["autoApplyRank"],
    )


@document(tables.job_item, "jit", "An item of a job, and what became of it.")
class JobResult(Node):
    position: int = column("Its place in the input, from 0.", filter=True, sort=True)
    outcome: JobItemOutcome = column("What became of it.", filter=True)
    job_id: strawberry.ID = column("The job's id.", filter=True)
    invoice_id: strawberry.ID | None = column(
        "The id of the invoice that it is about, where there is one.", filter=True
    )
    account_id: strawberry.ID | None = column(
        "The id of the buyer that it is about, where its job goes over accounts.", filter=True
    )
    credit_memo_id: strawberry.ID | None = column("The id of the memo made.", filter=True)
    application_id: strawberry.ID | None = column("The id of the memo's application.", filter=True)
    recorded_at: dt.datetime | None = column("When it got its outcome.", filter=True, sort=True)

    violations = computed(
        list_of(Violation), _violations, "Why it was refused or skipped; paths begin in the item's own input."
    )
    planned = computed(
        list_of(PlannedApplication),
        _planned,
        "What a preview would have applied, in the order of the plan; none of any other job.",
    )
    job = one("Job", "job_id", "The job.")
    invoice = one("Invoice", "invoice_id", "The invoice that it is about, where there is one.", nullable=True)
    account = one(
        "Account",
        "account_id",
        "The buyer that it is about, where its job goes over accounts.",
        nullable=True,
    )
    credit_memo = one("CreditMemo", "credit_memo_id", "The memo made.", nullable=True)
    application = one("CreditMemoApplication", "application_id", "The memo's application.", nullable=True)
    applications = connection(
        "CreditMemoApplication",
        "job_item_id",
        "recorded_at",
        "What was applied for its account, where its job goes over accounts; in the order of the plan.",
    )


JobConnection = connection_type(DOCUMENTS["Job"])
JobFilter = filter_type(DOCUMENTS["Job"])
JobOrder = order_type(DOCUMENTS["Job"])
JobResultConnection = connection_type(DOCUMENTS["JobResult"])
JobResultFilter = filter_type(DOCUMENTS["JobResult"])
JobResultOrder = order_type(DOCUMENTS["JobResult"])
