"""PostgreSQL: the service's role owns nothing, and sees one entity at a time even in statements without a filter."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.entity import Settings
from app.domain.vocabulary import ApplicationLevel
from app.repository import tables
from app.repository.migrating import SERVICE_ROLE
from tests.repository.direct import owner_connection, refused, run, service_connection
from tests.support.books import TestBooks, trace
from tests.support.building import one_row_of_everything

pytestmark = [
    pytest.mark.parametrize("engine", ["postgresql"], indirect=True),
    pytest.mark.parametrize(
        "entity_settings", [Settings(application_level=ApplicationLevel.INVOICE_LINE)], ids=["lines"]
    ),
]
# Of entities only the own row is written; the queue of jobs is looked through before anyone acts as an entity; keys that
# sign tokens belong to none.
GUARDED = [name for name in tables.metadata.tables if name not in ("entity", "job_queue", "signing_key")]
READ_TO_SIGN_IN = {"entity", "credential", "credential_grant", "role"}
"""Read in nobody's name (entity 0), before an entity is chosen."""
UPDATABLE = {
    "credential": "secret_hash",
    "credential_grant": "roles",
    "role": "label",
    "reason_code": "label",
    "template": "label",
    "tax_rate": "rate_description",
    "tax_callback": "url",
    "number_sequence": "prefix",
    "account": "name",
    "order_item": "quantity",
    "invoice": "group_number",
    "invoice_line": "sku",
    "invoice_line_tax": "name",
    "credit_memo": "comment",
    "credit_memo_line": "sku",
    "credit_memo_line_tax": "name",
    "credit_memo_application": "description",
    "credit_memo_line_application": "description",
    "log_entry": "outcome",
}
"""A column of each table in which a row may be updated at all."""
NEW_SIGNING_KEY = """INSERT INTO signing_key (id, algorithm, public_key, sealed_private_key, created_at)
    VALUES ('sig_1', 'EdDSA', '{}', 'sealed', now())"""


@asynccontextmanager
async def two_entities(books: TestBooks) -> AsyncIterator[tuple[AsyncConnection, int, int]]:
    """A connection in the first entity's books, its id and the other's; both have rows in every table."""
    other = await books.neighbour(Settings(application_level=ApplicationLevel.INVOICE_LINE))
    await one_row_of_everything(books)
    await one_row_of_everything(other)
    async with service_connection(books.place, books.entity.id) as connection:
        yield connection, books.entity.id, other.entity.id


async def test_a_statement_without_a_filter_reads_one_entity_only(books: TestBooks) -> None:
    async with two_entities(books) as (connection, mine, _):
        for name in GUARDED:
            found = (await run(connection, f"SELECT DISTINCT entity_id FROM {name}")).scalars().all()
            assert found == [mine], name


async def test_a_statement_without_a_filter_updates_one_entity_only(books: TestBooks) -> None:
    async with two_entities(books) as (connection, _, other):
        for name, column in UPDATABLE.items():
            own = (await run(connection, f"SELECT count(*) FROM {name}")).scalar_one()
            assert (await run(connection, f"UPDATE {name} SET {column} = {column}")).rowcount == own, name
            nothing = await run(
                connection, f"UPDATE {name} SET {column} = {column} WHERE entity_id = {other}"
            )
            assert nothing.rowcount == 0, name


async def test_an_entity_changes_its_own_settings_only_and_founds_no_other(books: TestBooks) -> None:
    async with two_entities(books) as (connection, mine, other):
        assert (await run(connection, "UPDATE entity SET name = 'mine'")).rowcount == 1
        for change in ("name = 'mine'", f"id = {mine}"):
            nothing = await run(connection, f"UPDATE entity SET {change} WHERE id = {other}")
            assert nothing.rowcount == 0
        columns = ", ".join(column.name for column in tables.entity.c)
        copied = columns.replace("id", "99999", 1).replace("code", "'copy'", 1)
        for attempt in (
            f"INSERT INTO entity ({columns}) SELECT {copied} FROM entity WHERE id = {mine}",
            f"UPDATE entity SET id = 99999 WHERE id = {mine}",
        ):
            assert "row-level security policy" in await refused(connection, attempt)


async def test_an_entity_sees_no_other_and_no_key_that_signs(books: TestBooks) -> None:
    async with two_entities(books) as (connection, mine, _):
        assert (await run(connection, "SELECT id FROM entity")).scalars().all() == [mine]
        assert (await run(connection, "SELECT count(*) FROM signing_key")).scalar_one() == 0
        reason = await refused(connection, NEW_SIGNING_KEY)
        assert "row-level security policy" in reason


async def test_in_nobodys_name_only_what_signing_in_needs_is_read_and_none_of_it_written(
    books: TestBooks,
) -> None:
    async with two_entities(books) as (_, mine, other), service_connection(books.place, 0) as nobody:
        for name in GUARDED:
            seen = set((await run(nobody, f"SELECT DISTINCT entity_id FROM {name}")).scalars().all())
            assert (seen >= {mine, other}) is (name in READ_TO_SIGN_IN), name
            assert seen == set() or name in READ_TO_SIGN_IN, name
        assert set((await run(nobody, "SELECT id FROM entity")).scalars().all()) >= {mine, other}
        for name, column in UPDATABLE.items():
            assert (await run(nobody, f"UPDATE {name} SET {column} = {column}")).rowcount == 0, name
        assert (await run(nobody, NEW_SIGNING_KEY)).rowcount == 1


async def test_a_row_cannot_be_written_into_another_entity(books: TestBooks) -> None:
    async with two_entities(books) as (connection, _, other):
        for name in GUARDED:
            columns = ", ".join(column.name for column in tables.metadata.tables[name].c)
            moved = columns.replace("entity_id", str(other), 1)
            reason = await refused(
                connection, f"INSERT INTO {name} ({columns}) SELECT {moved} FROM {name} LIMIT 1"
            )
            assert "row-level security policy" in reason, name


async def test_a_row_cannot_be_moved_into_another_entity(books: TestBooks) -> None:
    async with two_entities(books) as (connection, _, other):
        for name in GUARDED:
            reason = await refused(connection, f"UPDATE {name} SET entity_id = {other}")
            assert "row-level security policy" in reason or "permission denied" in reason, name


async def test_without_an_entity_nothing_is_seen_and_nothing_written(books: TestBooks) -> None:
    await one_row_of_everything(books)
    async with service_connection(books.place, None) as connection:
        for setting in ("", "SELECT set_config('app.entity_id', '', false)"):
            if setting:
                await run(connection, setting)
            for name in GUARDED:
                assert (await run(connection, f"SELECT count(*) FROM {name}")).scalar_one() == 0, name
        for name, column in UPDATABLE.items():
            assert (await run(connection, f"UPDATE {name} SET {column} = {column}")).rowcount == 0, name
        reason = await refused(
            connection,
            "INSERT INTO order_item (entity_id, id, external_reference, quantity_credited) VALUES (1, 'x', 'x', 0)",
        )
        assert "row-level security policy" in reason


@pytest.mark.parametrize(
    "attempt",
    [
        "ALTER TABLE payment DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE payment NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE payment DISABLE TRIGGER ALL",
        "ALTER TABLE payment DROP CONSTRAINT ck_payment_amount",
        "ALTER TABLE payment ADD COLUMN own integer",
        "ALTER TABLE payment OWNER TO CURRENT_USER",
        "DROP POLICY own_entity ON payment",
        "ALTER POLICY own_entity ON payment USING (true)",
        "CREATE POLICY mine ON payment USING (true)",
        "DROP TABLE payment",
        "TRUNCATE payment",
        "GRANT DELETE ON payment TO CURRENT_USER",
        "CREATE TABLE mine (id integer)",
        "SET ROLE postgres",
        "SET session_replication_role = replica",
        "UPDATE alembic_version SET version_num = '0000'",
    ],
)
async def test_the_service_cannot_take_a_guard_away(books: TestBooks, attempt: str) -> None:
    before = await trace(books.place)
    async with service_connection(books.place, books.entity.id) as connection:
        if attempt.startswith("GRANT"):
            # PostgreSQL only warns that nothing could be granted.
            await run(connection, attempt)
            granted = await run(connection, "SELECT has_table_privilege('payment', 'DELETE')")
            assert granted.scalar_one() is False
        else:
            reason = await refused(connection, attempt)
            assert "must be owner" in reason or "permission denied" in reason
    assert await trace(books.place) == before


async def test_the_service_role_owns_nothing_and_skips_no_policy(books: TestBooks) -> None:
    async with owner_connection(books.place) as connection:
        [flags] = await run(
            connection,
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
            f" WHERE rolname = '{SERVICE_ROLE}'",
        )
        assert tuple(flags) == (False, False, False, False)
        owned = await run(
            connection,
            "SELECT relname FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner"
            f" WHERE rolname = '{SERVICE_ROLE}'",
        )
        assert owned.all() == []


async def test_row_security_is_forced_on_every_table_of_an_entity(books: TestBooks) -> None:
    async with owner_connection(books.place) as connection:
        rows = await run(
            connection,
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
        )
        forced = {name for name, is_forced in rows if is_forced}
        assert forced == {*GUARDED, "entity", "signing_key"}
        policies = (
            await run(connection, "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies")
        ).all()
        own = [row for row in policies if row.policyname == "own_entity"]
        assert {row.tablename for row in own} == {*GUARDED, "entity"}
        for row in own:
            assert (row.cmd, row.qual) == ("ALL", row.with_check)
            assert "app.entity_id" in row.qual
        others = {
            (row.tablename, row.policyname, row.cmd) for row in policies if row.policyname != "own_entity"
        }
        assert others == {
            ("signing_key", "nobody_signs", "ALL"),
            *((name, "nobody_reads_all", "SELECT") for name in READ_TO_SIGN_IN),
        }
        for row in policies:
            if row.policyname != "own_entity":
                assert row.qual.endswith("= 0)"), row


async def test_nothing_is_granted_beyond_what_the_service_does(books: TestBooks) -> None:
    async with owner_connection(books.place) as connection:
        rows = await run(
            connection,
            f"SELECT table_name, privilege_type FROM information_schema.table_privileges WHERE grantee = '{SERVICE_ROLE}'",
        )
        granted: dict[str, set[str]] = {}
        for name, privilege in rows:
            granted.setdefault(name, set()).add(privilege)
        columns = await run(
            connection,
            "SELECT table_name, column_name FROM information_schema.column_privileges"
            f" WHERE grantee = '{SERVICE_ROLE}' AND privilege_type = 'UPDATE'",
        )
        single = {(name, column) for name, column in columns if "UPDATE" not in granted[name]}
        public = await run(
            connection,
            "SELECT table_name FROM information_schema.table_privileges"
            " WHERE grantee = 'PUBLIC' AND table_schema = 'public'",
        )
        assert public.all() == []
    marks = {"description", "has_been_unapplied", "unapplied_date"}
    outcome = {"outcome", "invoice_id", "credit_memo_id", "application_id"}
    outcome |= {"violations", "planned", "log_id", "recorded_at"}
    counted = {"version", "updated_at", "updated_by"}
    of_credential = {"secret_hash", "expires_at", "revoked_at", "revoked_by", "last_used_at"}
    of_credential |= {"every_entity", "granted_elsewhere"}
    of_role = {"label", "permissions", "approval_limits", "active"}
    assert single == {
        *(("log_entry", column) for column in ("outcome", "recorded_at", "number")),
        ("log_sequence", "last_number"),
        *(("credential", column) for column in of_credential | counted),
        *(("credential_grant", column) for column in {"roles", *counted}),
        *(("role", column) for column in of_role | counted),
        *(("credit_memo_application", mark) for mark in marks),
        *(("credit_memo_line_application", mark) for mark in marks),
        *(("job_item", column) for column in outcome),
        *(("signing_key", column) for column in ("sealed_private_key", "retired_at")),
    }
    assert granted.pop("alembic_version") == {"SELECT"}
    assert set(granted) == set(tables.metadata.tables)
    by_column = {
        "credit_memo_application",
        "credit_memo_line_application",
        "payment",
        "refund",
        "journal_entry",
        "balance_entry",
        "document_change",
        "log_entry",
        "log_sequence",
        "job_item",
        "access_change",
        "signing_key",
        "credential",
        "credential_grant",
        "role",
    }
    assert granted.pop("job_queue") == {"SELECT", "INSERT", "DELETE"}
    for name, privileges in granted.items():
        expected = {"SELECT", "INSERT"} | (set() if name in by_column else {"UPDATE"})
        assert privileges == expected, name
