"""SIGTERM to a real server, whatever is open: it ends with 0 in the time that is promised, and the books hold."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

import pytest

from app.api.http.overload import STOPPING
from app.domain.commands import DirectCreditMemoEntry, InvoiceReference, SubmitDirectCreditMemos, TaxItem
from app.domain.entity import Settings
from app.domain.vocabulary import JobStatus
from app.outside.tax_callback import TaxCallbackClient
from app.repository.opening import open_database
from tests.degradation.stopping import TOKEN, held_tax_server, server_on
from tests.jobs.submitting import every_item_has_one_effect, job, worker
from tests.repository.direct import owner_connection, run
from tests.repository.works import marks
from tests.support.books import TestBooks, assert_books_hold, open_books
from tests.support.building import ACCOUNT, account, invoice_line, posted_invoice
from tests.support.service import mutation_document
from tests.support.stores import Store
from tests.support.tax_engines import with_callback
from tests.support.tax_server import THIS_MACHINE

PATIENT = 30_000
"""Milliseconds for a tax server: nothing here ends by it."""
GRACE_SECONDS = 0.5
SLACK_SECONDS = 15
"""For the end of a process on a machine that has other things to do; what is held would be held for longer."""
CREATE = mutation_document("createCreditMemo", "creditMemo { balance }")
MEMO = {
    "account": {"number": ACCOUNT},
    "lines": [{"amount": "50.00", "taxStrategy": "CALCULATE", "taxCode": "SAAS", "jurisdiction": "TEXAS"}],
    "post": True,
    "idempotencyKey": "held",
}
HALF_A_BODY = (
    f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n"
    "X-Entity-Id: {}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"
)
HEALTH = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture
def own_books(store: Store, runner: asyncio.Runner) -> Iterator[TestBooks]:
    """In a database of their own, where the server's worker finds no other job."""
    place = store.migrated()

    async def opened() -> TestBooks:
        return await open_books(open_database(place.url), place, Settings())

    books = runner.run(opened())
    yield books
    runner.run(books.database.close())


async def job_that_asks_for_tax(books: TestBooks) -> str:
    """Its id; it is queued."""
    tax = TaxItem(name="SALES TAX", code="SAAS", jurisdiction="TEXAS", amount=Decimal("8.25"))
    line = invoice_line("100.00", tax_code="SAAS", jurisdiction="TEXAS", tax_items=[tax])
    invoice = await posted_invoice(books, line)
    entry = DirectCreditMemoEntry(
        invoice=InvoiceReference(id=invoice.id), full_credit=True, calculate_tax=True, auto_approve=True
    )
    submitted = await books.perform(SubmitDirectCreditMemos(credit_memos=[entry]))
    return str(submitted.outcome["job"])


async def memos(books: TestBooks) -> int:
    counted: int = await books.value("SELECT count(*) FROM credit_memo WHERE entity_id = :entity_id")
    return counted


async def test_what_ends_within_the_grace_is_answered_and_kept(own_books: TestBooks, tmp_path: Path) -> None:
    """A request and a chunk of a job, both of which wait for a tax server when the signal comes."""
    books, working = own_books, await own_books.neighbour()
    await account(books)
    async with held_tax_server() as taxes, server_on(books.place, tmp_path) as server:
        for each in (books, working):
            await with_callback(each, taxes.url, PATIENT)
        job_id = await job_that_asks_for_tax(working)
        request = server.ask(books, CREATE, input=MEMO)
        await taxes.until_asked(2)
        await server.told_to_stop()
        taxes.let_go.set()
        payload = (await request).json()["data"]["createCreditMemo"]
        assert (payload["__typename"], payload["creditMemo"]["balance"]) == ("CreditMemoCreated", "54.13")
        assert await server.has_ended() < SLACK_SECONDS
    assert (await job(working, job_id)).status is JobStatus.DONE
    await every_item_has_one_effect(working, job_id)
    await assert_books_hold(books)


async def test_what_does_not_end_is_ended_when_the_grace_is_over(
    own_books: TestBooks, tmp_path: Path
) -> None:
    """A tax server that never answers a request and a chunk; connections that are idle, half a head, half a body."""
    books, working = own_books, await own_books.neighbour()
    await account(books)
    async with held_tax_server() as taxes:
        for each in (books, working):
            await with_callback(each, taxes.url, PATIENT)
        job_id = await job_that_asks_for_tax(working)
        async with server_on(books.place, tmp_path, GRACE_SECONDS=str(GRACE_SECONDS)) as server:
            with ExitStack() as connections:
                idle = connections.enter_context(server.connected(HEALTH))
                assert await asyncio.to_thread(idle.recv, 15) == b"HTTP/1.1 200 OK"
                connections.enter_context(server.connected(b"POST /graphql HTTP/1.1\r\nHost: 127"))
                body = HALF_A_BODY.format(books.entity.code).encode()
                half = connections.enter_context(server.connected(body))
                request = server.ask(books, CREATE, input=MEMO)
                await taxes.until_asked(2)
                await server.told_to_stop()
                answer = await request
                assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
                assert answer.json()["errors"][0]["message"] == STOPPING
                assert (await asyncio.to_thread(half.recv, 12)) == b"HTTP/1.1 503"
                assert await server.has_ended() < 2 * GRACE_SECONDS + SLACK_SECONDS
        assert await memos(books) == await memos(working) == 0
        assert await marks(books) == set()
        taxes.let_go.set()
        hand = worker(working, ask=TaxCallbackClient(THIS_MACHINE))
        while (await job(working, job_id)).status is not JobStatus.DONE:
            await hand.work_once()
    await every_item_has_one_effect(working, job_id)
    await assert_books_hold(books)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_a_commit_under_way_outlasts_the_grace(own_books: TestBooks, tmp_path: Path) -> None:
    """A deferred trigger makes it wait for a lock; the request has been given up for a while when it gets it."""
    books = own_books
    accounts = {"accounts": [{"number": "A-1", "name": "A", "currency": "USD"}], "idempotencyKey": "late"}
    document = mutation_document("upsertAccounts")
    async with owner_connection(books.place) as owner:
        for statement in (
            "CREATE FUNCTION wait_at_commit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
            " $$ BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END $$",
            "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON log_entry DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION wait_at_commit()",
            "SELECT pg_advisory_lock(7)",
        ):
            await run(owner, statement)
        async with server_on(books.place, tmp_path, GRACE_SECONDS="0") as server:
            request = server.ask(books, document, input=accounts)
            waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            while not (await run(owner, waiting)).scalar_one():
                assert not request.done()
            await server.told_to_stop()
            await asyncio.wait([request], timeout=GRACE_SECONDS)
            assert not request.done()
            await run(owner, "SELECT pg_advisory_unlock(7)")
            assert (await request).status_code == 503
            assert await server.has_ended() < SLACK_SECONDS
    assert await marks(books) == {"late"}
    await assert_books_hold(books)
