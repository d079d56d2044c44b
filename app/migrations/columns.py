"""The columns and keys that migrations write, in words of their own: a migration never changes, the tables do."""

from typing import Any

import sqlalchemy as sa
from alembic import op


def code_order(length: int) -> Any:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def entity() -> Any:
    return sa.Column("entity_id", sa.Integer(), nullable=False)


def id_(name: str, *, nullable: bool = False) -> Any:
    return sa.Column(name, code_order(40), nullable=nullable)


def text(name: str, length: int = 255, *, nullable: bool = False) -> Any:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def sortable_text(name: str, length: int = 255, *, nullable: bool = False) -> Any:
    return sa.Column(name, code_order(length), nullable=nullable)


def instant(name: str, *, nullable: bool = True) -> Any:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def count(name: str) -> Any:
    return sa.Column(name, sa.Integer(), nullable=False)


def flag(name: str) -> Any:
    return sa.Column(name, sa.Boolean(), nullable=False)


def json(name: str, *, nullable: bool = True) -> Any:
    return sa.Column(name, sa.JSON(none_as_null=True), nullable=nullable)


def document() -> list[Any]:
    return [
        count("version"),
        instant("created_at", nullable=False),
        text("created_by"),
        instant("updated_at", nullable=False),
        text("updated_by"),
    ]


def check(table: str, name: str, rule: str) -> Any:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def primary_key(table: str, *names: str) -> Any:
    return sa.PrimaryKeyConstraint("entity_id", *(names or ("id",)), name=op.f(f"pk_{table}"))


def unique(table: str, *names: str) -> Any:
    return sa.UniqueConstraint("entity_id", *names, name=op.f(f"uq_{table}_{'_'.join(names)}"))


def belongs_to(table: str, column: str, target: str) -> Any:
    return sa.ForeignKeyConstraint(
        ["entity_id", column], [f"{target}.entity_id", f"{target}.id"], name=op.f(f"fk_{table}_{column}")
    )


def index(table: str, *names: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(names)}", table, ["entity_id", *names])
