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
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tests.model.books import Books
from tests.model.outcome import Accepted
from tests.model.wandering import Wanderer
from tests.stateful.twists import twisted
from tests.stateful.walk import Command, Walk, written_otherwise

T = TypeVar("T")

MANNERS = ("plain", "plain", "rehearsed", "keyed", "rehearsed and keyed")
LEVELS = ("INVOICE", "INVOICE_LINE")
ALLOCATIONS = ("HIGHEST_FIRST", "PROPORTIONAL", "OLDEST_SERVICE_FIRST", "SOURCE_LINE")
TAX_STRATEGIES = ("COPY_FROM_INVOICE_LINE",) * 4 + ("IGNORE", "MANUAL_OVERRIDE", "CALCULATE")
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
    """A command of the mutation for these books; one in five with a twist."""
    random = DrawnRandom(draw)
    command = Wanderer(random).of(mutation, books)
    return twisted(random, books, mutation, command) if twists and random.random() >= 0.8 else command


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

    def _step(self, data: st.DataObject, mutation: str) -> None:
        command = data.draw(commands(self.walk.books, mutation), label=mutation)
        self._send(data, mutation, command)

    def _send(self, data: st.DataObject, mutation: str, command: Command) -> None:
        manner = data.draw(st.sampled_from(MANNERS), label="manner")
        if "keyed" in manner:
            command = {**command, "idempotencyKey": f"key-{self.keys}"}
        send = self.walk.rehearse_and_send if "rehearsed" in manner else self.walk.send
        outcome = self._run(send(mutation, command))
        is_accepted = isinstance(outcome, Accepted)
        # A refused attempt stores nothing: its key is still free.
        self.keys += is_accepted and "keyed" in manner
        self.tally[mutation, "accepted" if is_accepted else "refused"] += 1

    @rule(data=st.data())
    def upsert_accounts(self, data: st.DataObject) -> None:
        command = data.draw(account_entries(self.walk.books), label="upsertAccounts")
        self._send(data, "upsertAccounts", command)

    @rule(data=st.data())
    def create_invoices(self, data: st.DataObject) -> None:
        self._step(data, "createInvoices")

    @rule(data=st.data())
    def create_more_invoices(self, data: st.DataObject) -> None:
        self._step(data, "createInvoices")

    @precondition(lambda self: self.walk.books.invoices)
    @rule(data=st.data())
    def post_invoice(self, data: st.DataObject) -> None:
        self._step(data, "postInvoice")

    @precondition(lambda self: self.walk.books.invoices)
    @rule(data=st.data())
    def record_payment(self, data: st.DataObject) -> None:
        self._step(data, "recordPayment")

    @precondition(lambda self: self.walk.books.payments)
    @rule(data=st.data())
    def reverse_payment(self, data: st.DataObject) -> None:
        self._step(data, "reversePayment")

    @rule(data=st.data())
    def create_credit_memo(self, data: st.DataObject) -> None:
        self._step(data, "createCreditMemo")

    @precondition(lambda self: self.walk.books.invoices)
    @rule(data=st.data())
    def credit_an_invoice(self, data: st.DataObject) -> None:
        self._step(data, "createAndApplyCreditMemo")

    @precondition(lambda self: self.walk.books.invoices)
    @rule(data=st.data())
    def credit_an_invoice_again(self, data: st.DataObject) -> None:
        self._step(data, "createAndApplyCreditMemo")

    @precondition(lambda self: self.walk.books.memos and self.walk.books.invoices)
    @rule(data=st.data())
    def apply_credit_memo(self, data: st.DataObject) -> None:
        self._step(data, "applyCreditMemo")

    @precondition(lambda self: self.walk.books.memos and self.walk.books.invoices)
    @rule(data=st.data())
    def apply_credit_memo_again(self, data: st.DataObject) -> None:
        self._step(data, "applyCreditMemo")

    @precondition(lambda self: self.walk.books.memos and self.walk.books.invoices)
    @rule(data=st.data())
    def apply_credit_memo_line(self, data: st.DataObject) -> None:
        self._step(data, "applyCreditMemoLine")

    @precondition(lambda self: self.walk.books.applications)
    @rule(data=st.data())
    def unapply_credit_memo(self, data: st.DataObject) -> None:
        self._step(data, "unapplyCreditMemo")

    @precondition(lambda self: any(self.walk.books.line_applications()))
    @rule(data=st.data())
    def unapply_credit_memo_line(self, data: st.DataObject) -> None:
        self._step(data, "unapplyCreditMemoLine")

    @precondition(lambda self: self.walk.books.invoices)
    @rule(data=st.data())
    def convert_negative_lines(self, data: st.DataObject) -> None:
        self._step(data, "convertNegativeInvoiceLines")

    @precondition(lambda self: self.walk.books.memos)
    @rule(data=st.data())
    def post_credit_memo(self, data: st.DataObject) -> None:
        self._step(data, "postCreditMemo")

    @precondition(lambda self: self.walk.books.memos)
    @rule(data=st.data())
    def cancel_credit_memo(self, data: st.DataObject) -> None:
        self._step(data, "cancelCreditMemo")

    @precondition(lambda self: self.walk.books.applications)
    @rule(data=st.data())
    def describe_an_application(self, data: st.DataObject) -> None:
        self._step(data, "updateCreditMemoApplication")

    @precondition(lambda self: self.walk.keyed)
    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        """The same key and input, also in other words: the first call's documents, `replayed`, nothing changed."""
        mutation, command = data.draw(st.sampled_from(self.walk.keyed), label="replay")
        again = written_otherwise(command, lambda: data.draw(st.integers(0, 2)))
        outcome = self._run(self.walk.send(mutation, again))
        assert isinstance(outcome, Accepted), outcome
        assert outcome.replayed
        self.tally["replay", "accepted"] += 1

    @precondition(lambda self: self.walk.keyed)
    @rule(data=st.data())
    def reuse_a_key(self, data: st.DataObject) -> None:
        """The same key with other input is refused, whatever the input."""
        _, first = data.draw(st.sampled_from(self.walk.keyed), label="key of")
        mutation = data.draw(st.sampled_from(["createCreditMemo", "recordPayment", "createInvoices"]))
        command = data.draw(commands(self.walk.books, mutation, twists=False), label=mutation)
        self._run(self.walk.send(mutation, {**command, "idempotencyKey": first["idempotencyKey"]}))
        self.tally["reused key", "sent"] += 1

    @precondition(lambda self: self.walk.delivered)
    @rule(data=st.data())
    def deliver_again(self, data: st.DataObject) -> None:
        """The same external reference with the same content, or with another one."""
        mutation, command = data.draw(st.sampled_from(self.walk.delivered), label="delivered")
        if data.draw(st.booleans(), label="otherwise"):
            name = "referenceDocument" if mutation == "createInvoices" else "description"
            holder = command["invoices"][0] if mutation == "createInvoices" else command
            name = "method" if mutation == "recordPayment" else name
            changed = {**holder, name: "another"}
            command = {"invoices": [changed, *command["invoices"][1:]]} if "invoices" in command else changed
        self._send(data, mutation, command)
        self.tally["second delivery", "sent"] += 1

    @rule(
        level=st.sampled_from(LEVELS),
        allocation=st.sampled_from(ALLOCATIONS),
        tax_strategy=st.sampled_from(TAX_STRATEGIES),
        closed_through=st.sampled_from(CLOSED_THROUGH),
    )
    def change_settings(
        self, level: str, allocation: str, tax_strategy: str, closed_through: date | None
    ) -> None:
        self._run(self.walk.change_settings(level, allocation, tax_strategy, closed_through))

    def teardown(self) -> None:
        if self.is_whole:
            self._run(self.walk.finish())
