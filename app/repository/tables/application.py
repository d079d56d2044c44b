"""The append-only history: applications, line applications and balance entries (invariants 2, 4, 5, 6, 8)."""

from sqlalchemy import Table

from app.domain.vocabulary import (
    AllocationRule,
    ApplicationType,
    AutoApplyRule,
    BalanceEntryKind,
    HasBeenUnapplied,
    Operation,
    SettledLevel,
)
from app.repository.tables.schema import (
    amounts,
    belongs_to,
    column,
    currency_column,
    entity_column,
    history_columns,
    holds,
    ids,
    in_range,
    index,
    index_of_given,
    instants,
    metadata,
    open_word,
    primary_key,
    sortable_texts,
    texts,
    unique,
    word,
)
from app.repository.types import COUNT, JOB_ITEM_ID

IMPACT = "impact_amount = CASE WHEN type = 'APPLIED' THEN -amount ELSE amount END"
MARK = "(type = 'UNAPPLIED') = (has_been_unapplied = 'NA')"
AUTO_APPLY = (
    "(auto_apply_rule IS NULL) = (auto_apply_rank IS NULL) AND (auto_apply_rule IS NULL"
    " OR auto_apply_rank > 0 AND type = 'APPLIED' AND (credit_memo_balance = 0 OR invoice_balance = 0))"
)
"""Of what a rule found, one side is used up."""
MARK_DATE = "type = 'UNAPPLIED' OR (has_been_unapplied = 'YES') = (unapplied_date IS NOT NULL)"

credit_memo_application = Table(
    "credit_memo_application",
    metadata,
    entity_column(),
    *ids("id"),
    *sortable_texts("number", nullable=False),
    *ids("credit_memo_id", "invoice_id", "account_id"),
    currency_column(),
    *word("type", ApplicationType),
    *word("level", SettledLevel),
    *amounts("amount", "impact_amount", "credit_memo_balance", "invoice_balance"),
    column("credit_memo_position", COUNT),
    column("invoice_position", COUNT),
    *instants("applied_date"),
    *instants("unapplied_date", "effective_date", nullable=True),
    *texts("description", length=1000),
    *ids("associated_application_id", nullable=True),
    *word("has_been_unapplied", HasBeenUnapplied),
    *word("allocation_rule", AllocationRule, nullable=True),
    open_word("operation", Operation),
    *word("auto_apply_rule", AutoApplyRule, nullable=True),
    column("auto_apply_rank", COUNT, nullable=True),
    column("job_item_id", JOB_ITEM_ID, nullable=True),
    *history_columns(),
    primary_key(),
    unique("credit_memo_id", "credit_memo_position"),
    unique("invoice_id", "invoice_position"),
    belongs_to(
        "credit_memo", "credit_memo_id", "account_id", "currency", remote=("id", "account_id", "currency")
    ),
    belongs_to("invoice", "invoice_id", "account_id", "currency", remote=("id", "account_id", "currency")),
    belongs_to("credit_memo_application", "associated_application_id"),
    holds("amount", "amount > 0 AND credit_memo_balance >= 0 AND invoice_balance >= 0"),
    holds("impact", IMPACT),
    holds("original", "(type = 'UNAPPLIED') = (associated_application_id IS NOT NULL)"),
    holds("mark", MARK),
    holds("mark_date", MARK_DATE),
    holds("auto_apply", AUTO_APPLY),
    in_range("amount"),
    index("credit_memo_application", "account_id", "id"),
    index("credit_memo_application", "recorded_at", "id"),
    index("credit_memo_application", "associated_application_id"),
    index("credit_memo_application", "log_id"),
    index_of_given("credit_memo_application", "job_item_id", "id"),
)

credit_memo_line_application = Table(
    "credit_memo_line_application",
    metadata,
    entity_column(),
    *ids("id", "application_id", "credit_memo_line_id", "invoice_line_id"),
    column("sequence", COUNT),
    currency_column(),
    *word("type", ApplicationType),
    *amounts("amount", "impact_amount", "credit_memo_line_balance", "invoice_line_balance"),
    *instants("applied_date"),
    *instants("unapplied_date", "effective_date", nullable=True),
    *texts("description", length=1000),
    *ids("associated_line_application_id", nullable=True),
    *word("has_been_unapplied", HasBeenUnapplied),
    *history_columns(),
    primary_key(),
    unique("application_id", "sequence"),
    belongs_to("credit_memo_application", "application_id"),
    belongs_to("credit_memo_line", "credit_memo_line_id"),
    belongs_to("invoice_line", "invoice_line_id"),
    belongs_to("credit_memo_line_application", "associated_line_application_id"),
    holds("amount", "amount > 0 AND sequence > 0"),
    holds("impact", IMPACT),
    holds("original", "(type = 'UNAPPLIED') = (associated_line_application_id IS NOT NULL)"),
    holds("mark", MARK),
    holds("mark_date", MARK_DATE),
    in_range("amount"),
    index("credit_memo_line_application", "credit_memo_line_id", "id"),
    index("credit_memo_line_application", "invoice_line_id", "id"),
    index("credit_memo_line_application", "associated_line_application_id"),
)

balance_entry = Table(
    "balance_entry",
    metadata,
    entity_column(),
    *ids("document_id"),
    column("position", COUNT),
    currency_column(),
    *word("kind", BalanceEntryKind),
    *amounts("impact_amount", "balance_before", "balance_after"),
    *ids("cause_id", nullable=True),
    *history_columns(),
    primary_key("document_id", "position"),
    holds("position", "position > 0"),
    holds("balance", "balance_after = balance_before + impact_amount"),
    holds("starts_at_zero", "position > 1 OR balance_before = 0"),
)
