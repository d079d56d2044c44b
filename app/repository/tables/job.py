"""Jobs, their items, and the queue by which workers find them."""

from sqlalchemy import Table

from app.domain.vocabulary import JobItemOutcome, JobKind, JobStatus
from app.repository.tables.schema import (
    belongs_to,
    column,
    document_columns,
    entity_column,
    flags,
    holds,
    ids,
    index,
    index_of_given,
    instants,
    metadata,
    metadata_column,
    open_word,
    primary_key,
    texts,
    unique,
    word,
)
from app.repository.types import COUNT, JOB_ITEM_ID

job = Table(
    "job",
    metadata,
    entity_column(),
    *ids("id"),
    open_word("kind", JobKind),
    *word("status", JobStatus),
    *flags("atomic"),
    metadata_column("options"),
    column("total", COUNT),
    column("done", COUNT),
    column("refused", COUNT),
    column("skipped", COUNT),
    *instants("started_at", "finished_at", "canceled_at", nullable=True),
    *texts("canceled_by"),
    *ids("retried_job_id", nullable=True),
    metadata_column("permissions"),
    metadata_column("approval_limits"),
    *document_columns(),
    primary_key(),
    belongs_to("job", "retried_job_id"),
    holds("counts", "done >= 0 AND refused >= 0 AND skipped >= 0 AND done + refused + skipped <= total"),
    holds("finished", "(status = 'DONE') = (finished_at IS NOT NULL)"),
    holds("nothing_is_left_when_done", "status <> 'DONE' OR done + refused + skipped = total"),
    index("job", "created_at", "id"),
    index_of_given("job", "retried_job_id"),
)

job_item = Table(
    "job_item",
    metadata,
    entity_column(),
    column("id", JOB_ITEM_ID),
    *ids("job_id"),
    column("position", COUNT),
    *ids("invoice_id", "account_id", nullable=True),
    metadata_column("input"),
    *word("outcome", JobItemOutcome),
    *ids("credit_memo_id", "application_id", nullable=True),
    metadata_column("violations"),
    metadata_column("planned"),
    *ids("log_id", nullable=True),
    *instants("recorded_at", nullable=True),
    primary_key(),
    unique("job_id", "position"),
    belongs_to("job", "job_id"),
    belongs_to("invoice", "invoice_id"),
    belongs_to("credit_memo", "credit_memo_id"),
    belongs_to("credit_memo_application", "application_id"),
    belongs_to("log_entry", "log_id"),
    holds("pending_has_no_effect", "outcome = 'DONE' OR (credit_memo_id IS NULL AND application_id IS NULL)"),
    holds("settled_is_recorded", "(outcome = 'PENDING') = (recorded_at IS NULL)"),
    index("job_item", "job_id", "outcome", "position"),
    index("job_item", "credit_memo_id"),
    index("job_item", "invoice_id"),
    index_of_given("job_item", "account_id"),
)

job_queue = Table(
    "job_queue",
    metadata,
    entity_column(),
    *ids("job_id"),
    *instants("queued_at"),
    primary_key("job_id"),
)
"""Which jobs have work: no business data, so it lies outside the entities' row security, where workers can see it."""
