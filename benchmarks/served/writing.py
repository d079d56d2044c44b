"""W1 and W2: credit applied, and a memo made from an invoice; on any documents of the books, or all on the same."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count

from benchmarks.adopted import number_log
from benchmarks.served.arena import Arena
from benchmarks.served.books import INVOICES_OF_ACCOUNT, MEMOS_OF_ACCOUNT, Books
from benchmarks.served.contest import (
    FLOOR,
    PEER,
    SERVICE,
    TakeTurn,
    Tidy,
    Turns,
    by_sql_alone,
    contest,
    over_http,
)
from benchmarks.served.floor import Floor, any_invoice, any_pair
from benchmarks.served.ids import made_id
from benchmarks.served.statements import writes

RIVALS = (PEER, FLOOR)
_REFUSED = "... on Rejection { message violations { code message } }"
_APPLY = (
    "mutation ($input: ApplyCreditMemoInput!) { applyCreditMemo(input: $input) { __typename"
    " ... on CreditMemoApplied { applications { number amount creditMemoBalance invoiceBalance } }"
    f" {_REFUSED} }} }}"
)
_APPLY_BY_PEER = (
    "mutation ($input: BenchPeerApplyCreditInput!) { benchPeerApplyCredit(input: $input) { result {"
    " number amount creditMemoBalance invoiceBalance } } }"
)
_CREDIT = (
    "mutation ($input: CreateCreditMemoFromInvoiceInput!) { createCreditMemoFromInvoice(input: $input) { __typename"
    f" ... on CreditMemoCreatedFromInvoice {{ creditMemo {{ id number totalAmount }} }} {_REFUSED} }} }}"
)
Picks = Callable[[], tuple[int, int]]
"""The numbers of a memo and an invoice of one account."""
_keys = count(1)
_run = random.SystemRandom().getrandbits(64)


def any_of(books: Books) -> Picks:
    """Any memo, and any invoice of its account."""
    chance = random.Random(3)

    def pick() -> tuple[int, int]:
        account = chance.randrange(books.accounts)
        return (
            account * MEMOS_OF_ACCOUNT + chance.randrange(MEMOS_OF_ACCOUNT),
            account * INVOICES_OF_ACCOUNT + chance.randrange(INVOICES_OF_ACCOUNT),
        )

    return pick


def one_memo_of(books: Books) -> Picks:
    """All draw on one memo, for any invoice of its account."""
    chance = random.Random(4)
    return lambda: (0, chance.randrange(INVOICES_OF_ACCOUNT))


def one_invoice_of(books: Books) -> Picks:
    """All settle one invoice, by any memo of its account."""
    chance = random.Random(5)
    return lambda: (chance.randrange(MEMOS_OF_ACCOUNT), 0)


def apply_body(memo: int, invoice: int, cents: int = 1) -> bytes:
    """W1 for the service."""
    return _body(
        _APPLY,
        {
            "creditMemo": {"id": made_id("cm", memo)},
            "applications": [
                {"invoice": {"id": made_id("inv", invoice)}, "amount": f"{cents // 100}.{cents % 100:02d}"}
            ],
            "idempotencyKey": _key(),
        },
    )


def apply_body_of_peer(memo: int, invoice: int, cents: int = 1) -> bytes:
    """W1 for PostGraphile."""
    return _body(
        _APPLY_BY_PEER,
        {
            "memoId": made_id("cm", memo),
            "invoiceId": made_id("inv", invoice),
            "amount": str(cents),
            "key": _key(),
        },
    )


def credit_body(invoice: int) -> bytes:
    """W2: 20 cents of each of the invoice's 10 lines, and the tax that belongs to them."""
    return _body(
        _CREDIT,
        {
            "invoice": {"id": made_id("inv", invoice)},
            "lines": [
                {"invoiceLineId": made_id("inl", invoice * 10 + line), "amount": f"0.{writes.CREDITED}"}
                for line in range(1, 11)
            ],
            "post": True,
            "idempotencyKey": _key(),
        },
    )


def is_applied(body: bytes) -> bool:
    """The service's answer, or PostGraphile's, to credit that was applied."""
    return b'"errors"' not in body and b'"invoiceBalance"' in body


def is_credited(body: bytes) -> bool:
    return b'"errors"' not in body and b'"totalAmount"' in body


@dataclass(frozen=True, slots=True)
class Documents:
    """Which memos and invoices W1 is about: for requests over HTTP, and for pgbench."""

    picks: Callable[[Books], Picks]
    floor_picks: Callable[[Books], list[str]]


def _hot_memo(books: Books) -> list[str]:
    return ["\\set m 0", f"\\set n random(0, {INVOICES_OF_ACCOUNT - 1})"]


def _hot_invoice(books: Books) -> list[str]:
    return ["\\set n 0", f"\\set m random(0, {MEMOS_OF_ACCOUNT - 1})"]


ANY = Documents(any_of, any_pair)
ONE_MEMO = Documents(one_memo_of, _hot_memo)
ONE_INVOICE = Documents(one_invoice_of, _hot_invoice)


async def apply_contest(
    arena: Arena, documents: Documents, clients: Sequence[int], rounds: int, seconds: float
) -> Turns:
    """W1."""
    picks = documents.picks
    floor = Floor(picks=documents.floor_picks(arena.books), statements=writes.W1)
    contenders: dict[str, TakeTurn] = {
        SERVICE: over_http(
            arena.stand, [arena.service], bodies_of(apply_body, picks(arena.books)), is_applied
        )
    }
    if arena.peer is not None:
        bodies = bodies_of(apply_body_of_peer, picks(arena.books))
        contenders[PEER] = over_http(arena.stand, [arena.peer], bodies, is_applied)
    contenders[FLOOR] = by_sql_alone(arena.stand, arena.books, floor)
    return await contest(contenders, clients, rounds, seconds, _numbered(arena))


async def credit_contest(arena: Arena, clients: Sequence[int], rounds: int, seconds: float) -> Turns:
    """W2."""
    chance = random.Random(6)
    bodies = (credit_body(chance.randrange(arena.books.invoices)) for _ in count())
    floor = Floor(picks=any_invoice(arena.books), statements=writes.W2)
    contenders = {
        SERVICE: over_http(arena.stand, [arena.service], bodies, is_credited),
        FLOOR: by_sql_alone(arena.stand, arena.books, floor),
    }
    return await contest(contenders, clients, rounds, seconds, _numbered(arena))


def _numbered(arena: Arena) -> Tidy:
    """What the others log the service would number in its turn: it numbers its own, they number nothing."""
    return partial(number_log, arena.books.place)


def bodies_of(made: Callable[[int, int], bytes], pick: Picks) -> Iterator[bytes]:
    while True:
        yield made(*pick())


def _body(query: str, input: dict[str, object]) -> bytes:
    return json.dumps({"query": query, "variables": {"input": input}}).encode()


def _key() -> str:
    return f"bench-{_run:x}-{next(_keys)}"
