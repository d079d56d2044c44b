"""Every table carries the entity in every key, and says the same words as the domain's records."""

from dataclasses import fields
from typing import Any, get_args, get_type_hints

import pytest
from sqlalchemy import Boolean, ForeignKeyConstraint, Integer, Table, UniqueConstraint

from app.domain.application import BalanceEntry
from app.domain.record import Record
from app.repository import tables
from app.repository.migrating import SCRIPTS, newest_revision
from app.repository.rows import TABLES
from app.repository.tables.schema import metadata
from app.repository.types import Word

NOT_OF_ONE_ENTITY = {"entity", "alembic_version", "signing_key"}
READ_BEFORE_AN_ENTITY_IS_CHOSEN = {"ix_credential_signing_in", "ix_credential_grant_signing_in"}
OF_AN_ENTITY = [table for table in metadata.sorted_tables if table.name not in NOT_OF_ONE_ENTITY]
RECORDS: dict[Any, Table] = {**TABLES, BalanceEntry: tables.balance_entry}


def name_of(table: Table) -> str:
    return table.name


@pytest.mark.parametrize("table", OF_AN_ENTITY, ids=name_of)
def test_the_entity_comes_first_in_every_key(table: Table) -> None:
    assert next(iter(table.primary_key.columns)).name == "entity_id"
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            assert next(iter(constraint.columns)).name == "entity_id", constraint.name
        if isinstance(constraint, ForeignKeyConstraint):
            assert constraint.column_keys[0] == "entity_id", constraint.name
            target = constraint.elements[0].target_fullname
            assert target.endswith((".entity_id", "entity.id")), constraint.name
    for index in table.indexes:
        if index.name not in READ_BEFORE_AN_ENTITY_IS_CHOSEN:
            assert next(iter(index.columns)).name == "entity_id", index.name


def test_only_accounts_refer_to_the_entitys_row() -> None:
    """A foreign key to one shared row cost a fifth of the throughput at 32 clients."""
    referring = {
        table.name
        for table in OF_AN_ENTITY
        for key in table.foreign_key_constraints
        if key.referred_table.name == "entity"
    }
    assert referring == {"account"}


def test_nothing_cascades() -> None:
    for table in metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            assert (key.ondelete, key.onupdate) == (None, None), key.name


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_a_records_fields_are_its_tables_columns(record: Any) -> None:
    columns = {column.name: column for column in RECORDS[record].c if column.name != "entity_id"}
    assert {each.name for each in fields(record)} == set(columns)
    hints = get_type_hints(record)
    for name, column in columns.items():
        assert column.nullable is (type(None) in get_args(hints[name])), name
        kinds = {hints[name], *get_args(hints[name])}
        if isinstance(column.type, Word):
            assert column.type.words in kinds, name
        if isinstance(column.type, Boolean):
            assert bool in kinds, name
        elif isinstance(column.type, Integer):
            assert int in kinds, name


def test_every_kind_of_record_has_a_prefix_of_its_own() -> None:
    prefixes = [kind.PREFIX for kind in RECORDS if issubclass(kind, Record)]
    assert len(set(prefixes)) == len(prefixes)


def test_every_record_class_has_a_table() -> None:
    def below(kind: type[Record]) -> list[type[Record]]:
        return [kind, *(each for child in kind.__subclasses__() for each in below(child))]

    # By name: a dataclass with slots is made twice, and both of them are subclasses.
    with_prefix = {kind.__name__ for kind in below(Record) if isinstance(vars(kind).get("PREFIX"), str)}
    assert with_prefix == {kind.__name__ for kind in RECORDS if kind is not BalanceEntry}


def test_postgresql_keeps_the_whole_name_of_every_constraint() -> None:
    for table in metadata.sorted_tables:
        names = [each.name for each in table.constraints] + [each.name for each in table.indexes]
        assert None not in names
        assert all(len(str(name)) <= 63 for name in names), names


def test_migrations_follow_each_other_and_the_last_is_the_newest() -> None:
    scripts = sorted((SCRIPTS / "versions").glob("[0-9]*.py"))
    previous = "None"
    for script in scripts:
        said = dict(
            line.split(" = ", 1)
            for line in script.read_text().splitlines()
            if line.startswith(("revision = ", "down_revision = "))
        )
        assert said["revision"].strip('"') == script.name[:4]
        assert said["down_revision"].strip('"') == previous, script.name
        previous = script.name[:4]
    assert newest_revision() == previous
