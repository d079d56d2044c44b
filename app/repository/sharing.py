"""Several commands of an entity in one transaction (PostgreSQL): each is judged and decided as if it were alone in it,
what they ask for is read together, and what they come to is written together.

They have no document in common, so none sees or changes what another one does. Nothing is waited for: a document that
another transaction holds is not read, and a key is taken by the row of the log that is written last. Whoever cannot go
on like that, or would be refused, is run anew in a transaction of its own.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Generator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from typing import Any

from app.domain.actor import Actor
from app.domain.change_history import DocumentChange
from app.domain.contents import Differences
from app.domain.facts import Changes
from app.domain.record import Record
from app.domain.vocabulary import Operation
from app.repository.breath import Breath
from app.repository.claiming import free_keys
from app.repository.connection import BooksConnection
from app.repository.database import Work
from app.repository.record import LOGGED, of_one_shape
from app.repository.record_statements import records_by
from app.repository.rows import records_of
from app.repository.shared_books import Effect, Look, Read, SharedBooks, Wish


@dataclass(eq=False, slots=True)
class Member:
    """A command among others, and who waits for it."""

    actor: Actor
    operation: Operation
    work: Work[Any]
    is_done: "asyncio.Future[bool]"
    """Whether its effect is committed; else it has to be run alone. Cancelled when nobody waits for it any more."""
    result: Any = None

    @property
    def is_abandoned(self) -> bool:
        return self.is_done.cancelled()


class Sharing:
    """One transaction, from after its BEGIN to before its COMMIT."""

    def __init__(self, connection: BooksConnection, entity_id: int, members: Sequence[Member]) -> None:
        self._connection = connection
        self._entity_id = entity_id
        self._steps: dict[Member, Generator[Wish, Any, Any]] = {
            each: each.work(SharedBooks(connection.dialect, each.actor, each.operation)).__await__()
            for each in members
        }
        self._wishes: dict[Member, Wish] = {}
        """Of those who are still in it."""
        self._locked_by: dict[str, Member] = {}
        self._breath = Breath()

    async def run(self) -> list[Member]:
        """Those whose effect is written, with their results. Raises what the database raises."""
        try:
            for member in self._steps:
                await self._step(member, None)
            while reading := {
                member: wish for member, wish in self._wishes.items() if not isinstance(wish, Effect)
            }:
                await self._read_for(reading)
            return await self._write()
        finally:
            for steps in self._steps.values():
                steps.close()

    async def _step(self, member: Member, answer: Any) -> None:
        """Go on with the answer to its wish until the next one. Whatever it raises instead, it leaves: run alone, it
        raises that again or goes on.
        """
        self._wishes.pop(member, None)
        if not member.is_abandoned:
            try:
                wish = self._steps[member].send(answer)
            except Exception:  # noqa: BLE001 - whatever it is, it is told where the command is run alone
                return
            if isinstance(wish, Look | Read | Effect):
                self._wishes[member] = wish
        await self._breath.take()

    async def _read_for(self, reading: Mapping[Member, Wish]) -> None:
        """What each asks for, by a statement for all that ask alike."""
        looks = [(member, wish) for member, wish in reading.items() if isinstance(wish, Look)]
        if looks:
            await self._look(looks)
        alike = defaultdict[tuple[type[Record], str, bool], list[tuple[Member, Read]]](list)
        for member, wish in reading.items():
            if isinstance(wish, Read):
                alike[wish.kind, wish.column, wish.is_locked].append((member, wish))
        for those in alike.values():
            await self._read(those)

    async def _look(self, those: Sequence[tuple[Member, Look]]) -> None:
        """The settings for each; whose key is taken, or another one's among them, leaves."""
        keys = [look.key for _, look in those if look.key is not None]
        free, settings = await free_keys(self._connection, self._entity_id, keys)
        for member, look in those:
            if look.key is None or look.key in free:
                # The next one under the same key leaves.
                free.discard(look.key or "")
                await self._step(member, settings)
            else:
                del self._wishes[member]

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
        found = records_of(first.kind, rows)
        value_of = attrgetter(first.column)
        for member, read in those:
            own = [record for record in found if value_of(record) in read.values]
            if read.is_locked and len(own) < len(read.values):
                del self._wishes[member]
            else:
                await self._step(member, own)

    def _holds(self, member: Member, read: Read) -> bool:
        """Whether nobody else here has one of the documents; they are its own from now on. Otherwise it leaves."""
        if any(self._locked_by.get(id, member) is not member for id in read.values):
            del self._wishes[member]
            return False
        self._locked_by.update(dict.fromkeys(read.values, member))
        return True

    async def _write(self) -> list[Member]:
        """All effects by one statement; those whose they are."""
        effects = {member: wish for member, wish in self._wishes.items() if isinstance(wish, Effect)}
        if not effects:
            return []
        written = of_one_shape(self._entity_id, *_put_together(effects.values()))
        await self._connection.write(list(written))
        for member in effects:
            member.result = _end_of(self._steps[member])
        return list(effects)


def _put_together(
    effects: Collection[Effect],
) -> tuple[Changes, list[DocumentChange], dict[str, Differences], list[list[Any]]]:
    """What is changed, how it is told, in what the changed records differ, and the rows of the log."""
    every = [each.changes for each in effects]
    changes = Changes(
        new=tuple(chain.from_iterable(each.new for each in every)),
        changed=tuple(chain.from_iterable(each.changed for each in every)),
        entries=tuple(chain.from_iterable(each.entries for each in every)),
    )
    links = list(chain.from_iterable(each.links for each in effects))
    differences = {id: found for each in effects for id, found in each.differences.items()}
    log = [[each.log.get(name) for name in LOGGED] for each in effects if each.log]
    return changes, links, differences, log


def _end_of(steps: Generator[Wish, Any, Any]) -> Any:
    """What it comes to, once its effect is written. RuntimeError where it asks for more."""
    try:
        steps.send(None)
    except StopIteration as end:
        return end.value
    raise RuntimeError("a command asked for something after its effect was written")
