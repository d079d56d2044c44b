"""Whatever is asked, the compiled answer is the executor's, byte by byte."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from app.api.schema import made_schema
from app.domain.entity import Settings
from app.repository.database import Database
from tests.compiled.asking import LEFT_ALONE, Asking, Known
from tests.proof.rich_books import build
from tests.support.books import TestBooks, open_books
from tests.support.service import Service
from tests.support.stores import Place

SCHEMA = made_schema()._schema
MUTATIONS: dict[str, dict[str, Any]] = {
    "upsertAccounts": {
        "idempotencyKey": "accounts",
        "accounts": [{"number": "TWIN", "name": "Twin", "currency": "USD"}],
    },
    "createInvoices": {
        "idempotencyKey": "invoices",
        "invoices": [
            {
                "account": {"number": "ACME"},
                "invoiceDate": "2026-03-01",
                "post": True,
                "lines": [{"amount": "10.00"}, {"amount": "5.00"}],
            }
        ],
    },
    "createCreditMemo": {
        "idempotencyKey": "memo",
        "account": {"number": "ACME"},
        "post": True,
        "lines": [{"amount": "3.00"}, {"amount": "1.00"}],
    },
}
"""Each is done once, by its key.

Their answers have one document, several, counts and flags.
"""
AS_GENERATED = (Phase.explicit, Phase.generate)
"""A smaller operation that differs too would take minutes to find; the one that does is printed."""
EXAMPLES = settings().max_examples // 2
LISTS = ("accounts", "invoices", "creditMemos", "creditMemoApplications", "payments", "jobs")
CONNECTIONS = {
    "accounts": "Account",
    "invoices": "Invoice",
    "creditMemos": "CreditMemo",
    "payments": "Payment",
}
"""Lists of the root whose cursors are tried out, also in other lists."""


class Twins:
    """The same service twice over the same books: with its fast path, and without."""

    def __init__(self, books: TestBooks, directory: Path) -> None:
        sides = []
        for name in ("fast", "slow"):
            own = directory / name
            own.mkdir()
            sides.append(Service(books, own, fast_path=name == "fast", cost_budget=0))
        self.fast, self.slow = sides
        self.known = Known([])

    async def learn(self) -> None:
        """Ids and cursors of what there is."""
        for name in LISTS:
            answer = await self.slow.read(f"{{ {name} {{ edges {{ cursor node {{ id }} }} }} }}")
            self.known.ids += [each["node"]["id"] for each in answer[name]["edges"]]
            document = CONNECTIONS.get(name)
            if document is not None:
                self.known.cursors[document] = [each["cursor"] for each in answer[name]["edges"]]
        self.known.ids += ["inv_00000000000000000000000000000000", "cm_x", "é"]

    async def answer_alike(self, query: str, variables: dict[str, Any]) -> bytes:
        """The answer that both give; it fails the test when they differ."""
        fast = await self.fast.send(query, variables)
        slow = await self.slow.send(query, variables)
        assert fast.content == slow.content, f"{query}\n{json.dumps(variables)}"
        # What was compiled before is answered sooner, where it is all that is asked.
        again = await self.fast.send(query, variables)
        assert again.content == slow.content, f"again: {query}\n{json.dumps(variables)}"
        return fast.content


@pytest.fixture(scope="module")
def twins(
    database: Database, place: Place, runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory
) -> Twins:
    """Over books with every kind of document in them."""

    async def made() -> Twins:
        opened = await open_books(database, place, Settings())
        entity = replace(opened.entity, id=await build(database), code="rich")
        books = replace(opened, entity=entity, actor=replace(opened.actor, entity_id=entity.id))
        twins = Twins(books, tmp_path_factory.mktemp("twins"))
        await twins.learn()
        return twins

    return runner.run(made())


@settings(max_examples=EXAMPLES, phases=AS_GENERATED)
@given(random=st.randoms(use_true_random=False))
def test_any_query_is_answered_alike(twins: Twins, runner: asyncio.Runner, random: Random) -> None:
    asking = Asking(SCHEMA, random, twins.known)
    query = asking.query()
    answer = runner.run(twins.answer_alike(query, asking.variables))
    assert b"GRAPHQL_" not in answer[:400], f"{query}\n{answer[:400]!r}"


@pytest.mark.parametrize("part", ["edges", "nodes", "pageInfo"])
def test_a_selection_of_which_nothing_is_left_is_an_empty_object(
    twins: Twins, runner: asyncio.Runner, part: str
) -> None:
    query = f"{{ creditMemos {{ totalCount {part} {{ __typename @include(if: false) }} }} }}"
    answer = json.loads(runner.run(twins.answer_alike(query, {})))["data"]["creditMemos"]
    assert answer[part] == ({} if part == "pageInfo" else [{}] * min(20, answer["totalCount"]))


@settings(max_examples=EXAMPLES // 2, phases=AS_GENERATED)
@given(random=st.randoms(use_true_random=False), mutation=st.sampled_from(sorted(MUTATIONS)))
def test_what_a_mutation_answers_is_answered_alike(
    twins: Twins, runner: asyncio.Runner, random: Random, mutation: str
) -> None:
    """Asked again by its key, so that both sides show the same documents."""
    runner.run(twins.fast.mutate(mutation, MUTATIONS[mutation]))
    asking = Asking(SCHEMA, random, twins.known)
    query = asking.payload(mutation, MUTATIONS[mutation])
    answer = runner.run(twins.answer_alike(query, asking.variables))
    assert b"GRAPHQL_" not in answer[:400], f"{query}\n{answer[:400]!r}"


def test_most_queries_are_compiled_and_none_fails(twins: Twins, runner: asyncio.Runner) -> None:
    counts = twins.fast.fast_path.counts
    counts.clear()
    for seed in range(30):
        asking = Asking(SCHEMA, Random(seed), twins.known, LEFT_ALONE)
        runner.run(twins.fast.send(asking.query(), asking.variables))
    assert counts["failed"] == 0
    assert counts["compiled"] > 3 * counts["executed"]


def test_what_a_mutation_answers_is_compiled(twins: Twins, runner: asyncio.Runner) -> None:
    counts = twins.fast.fast_path.counts
    counts.clear()
    for mutation, input in MUTATIONS.items():
        asking = Asking(SCHEMA, Random(7), twins.known, LEFT_ALONE)
        runner.run(twins.fast.send(asking.payload(mutation, input), asking.variables))
    assert counts == {"compiled": len(MUTATIONS)}
