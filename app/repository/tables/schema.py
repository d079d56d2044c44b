"""The words in which the tables are written: keys that carry the entity, checks that carry the invariants."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.types import TypeEngine

from app.domain.money import MAX_MINOR
from app.repository.types import AMOUNT, DATE, FLAG, ID, INSTANT, METADATA, SCALED, Word, code_order_text


def _own_columns(constraint: Any, _: Table) -> str:
    """The columns a key is about: every one begins with the entity, and PostgreSQL keeps 63 characters of a name."""
    names = [each.name for each in constraint.columns]
    return "_".join(name for name in names if name != "entity_id") or "entity_id"


metadata = MetaData(
    naming_convention={
        "own_columns": _own_columns,
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(own_columns)s",
        "uq": "uq_%(table_name)s_%(own_columns)s",
        "ix": "ix_%(table_name)s_%(own_columns)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def entity_column() -> Column[Any]:
    return Column("entity_id", Integer, nullable=False)


def column(name: str, kind: TypeEngine[Any], *, nullable: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=nullable)


def ids(*names: str, nullable: bool = False) -> list[Column[Any]]:
    return [Column(name, ID, nullable=nullable) for name in names]


def amounts(*names: str) -> list[Column[Any]]:
    return [Column(name, AMOUNT, nullable=False) for name in names]


def scaled(*names: str, nullable: bool = True) -> list[Column[Any]]:
    return [Column(name, SCALED, nullable=nullable) for name in names]


def dates(*names: str, nullable: bool = True) -> list[Column[Any]]:
    return [Column(name, DATE, nullable=nullable) for name in names]


def instants(*names: str, nullable: bool = False) -> list[Column[Any]]:
    return [Column(name, INSTANT, nullable=nullable) for name in names]


def flags(*names: str) -> list[Column[Any]]:
    return [Column(name, FLAG, nullable=False) for name in names]


def added_flag(name: str) -> Column[Any]:
    """A flag that came with a later migration: rows of before have it off."""
    return Column(name, FLAG, nullable=False, server_default=false())


def added_number(name: str) -> Column[Any]:
    """An amount or quantity that came with a later migration: rows of before have 0."""
    return Column(name, BigInteger, nullable=False, server_default="0")


def added_amount(name: str) -> Column[Any]:
    """An amount that came with a later migration, and that not every row has: rows of before have none."""
    return Column(name, BigInteger, nullable=True)


def texts(*names: str, length: int = 255, nullable: bool = True) -> list[Column[Any]]:
    return [Column(name, String(length), nullable=nullable) for name in names]


def sortable_texts(*names: str, length: int = 255, nullable: bool = True) -> list[Column[Any]]:
    return [Column(name, code_order_text(length), nullable=nullable) for name in names]


def currency_column() -> Column[Any]:
    return Column("currency", code_order_text(3), nullable=False)


def metadata_column(name: str = "metadata") -> Column[Any]:
    return Column(name, METADATA, nullable=True)


def long_text(name: str) -> Column[Any]:
    return Column(name, Text, nullable=True)


def word(name: str, words: type[StrEnum], *, nullable: bool = False) -> list[Any]:
    """A column of a closed list, with the CHECK that closes it."""
    listed = ", ".join(f"'{each.value}'" for each in words)
    return [Column(name, Word(words), nullable=nullable), CheckConstraint(f"{name} IN ({listed})", name=name)]


def open_word(name: str, words: type[StrEnum]) -> Column[Any]:
    """A column of a list that grows with the service: no CHECK to alter each time."""
    return Column(name, Word(words), nullable=False)


def document_columns() -> list[Column[Any]]:
    return [
        Column("version", Integer, nullable=False),
        *instants("created_at"),
        *texts("created_by", nullable=False),
        *instants("updated_at"),
        *texts("updated_by", nullable=False),
    ]


def history_hash_column() -> Column[Any]:
    """The last hash of a document's chain; rows of before the chains had none until they were adopted."""
    return Column("history_hash", String(64), nullable=True)


def history_columns() -> list[Any]:
    """Which command made the row, when and by whom; the row itself never changes."""
    return [
        *ids("log_id"),
        *instants("recorded_at"),
        *texts("recorded_by", nullable=False),
        belongs_to("log_entry", "log_id"),
    ]


def primary_key(*names: str) -> PrimaryKeyConstraint:
    return PrimaryKeyConstraint("entity_id", *(names or ("id",)))


def unique(*names: str) -> UniqueConstraint:
    return UniqueConstraint("entity_id", *names)


def belongs_to(table: str, *local: str, remote: Iterable[str] = ("id",)) -> ForeignKeyConstraint:
    """A foreign key inside one entity."""
    return ForeignKeyConstraint(
        ["entity_id", *local], [f"{table}.entity_id", *(f"{table}.{name}" for name in remote)]
    )


def index(table: str, *names: str) -> Index:
    return Index(f"ix_{table}_{'_'.join(names)}", "entity_id", *names)


def index_of_given(table: str, *names: str) -> Index:
    """An index of the rows that have the first column, for one that most rows have not."""
    given = text(f"{names[0]} IS NOT NULL")
    return Index(
        f"ix_{table}_{'_'.join(names)}", "entity_id", *names, postgresql_where=given, sqlite_where=given
    )


def holds(name: str, rule: str) -> CheckConstraint:
    return CheckConstraint(rule, name=name)


def in_range(*names: str) -> CheckConstraint:
    """|amount| below 10^15 minor units (domain: money)."""
    rule = " AND ".join(f"{name} > -{MAX_MINOR} AND {name} < {MAX_MINOR}" for name in names)
    return CheckConstraint(rule, name="amounts_in_range")
