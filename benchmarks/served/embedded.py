"""W1 on SQLite: the service in one process, and over HTTP, beside sqlite3 alone, on one file and at one durability."""

import asyncio
import time
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import create_engine, insert, select
from sqlalchemy.ext.asyncio import create_async_engine

from app.domain.actor import Actor
from app.domain.commands import ApplicationEntry, ApplyCreditMemo, CreditMemoReference, InvoiceReference
from app.domain.vocabulary import Operation
from app.repository import tables
from app.repository.database import Database
from app.repository.opening import open_database
from app.use_cases.run import perform
from app.use_cases.verbs import VERBS
from benchmarks.run import Run, Told
from benchmarks.served.arena import seeded
from benchmarks.served.books import Books, invoices_at
from benchmarks.served.contest import SERVICE, TakeTurn, Turn, contest, over_http, ratio, table_of
from benchmarks.served.ids import made_id
from benchmarks.served.servers import key_of, service
from benchmarks.served.statements import embedded
from benchmarks.served.writing import any_of, apply_body, bodies_of, is_applied
from benchmarks.stand import Stand, settle

FLOOR, HTTP = "sqlite3", "service over HTTP"
CLIENTS = 8
SHARE = 0.05
"""Of the books that requests are measured on: they are carried over row by row."""
DESCRIBED = f"""Books of a twentieth of the others' size in one file, synchronous=FULL. *Service* is the use case in the benchmark's own process, {CLIENTS} at once,
as a program has it that embeds the service; *{HTTP}* is `serve` on the same file, asked by {CLIENTS} clients. *{FLOOR}* is one connection of Python's own driver,
which runs the same statements one transaction after the other and judges nothing."""
_VERB = VERBS[Operation.APPLY_CREDIT_MEMO]
_keys = count(1)


async def embedded_writes(run: Run) -> Told:
    """The service's commits may be shared by several commands; the floor's are its own."""
    options = run.options
    full = await seeded(run.stand, invoices_at(options.books * SHARE))
    books = await carried_over(run.stand, full)
    run.stand.drop(full.place)
    database = open_database(books.place.url)
    key = await asyncio.to_thread(key_of, books)
    try:
        with service(books, key) as server:
            bodies = bodies_of(apply_body, any_of(books))
            contenders: dict[str, TakeTurn] = {
                SERVICE: _in_process(database, books),
                HTTP: over_http(run.stand, [server], bodies, is_applied),
                FLOOR: _by_sqlite_alone(books),
            }
            turns = await contest(contenders, [CLIENTS], options.rounds, options.seconds)
    finally:
        await database.close()
        run.stand.drop(books.place)
    beside = ratio(turns, CLIENTS, SERVICE, FLOOR)
    assert beside is not None
    return Told(text=f"{DESCRIBED}\n\n{table_of(turns, [FLOOR])}", facts={"SQLite W1 / sqlite3": beside})


def _in_process(database: Database, books: Books) -> TakeTurn:
    pick = any_of(books)
    actor = Actor(entity_id=books.entity_id, name="bench", permissions=frozenset())

    async def client(until: float, latencies: list[float]) -> None:
        while (begin := time.perf_counter()) < until:
            memo, invoice = pick()
            entry = ApplicationEntry(
                invoice=InvoiceReference(id=made_id("inv", invoice)), amount=Decimal("0.01")
            )
            command = ApplyCreditMemo(
                credit_memo=CreditMemoReference(id=made_id("cm", memo)),
                applications=[entry],
                idempotency_key=f"in process {next(_keys)}",
            )
            await perform(database, actor, _VERB, command)
            latencies.append(time.perf_counter() - begin)

    async def turn(clients: int, seconds: float) -> Turn:
        latencies: list[float] = []
        begin, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(client(begin + seconds, latencies) for _ in range(clients)))
        return _turn(latencies, begin, cpu)

    return turn


def _by_sqlite_alone(books: Books) -> TakeTurn:
    pick = any_of(books)

    def loop(until: float, latencies: list[float]) -> None:
        connection = embedded.connected(books.place.name)
        while (begin := time.perf_counter()) < until:
            memo, invoice = pick()
            key = f"alone {next(_keys)}"
            embedded.apply_a_cent(connection, made_id("cm", memo), made_id("inv", invoice), key)
            latencies.append(time.perf_counter() - begin)
        connection.close()

    async def turn(clients: int, seconds: float) -> Turn:
        latencies: list[float] = []
        begin, cpu = time.perf_counter(), time.process_time()
        await asyncio.to_thread(loop, begin + seconds, latencies)
        return _turn(latencies, begin, cpu)

    return turn


def _turn(latencies: list[float], begin: float, cpu: float) -> Turn:
    in_order = sorted(latencies)
    return Turn(
        rate=len(in_order) / (time.perf_counter() - begin),
        latency=in_order[len(in_order) // 2],
        slowest=in_order[int(0.99 * len(in_order))],
        own_cpu=(time.process_time() - cpu) / len(in_order),
        server_cpu=0.0,
    )


async def carried_over(stand: Stand, full: Books) -> Books:
    """The same books as on PostgreSQL, in a file."""
    place = await stand.migrated("sqlite")
    reading = create_async_engine(full.place.owner_url)
    writing = create_engine(place.url)
    try:
        async with reading.connect() as source:
            for table in tables.metadata.sorted_tables:
                rows: list[Any] = [dict(row) for row in (await source.execute(select(table))).mappings()]
                if rows:
                    with writing.begin() as target:
                        target.execute(insert(table), rows)
    finally:
        await reading.dispose()
        writing.dispose()
    await settle(place)
    return replace(full, place=place)
