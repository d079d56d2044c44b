"""The books of one entity inside one transaction: read and lock records, take numbers, claim a key, record an effect."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, or_, select, update
from sqlalchemy.sql import Executable

from app.domain.actor import Actor
from app.domain.change_history import DocumentChange, History, Occasion
from app.domain.commands import Command, Reference
from app.domain.entity import NumberSequence, Settings
from app.domain.entity_history import EntityHead, entity_change
from app.domain.facts import Changes, Facts, Outcome, Stamp
from app.domain.fingerprint import fingerprint
from app.domain.record import Document, Record
from app.domain.tax_engine import TaxAnswers
from app.domain.violation import Path, Rejected, Violation
from app.domain.vocabulary import Operation, SequenceKind, ViolationCode
from app.repository import tables
from app.repository.breath import Breath
from app.repository.claiming import claim, is_free
from app.repository.connection import BooksConnection, Sent
from app.repository.entity_history import entity_head, moved_head
from app.repository.identity import new_id, uuid7_hex
from app.repository.locating import located
from app.repository.record import (
    Prepared,
    in_pieces,
    logged,
    outcome_of_claim,
    preparing,
    record_changes,
    without,
)
from app.repository.record_statements import every_record, records_by, records_of_one
from app.repository.rows import records_of, settings_of, settings_selection
from app.repository.typed import Row, Statement
from app.repository.types import own

R = TypeVar("R", bound=Record)
LONGEST_TRANSACTION = timedelta(minutes=5)
"""No command takes longer from its first statement to its commit: the chunk of a job is smaller."""
PIECE = 100
"""Records whose history is gathered at once: others on the event loop can wait for that."""
SHORTEST = timedelta(microseconds=1)
"""Between two changes of a document at least: what its instants tell apart."""
Clock = Callable[[], datetime]
NewSecret = Callable[[], str]
"""Makes a secret and says the hash by which it will be known: no secret comes into the books."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def no_secrets() -> str:
    """For whoever has no way to show a secret: LookupError."""
    raise LookupError("whoever asked has no way to be shown a secret")


class Books:
    """Awaits nothing but the database. Locks are taken in one order everywhere: claim, settings, memos, invoices,
    order items, number sequences (invoices, debit memos, credit memos, refunds); ids ascending. A header's lock covers its lines,
    taxes and applications.
    """

    def __init__(
        self, connection: BooksConnection, actor: Actor, operation: Operation, clock: Clock = utc_now
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._log_id = f"log_{uuid7_hex()}"
        self._key: dict[str, str] = {}
        self._is_logged = False
        self._now: datetime | None = None
        self._entity_head: EntityHead | None = None
        self._known_settings: Settings | None = None
        self._breath = Breath()
        self.actor = actor
        self.operation = operation
        self.tax_answers: TaxAnswers = {}
        self.new_secret: NewSecret = no_secrets

    async def breathe(self) -> None:
        """Between two steps of long work: whoever else is on the event loop goes on, after a millisecond at most.

        On SQLite the work has a thread of its own.
        """
        if self._is_beside_others:
            await self._breath.take()

    async def rows(self, statement: Select[Any], **parameters: Any) -> list[Any]:
        """The rows of a statement that filters by `:entity_id`."""
        result = await self._connection.execute(statement, {"entity_id": self.actor.entity_id, **parameters})
        return list(result.all())

    async def write(self, statement: Executable, values: Any) -> int:
        """Run a statement that writes; returns how many rows it touched.

        For what is not of the books themselves: the operator's tables, and jobs with their items and queue.
        Documents are written by `record`.
        """
        result = await self._connection.execute(statement, values)
        return result.rowcount

    async def written(self, statement: Executable, values: Any) -> list[Any]:
        """The same, and the rows that it returns."""
        return list((await self._connection.execute(statement, values)).all())

    # ------------------------------------------------------------------ exactly once
    async def claim(self, command: Command) -> Outcome | None:
        """Take the command's idempotency key, or return what the first call under it made.

        Two at once: the second waits for the first's commit here. Raises Rejected for the same key with other input.
        """
        key = command.idempotency_key
        if key is None:
            return None
        asked = {"idempotency_key": key, "fingerprint": fingerprint(command)}
        if await self._is_claimed(asked):
            self._key = asked
            return None
        [first] = await self.rows(_FIRST_CALL, key=key)
        if first.fingerprint != asked["fingerprint"]:
            message = "This idempotency key was used for another request."
            raise Rejected(
                [
                    Violation(
                        code=ViolationCode.IDEMPOTENCY_KEY_REUSED,
                        message=message,
                        path=("idempotency_key",),
                        asked=key,
                    )
                ]
            )
        outcome: Outcome = first.outcome
        return outcome

    async def _is_claimed(self, asked: dict[str, str]) -> bool:
        connection, entity_id = self._connection, self.actor.entity_id
        if self._is_beside_others:
            entry = self._log_entry() | asked
            self._is_logged, self._known_settings = await claim(connection, entity_id, entry)
            return self._is_logged
        is_claimed, self._known_settings = await is_free(connection, entity_id, asked["idempotency_key"])
        return is_claimed

    # ------------------------------------------------------------------ facts
    async def settings(self, *days: date | datetime | None) -> Settings:
        """The entity's settings; they are held until the commit when one of the days lies before today, or when today
        may be over by then.

        Only such a command can meet the closing of a period; holding them always would cost a third.
        """
        settings = self._known_settings or await self._settings(_SETTINGS)
        now = self._clock()
        today = settings.day_of(now)
        is_back_dated = any(settings.day_of(day) < today for day in days if day is not None)
        is_ending = settings.day_of(now + LONGEST_TRANSACTION) > today
        return await self._settings(_SETTINGS_HELD) if is_back_dated or is_ending else settings

    async def held_settings(self) -> Settings:
        """The same for a command of which only its facts will tell which days it is dated."""
        return await self._settings(_SETTINGS_HELD)

    async def settings_to_change(self) -> Settings:
        """The entity's settings, locked: who has read them to be held is waited for, and two changes take turns."""
        settings = await self._settings(_SETTINGS_LOCKED)
        self._entity_head = await entity_head(self._connection, self.actor.entity_id)
        return settings

    async def _settings(self, statement: Select[Any]) -> Settings:
        [row] = await self._sent(statement)
        return settings_of(row)

    def facts(
        self, settings: Settings, records: Iterable[Record], named: Mapping[Path, str] | None = None
    ) -> Facts:
        """Facts under a stamp whose instant is taken now, after the locks, and after every one of their documents'
        last change: along a document's life, and so along whatever one command has from another, instants rise.
        """
        records = list(records)
        now = self._now = self._instant(records)
        stamp = Stamp(
            now=now,
            today=settings.day_of(now),
            actor=self.actor.name,
            log_id=self._log_id,
            operation=self.operation,
            new_id=new_id,
        )
        return Facts(
            settings=settings,
            stamp=stamp,
            records=records,
            named=named,
            limits=self.actor.limits,
            approval_limits=self.actor.approval_limits,
            approving_limits=self.actor.approving_limits,
            tax_answers=self.tax_answers,
        )

    def _instant(self, records: Sequence[Record]) -> datetime:
        last = [each.updated_at for each in records if isinstance(each, Document)]
        if self._entity_head is not None and self._entity_head.changed_at is not None:
            last.append(self._entity_head.changed_at)
        return max(self._clock(), max(last) + SHORTEST) if last else self._clock()

    async def locate(self, kind: type[Record], references: Mapping[Path, Reference]) -> dict[Path, str]:
        """Ids of the referenced records, by input path. An id given is taken as it is: reading it will tell."""
        return await located(self.rows, kind, references)

    async def find(self, kind: type[R], ids: Iterable[str]) -> list[R]:
        """Records by id, unlocked."""
        return await self._read(kind, "id", ids)

    async def lock(self, kind: type[R], ids: Iterable[str]) -> list[R]:
        """Records by id, locked in the order of their ids until the transaction ends."""
        return await self._read(kind, "id", ids, lock=True)

    async def children(self, kind: type[R], parent: str, ids: Iterable[str]) -> list[R]:
        """Records whose column `parent` is one of the ids; their header's lock covers them."""
        return await self._read(kind, parent, ids)

    async def matching(self, kind: type[R], column: str, values: Iterable[str]) -> list[R]:
        """Records by another text column, e.g. numbers already taken."""
        return await self._read(kind, column, values)

    async def lock_by(self, kind: type[R], column: str, values: Iterable[str]) -> list[R]:
        """Like `matching`, locked in the order of their ids."""
        return await self._read(kind, column, values, lock=True)

    async def hold_by(self, kind: type[R], column: str, values: Iterable[str]) -> list[R]:
        """Like `matching`, held against change until the commit; others may hold them too."""
        return await self._read(kind, column, values, hold=True)

    async def all(self, kind: type[R]) -> list[R]:
        """All records of a small kind, e.g. the entity's reason codes."""
        return records_of(kind, await self._sent(every_record(kind)))

    async def _read(
        self, kind: type[R], column: str, values: Iterable[str], *, lock: bool = False, hold: bool = False
    ) -> list[R]:
        wanted = sorted({each for each in values if each})
        if not wanted:
            return []
        if len(wanted) == 1 and not self._is_beside_others:
            rows = await self._sent(records_of_one(kind, column), value=wanted[0])
        else:
            rows = await self._sent(records_by(kind, column, lock=lock, hold=hold), values=wanted)
        return records_of(kind, rows)

    async def _sent(self, statement: Statement, **parameters: Any) -> list[Row]:
        """The rows of a statement that is built once and filters by `:entity_id`."""
        return await self._connection.rows(statement, {"entity_id": self.actor.entity_id, **parameters})

    # ------------------------------------------------------------------ numbers
    async def next_numbers(self, kind: SequenceKind, count: int, *, final: bool) -> list[str | None]:
        """The next document numbers; None each for a draft of a gapless sequence, which numbers at posting.

        The last lock of a transaction: the sequence's row is shared by the whole entity.
        """
        rows = await self._sent(_TAKE_NUMBERS, of_kind=kind, count=count, final=final)
        if not rows:
            if final:
                raise LookupError(
                    f"the entity has no number sequence for {kind}: credit-memos entity makes it"
                )
            return [None] * count
        [[following, prefix, padding]] = rows
        sequence = NumberSequence(kind=kind, prefix=prefix, padding=padding)
        return [sequence.number(following - count + place) for place in range(count)]

    # ------------------------------------------------------------------ record
    async def prepared(self, changes: Changes, but: Collection[str]) -> Prepared | None:
        """The rows and links of a large effect, ready to be sent: so the last locks are not held meanwhile.

        Left out are the records of these ids, which are not yet as they will be, and the links of documents that are among
        them. None on SQLite, where one transaction writes at a time, and one row after what it refers to.
        """
        if not self._is_beside_others:
            return None
        history = History(changes, self._occasion(self._log_entry()["recorded_at"]))
        ready, links = await self._with_history(history, without(changes, but), but)
        statements: list[Sent] = []
        for each in preparing(self._connection, self.actor.entity_id, ready, links, history.differences):
            statements.append(each)
            await self.breathe()
        return Prepared(but, history, statements)

    async def record(self, changes: Changes, prepared: Prepared | None = None) -> Changes:
        """Write the whole effect; the only writer of rows. What is prepared of it is as it was then.

        Returns it, or what of it was not prepared, as it was written.
        """
        entity_id = self.actor.entity_id
        entry = self._log_entry()
        log: list[Sent] = []
        if self._is_logged:
            log = [outcome_of_claim(entity_id, self._log_id, changes.outcome, entry["recorded_at"])]
        elif self._key or changes.is_effect:
            log = [logged(entity_id, entry | self._key | {"outcome": changes.outcome})]
        occasion = self._occasion(entry["recorded_at"])
        own = entity_change(changes, self._entity_head, occasion)
        if prepared is None:
            history, ready = History(changes, occasion), list[Sent]()
        else:
            history, ready, changes = prepared.history, prepared.statements, prepared.rest_of(changes)
        self._breath.begin()
        changes, links = await self._with_history(history, changes)
        if own is not None:
            links.append(own)
        await record_changes(self._connection, entity_id, changes, links, history.differences, log, ready)
        if own is not None:
            await self._connection.write([moved_head(entity_id, own)])
        return changes

    async def _with_history(
        self, history: History, changes: Changes, but: Collection[str] = ()
    ) -> tuple[Changes, list[DocumentChange]]:
        """A part of the effect with the heads of its documents' chains, and the links, but of the documents of these ids."""
        for piece in in_pieces(changes, PIECE):
            history.gather(piece)
            await self.breathe()
        links: list[DocumentChange] = []
        for link in history.told(but):
            links.append(link)
            await self.breathe()
        return history.with_heads(changes), links

    def _occasion(self, now: datetime) -> Occasion:
        return Occasion(log_id=self._log_id, operation=self.operation, actor=self.actor.name, now=now)

    @property
    def _is_beside_others(self) -> bool:
        return self._connection.dialect.name == "postgresql"

    def _log_entry(self) -> dict[str, Any]:
        return {
            "id": self._log_id,
            "operation": self.operation,
            "actor": self.actor.name,
            "recorded_at": self._now or self._instant([]),
        }


_SETTINGS = settings_selection()
_SETTINGS_HELD = _SETTINGS.with_for_update(read=True)
# Accounts refer to the entity's key, which no change of settings touches.
_SETTINGS_LOCKED = _SETTINGS.with_for_update(key_share=True)
_FIRST_CALL = select(tables.log_entry.c.fingerprint, tables.log_entry.c.outcome).where(
    own(tables.log_entry), tables.log_entry.c.idempotency_key == bindparam("key")
)
_TAKE_NUMBERS = (
    update(tables.number_sequence)
    .where(
        own(tables.number_sequence),
        tables.number_sequence.c.kind == bindparam("of_kind", type_=tables.number_sequence.c.kind.type),
        or_(
            tables.number_sequence.c.gapless.is_(False),
            bindparam("final", type_=tables.number_sequence.c.gapless.type),
        ),
    )
    .values(next=tables.number_sequence.c.next + bindparam("count"))
    .returning(
        tables.number_sequence.c.next, tables.number_sequence.c.prefix, tables.number_sequence.c.padding
    )
)
