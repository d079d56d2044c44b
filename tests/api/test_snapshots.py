"""One consistent snapshot for each query; for each mutation field a fresh one after its commit."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.repository.database import Database, Snapshot
from tests.support.building import account, paid, posted_invoice
from tests.support.service import Service

Action = Callable[[], Awaitable[Any]]


class SnapshotWithCompany(Snapshot):
    """A snapshot after whose first statement somebody else commits something, on a connection of their own."""

    def __init__(self, real: Snapshot, company: Action) -> None:
        self._real, self._company = real, company
        self.entity_id = real.entity_id
        self._has_come = False

    async def rows(self, statement: Any, parameters: dict[str, Any] | None = None) -> list[Any]:
        found = await self._real.rows(statement, parameters)
        await self._come()
        return found

    async def flat_rows(self, statement: Any, parameters: dict[str, Any]) -> Sequence[Sequence[Any]]:
        found = await self._real.flat_rows(statement, parameters)
        await self._come()
        return found

    async def _come(self) -> None:
        if not self._has_come:
            self._has_come = True
            await self._company()


class DatabaseWithCompany:
    """A real database in which somebody else is at work whenever a snapshot of the entity is read."""

    def __init__(self, database: Database, entity_id: int, company: Action) -> None:
        self._database, self._entity_id, self._company = database, entity_id, company

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    @asynccontextmanager
    async def snapshot(self, entity_id: int) -> AsyncIterator[Snapshot]:
        async with self._database.snapshot(entity_id) as real:
            # Which entities there are is looked up in a snapshot of its own, before the operation.
            yield SnapshotWithCompany(real, self._company) if entity_id == self._entity_id else real


@pytest.fixture
def interrupted(service: Service, tmp_path: Path) -> Callable[[Action], Service]:
    """The same service over the same books, where `company` comes after the first statement of each snapshot."""

    def made(company: Action) -> Service:
        database: Any = DatabaseWithCompany(service.books.database, service.books.entity.id, company)
        return Service(replace(service.books, database=database), tmp_path)

    return made


async def test_a_query_sees_one_moment_even_when_somebody_commits_between_its_fields(
    service: Service, interrupted: Callable[[Action], Service]
) -> None:
    invoice = await posted_invoice(service.books, "100.00")

    async def company() -> None:
        await paid(service.books, invoice, "1.00")

    query = """{ a: invoices { nodes { balance paymentsApplied payments { nodes { amount } }
        balanceEntries { nodes { balanceAfter } } } } b: invoices { nodes { balance } totalCount }
        payments { totalCount } }"""
    answer = await interrupted(company).read(query)
    assert answer == {
        "a": {
            "nodes": [
                {
                    "balance": "100.00",
                    "paymentsApplied": "0.00",
                    "payments": {"nodes": []},
                    "balanceEntries": {"nodes": [{"balanceAfter": "100.00"}]},
                }
            ]
        },
        "b": {"nodes": [{"balance": "100.00"}], "totalCount": 1},
        "payments": {"totalCount": 0},
    }
    after = await service.read("{ payments { totalCount } }")
    assert after["payments"]["totalCount"] == 1


async def test_a_mutation_answers_from_a_snapshot_taken_after_its_commit(
    service: Service, interrupted: Callable[[Action], Service]
) -> None:
    """What comes while the payload is read does not show in it; each field begins anew."""
    invoice = await posted_invoice(service.books, "100.00")

    async def company() -> None:
        await paid(service.books, invoice, "1.00")

    selection = """... on PaymentRecorded { payment { invoiceBalance } invoice { balance payments { totalCount }
        balanceEntries(last: 1) { nodes { balanceAfter } } } }"""
    document = f"""mutation ($input: RecordPaymentInput!) {{ a: recordPayment(input: $input) {{ {selection} }}
        b: recordPayment(input: $input) {{ {selection} }} }}"""
    input = {"invoice": {"id": invoice.id}, "amount": "10.00"}
    answer = await interrupted(company).read(document, input=input)
    assert answer == {
        alias: {
            "payment": {"invoiceBalance": balance},
            "invoice": {
                "balance": balance,
                "payments": {"totalCount": count},
                "balanceEntries": {"nodes": [{"balanceAfter": balance}]},
            },
        }
        # After the first payment somebody else pays 1.00, so the second finds 89.00.
        for alias, balance, count in (("a", "90.00", 1), ("b", "79.00", 3))
    }


async def test_a_snapshot_is_given_back_when_a_resolver_fails(service: Service) -> None:
    await account(service.books)
    response = await service.send("{ accounts { nodes { id invoices(first: -1) { totalCount } } } }")
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert service.books.connections_in_use() == 0
