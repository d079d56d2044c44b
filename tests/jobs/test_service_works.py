"""The service works on jobs itself, at once, and ends its chunk when it is ended."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.domain.vocabulary import JobItemOutcome
from app.main import application
from app.repository.opening import open_database
from app.settings import read_settings
from tests.jobs.submitting import every_item_has_one_effect, job, negative_invoices, outcomes, worked_off
from tests.support.books import TestBooks
from tests.support.service import TOKEN

SUBMIT = """mutation ($ids: [InvoiceReference!]!) { submitNegativeLineConversions(input: {invoices: $ids}) {
  ... on NegativeLineConversionsSubmitted { job { id } } } }"""
READ = """query ($id: ID!) { job(id: $id) { status total done refused skipped pending itemsPerSecond expectedEnd
  canCancel { allowed } results(filter: {outcome: {eq: DONE}}) { totalCount nodes {
    position outcome violations { code } invoice { id jobResults { nodes { id } } }
    creditMemo { balance jobResults { job { id } } } } } } }"""
NEVER = 3600


async def asked(client: httpx2.AsyncClient, query: str, **variables: Any) -> Any:
    answer = (await client.post("/graphql", json={"query": query, "variables": variables})).json()
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


@pytest.mark.parametrize("workers", [1, 2])
async def test_what_is_submitted_is_done_without_waiting_for_a_poll(
    books: TestBooks, tmp_path: Path, workers: int
) -> None:
    await worked_off(books)
    invoices = await negative_invoices(books, 3)
    token_file = tmp_path / "token"
    token_file.write_text(TOKEN)
    settings = read_settings(token_file=token_file, workers=workers, poll_seconds=NEVER)
    service = application(settings, open_database(books.place.url))
    headers = {"Authorization": f"Bearer {TOKEN}", "X-Entity-Id": books.entity.code}
    async with (
        service.router.lifespan_context(service),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(service), base_url="http://localhost", headers=headers
        ) as client,
    ):
        made = await asked(client, SUBMIT, ids=[{"id": each.id} for each in invoices])
        job_id = made["submitNegativeLineConversions"]["job"]["id"]
        while (found := (await asked(client, READ, id=job_id))["job"])["status"] != "DONE":
            pass
    assert (found["total"], found["done"], found["refused"], found["skipped"]) == (3, 3, 0, 0)
    assert (found["pending"], found["expectedEnd"], found["canCancel"]) == (0, None, {"allowed": False})
    nodes = found["results"]["nodes"]
    assert [each["invoice"]["id"] for each in nodes] == [each.id for each in invoices]
    assert [each["creditMemo"]["jobResults"] for each in nodes] == [[{"job": {"id": job_id}}]] * 3
    assert await outcomes(books, job_id) == [JobItemOutcome.DONE] * 3
    assert (await job(books, job_id)).created_by == "developer"
    await every_item_has_one_effect(books, job_id)
