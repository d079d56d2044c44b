"""Jobs against everybody: two that want the same invoices in full, while sixteen clients credit, apply, pay and unapply.

The workers are those of the two server processes. Whatever comes first, each invoice is credited to the last cent and
not beyond, in full by one of the jobs; and the twin without locks is found out.
"""

import os
from collections.abc import Sequence

import pytest

from tests.races.arena import Arena
from tests.races.catalogue import apply
from tests.races.contest import errors, race, wrong_books
from tests.races.running import Answer, Ask
from tests.races.working import (
    all_done,
    full_credits,
    full_credits_behind_the_servers,
    nothing_pending,
    posted_invoices,
    states,
    with_a_chunk_in_hand,
    wrong_jobs,
)
from tests.support.books import TestBooks
from tests.support.building import Made, applied, posted_memo

ROUNDS = 50 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 2
INVOICES = 4
ITEMS = 60
"""Of the job that is steered: several chunks."""

each_round = pytest.mark.parametrize("round_", range(ROUNDS))


async def everybody(books: TestBooks, invoice_ids: Sequence[str]) -> list[Ask]:
    """10.00 of each invoice of 100.00: credited and applied, applied, paid, and taken back from what was applied."""
    lines = dict(await books.rows("SELECT invoice_id, id FROM invoice_line WHERE entity_id = :entity_id"))
    asks = []
    for id in invoice_ids:
        invoice, given = Made(id, (lines[id],)), {"invoice": {"id": id}}
        spent, memo = [await posted_memo(books, "10.00") for _ in range(2)]
        [application] = await applied(books, spent, (invoice, "10.00"))
        part = [{"invoiceLineId": lines[id], "amount": "10.00"}]
        asks += [
            Ask(
                "createCreditMemoFromInvoice", {**given, "lines": part, "post": True, "applyToInvoice": True}
            ),
            apply(memo, (invoice, "10.00")),
            Ask("recordPayment", {**given, "amount": "10.00"}),
            Ask("unapplyCreditMemo", {"applicationId": application}),
        ]
    return asks


async def wrong(
    books: TestBooks, invoice_ids: Sequence[str], asks: Sequence[Ask], answers: Sequence[Answer]
) -> list[str]:
    """In the answers, the books, the jobs; and effects that nobody was told of, or that were told of and are not there."""
    found = [*errors(answers), *await wrong_books(books), *await wrong_jobs(books, invoice_ids)]
    for mutation, statement in _EFFECTS_OF.items():
        told = sum(each.did_it for ask, each in zip(asks, answers, strict=True) if ask.mutation == mutation)
        [[there]] = await books.rows(statement)
        if told != there:
            found.append(f"{mutation}: {told} did it, and {there} have been")
    return found


_EFFECTS_OF = {
    "createCreditMemoFromInvoice": "SELECT count(*) FROM log_entry"
    " WHERE entity_id = :entity_id AND operation = 'CREATE_CREDIT_MEMO_FROM_INVOICE'",
    "recordPayment": "SELECT count(*) FROM payment WHERE entity_id = :entity_id",
    "unapplyCreditMemo": "SELECT count(*) FROM credit_memo_application"
    " WHERE entity_id = :entity_id AND type = 'UNAPPLIED'",
}


@each_round
async def test_jobs_submitted_in_the_middle_of_everything_credit_each_invoice_once(
    arena: Arena, round_: int
) -> None:
    books = await arena.books()
    invoice_ids = await posted_invoices(books, INVOICES, "100.00")
    asks = [full_credits(), *await everybody(books, invoice_ids), full_credits()]
    answers = await race(arena.servers, books, asks)
    await all_done(arena.servers[0], books)
    assert await wrong(books, invoice_ids, asks, answers) == []


@pytest.mark.parametrize("gate", ["write", "commit"])
async def test_whoever_wants_what_a_worker_has_in_hand_gets_what_it_leaves(arena: Arena, gate: str) -> None:
    """The chunk is held before its first row or after its last one; everybody and a second job come meanwhile."""
    books = await arena.books()
    invoice_ids = await posted_invoices(books, INVOICES, "100.00")
    asks = [*await everybody(books, invoice_ids), full_credits(), full_credits()]
    answers = await with_a_chunk_in_hand(arena.servers, books, gate, asks)
    await all_done(arena.servers[0], books)
    assert await wrong(books, invoice_ids, asks, answers) == []


async def test_the_twin_without_locks_credits_what_a_worker_has_in_hand_again(twin: Arena) -> None:
    """Each invoice is wanted by the worker and by one caller. On SQLite the twin's callers come to nothing."""
    books = await twin.books()
    invoice_ids = await posted_invoices(books, INVOICES, "100.00")
    asks = [
        Ask("createCreditMemoFromInvoice", {"invoice": {"id": id}, "fullCredit": True}) for id in invoice_ids
    ]
    if books.place.engine == "sqlite":
        answers = await race(
            twin.servers, books, [full_credits(), full_credits(), *asks], from_the_same_facts=True
        )
        assert errors(answers) != []
    else:
        answers = await with_a_chunk_in_hand(twin.servers, books, "write", asks, from_the_same_facts=True)
        assert all(each.did_it for each in answers)
    await nothing_pending(books)
    if books.place.engine == "postgresql":
        assert len([each for each in await wrong_jobs(books, invoice_ids) if "credited" in each]) == INVOICES


def steering(job_id: str) -> list[Ask]:
    """Eight that cancel the job and eight that resume it."""
    return [Ask("cancelJob", {"jobId": job_id}), Ask("resumeJob", {"jobId": job_id})] * 8


def too_many(asks: Sequence[Ask], answers: Sequence[Answer]) -> int:
    """How many more canceled a running job than resumed a canceled one: 0 or 1 where each was told the truth."""
    did_it = [ask.mutation for ask, each in zip(asks, answers, strict=True) if each.did_it]
    return did_it.count("cancelJob") - did_it.count("resumeJob")


@each_round
async def test_a_job_canceled_and_resumed_all_the_time_does_every_item_once(
    arena: Arena, round_: int
) -> None:
    books = await arena.books()
    invoice_ids = await posted_invoices(books, ITEMS, "100.00")
    job_id = await full_credits_behind_the_servers(books)
    asks = steering(job_id)
    while (await states(arena.servers[0], books))[job_id] != "DONE":
        answers = await race(arena.servers, books, asks)
        assert errors(answers) == []
        assert {code for each in answers for code in each.codes} <= {"INVALID_STATUS"}
        assert too_many(asks, answers) in (0, 1)
        await arena.servers[0].ask(books, Ask("resumeJob", {"jobId": job_id}))
    assert [*await wrong_books(books), *await wrong_jobs(books, invoice_ids)] == []
