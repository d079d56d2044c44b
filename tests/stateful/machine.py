"""The rules: every mutation, plain or keyed or rehearsed first; replays, reused keys, second deliveries, settings.

Commands come from the model's Wanderer, at times with a twist. Its dice are drawn from Hypothesis, so that a failing
walk shrinks to few steps with plain commands; each step prints its mutation and its input (ids are the model's handles).
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import date
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from app.domain.entity import Settings
from app.domain.vocabulary import AllocationRule, ApplicationLevel, TaxEngineKind, TaxStrategy
from tests.model.books import Books
from tests.model.outcome import Accepted
from tests.model.wandering import Wanderer
from tests.stateful.twists import twisted
from tests.stateful.walk import CLERK, DEVELOPER, FOUND_LATE, Command, Walk, written_otherwise

T = TypeVar("T")

MANNERS = ("plain", "plain", "rehearsed", "keyed", "rehearsed and keyed")
ACTORS = (DEVELOPER, DEVELOPER, CLERK)
LEVELS = tuple(ApplicationLevel)
ALLOCATIONS = tuple(AllocationRule)
TAX_STRATEGIES = (TaxStrategy.COPY_FROM_INVOICE_LINE,) * 4 + tuple(TaxStrategy)
ENGINES = (None, TaxEngineKind.BUILT_IN, TaxEngineKind.BUILT_IN)
CLOSED_THROUGH = (None, None, None, date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 1))


class DrawnRandom(Random):
    """Dice whose every throw is drawn, and shrinks towards 0: the first choice, no chance taken."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        super().__init__(0)
        self._draw = draw

    def random(self) -> float:
        return int(self._draw(st.integers(0, 999))) / 1000

    def _randbelow(self, n: int) -> int:
        return int(self._draw(st.integers(0, n - 1)))


@st.composite
def commands(draw: Any, books: Books, mutation: str, twists: bool = True) -> Command:
    """A command of the mutation for these books; one in six with a twist."""
    random = DrawnRandom(draw)
    command = Wanderer(random).of(mutation, books)
    return twisted(random, books, mutation, command) if twists and random.random() >= 0.83 else command


@st.composite
def account_entries(draw: Any, books: Books) -> Command:
    """A new account or new words for a known one."""
    random = DrawnRandom(draw)
    number = f"A-{random.randint(1, 6)}"
    entry = {"number": number, "name": random.choice(["Acme", "Harbor"]), "currency": "USD"}
    known = books.find_account({"number": number})
    if known is not None:
        entry["currency"] = known.currency
    command = {"accounts": [entry]}
    return twisted(random, books, "upsertAccounts", command) if random.random() >= 0.5 else command


def delivered_otherwise(mutation: str, command: Command) -> Command:
    """A delivery with one word of its content changed."""
    if mutation == "createInvoices":
        first, *others = command["invoices"]
        return {**command, "invoices": [{**first, "referenceDocument": "another"}, *others]}
    word = "method" if mutation in ("recordPayment", "refundCreditMemo") else "description"
    return {**command, word: "another"}


class BooksMachine(RuleBasedStateMachine):
    """A walk on books of its own. `open_walk` gives a new one; `runner` is the loop that it lives on."""

    def __init__(self, runner: asyncio.Runner, open_walk: Callable[[], Walk], tally: Any) -> None:
        super().__init__()
        self._runner = runner
        self.tally = tally
        self.walk = open_walk()
        self.keys = 0
        self.is_whole = True
        self._run(self.walk.begin())

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        """A step that fails leaves nothing to audit."""
        self.is_whole = False
        result = self._runner.run(work)
        self.is_whole = True
        return result

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        """One rule with weights of its own, so that even a short walk meets every kind of step."""
        walk = self.walk
        actions = {"send": 30, "upsert_accounts": 1, "change_settings": 2}
        actions |= {"find_a_rate": 1} if FOUND_LATE not in walk.books.entity.rates else {}
        actions |= {"replay": 2, "reuse_a_key": 1} if walk.keyed else {}
        actions |= {"deliver_again": 2} if walk.delivered else {}
        weighted = [name for name, weight in actions.items() for _ in range(weight)]
        action = data.draw(st.sampled_from(weighted), label="action")
        getattr(self, f"_{action}")(data)

    def _send(self, data: st.DataObject) -> None:
        possible = Wanderer(Random(0)).possible(self.walk.books)
        mutation = data.draw(st.sampled_from(possible), label="mutation")
        command = data.draw(commands(self.walk.books, mutation), label="command")
        self._send_in_some_manner(data, mutation, command)

    def _upsert_accounts(self, data: st.DataObject) -> None:
        command = data.draw(account_entries(self.walk.books), label="command")
        self._send_in_some_manner(data, "upsertAccounts", command)

    def _send_in_some_manner(self, data: st.DataObject, mutation: str, command: Command) -> None:
        self.walk.act_as(data.draw(st.sampled_from(ACTORS), label="actor"))
        manner = data.draw(st.sampled_from(MANNERS), label="manner")
        if "keyed" in manner:
            command = {**command, "idempotencyKey": f"key-{self.keys}"}
        send = self.walk.rehearse_and_send if "rehearsed" in manner else self.walk.send
        outcome = self._run(send(mutation, command))
        is_accepted = isinstance(outcome, Accepted)
        # A refused attempt stores nothing: its key is still free.
        self.keys += is_accepted and "keyed" in manner
        self.tally[mutation] += is_accepted

    def _replay(self, data: st.DataObject) -> None:
        """The same key and input, also in other words: the first call's documents, `replayed`, nothing changed."""
        mutation, command = data.draw(st.sampled_from(self.walk.keyed), label="replayed")
        again = written_otherwise(command, lambda: int(data.draw(st.integers(0, 2), label="zeros")))
        outcome = self._run(self.walk.send(mutation, again))
        assert isinstance(outcome, Accepted), outcome
        assert outcome.replayed
        self.tally["replay"] += 1

    def _reuse_a_key(self, data: st.DataObject) -> None:
        """The same key with other input is refused, whatever the input."""
        _, first = data.draw(st.sampled_from(self.walk.keyed), label="key of")
        mutation = data.draw(st.sampled_from(["createCreditMemo", "recordPayment", "createInvoices"]))
        command = data.draw(commands(self.walk.books, mutation, twists=False), label="command")
        self._run(self.walk.send(mutation, {**command, "idempotencyKey": first["idempotencyKey"]}))
        self.tally["reused key"] += 1

    def _deliver_again(self, data: st.DataObject) -> None:
        """The same external reference with the same content, or with another one."""
        mutation, command = data.draw(st.sampled_from(self.walk.delivered), label="delivered")
        if data.draw(st.booleans(), label="with other content"):
            command = delivered_otherwise(mutation, command)
        self._send_in_some_manner(data, mutation, command)
        self.tally["second delivery"] += 1

    def _change_settings(self, data: st.DataObject) -> None:
        settings = Settings(
            application_level=data.draw(st.sampled_from(LEVELS), label="level"),
            default_allocation=data.draw(st.sampled_from(ALLOCATIONS), label="allocation"),
            default_tax_strategy=data.draw(st.sampled_from(TAX_STRATEGIES), label="tax strategy"),
            closed_through=data.draw(st.sampled_from(CLOSED_THROUGH), label="closed through"),
            tax_engine=data.draw(st.sampled_from(ENGINES), label="tax engine"),
            convert_negative_lines_on_posting=data.draw(st.booleans(), label="converts on posting"),
            apply_converted_memo_on_posting=data.draw(st.booleans(), label="applies on posting"),
            apply_available_credit_on_posting=data.draw(st.booleans(), label="uses credit on posting"),
        )
        self._run(self.walk.change_settings(settings))
        self.tally["settings"] += 1

    def _find_a_rate(self, data: st.DataObject) -> None:
        """What could not be taxed before can be taxed now."""
        self._run(self.walk.find_rate(FOUND_LATE))
        self.tally["rate"] += 1

    def teardown(self) -> None:
        if self.is_whole:
            self._run(self.walk.finish())
