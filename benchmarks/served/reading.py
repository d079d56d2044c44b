"""R1 and R2: the service beside PostGraphile and beside the flat statements that answer the same."""

import random
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.served import documents
from benchmarks.served.arena import Arena
from benchmarks.served.contest import FLOOR, PEER, SERVICE, TakeTurn, Turns, by_sql_alone, contest, over_http
from benchmarks.served.documents import Question
from benchmarks.served.floor import Floor, any_account, any_invoice
from benchmarks.served.ids import made_id
from benchmarks.served.load import Check, load
from benchmarks.served.servers import Server
from benchmarks.served.statements import reads
from benchmarks.stand import connected

JSON_FLOOR = "json_agg"
RIVALS = (PEER, FLOOR, JSON_FLOOR)
QUESTIONS: Mapping[str, Question] = {"R1": documents.INVOICE, "R2": documents.MEMOS}
_COMPARED = 5
"""Documents whose answers are compared before anything is measured."""
_BODIES = 1_000


class NotTheSame(Exception):
    """Two servers have answered differently, or left different books: their times say nothing."""


def ids_of(arena: Arena, name: str) -> list[str]:
    """What can be asked for: every invoice, or every account."""
    prefix, count = ("inv", arena.books.invoices) if name == "R1" else ("acc", arena.books.accounts)
    return [made_id(prefix, number) for number in range(count)]


def bodies_of(question: Question, side: str, ids: Sequence[str]) -> Iterator[bytes]:
    """Requests for some of them, the same ones in the same order for whoever is asked, again and again."""
    chosen = random.Random(1).choices(ids, k=_BODIES)
    made = [question.body(side, each) for each in chosen]
    while True:
        yield from made


def is_answer(body: bytes) -> bool:
    return b'"errors"' not in body


async def read_contest(arena: Arena, name: str, clients: Sequence[int], rounds: int, seconds: float) -> Turns:
    """Raises NotTheSame."""
    question, ids = QUESTIONS[name], ids_of(arena, name)
    if arena.peer is not None:
        await compare(question, arena.service, arena.peer, ids)
    if name == "R2":
        await _compare_json(arena)
    contenders: dict[str, TakeTurn] = {
        SERVICE: over_http(
            arena.stand, [arena.service], bodies_of(question, documents.SERVICE, ids), is_answer
        )
    }
    if arena.peer is not None:
        asked = bodies_of(question, documents.PEER, ids)
        contenders[PEER] = over_http(arena.stand, [arena.peer], asked, is_answer)
    for floor, made in _floors(arena, name).items():
        contenders[floor] = by_sql_alone(arena.stand, arena.books, made)
    return await contest(contenders, clients, rounds, seconds)


def _floors(arena: Arena, name: str) -> dict[str, Floor]:
    if name == "R1":
        return {FLOOR: Floor(picks=any_invoice(arena.books), statements=reads.R1)}
    picks = any_account(arena.books)
    return {
        FLOOR: Floor(picks=picks, statements=reads.R2),
        JSON_FLOOR: Floor(picks=picks, statements=reads.R2_JSON),
    }


async def compare(question: Question, service: Server, peer: Server, ids: Sequence[str]) -> None:
    """Raises NotTheSame where the answers have other leaves."""
    for id in random.Random(2).sample(ids, k=min(_COMPARED, len(ids))):
        mine = question.leaves(await answer(service, question.body(documents.SERVICE, id)), documents.SERVICE)
        its = question.leaves(await answer(peer, question.body(documents.PEER, id)), documents.PEER)
        if mine != its:
            differing = [pair for pair in zip(mine, its, strict=True) if pair[0] != pair[1]]
            raise NotTheSame(f"{id}: service and PostGraphile say {differing[:5]}")


async def _compare_json(arena: Arena) -> None:
    """Raises NotTheSame where the JSON that PostgreSQL makes has other leaves, of the first account's memos."""
    [statement] = reads.R2_JSON
    connection = await connected(arena.books.place.owner_url)
    try:
        made = await connection.fetchval(statement.replace(":a", "0"))
    finally:
        await connection.close()
    body = documents.MEMOS.body(documents.SERVICE, made_id("acc", 0))
    mine = documents.MEMOS.leaves(await answer(arena.service, body), documents.SERVICE)
    if documents.MEMOS.leaves(made, documents.SERVICE) != mine:
        raise NotTheSame("service and json_agg make other JSON")


async def answer(server: Server, body: bytes, check: Check = is_answer) -> bytes:
    """The body of the answer to one request. Raises BadAnswer where it does not pass the check."""
    answers: list[bytes] = []

    def keep(received: bytes) -> bool:
        answers.append(received)
        return check(received)

    await load([server], iter([body]), keep, clients=1, seconds=60, requests=1)
    return answers[0]
