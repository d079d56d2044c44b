"""The books: every table, key and check of the first release.

Revision: 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """The statements are frozen here; app.repository.tables moves on with later revisions."""
    op.create_table(
        "entity",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "code",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("application_level", sa.String(40), nullable=False),
        sa.Column("default_allocation", sa.String(40), nullable=False),
        sa.Column("default_tax_strategy", sa.String(40), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("closed_through", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "application_level IN ('INVOICE', 'INVOICE_LINE')", name=op.f("ck_entity_application_level")
        ),
        sa.CheckConstraint(
            "default_allocation IN ('HIGHEST_FIRST', 'PROPORTIONAL', 'SOURCE_LINE', 'OLDEST_SERVICE_FIRST')",
            name=op.f("ck_entity_default_allocation"),
        ),
        sa.CheckConstraint(
            "default_tax_strategy IN ('CALCULATE', 'COPY_FROM_INVOICE_LINE', 'MANUAL_OVERRIDE', 'IGNORE')",
            name=op.f("ck_entity_default_tax_strategy"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entity")),
        sa.UniqueConstraint("code", name=op.f("uq_entity_code")),
    )
    op.create_table(
        "log_entry",
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column(
            "id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("operation", sa.String(40), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "idempotency_key",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint(
            "(idempotency_key IS NULL) = (fingerprint IS NULL)", name=op.f("ck_log_entry_key_has_fingerprint")
        ),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_log_entry")),
        sa.UniqueConstraint("entity_id", "idempotency_key", name=op.f("uq_log_entry_idempotency_key")),
    )
    op.create_index(
        "ix_log_entry_recorded_at_id", "log_entry", ["entity_id", "recorded_at", "id"], unique=False
    )
    op.create_table(
        "number_sequence",
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("prefix", sa.String(length=32), nullable=False),
        sa.Column("next", sa.Integer(), nullable=False),
        sa.Column("padding", sa.Integer(), nullable=False),
        sa.Column("gapless", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('CREDIT_MEMO', 'DEBIT_MEMO', 'INVOICE', 'REFUND')", name=op.f("ck_number_sequence_kind")
        ),
        sa.CheckConstraint(
            "next > 0 AND padding >= 0 AND padding <= 18", name=op.f("ck_number_sequence_next_is_positive")
        ),
        sa.PrimaryKeyConstraint("entity_id", "kind", name=op.f("pk_number_sequence")),
    )
    op.create_table(
        "order_item",
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column(
            "id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "external_reference",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("quantity_credited", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_order_item")),
        sa.UniqueConstraint("entity_id", "external_reference", name=op.f("uq_order_item_external_reference")),
    )
    op.create_table(
        "reason_code",
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column(
            "id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "code",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=255), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("allowed_for_direct", sa.Boolean(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_reason_code")),
        sa.UniqueConstraint("entity_id", "code", name=op.f("uq_reason_code_code")),
    )
    op.create_table(
        "account",
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column(
            "id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "number",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "name",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "currency",
            sa.String(length=3).with_variant(sa.String(length=3, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "external_reference",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "external_reference_source",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("metadata", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_account_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_account")),
        sa.UniqueConstraint(
            "entity_id",
            "external_reference_source",
            "external_reference",
            name=op.f("uq_account_external_reference_source_external_reference"),
        ),
        sa.UniqueConstraint("entity_id", "number", name=op.f("uq_account_number")),
    )
    op.create_index("ix_account_created_at_id", "account", ["entity_id", "created_at", "id"], unique=False)
    op.create_index("ix_account_name_id", "account", ["entity_id", "name", "id"], unique=False)
    op.create_table(
        "balance_entry",
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column(
            "document_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "currency",
            sa.String(length=3).with_variant(sa.String(length=3, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("impact_amount", sa.BigInteger(), nullable=False),
        sa.Column("balance_before", sa.BigInteger(), nullable=False),
        sa.Column("balance_after", sa.BigInteger(), nullable=False),
        sa.Column(
            "cause_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "log_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=255), nullable=False),
        sa.CheckConstraint(
            "kind IN ('POSTING', 'UNPOSTING', 'APPLICATION', 'UNAPPLICATION', 'PAYMENT', 'PAYMENT_REVERSAL', 'CONVERSION', 'CONVERSION_REVERSAL', 'REFUND', 'REFUND_REVERSAL', 'VOID')",
            name=op.f("ck_balance_entry_kind"),
        ),
        sa.CheckConstraint(
            "balance_after = balance_before + impact_amount", name=op.f("ck_balance_entry_balance")
        ),
        sa.CheckConstraint("position > 0", name=op.f("ck_balance_entry_position")),
        sa.CheckConstraint(
            "position > 1 OR balance_before = 0", name=op.f("ck_balance_entry_starts_at_zero")
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "log_id"],
            ["log_entry.entity_id", "log_entry.id"],
            name=op.f("fk_balance_entry_log_id"),
        ),
        sa.PrimaryKeyConstraint("entity_id", "document_id", "position", name=op.f("pk_balance_entry")),
    )
    op.create_table(
        "invoice",
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column(
            "id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column(
            "number",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "account_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "currency",
            sa.String(length=3).with_variant(sa.String(length=3, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("invoice_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("target_date", sa.Date(), nullable=True),
        sa.Column("charge_amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("credits_applied", sa.BigInteger(), nullable=False),
        sa.Column("payments_applied", sa.BigInteger(), nullable=False),
        sa.Column("converted_amount", sa.BigInteger(), nullable=False),
        sa.Column("credited_amount", sa.BigInteger(), nullable=False),
        sa.Column("settlement_status", sa.String(40), nullable=False),
        sa.Column("full_settlement_date", sa.Date(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posted_by", sa.String(length=255), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by", sa.String(length=255), nullable=True),
        sa.Column("reference_document", sa.String(length=255), nullable=True),
        sa.Column(
            "group_number",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "external_reference",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "external_reference_source",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("content_fingerprint", sa.String(length=64), nullable=True),
        sa.Column("metadata", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=255), nullable=False),
        sa.CheckConstraint(
            "CASE WHEN status = 'VOIDED' THEN balance = 0 ELSE balance = total_amount - converted_amount - credits_applied - payments_applied END",
            name=op.f("ck_invoice_balance"),
        ),
        sa.CheckConstraint(
            "full_settlement_date IS NULL OR settlement_status = 'SETTLED'",
            name=op.f("ck_invoice_settlement_date"),
        ),
        sa.CheckConstraint("kind IN ('INVOICE', 'DEBIT_MEMO')", name=op.f("ck_invoice_kind")),
        sa.CheckConstraint("settlement_status <> 'SETTLED' OR balance = 0", name=op.f("ck_invoice_settled")),
        sa.CheckConstraint(
            "settlement_status IN ('NOT_SETTLED', 'PARTIALLY_SETTLED', 'SETTLED')",
            name=op.f("ck_invoice_settlement_status"),
        ),
        sa.CheckConstraint(
            "source IN ('INGESTED', 'CREDIT_MEMO_REVERSAL', 'CREDIT_MEMO_WRITE_OFF')",
            name=op.f("ck_invoice_source"),
        ),
        sa.CheckConstraint(
            "status <> 'POSTED' OR balance >= 0 OR total_amount - converted_amount < 0",
            name=op.f("ck_invoice_not_overpaid"),
        ),
        sa.CheckConstraint("status IN ('DRAFT', 'POSTED', 'VOIDED')", name=op.f("ck_invoice_status")),
        sa.CheckConstraint(
            "charge_amount > -1000000000000000 AND charge_amount < 1000000000000000 AND tax_amount > -1000000000000000 AND tax_amount < 1000000000000000 AND total_amount > -1000000000000000 AND total_amount < 1000000000000000 AND balance > -1000000000000000 AND balance < 1000000000000000 AND credits_applied > -1000000000000000 AND credits_applied < 1000000000000000 AND payments_applied > -1000000000000000 AND payments_applied < 1000000000000000",
            name=op.f("ck_invoice_amounts_in_range"),
        ),
        sa.CheckConstraint(
            "credited_amount >= 0 AND (credited_amount <= total_amount OR credited_amount = 0)",
            name=op.f("ck_invoice_not_overdrawn"),
        ),
        sa.CheckConstraint(
            "credits_applied >= 0 AND payments_applied >= 0 AND converted_amount <= 0",
            name=op.f("ck_invoice_settlements_are_positive"),
        ),
        sa.CheckConstraint("position >= 0 AND version > 0", name=op.f("ck_invoice_position")),
        sa.CheckConstraint("total_amount = charge_amount + tax_amount", name=op.f("ck_invoice_total")),
        sa.ForeignKeyConstraint(
            ["entity_id", "account_id"],
            ["account.entity_id", "account.id"],
            name=op.f("fk_invoice_account_id"),
        ),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_invoice")),
        sa.UniqueConstraint(
            "entity_id",
            "external_reference_source",
            "external_reference",
            name=op.f("uq_invoice_external_reference_source_external_reference"),
        ),
        sa.UniqueConstraint(
            "entity_id", "id", "account_id", "currency", name=op.f("uq_invoice_id_account_id_currency")
        ),
        sa.UniqueConstraint("entity_id", "kind", "number", name=op.f("uq_invoice_kind_number")),
    )
    op.create_index(
        "ix_invoice_account_id_status_due_date_id",
        "invoice",
        ["entity_id", "account_id", "status", "due_date", "id"],
        unique=False,
    )
    op.create_index("ix_invoice_created_at_id", "invoice", ["entity_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_invoice_invoice_date_id", "invoice", ["entity_id", "invoice_date", "id"], unique=False
    )
    op.create_index("ix_invoice_number_id", "invoice", ["entity_id", "number", "id"], unique=False)
    op.create_table(
        "credit_memo",
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column(
            "id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "number",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "account_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "currency",
            sa.String(length=3).with_variant(sa.String(length=3, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column(
            "invoice_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "reason_code",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("description", sa.String(length=1000), nullable=True),
        sa.Column("comment", sa.String(length=255), nullable=True),
        sa.Column("charge_amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_exempt_amount", sa.BigInteger(), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("applied", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("effective_date", sa.Date(), nullable=True),
        sa.Column("credit_date", sa.Date(), nullable=True),
        sa.Column("memo_date", sa.Date(), nullable=False),
        sa.Column("tax_date", sa.Date(), nullable=True),
        sa.Column("target_date", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("tax_status", sa.String(40), nullable=False),
        sa.Column("tax_message", sa.Text(), nullable=True),
        sa.Column("exclude_from_auto_apply", sa.Boolean(), nullable=False),
        sa.Column("auto_apply_upon_posting", sa.Boolean(), nullable=False),
        sa.Column("exclude_from_revenue_accounting", sa.Boolean(), nullable=False),
        sa.Column("transferred_to_accounting", sa.String(40), nullable=False),
        sa.Column("reversed", sa.Boolean(), nullable=False),
        sa.Column(
            "external_reference",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "external_reference_source",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("content_fingerprint", sa.String(length=64), nullable=True),
        sa.Column("integration_id", sa.String(length=255), nullable=True),
        sa.Column("integration_status", sa.String(length=255), nullable=True),
        sa.Column("integration_origin", sa.String(length=255), nullable=True),
        sa.Column("integration_sync_date", sa.String(length=255), nullable=True),
        sa.Column("integration_transaction", sa.String(length=255), nullable=True),
        sa.Column("bill_to_contact", sa.String(length=255), nullable=True),
        sa.Column("bill_to_contact_snapshot", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("template", sa.String(length=255), nullable=True),
        sa.Column("source_type", sa.String(length=255), nullable=True),
        sa.Column("source_id", sa.String(length=255), nullable=True),
        sa.Column("sequence_set", sa.String(length=255), nullable=True),
        sa.Column(
            "invoice_group_number",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("e_invoice_status", sa.String(40), nullable=True),
        sa.Column("e_invoice_error_code", sa.String(length=255), nullable=True),
        sa.Column("e_invoice_error_message", sa.Text(), nullable=True),
        sa.Column("e_invoice_file_id", sa.String(length=255), nullable=True),
        sa.Column("latest_pdf_file_id", sa.String(length=255), nullable=True),
        sa.Column("metadata", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posted_by", sa.String(length=255), nullable=True),
        sa.Column("canceled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("canceled_by", sa.String(length=255), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by", sa.String(length=255), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=255), nullable=False),
        sa.CheckConstraint(
            "CASE WHEN status IN ('CANCELED', 'VOIDED') THEN balance = 0 AND applied = 0 AND refunded = 0 ELSE balance = total_amount - applied - refunded END",
            name=op.f("ck_credit_memo_balance"),
        ),
        sa.CheckConstraint(
            "e_invoice_status IN ('PROCESSING', 'SUCCESS', 'FAILED')",
            name=op.f("ck_credit_memo_e_invoice_status"),
        ),
        sa.CheckConstraint(
            "source = 'STANDALONE' OR invoice_id IS NOT NULL", name=op.f("ck_credit_memo_source_invoice")
        ),
        sa.CheckConstraint(
            "source IN ('STANDALONE', 'INVOICE', 'NEGATIVE_LINES', 'INVOICE_WRITE_OFF', 'INVOICE_VOID')",
            name=op.f("ck_credit_memo_source"),
        ),
        sa.CheckConstraint(
            "status <> 'POSTED' OR number IS NOT NULL", name=op.f("ck_credit_memo_posted_has_number")
        ),
        sa.CheckConstraint(
            "status = 'POSTED' OR (applied = 0 AND refunded = 0)",
            name=op.f("ck_credit_memo_only_posted_credit_is_used"),
        ),
        sa.CheckConstraint(
            "status IN ('DRAFT', 'PENDING_APPROVAL', 'POSTED', 'CANCELED', 'VOIDED')",
            name=op.f("ck_credit_memo_status"),
        ),
        sa.CheckConstraint(
            "tax_status IN ('NOT_APPLICABLE', 'COMPLETE', 'ERROR')", name=op.f("ck_credit_memo_tax_status")
        ),
        sa.CheckConstraint(
            "transferred_to_accounting IN ('NO', 'PROCESSING', 'YES', 'ERROR', 'IGNORE')",
            name=op.f("ck_credit_memo_transferred_to_accounting"),
        ),
        sa.CheckConstraint("applied >= 0 AND refunded >= 0", name=op.f("ck_credit_memo_uses_are_positive")),
        sa.CheckConstraint(
            "balance >= 0 AND balance <= total_amount", name=op.f("ck_credit_memo_balance_in_total")
        ),
        sa.CheckConstraint(
            "charge_amount > -1000000000000000 AND charge_amount < 1000000000000000 AND tax_amount > -1000000000000000 AND tax_amount < 1000000000000000 AND total_amount > -1000000000000000 AND total_amount < 1000000000000000",
            name=op.f("ck_credit_memo_amounts_in_range"),
        ),
        sa.CheckConstraint("position >= 0 AND version > 0", name=op.f("ck_credit_memo_position")),
        sa.CheckConstraint(
            "total_amount = charge_amount + tax_amount AND total_amount >= 0",
            name=op.f("ck_credit_memo_total"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "account_id"],
            ["account.entity_id", "account.id"],
            name=op.f("fk_credit_memo_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "invoice_id", "account_id", "currency"],
            ["invoice.entity_id", "invoice.id", "invoice.account_id", "invoice.currency"],
            name=op.f("fk_credit_memo_invoice_id_account_id_currency"),
        ),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_credit_memo")),
        sa.UniqueConstraint(
            "entity_id",
            "external_reference_source",
            "external_reference",
            name=op.f("uq_credit_memo_external_reference_source_external_reference"),
        ),
        sa.UniqueConstraint(
            "entity_id", "id", "account_id", "currency", name=op.f("uq_credit_memo_id_account_id_currency")
        ),
        sa.UniqueConstraint("entity_id", "number", name=op.f("uq_credit_memo_number")),
    )
    op.create_index(
        "ix_credit_memo_account_id_status_id",
        "credit_memo",
        ["entity_id", "account_id", "status", "id"],
        unique=False,
    )
    op.create_index(
        "ix_credit_memo_created_at_id", "credit_memo", ["entity_id", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_credit_memo_invoice_id_id", "credit_memo", ["entity_id", "invoice_id", "id"], unique=False
    )
    op.create_index(
        "ix_credit_memo_memo_date_id", "credit_memo", ["entity_id", "memo_date", "id"], unique=False
    )
    op.create_table(
        "invoice_line",
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column(
            "id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "invoice_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column(
            "currency",
            sa.String(length=3).with_variant(sa.String(length=3, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("sku", sa.String(length=255), nullable=True),
        sa.Column("description", sa.String(length=1000), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("unit_of_measure", sa.String(length=255), nullable=True),
        sa.Column("unit_price", sa.String(length=255), nullable=True),
        sa.Column("service_start", sa.Date(), nullable=True),
        sa.Column("service_end", sa.Date(), nullable=True),
        sa.Column("tax_code", sa.String(length=255), nullable=True),
        sa.Column("jurisdiction", sa.String(length=255), nullable=True),
        sa.Column("tax_exempt", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("credits_applied", sa.BigInteger(), nullable=False),
        sa.Column("converted_amount", sa.BigInteger(), nullable=False),
        sa.Column("quantity_credited", sa.BigInteger(), nullable=False),
        sa.Column("amount_credited", sa.BigInteger(), nullable=False),
        sa.Column("tax_credited", sa.BigInteger(), nullable=False),
        sa.Column("amount_copied", sa.BigInteger(), nullable=False),
        sa.Column(
            "order_item_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("metadata", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint(
            "((amount_copied >= 0 AND amount_copied <= amount_credited) OR (amount_copied <= 0 AND amount_copied >= amount_credited))",
            name=op.f("ck_invoice_line_amount_copied"),
        ),
        sa.CheckConstraint(
            "((amount_credited >= 0 AND amount_credited <= amount) OR (amount_credited <= 0 AND amount_credited >= amount))",
            name=op.f("ck_invoice_line_amount_credited"),
        ),
        sa.CheckConstraint(
            "((tax_credited >= 0 AND tax_credited <= tax_amount) OR (tax_credited <= 0 AND tax_credited >= tax_amount))",
            name=op.f("ck_invoice_line_tax_credited"),
        ),
        sa.CheckConstraint(
            "(amount >= 0 AND tax_amount >= 0) OR (amount <= 0 AND tax_amount <= 0)",
            name=op.f("ck_invoice_line_one_sign"),
        ),
        sa.CheckConstraint(
            "amount > -1000000000000000 AND amount < 1000000000000000 AND tax_amount > -1000000000000000 AND tax_amount < 1000000000000000 AND total_amount > -1000000000000000 AND total_amount < 1000000000000000",
            name=op.f("ck_invoice_line_amounts_in_range"),
        ),
        sa.CheckConstraint(
            "balance = total_amount - converted_amount - credits_applied",
            name=op.f("ck_invoice_line_balance"),
        ),
        sa.CheckConstraint(
            "converted_amount = 0 OR (converted_amount = total_amount AND total_amount < 0)",
            name=op.f("ck_invoice_line_converted"),
        ),
        sa.CheckConstraint(
            "credits_applied = 0 OR (((credits_applied >= 0 AND credits_applied <= total_amount) OR (credits_applied <= 0 AND credits_applied >= total_amount)))",
            name=op.f("ck_invoice_line_applied"),
        ),
        sa.CheckConstraint("line_number > 0", name=op.f("ck_invoice_line_line_number")),
        sa.CheckConstraint("total_amount = amount + tax_amount", name=op.f("ck_invoice_line_total")),
        sa.ForeignKeyConstraint(
            ["entity_id", "invoice_id"],
            ["invoice.entity_id", "invoice.id"],
            name=op.f("fk_invoice_line_invoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "order_item_id"],
            ["order_item.entity_id", "order_item.id"],
            name=op.f("fk_invoice_line_order_item_id"),
        ),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_invoice_line")),
        sa.UniqueConstraint(
            "entity_id", "invoice_id", "line_number", name=op.f("uq_invoice_line_invoice_id_line_number")
        ),
    )
    op.create_table(
        "payment",
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column(
            "id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "invoice_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "account_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "currency",
            sa.String(length=3).with_variant(sa.String(length=3, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("impact_amount", sa.BigInteger(), nullable=False),
        sa.Column("invoice_balance", sa.BigInteger(), nullable=False),
        sa.Column("invoice_position", sa.Integer(), nullable=False),
        sa.Column("payment_date", sa.Date(), nullable=False),
        sa.Column("method", sa.String(length=255), nullable=True),
        sa.Column("reference", sa.String(length=255), nullable=True),
        sa.Column(
            "external_reference",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "external_reference_source",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("content_fingerprint", sa.String(length=64), nullable=True),
        sa.Column(
            "reversed_payment_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "log_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=255), nullable=False),
        sa.CheckConstraint(
            "(type = 'REVERSED') = (reversed_payment_id IS NOT NULL)", name=op.f("ck_payment_reversal")
        ),
        sa.CheckConstraint(
            "impact_amount = CASE WHEN type = 'RECEIVED' THEN -amount ELSE amount END",
            name=op.f("ck_payment_impact"),
        ),
        sa.CheckConstraint("type IN ('RECEIVED', 'REVERSED')", name=op.f("ck_payment_type")),
        sa.CheckConstraint(
            "amount > -1000000000000000 AND amount < 1000000000000000",
            name=op.f("ck_payment_amounts_in_range"),
        ),
        sa.CheckConstraint("amount > 0 AND invoice_balance >= 0", name=op.f("ck_payment_amount")),
        sa.ForeignKeyConstraint(
            ["entity_id", "invoice_id", "account_id", "currency"],
            ["invoice.entity_id", "invoice.id", "invoice.account_id", "invoice.currency"],
            name=op.f("fk_payment_invoice_id_account_id_currency"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "log_id"], ["log_entry.entity_id", "log_entry.id"], name=op.f("fk_payment_log_id")
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "reversed_payment_id"],
            ["payment.entity_id", "payment.id"],
            name=op.f("fk_payment_reversed_payment_id"),
        ),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_payment")),
        sa.UniqueConstraint(
            "entity_id",
            "external_reference_source",
            "external_reference",
            name=op.f("uq_payment_external_reference_source_external_reference"),
        ),
        sa.UniqueConstraint(
            "entity_id", "invoice_id", "invoice_position", name=op.f("uq_payment_invoice_id_invoice_position")
        ),
        sa.UniqueConstraint("entity_id", "reversed_payment_id", name=op.f("uq_payment_reversed_payment_id")),
    )
    op.create_index("ix_payment_account_id_id", "payment", ["entity_id", "account_id", "id"], unique=False)
    op.create_index(
        "ix_payment_payment_date_id", "payment", ["entity_id", "payment_date", "id"], unique=False
    )
    op.create_table(
        "credit_memo_application",
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column(
            "id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "number",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "credit_memo_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "invoice_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "account_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "currency",
            sa.String(length=3).with_variant(sa.String(length=3, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("level", sa.String(40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("impact_amount", sa.BigInteger(), nullable=False),
        sa.Column("credit_memo_balance", sa.BigInteger(), nullable=False),
        sa.Column("invoice_balance", sa.BigInteger(), nullable=False),
        sa.Column("credit_memo_position", sa.Integer(), nullable=False),
        sa.Column("invoice_position", sa.Integer(), nullable=False),
        sa.Column("applied_date", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unapplied_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("effective_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("description", sa.String(length=1000), nullable=True),
        sa.Column(
            "associated_application_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("has_been_unapplied", sa.String(40), nullable=False),
        sa.Column("allocation_rule", sa.String(40), nullable=True),
        sa.Column("operation", sa.String(40), nullable=False),
        sa.Column("auto_apply_rule", sa.String(40), nullable=True),
        sa.Column("auto_apply_rank", sa.Integer(), nullable=True),
        sa.Column(
            "log_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=255), nullable=False),
        sa.CheckConstraint(
            "(type = 'UNAPPLIED') = (associated_application_id IS NOT NULL)",
            name=op.f("ck_credit_memo_application_original"),
        ),
        sa.CheckConstraint(
            "(type = 'UNAPPLIED') = (has_been_unapplied = 'NA')", name=op.f("ck_credit_memo_application_mark")
        ),
        sa.CheckConstraint(
            "allocation_rule IN ('HIGHEST_FIRST', 'PROPORTIONAL', 'SOURCE_LINE', 'OLDEST_SERVICE_FIRST')",
            name=op.f("ck_credit_memo_application_allocation_rule"),
        ),
        sa.CheckConstraint(
            "auto_apply_rule IN ('MATCH_REFERENCE', 'MATCH_BALANCE', 'OLDEST_DUE', 'HIGHEST_BALANCE')",
            name=op.f("ck_credit_memo_application_auto_apply_rule"),
        ),
        sa.CheckConstraint(
            "has_been_unapplied IN ('NA', 'NO', 'YES')",
            name=op.f("ck_credit_memo_application_has_been_unapplied"),
        ),
        sa.CheckConstraint(
            "impact_amount = CASE WHEN type = 'APPLIED' THEN -amount ELSE amount END",
            name=op.f("ck_credit_memo_application_impact"),
        ),
        sa.CheckConstraint("level IN ('HEADER', 'LINE')", name=op.f("ck_credit_memo_application_level")),
        sa.CheckConstraint(
            "type = 'UNAPPLIED' OR (has_been_unapplied = 'YES') = (unapplied_date IS NOT NULL)",
            name=op.f("ck_credit_memo_application_mark_date"),
        ),
        sa.CheckConstraint("type IN ('APPLIED', 'UNAPPLIED')", name=op.f("ck_credit_memo_application_type")),
        sa.CheckConstraint(
            "amount > -1000000000000000 AND amount < 1000000000000000",
            name=op.f("ck_credit_memo_application_amounts_in_range"),
        ),
        sa.CheckConstraint(
            "amount > 0 AND credit_memo_balance >= 0 AND invoice_balance >= 0",
            name=op.f("ck_credit_memo_application_amount"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "associated_application_id"],
            ["credit_memo_application.entity_id", "credit_memo_application.id"],
            name=op.f("fk_credit_memo_application_associated_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "credit_memo_id", "account_id", "currency"],
            ["credit_memo.entity_id", "credit_memo.id", "credit_memo.account_id", "credit_memo.currency"],
            name=op.f("fk_credit_memo_application_credit_memo_id_account_id_currency"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "invoice_id", "account_id", "currency"],
            ["invoice.entity_id", "invoice.id", "invoice.account_id", "invoice.currency"],
            name=op.f("fk_credit_memo_application_invoice_id_account_id_currency"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "log_id"],
            ["log_entry.entity_id", "log_entry.id"],
            name=op.f("fk_credit_memo_application_log_id"),
        ),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_credit_memo_application")),
        sa.UniqueConstraint(
            "entity_id",
            "credit_memo_id",
            "credit_memo_position",
            name=op.f("uq_credit_memo_application_credit_memo_id_credit_memo_position"),
        ),
        sa.UniqueConstraint(
            "entity_id",
            "invoice_id",
            "invoice_position",
            name=op.f("uq_credit_memo_application_invoice_id_invoice_position"),
        ),
    )
    op.create_index(
        "ix_credit_memo_application_account_id_id",
        "credit_memo_application",
        ["entity_id", "account_id", "id"],
        unique=False,
    )
    op.create_index(
        "ix_credit_memo_application_associated_application_id",
        "credit_memo_application",
        ["entity_id", "associated_application_id"],
        unique=False,
    )
    op.create_index(
        "ix_credit_memo_application_log_id", "credit_memo_application", ["entity_id", "log_id"], unique=False
    )
    op.create_index(
        "ix_credit_memo_application_recorded_at_id",
        "credit_memo_application",
        ["entity_id", "recorded_at", "id"],
        unique=False,
    )
    op.create_table(
        "credit_memo_line",
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column(
            "id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "credit_memo_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column(
            "currency",
            sa.String(length=3).with_variant(sa.String(length=3, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "source_invoice_line_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("sku", sa.String(length=255), nullable=True),
        sa.Column("description", sa.String(length=1000), nullable=True),
        sa.Column("comment", sa.String(length=255), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("unit_of_measure", sa.String(length=255), nullable=True),
        sa.Column("unit_price", sa.String(length=255), nullable=True),
        sa.Column("service_start", sa.Date(), nullable=True),
        sa.Column("service_end", sa.Date(), nullable=True),
        sa.Column("tax_code", sa.String(length=255), nullable=True),
        sa.Column("jurisdiction", sa.String(length=255), nullable=True),
        sa.Column("tax_exempt", sa.Boolean(), nullable=False),
        sa.Column("tax_strategy", sa.String(40), nullable=False),
        sa.Column("tax_mode", sa.String(40), nullable=False),
        sa.Column("tax_only", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("applied", sa.BigInteger(), nullable=False),
        sa.Column(
            "order_item_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("metadata", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint(
            "tax_mode IN ('EXCLUSIVE', 'INCLUSIVE')", name=op.f("ck_credit_memo_line_tax_mode")
        ),
        sa.CheckConstraint(
            "tax_strategy IN ('CALCULATE', 'COPY_FROM_INVOICE_LINE', 'MANUAL_OVERRIDE', 'IGNORE')",
            name=op.f("ck_credit_memo_line_tax_strategy"),
        ),
        sa.CheckConstraint(
            "(amount >= 0 AND tax_amount >= 0) OR (amount <= 0 AND tax_amount <= 0)",
            name=op.f("ck_credit_memo_line_one_sign"),
        ),
        sa.CheckConstraint("NOT tax_only OR amount = 0", name=op.f("ck_credit_memo_line_tax_only")),
        sa.CheckConstraint(
            "amount > -1000000000000000 AND amount < 1000000000000000 AND tax_amount > -1000000000000000 AND tax_amount < 1000000000000000 AND total_amount > -1000000000000000 AND total_amount < 1000000000000000",
            name=op.f("ck_credit_memo_line_amounts_in_range"),
        ),
        sa.CheckConstraint(
            "applied = 0 OR (total_amount > 0 AND ((applied >= 0 AND applied <= total_amount) OR (applied <= 0 AND applied >= total_amount)))",
            name=op.f("ck_credit_memo_line_applied"),
        ),
        sa.CheckConstraint("balance = total_amount - applied", name=op.f("ck_credit_memo_line_balance")),
        sa.CheckConstraint("line_number > 0", name=op.f("ck_credit_memo_line_line_number")),
        sa.CheckConstraint("total_amount = amount + tax_amount", name=op.f("ck_credit_memo_line_total")),
        sa.ForeignKeyConstraint(
            ["entity_id", "credit_memo_id"],
            ["credit_memo.entity_id", "credit_memo.id"],
            name=op.f("fk_credit_memo_line_credit_memo_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "order_item_id"],
            ["order_item.entity_id", "order_item.id"],
            name=op.f("fk_credit_memo_line_order_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "source_invoice_line_id"],
            ["invoice_line.entity_id", "invoice_line.id"],
            name=op.f("fk_credit_memo_line_source_invoice_line_id"),
        ),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_credit_memo_line")),
        sa.UniqueConstraint(
            "entity_id",
            "credit_memo_id",
            "line_number",
            name=op.f("uq_credit_memo_line_credit_memo_id_line_number"),
        ),
    )
    op.create_index(
        "ix_credit_memo_line_source_invoice_line_id_id",
        "credit_memo_line",
        ["entity_id", "source_invoice_line_id", "id"],
        unique=False,
    )
    op.create_table(
        "invoice_line_tax",
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column(
            "id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "invoice_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "invoice_line_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column(
            "currency",
            sa.String(length=3).with_variant(sa.String(length=3, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=255), nullable=True),
        sa.Column("code", sa.String(length=255), nullable=True),
        sa.Column("code_description", sa.String(length=255), nullable=True),
        sa.Column("jurisdiction", sa.String(length=255), nullable=True),
        sa.Column("location_code", sa.String(length=255), nullable=True),
        sa.Column("rate", sa.BigInteger(), nullable=True),
        sa.Column("rate_description", sa.String(length=255), nullable=True),
        sa.Column("tax_date", sa.Date(), nullable=True),
        sa.Column("rate_type", sa.String(40), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("exempt_amount", sa.BigInteger(), nullable=False),
        sa.Column("converted_amount", sa.BigInteger(), nullable=False),
        sa.Column("credited_amount", sa.BigInteger(), nullable=False),
        sa.Column("copied_amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "rate_type IN ('PERCENTAGE', 'FLAT_FEE')", name=op.f("ck_invoice_line_tax_rate_type")
        ),
        sa.CheckConstraint(
            "((copied_amount >= 0 AND copied_amount <= credited_amount) OR (copied_amount <= 0 AND copied_amount >= credited_amount))",
            name=op.f("ck_invoice_line_tax_copied"),
        ),
        sa.CheckConstraint(
            "((credited_amount >= 0 AND credited_amount <= amount) OR (credited_amount <= 0 AND credited_amount >= amount))",
            name=op.f("ck_invoice_line_tax_credited"),
        ),
        sa.CheckConstraint(
            "amount > -1000000000000000 AND amount < 1000000000000000 AND exempt_amount > -1000000000000000 AND exempt_amount < 1000000000000000",
            name=op.f("ck_invoice_line_tax_amounts_in_range"),
        ),
        sa.CheckConstraint(
            "converted_amount = 0 OR converted_amount = amount", name=op.f("ck_invoice_line_tax_converted")
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "invoice_line_id"],
            ["invoice_line.entity_id", "invoice_line.id"],
            name=op.f("fk_invoice_line_tax_invoice_line_id"),
        ),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_invoice_line_tax")),
        sa.UniqueConstraint(
            "entity_id",
            "invoice_line_id",
            "ordinal",
            name=op.f("uq_invoice_line_tax_invoice_line_id_ordinal"),
        ),
    )
    op.create_index(
        "ix_invoice_line_tax_invoice_id", "invoice_line_tax", ["entity_id", "invoice_id"], unique=False
    )
    op.create_table(
        "credit_memo_line_application",
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column(
            "id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "application_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "credit_memo_line_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "invoice_line_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column(
            "currency",
            sa.String(length=3).with_variant(sa.String(length=3, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("impact_amount", sa.BigInteger(), nullable=False),
        sa.Column("credit_memo_line_balance", sa.BigInteger(), nullable=False),
        sa.Column("invoice_line_balance", sa.BigInteger(), nullable=False),
        sa.Column("applied_date", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unapplied_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("effective_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("description", sa.String(length=1000), nullable=True),
        sa.Column(
            "associated_line_application_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("has_been_unapplied", sa.String(40), nullable=False),
        sa.Column(
            "log_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=255), nullable=False),
        sa.CheckConstraint(
            "(type = 'UNAPPLIED') = (associated_line_application_id IS NOT NULL)",
            name=op.f("ck_credit_memo_line_application_original"),
        ),
        sa.CheckConstraint(
            "(type = 'UNAPPLIED') = (has_been_unapplied = 'NA')",
            name=op.f("ck_credit_memo_line_application_mark"),
        ),
        sa.CheckConstraint(
            "has_been_unapplied IN ('NA', 'NO', 'YES')",
            name=op.f("ck_credit_memo_line_application_has_been_unapplied"),
        ),
        sa.CheckConstraint(
            "impact_amount = CASE WHEN type = 'APPLIED' THEN -amount ELSE amount END",
            name=op.f("ck_credit_memo_line_application_impact"),
        ),
        sa.CheckConstraint(
            "type = 'UNAPPLIED' OR (has_been_unapplied = 'YES') = (unapplied_date IS NOT NULL)",
            name=op.f("ck_credit_memo_line_application_mark_date"),
        ),
        sa.CheckConstraint(
            "type IN ('APPLIED', 'UNAPPLIED')", name=op.f("ck_credit_memo_line_application_type")
        ),
        sa.CheckConstraint(
            "amount > -1000000000000000 AND amount < 1000000000000000",
            name=op.f("ck_credit_memo_line_application_amounts_in_range"),
        ),
        sa.CheckConstraint(
            "amount > 0 AND sequence > 0", name=op.f("ck_credit_memo_line_application_amount")
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "application_id"],
            ["credit_memo_application.entity_id", "credit_memo_application.id"],
            name=op.f("fk_credit_memo_line_application_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "associated_line_application_id"],
            ["credit_memo_line_application.entity_id", "credit_memo_line_application.id"],
            name=op.f("fk_credit_memo_line_application_associated_line_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "credit_memo_line_id"],
            ["credit_memo_line.entity_id", "credit_memo_line.id"],
            name=op.f("fk_credit_memo_line_application_credit_memo_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "invoice_line_id"],
            ["invoice_line.entity_id", "invoice_line.id"],
            name=op.f("fk_credit_memo_line_application_invoice_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "log_id"],
            ["log_entry.entity_id", "log_entry.id"],
            name=op.f("fk_credit_memo_line_application_log_id"),
        ),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_credit_memo_line_application")),
        sa.UniqueConstraint(
            "entity_id",
            "application_id",
            "sequence",
            name=op.f("uq_credit_memo_line_application_application_id_sequence"),
        ),
    )
    op.create_index(
        "ix_credit_memo_line_application_associated_line_application_id",
        "credit_memo_line_application",
        ["entity_id", "associated_line_application_id"],
        unique=False,
    )
    op.create_index(
        "ix_credit_memo_line_application_credit_memo_line_id_id",
        "credit_memo_line_application",
        ["entity_id", "credit_memo_line_id", "id"],
        unique=False,
    )
    op.create_index(
        "ix_credit_memo_line_application_invoice_line_id_id",
        "credit_memo_line_application",
        ["entity_id", "invoice_line_id", "id"],
        unique=False,
    )
    op.create_table(
        "credit_memo_line_tax",
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column(
            "id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "credit_memo_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "credit_memo_line_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column(
            "currency",
            sa.String(length=3).with_variant(sa.String(length=3, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "source_tax_item_id",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("name", sa.String(length=255), nullable=True),
        sa.Column("code", sa.String(length=255), nullable=True),
        sa.Column("code_description", sa.String(length=255), nullable=True),
        sa.Column("jurisdiction", sa.String(length=255), nullable=True),
        sa.Column("location_code", sa.String(length=255), nullable=True),
        sa.Column("rate", sa.BigInteger(), nullable=True),
        sa.Column("rate_description", sa.String(length=255), nullable=True),
        sa.Column("tax_date", sa.Date(), nullable=True),
        sa.Column("rate_type", sa.String(40), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("exempt_amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "rate_type IN ('PERCENTAGE', 'FLAT_FEE')", name=op.f("ck_credit_memo_line_tax_rate_type")
        ),
        sa.CheckConstraint(
            "amount > -1000000000000000 AND amount < 1000000000000000 AND exempt_amount > -1000000000000000 AND exempt_amount < 1000000000000000",
            name=op.f("ck_credit_memo_line_tax_amounts_in_range"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "credit_memo_line_id"],
            ["credit_memo_line.entity_id", "credit_memo_line.id"],
            name=op.f("fk_credit_memo_line_tax_credit_memo_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id", "source_tax_item_id"],
            ["invoice_line_tax.entity_id", "invoice_line_tax.id"],
            name=op.f("fk_credit_memo_line_tax_source_tax_item_id"),
        ),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_credit_memo_line_tax")),
        sa.UniqueConstraint(
            "entity_id",
            "credit_memo_line_id",
            "ordinal",
            name=op.f("uq_credit_memo_line_tax_credit_memo_line_id_ordinal"),
        ),
    )
    op.create_index(
        "ix_credit_memo_line_tax_credit_memo_id",
        "credit_memo_line_tax",
        ["entity_id", "credit_memo_id"],
        unique=False,
    )
    op.create_index(
        "ix_credit_memo_line_tax_source_tax_item_id",
        "credit_memo_line_tax",
        ["entity_id", "source_tax_item_id"],
        unique=False,
    )
