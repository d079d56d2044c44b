"""Several commands of an entity in one transaction (PostgreSQL): each is judged and decided as if it were alone in it,
what they ask for is read together, and what they come to is written together.

They have no document in common, so none sees or changes what another one does. Nothing is waited for: a document that
another transaction holds is not read, and a key is taken by the row of the log that is written last. Whoever cannot go
on like that, or would be refused, is run anew in a transaction of its own.
"""

import asyncio
from collections import defaultdict
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from time import perf_counter
from typing import Any

from sqlalchemy import ARRAY, Select, Text, func, select

from app.domain.actor import Actor
from app.domain.facts import Changes
from app.domain.record import Record
from app.domain.vocabulary import Operation
from app.repository import tables
from app.repository.books import BREATH_SECONDS, Clock, records_by
from app.repository.connection import TypedConnection
from app.repository.database import Work
from app.repository.shared_rows import shared
from app.repository.remembered import remembered
from app.repository.rows import record_of, settings_of, settings_selection
from app.repository.shared_books import Effect, Look, Read, SharedBooks, Wish
from app.repository.types import among, own


@dataclass(eq=False, slots=True)
class Member:
    """A command among others, and who waits for it. The answer is what it comes to; None where it has to be run alone."""

    actor: Actor
    operation: Operation
    work: Work[Any]
    answer: "asyncio.Future[Any]"
    result: Any = None
    steps: Generator[Wish, Any, Any] | None = None


class Sharing:
    """One transaction, from after its BEGIN to before its COMMIT."""

    def __init__(self, connection: TypedConnection, entity_id: int, members: Sequence[Member], clock: Clock) -> None:
        self._connection = connection
        self._entity_id = entity_id
        self._members = members
        self._clock = clock
        self._wishes: dict[Member, Wish] = {}
        self._locked_by: dict[str, Member] = {}
        self._breathed_at = perf_counter()
        self.done: list[Member] = []
        """Whose effect is written, with their results."""

    async def run(self) -> None:
        """Raises what the database raises; nothing of it is to be kept then."""
        for member in self._members:
            books = SharedBooks(self._connection.dialect, member.actor, member.operation, self._clock)
            member.steps = member.work(books).__await__()
            await self._step(member, None)
        while reads := [(member, wish) for member, wish in self._wishes.items() if not isinstance(wish, Effect)]:
            await self._look([(member, wish) for member, wish in reads if isinstance(wish, Look)])
            alike = defaultdict[tuple[type[Record], str, bool], list[tuple[Member, Read]]](list)
            for member, wish in reads:
                if isinstance(wish, Read):
                    alike[wish.kind, wish.column, wish.is_locked].append((member, wish))
            for those in alike.values():
                await self._read(those)
        await self._write()

    async def _step(self, member: Member, answer: Any) -> None:
        """Go on with the answer to its wish until the next one; whoever has none that is known, leaves."""
        assert member.steps is not None
        self._wishes.pop(member, None)
        try:
            wish = None if member.answer.cancelled() else member.steps.send(answer)
        except (StopIteration, Exception):
            wish = None
        if isinstance(wish, Look | Read | Effect):
            self._wishes[member] = wish
        else:
            member.steps.close()
        if perf_counter() - self._breathed_at >= BREATH_SECONDS:
            await asyncio.sleep(0)
            self._breathed_at = perf_counter()

    def _leave(self, member: Member) -> None:
        del self._wishes[member]
        assert member.steps is not None
        member.steps.close()

    async def _look(self, those: Sequence[tuple[Member, Look]]) -> None:
        """The settings for each; whose key is taken, or another one's among them, leaves."""
        if not those:
            return
        keys = [look.key for _, look in those if look.key is not None]
        [[*row, taken]] = await self._connection.rows(
            _settings_and_keys(), {"entity_id": self._entity_id, "values": keys}
        )
        settings, seen = settings_of(row), set(taken)
        for member, look in those:
            if look.key in seen:
                self._leave(member)
            else:
                if look.key is not None:
                    seen.add(look.key)
                await self._step(member, settings)

    async def _read(self, those: list[tuple[Member, Read]]) -> None:
        """The records for each, in their order; who wants to lock one that is not there or not free, leaves."""
        first = those[0][1]
        if first.is_locked:
            those = [(member, read) for member, read in those if self._holds(member, read)]
        wanted = {value for _, read in those for value in read.values}
        if not wanted:
            return
        statement = records_by(first.kind, first.column, lock=first.is_locked, waits=False)
        rows = await self._connection.rows(
            statement, {"entity_id": self._entity_id, "values": sorted(wanted)}
        )
        found = [record_of(first.kind, row) for row in rows]
        value_of = attrgetter(first.column)
        for member, read in those:
            own = [record for record in found if value_of(record) in read.values]
            if read.is_locked and len(own) < len(read.values):
                self._leave(member)
            else:
                await self._step(member, own)

    def _holds(self, member: Member, read: Read) -> bool:
        """Whether nobody else here has one of the documents; they are its own from now on. Otherwise it leaves."""
        if any(self._locked_by.get(id, member) is not member for id in read.values):
            self._leave(member)
            return False
        self._locked_by.update(dict.fromkeys(read.values, member))
        return True

    async def _write(self) -> None:
        """All effects by one statement, and the results of those whose they are."""
        effects = [
            (member, wish)
            for member, wish in self._wishes.items()
            if isinstance(wish, Effect) and not member.answer.cancelled()
        ]
        if not effects:
            return
        all = [wish for _, wish in effects]
        changes = Changes(
            new=tuple(chain.from_iterable(each.changes.new for each in all)),
            changed=tuple(chain.from_iterable(each.changes.changed for each in all)),
            entries=tuple(chain.from_iterable(each.changes.entries for each in all)),
            referring=tuple(chain.from_iterable(each.changes.referring for each in all)),
        )
        links = list(chain.from_iterable(each.links for each in all))
        log = [each.log for each in all if each.log is not None]
        await self._connection.write(shared(self._entity_id, changes, links, log))
        for member, _ in effects:
            assert member.steps is not None
            try:
                member.steps.send(None)
            except StopIteration as end:
                member.result = end.value
                self.done.append(member)
            else:
                raise RuntimeError("a command asked for something after its effect was written")


@remembered
def _settings_and_keys() -> Select[Any]:
    """The entity's settings, and those of the keys that are in its log."""
    log = tables.log_entry.c
    taken = select(log.idempotency_key).where(own(tables.log_entry), among(log.idempotency_key, "values"))
    return settings_selection().add_columns(func.array(taken.scalar_subquery(), type_=ARRAY(Text())))
