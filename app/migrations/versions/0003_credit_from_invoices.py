"""Credit from invoices: quantities credited, tax engines, templates, and jobs with their queue.

Revision: 0003, after 0002.
"""

from typing import Any

import sqlalchemy as sa
from alembic import context, op

from app.migrations.guarding import guard

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _add_columns()
    _create_entity_data()
    _create_job()
    _create_job_item()
    _create_job_queue()
    guard(
        {
            "template": None,
            "tax_rate": None,
            "tax_callback": None,
            "job": None,
            "job_item": (
                "invoice_id",
                "outcome",
                "credit_memo_id",
                "application_id",
                "violations",
                "log_id",
                "recorded_at",
            ),
        }
    )
    if op.get_bind().dialect.name == "postgresql":
        _guard_entity()
        # The queue has no row security: workers look for work before they act as an entity.
        op.execute(
            f'GRANT SELECT, INSERT, DELETE ON job_queue TO "{context.config.attributes["service_role"]}"'
        )


def _guard_entity() -> None:
    """Whose books there are is read before one is chosen; an entity's own row alone is written in its name."""
    mine = "id = nullif(current_setting('app.entity_id', true), '')::integer"
    op.execute("ALTER TABLE entity ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE entity FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY every_entity_is_listed ON entity FOR SELECT USING (true)")
    op.execute(f"CREATE POLICY own_entity ON entity USING ({mine}) WITH CHECK ({mine})")


def _code_order(length: int) -> Any:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def _id(name: str, *, nullable: bool = False) -> Any:
    return sa.Column(name, _code_order(40), nullable=nullable)


def _entity() -> Any:
    return sa.Column("entity_id", sa.Integer(), nullable=False)


def _text(name: str, length: int = 255, *, nullable: bool = False) -> Any:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def _instant(name: str, *, nullable: bool = True) -> Any:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _count(name: str) -> Any:
    return sa.Column(name, sa.Integer(), nullable=False)


def _check(table: str, name: str, rule: str) -> Any:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _within(whole: str, part: str) -> str:
    return f"(({part} >= 0 AND {part} <= {whole}) OR ({part} <= 0 AND {part} >= {whole}))"


def _add(table: str, column: str, kind: str, checks: dict[str, str]) -> None:
    """SQLite takes a check only together with the column it comes with, and rebuilds nothing that way."""
    named = " ".join(f"CONSTRAINT ck_{table}_{name} CHECK ({rule})" for name, rule in checks.items())
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind} {named}")


def _add_columns() -> None:
    false = "false" if op.get_bind().dialect.name == "postgresql" else "0"
    engines = "tax_engine IN ('BUILT_IN', 'CALLBACK')"
    _add("entity", "tax_engine", "VARCHAR(40)", {"tax_engine": engines})
    for flag in ("convert_negative_lines_on_posting", "apply_converted_memo_on_posting"):
        _add("entity", flag, f"BOOLEAN DEFAULT {false} NOT NULL", {})
    _add("number_sequence", "gapless_from", "INTEGER", {})
    _add("credit_memo_line", "amount_prorated", f"BOOLEAN DEFAULT {false} NOT NULL", {})
    _add("credit_memo_line", "amount_to_tax", "BIGINT", {})
    _add(
        "invoice_line",
        "quantity_prorated",
        "BIGINT DEFAULT '0' NOT NULL",
        {
            "quantity_credited": _within("coalesce(quantity, 0)", "quantity_credited"),
            "quantity_prorated": _within("quantity_credited", "quantity_prorated"),
        },
    )
    _add(
        "invoice_line",
        "amount_prorated",
        "BIGINT DEFAULT '0' NOT NULL",
        {"amount_prorated": _within("amount_credited", "amount_prorated")},
    )


def _create_entity_data() -> None:
    op.create_table(
        "template",
        _entity(),
        _id("id"),
        sa.Column("code", _code_order(255), nullable=False),
        _text("label"),
        _text("type", 40),
        sa.Column("active", sa.Boolean(), nullable=False),
        _check("template", "type", "type IN ('CREDIT_MEMO', 'DEBIT_MEMO', 'INVOICE')"),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_template")),
        sa.UniqueConstraint("entity_id", "code", name=op.f("uq_template_code")),
    )
    op.create_table(
        "tax_rate",
        _entity(),
        _id("id"),
        *(sa.Column(name, _code_order(255), nullable=False) for name in ("tax_code", "jurisdiction", "name")),
        _text("code_description", nullable=True),
        _text("location_code", nullable=True),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        _text("rate_description", nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_through", sa.Date(), nullable=True),
        _check("tax_rate", "rate", "rate >= 0"),
        _check("tax_rate", "validity", "valid_through IS NULL OR valid_through >= valid_from"),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_tax_rate")),
        sa.UniqueConstraint(
            "entity_id",
            "tax_code",
            "jurisdiction",
            "name",
            "valid_from",
            name=op.f("uq_tax_rate_tax_code_jurisdiction_name_valid_from"),
        ),
    )
    op.create_table(
        "tax_callback",
        _entity(),
        _id("id"),
        _text("url", 2000),
        _text("secret"),
        _count("timeout_milliseconds"),
        _check("tax_callback", "timeout", "timeout_milliseconds > 0"),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_tax_callback")),
        sa.UniqueConstraint("entity_id", name=op.f("uq_tax_callback_entity_id")),
    )


def _create_job() -> None:
    op.create_table(
        "job",
        _entity(),
        _id("id"),
        _text("kind", 40),
        _text("status", 40),
        sa.Column("atomic", sa.Boolean(), nullable=False),
        sa.Column("options", sa.JSON(none_as_null=True), nullable=True),
        *(_count(name) for name in ("total", "done", "refused", "skipped")),
        *(_instant(name) for name in ("started_at", "finished_at", "canceled_at")),
        _text("canceled_by", nullable=True),
        _id("retried_job_id", nullable=True),
        _count("version"),
        _instant("created_at", nullable=False),
        _text("created_by"),
        _instant("updated_at", nullable=False),
        _text("updated_by"),
        _check("job", "status", "status IN ('SUBMITTING', 'QUEUED', 'RUNNING', 'CANCELED', 'DONE')"),
        _check(
            "job",
            "counts",
            "done >= 0 AND refused >= 0 AND skipped >= 0 AND done + refused + skipped <= total",
        ),
        _check("job", "finished", "(status = 'DONE') = (finished_at IS NOT NULL)"),
        _check("job", "nothing_is_left_when_done", "status <> 'DONE' OR done + refused + skipped = total"),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_job")),
        _of("job", "retried_job_id", "job"),
    )
    op.create_index("ix_job_created_at_id", "job", ["entity_id", "created_at", "id"])


def _create_job_item() -> None:
    op.create_table(
        "job_item",
        _entity(),
        sa.Column("id", _code_order(60), nullable=False),
        _id("job_id"),
        _count("position"),
        _id("invoice_id", nullable=True),
        sa.Column("input", sa.JSON(none_as_null=True), nullable=True),
        _text("outcome", 40),
        _id("credit_memo_id", nullable=True),
        _id("application_id", nullable=True),
        sa.Column("violations", sa.JSON(none_as_null=True), nullable=True),
        _id("log_id", nullable=True),
        _instant("recorded_at"),
        _check("job_item", "outcome", "outcome IN ('PENDING', 'DONE', 'SKIPPED', 'REFUSED')"),
        _check(
            "job_item",
            "pending_has_no_effect",
            "outcome = 'DONE' OR (credit_memo_id IS NULL AND application_id IS NULL)",
        ),
        _check("job_item", "settled_is_recorded", "(outcome = 'PENDING') = (recorded_at IS NULL)"),
        sa.PrimaryKeyConstraint("entity_id", "id", name=op.f("pk_job_item")),
        sa.UniqueConstraint("entity_id", "job_id", "position", name=op.f("uq_job_item_job_id_position")),
        _of("job_item", "job_id", "job"),
        _of("job_item", "invoice_id", "invoice"),
        _of("job_item", "credit_memo_id", "credit_memo"),
        _of("job_item", "application_id", "credit_memo_application"),
        _of("job_item", "log_id", "log_entry"),
    )
    op.create_index(
        "ix_job_item_job_id_outcome_position", "job_item", ["entity_id", "job_id", "outcome", "position"]
    )
    op.create_index("ix_job_item_credit_memo_id", "job_item", ["entity_id", "credit_memo_id"])
    op.create_index("ix_job_item_invoice_id", "job_item", ["entity_id", "invoice_id"])


def _create_job_queue() -> None:
    op.create_table(
        "job_queue",
        _entity(),
        _id("job_id"),
        _instant("queued_at", nullable=False),
        sa.PrimaryKeyConstraint("entity_id", "job_id", name=op.f("pk_job_queue")),
    )


def _of(table: str, column: str, target: str) -> Any:
    return sa.ForeignKeyConstraint(
        ["entity_id", column],
        [f"{target}.entity_id", f"{target}.id"],
        name=op.f(f"fk_{table}_{column}"),
    )
