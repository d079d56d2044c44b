"""A query of one field that was compiled before is answered without the executor, unless it cannot be answered so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.repository.database import Busy, Snapshot
from tests.support.access import key_of_api
from tests.support.books import TestBooks
from tests.support.building import posted_invoice
from tests.support.passing import PassingDatabase
from tests.support.service import Service

INVOICE = "query ($id: ID!) { found: invoice(by: {id: $id}) { id } }"
INVOICES = "query ($after: String) { invoices(after: $after) { nodes { number } } }"
AUDITORS = """mutation { upsertRoles(input: {roles: [{code: "EYES", permissions: ["books:audit"]}]}) { __typename } }"""


class Away(PassingDatabase):
    """Nobody gets a snapshot while it is away."""

    is_away = False
    asked = 0

    @asynccontextmanager
    async def snapshot(self, entity_id: int) -> AsyncIterator[Snapshot]:
        self.asked += 1
        if self.is_away:
            raise Busy
        async with self._database.snapshot(entity_id) as snapshot:
            yield snapshot


async def test_whoever_may_not_ask_is_refused_what_others_have_asked_before(
    books: TestBooks, tmp_path: Path
) -> None:
    service = Service(books, tmp_path)
    await service.read(INVOICES)
    await service.read(AUDITORS)
    auditor = await key_of_api(books, "EYES")
    refused = await service.send(INVOICES, Authorization=f"Bearer {auditor.api_key}")
    assert [each["extensions"]["code"] for each in refused.json()["errors"]] == ["FORBIDDEN"]
    assert refused.json()["errors"][0]["path"] == ["invoices"]


async def test_a_database_that_is_away_is_asked_once_and_the_field_says_so(
    books: TestBooks, tmp_path: Path
) -> None:
    invoice = await posted_invoice(books, "8.00")
    database = Away(books.database)
    service = Service(replace(books, database=database), tmp_path)
    assert (await service.read(INVOICE, id=invoice.id))["found"] == {"id": invoice.id}
    database.is_away, database.asked = True, 0
    answer = (await service.send(INVOICE, {"id": invoice.id})).json()
    assert answer["data"] == {"found": None}
    [error] = answer["errors"]
    assert (error["path"], error["extensions"]["code"], database.asked) == (["found"], "RETRY", 1)


@pytest.mark.parametrize(
    ("query", "variables", "executed"),
    [(INVOICE, {}, 0), (INVOICE, {"id": ["a", "list"]}, 0), (INVOICES, {"after": "no cursor"}, 1)],
    ids=["a variable is missing", "one does not fit", "one is at fault"],
)
async def test_what_is_at_fault_is_said_by_the_executor(
    books: TestBooks, tmp_path: Path, query: str, variables: dict[str, Any], executed: int
) -> None:
    fast, slow = Service(books, tmp_path), Service(books, tmp_path, fast_path=False)
    await fast.send(query, {"id": "inv_none"})
    fast.fast_path.counts.clear()
    answer = await fast.send(query, variables)
    told = await slow.send(query, variables)
    assert "errors" in told.json()
    assert (answer.status_code, without_budget(answer.json())) == (
        told.status_code,
        without_budget(told.json()),
    )
    assert fast.fast_path.counts["executed"] == executed
    assert fast.fast_path.counts["failed"] == 0


def without_budget(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in answer.items() if name != "extensions"}
