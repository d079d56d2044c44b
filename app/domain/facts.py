"""What a command is judged on, and what is decided from it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar, cast

from app.domain.application import BalanceEntry
from app.domain.entity import NumberSequence, Settings
from app.domain.journal import put_journal_entries
from app.domain.limits import DEFAULT_LIMITS, Limits
from app.domain.record import Document, Record, changed, differ
from app.domain.tax_engine import TaxAnswers
from app.domain.vocabulary import Operation

R = TypeVar("R", bound=Record)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """When, by whom and under which log entry the command works; `today` is the entity's."""

    now: datetime
    today: date
    actor: str
    log_id: str
    operation: Operation
    new_id: Callable[[type[Record]], str]


class Facts:
    """The records that a command touches, as they stand under its locks.

    `named` keeps which record a reference of the command stood for: input path -> id, absent where nothing was found.
    `tax_answers`: what the entity's tax callback, if it has one, has answered. `approval_limits`,
    `approving_limits`: the actor's.
    """

    __slots__ = (
        "_children",
        "_last_found",
        "_records",
        "approval_limits",
        "approving_limits",
        "limits",
        "named",
        "settings",
        "stamp",
        "tax_answers",
    )

    def __init__(
        self,
        *,
        settings: Settings,
        stamp: Stamp,
        records: Iterable[Record] = (),
        named: Mapping[tuple[str | int, ...], str] | None = None,
        limits: Limits = DEFAULT_LIMITS,
        approval_limits: Mapping[str, int] | None = None,
        approving_limits: Mapping[str, int] | None = None,
        tax_answers: TaxAnswers | None = None,
    ) -> None:
        self.settings = settings
        self.limits = limits
        self.approval_limits = approval_limits
        self.approving_limits = approving_limits
        self.tax_answers = tax_answers or {}
        self.stamp = stamp
        self.named = dict(named or {})
        self._records: dict[type[Record], dict[str, Record]] = {}
        for record in records:
            self._records.setdefault(type(record), {})[record.id] = record
        self._children: dict[tuple[type[Record], str], dict[str, list[Record]]] = {}
        self._last_found: tuple[Document, object, Any] | None = None

    def with_records(self, more: Iterable[Record]) -> "Facts":
        """The same facts, and more records that were read under the same locks."""
        return Facts(
            settings=self.settings,
            stamp=self.stamp,
            records=[*(each for kind in self._records.values() for each in kind.values()), *more],
            named=self.named,
            limits=self.limits,
            approval_limits=self.approval_limits,
            approving_limits=self.approving_limits,
            tax_answers=self.tax_answers,
        )

    def find(self, kind: type[R], id: str | None) -> R | None:
        """The record, or None where the books (of this entity) have none by that id."""
        return None if id is None else cast("R | None", self._records.get(kind, {}).get(id))

    def get(self, kind: type[R], id: str) -> R:
        """The record; KeyError where a rule should have refused before."""
        return cast(R, self._records[kind][id])

    def named_record(self, kind: type[R], *path: str | int) -> R | None:
        """The record that the reference at this path of the input stood for."""
        return self.find(kind, self.named.get(path))

    def every(self, kind: type[R]) -> list[R]:
        """All records of the kind, in the order in which they were read."""
        return cast("list[R]", list(self._records.get(kind, {}).values()))

    def of(self, kind: type[R], parent: str, id: str) -> list[R]:
        """The records whose field `parent` names the id; that field never changes in a record's life."""
        index = self._children.get((kind, parent))
        if index is None:
            index = {}
            for record in self.every(kind):
                index.setdefault(getattr(record, parent), []).append(record)
            self._children[kind, parent] = index
        return cast("list[R]", list(index.get(id, ())))

    def once(self, document: Document, asked: object, find: Callable[[], T]) -> T:
        """What is found for what is asked of the document: judging finds it, and deciding right after has it.

        Found anew as soon as the document is put down again, as it is whenever a line of it changes.
        """
        last = self._last_found
        if last is None or last[0] is not document or last[1] != asked:
            self._last_found = last = (document, asked, find())
        return cast(T, last[2])


Outcome = dict[str, Any]
"""Ids of what a command made or touched, by role, in order: what a replay reads again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The whole effect of a command as one value: new records, before -> after of changed ones, balance entries."""

    new: tuple[Record, ...] = ()
    changed: tuple[tuple[Record, Record], ...] = ()
    entries: tuple[BalanceEntry, ...] = ()
    settings: tuple[Settings, Settings] | None = None
    """The entity's settings, before -> after."""
    sequences: tuple[tuple[NumberSequence | None, NumberSequence], ...] = ()
    """Number sequences, before -> after; None before a new one."""
    referring: tuple[tuple[Record, Record], ...] = ()
    """Before -> after of records that now name new ones, and so are written after them: outcomes of job items."""
    outcome: Outcome = field(default_factory=dict)
    repeated: bool = False
    """The command was a second delivery of something already in the books: nothing is new, the outcome is the first's."""

    @property
    def is_effect(self) -> bool:
        """Whether anything is to be written at all."""
        return bool(self.new or self.changed or self.referring or self.settings or self.sequences)


class Worksheet(Facts):
    """A decision in the making: the facts, with what has been put down on top of them so far.

    Rules that judge a sheet see what earlier commands of the same transaction have done.

    Steps of a composite verb (create, post, apply) write on one sheet and so see each other's results; `changes` turns
    it into the value that is recorded. A document that changes counts its version up once, however often it is put.
    """

    __slots__ = ("_changed", "_entries", "_index", "_journaled", "_made", "_new", "facts")

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.settings = facts.settings
        self.limits = facts.limits
        self.approval_limits = facts.approval_limits
        self.approving_limits = facts.approving_limits
        self.tax_answers = facts.tax_answers
        self.stamp = facts.stamp
        self.named = facts.named
        self._new: dict[str, Record] = {}
        self._made: dict[type[Record], list[str]] = {}
        self._index: dict[tuple[type[Record], str], tuple[int, dict[str, list[str]]]] = {}
        self._changed: dict[str, tuple[Record, Record]] = {}
        self._entries: list[BalanceEntry] = []
        self._journaled = (0, 0)
        self._last_found = None

    def find(self, kind: type[R], id: str | None) -> R | None:
        """The record as it stands on the sheet, or None."""
        if id is None:
            return None
        if (new := self._new.get(id)) is not None:
            return cast(R, new)
        if (put := self._changed.get(id)) is not None:
            return cast(R, put[1])
        return self.facts.find(kind, id)

    def get(self, kind: type[R], id: str) -> R:
        """The record as it stands on the sheet."""
        new = self._new.get(id)
        if new is not None:
            return new  # type: ignore[return-value]
        put = self._changed.get(id)
        return self.facts.get(kind, id) if put is None else put[1]  # type: ignore[return-value]

    def every(self, kind: type[R]) -> list[R]:
        """All records of the kind as they stand on the sheet; new ones last."""
        known = self._as_they_stand(self.facts.every(kind))
        return known + [cast(R, self._new[each]) for each in self._made.get(kind, [])]

    def of(self, kind: type[R], parent: str, id: str) -> list[R]:
        """The records whose field `parent` names the id, as they stand on the sheet; new ones last."""
        known = self._as_they_stand(self.facts.of(kind, parent, id))
        if kind not in self._made:
            return known
        return known + [cast(R, self._new[each]) for each in self._made_of(kind, parent, id)]

    def _as_they_stand(self, known: list[R]) -> list[R]:
        """Records of the facts, those that have changed as they are now."""
        put = self._changed
        return [cast(R, put[each.id][1]) if each.id in put else each for each in known]

    def _made_of(self, kind: type[Record], parent: str, id: str) -> list[str]:
        """Ids of new records by their parent; each is looked at once, however often is asked."""
        made = self._made.get(kind, [])
        seen, index = self._index.get((kind, parent), (0, {}))
        for each in made[seen:]:
            index.setdefault(getattr(self._new[each], parent), []).append(each)
        self._index[kind, parent] = (len(made), index)
        return index.get(id, [])

    def add(self, record: R) -> R:
        """Put a new record down."""
        self._new[record.id] = record
        self._made.setdefault(type(record), []).append(record.id)
        return record

    def change(self, record: R, **fields: Any) -> R:
        """Put the record down with other values; returns it as it stands now."""
        id = record.id
        new = self._new.get(id)
        if new is not None:
            after = self._new[id] = changed(new, **fields)
            return after  # type: ignore[return-value]
        before, current = self._changed.get(id) or (self.facts.get(type(record), id),) * 2
        if isinstance(current, Document):
            counted = {
                "version": cast(Document, before).version + 1,
                "updated_at": self._not_before(current),
                "updated_by": self.stamp.actor,
            }
            fields = counted | fields
        after = changed(current, **fields)
        self._changed[id] = (before, after)
        return after  # type: ignore[return-value]

    def change_if_different(self, record: R, **fields: Any) -> R:
        """Like `change`, but only where a value is another: what is said again counts no version up."""
        current = self.get(type(record), record.id)
        if any(differ(getattr(current, name), value) for name, value in fields.items()):
            return self.change(record, **fields)
        return current

    def enter(self, entry: BalanceEntry) -> None:
        self._entries.append(entry)

    def moment(self, *documents: Document) -> datetime:
        """The stamp's instant, but never before a touched document's last change."""
        return max(self.stamp.now, *(document.updated_at for document in documents))

    def changes(self, **outcome: Any) -> Changes:
        """What is put down so far, with the journal entries that come of it."""
        moves, entries = self._journaled
        self._journaled = (len(self._entries), put_journal_entries(self, self._entries[moves:], entries))
        return Changes(
            new=tuple(self._new.values()),
            changed=tuple(self._changed.values()),
            entries=tuple(self._entries),
            outcome=outcome,
        )

    def _not_before(self, document: Document) -> datetime:
        return max(self.stamp.now, document.updated_at)
