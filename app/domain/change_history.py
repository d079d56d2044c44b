"""The change history of documents: what a command has done to each, as links of its sealed chain (domain 2).

Derived in this one place from the whole effect of the command, when it is recorded.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from app.domain.application import BalanceEntry, CreditMemoApplication, CreditMemoLineApplication
from app.domain.construction import quickly_made
from app.domain.contents import Contents, Differences, Reading, reading_of
from app.domain.credit_memo import CreditMemo, CreditMemoLine, CreditMemoLineTax
from app.domain.entity import Account
from app.domain.facts import Changes
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax, Payment
from app.domain.journal_entry import JournalEntry
from app.domain.record import Document, Record, changed
from app.domain.refund import Refund
from app.domain.sealing import (
    BOOKKEEPING,
    PART_RECORDS,
    Row,
    canonical_columns,
    hash_of_text,
    in_order,
    text_of_contents,
)
from app.domain.vocabulary import ChangeKind, Operation


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentChange:
    """A link of a document's chain: what one command did to it. `domain/sealing` says what its hash is about."""

    document_id: str
    version: int
    """The document's, from this change on."""
    part: int
    """1, but for a change of very many records, which is told in several parts."""
    kind: ChangeKind
    log_id: str | None
    """None where the document was adopted: no command did that."""
    recorded_at: datetime
    recorded_by: str
    changes: str
    """Canonical JSON: what was changed, before and after, and which lines and tax items were added."""
    previous_hash: str | None
    hash: str


CHAINED: dict[type[Record], str] = {Account: "account", CreditMemo: "credit_memo", Invoice: "invoice"}
"""Documents that have a history of changes -> the name of their rows."""

PARTS: dict[type[Record], tuple[str, str]] = {
    CreditMemoLine: ("credit_memo_line", "credit_memo_id"),
    CreditMemoLineTax: ("credit_memo_line_tax", "credit_memo_id"),
    InvoiceLine: ("invoice_line", "invoice_id"),
    InvoiceLineTax: ("invoice_line_tax", "invoice_id"),
}
"""What a document consists of -> the name of the rows, and the field that names the document."""

EVENTS: dict[type[Any], tuple[str, str]] = {
    BalanceEntry: ("balance_entry", "document_id"),
    CreditMemoApplication: ("credit_memo_application", "credit_memo_id"),
    JournalEntry: ("journal_entry", "document_id"),
    Payment: ("payment", "invoice_id"),
    Refund: ("refund", "credit_memo_id"),
}
"""What happens to a document, a row of its history each that names its log entry; an application is its memo's."""

LINE_APPLICATIONS = "credit_memo_line_application"
"""They belong to the memo of their application."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """By which command, by whom and when."""

    log_id: str
    operation: Operation
    actor: str
    now: datetime


_Changed = tuple[str, str, Differences]
"""A changed record: the name of its rows, its id, and what is sealed of its differences."""


@dataclass(slots=True)
class _Touched:
    """What a command did to one document."""

    before: Document | None = None
    after: Document | None = None
    rows: list[Row] = field(default_factory=list)
    changed: list[_Changed] = field(default_factory=list)
    added: list[str] = field(default_factory=list)


class History:
    """What one command does to documents: gathered from its effect, all at once or bit by bit, and told as links."""

    def __init__(self, changes: Changes, occasion: Occasion) -> None:
        self._occasion = occasion
        self._memo_of = _memo_of_application(changes)
        self._touched = defaultdict[str, _Touched](_Touched)
        self.heads: dict[str, str] = {}
        """The newest hash of each document that is told."""
        self.differences: dict[str, Differences] = {}
        """What of each changed record is to be written anew."""

    def gather(self, changes: Changes) -> None:
        """Take up the effect, or a part of it; of each document everything is to be taken up before it is told."""
        touched, memo_of = self._touched, self._memo_of
        records: Iterable[Any] = (*changes.new, *changes.entries)
        for record in records:
            kind = type(record)
            if (form := _FORMS.get(kind)) is None:
                continue
            named = form.named(record)
            each = touched[memo_of[named] if form.is_of_application else named]
            each.rows.append((form.table, _reading(kind).contents(record)))
            if form.is_header:
                each.after = record
            elif form.is_part:
                each.added.append(record.id)
        pairs: Iterable[tuple[Any, Any]] = changes.changed
        for before, after in pairs:
            kind = type(after)
            if (form := _FORMS.get(kind)) is None:
                continue
            named = form.named(after)
            each = touched[memo_of[named] if form.is_of_application else named]
            found = self.differences[after.id] = _reading(kind).differences(before, after)
            if form.is_header:
                each.before, each.after = before, after
                found = {name: values for name, values in found.items() if name not in BOOKKEEPING}
            if found:
                each.changed.append((form.table, after.id, found))

    def told(self, but: Collection[str] = ()) -> Iterator[DocumentChange]:
        """The links of the documents taken up so far and not told yet, but for those of these ids.

        Raises ValueError where something of a document has changed without a new version of it: nobody could tell when.
        """
        for document_id in [each for each in self._touched if each not in but]:
            touched = self._touched.pop(document_id)
            if touched.after is None:
                raise ValueError(f"something of {document_id} has changed without a new version of it")
            for link in _links(touched, touched.after, self._occasion):
                self.heads[document_id] = link.hash
                yield link

    def at_once(self, changes: Changes) -> tuple[Changes, list[DocumentChange]]:
        """The whole effect with the new heads, and the links; raises as `told`."""
        self.gather(changes)
        links = list(self.told())
        return self.with_heads(changes), links

    def with_heads(self, changes: Changes) -> Changes:
        """The effect, or a part of it, with the new head of each document's chain in its header; all of them are told."""
        if not self.heads:
            return changes
        return replace(
            changes,
            new=tuple([self._with_head(each) if type(each) in CHAINED else each for each in changes.new]),
            changed=tuple(
                [
                    (each[0], self._moved(*each)) if type(each[1]) in CHAINED else each
                    for each in changes.changed
                ]
            ),
        )

    def _moved(self, before: Any, after: Any) -> Record:
        self.differences[after.id]["history_hash"] = [before.history_hash, self.heads[after.id]]
        return self._with_head(after)

    def _with_head(self, header: Record) -> Record:
        return changed(header, history_hash=self.heads[header.id])


def _memo_of_application(changes: Changes) -> dict[str, str]:
    """The memo of each application that line applications of this effect may belong to."""
    memo_of: dict[str, str] = {}
    applications: Iterable[Record] = (*changes.new, *(after for _, after in changes.changed))
    for each in applications:
        if type(each) is CreditMemoApplication:
            memo_of[each.id] = each.credit_memo_id
            if each.associated_application_id is not None:
                memo_of[each.associated_application_id] = each.credit_memo_id
    return memo_of


@dataclass(frozen=True, slots=True)
class _Form:
    """How records of a kind are told."""

    table: str
    named: Callable[[Any], str]
    """The id of the document, or of the application, that the record names."""
    is_header: bool = False
    is_part: bool = False
    is_of_application: bool = False


_FORMS: dict[type[Any], _Form] = {
    **{kind: _Form(name, attrgetter("id"), is_header=True) for kind, name in CHAINED.items()},
    **{kind: _Form(name, attrgetter(names), is_part=True) for kind, (name, names) in PARTS.items()},
    **{kind: _Form(name, attrgetter(names)) for kind, (name, names) in EVENTS.items()},
    CreditMemoLineApplication: _Form(LINE_APPLICATIONS, attrgetter("application_id"), is_of_application=True),
}
"""Whatever is not among them has no history of changes."""


def row_of(record: Record | BalanceEntry) -> Contents:
    """What is sealed of the record."""
    return _reading(type(record)).contents(record)


def differences_of(before: Record, after: Record) -> Differences:
    """Column -> [before, after], with those that are bookkeeping."""
    return _reading(type(after)).differences(before, after)


_readings: dict[type[Any], Reading] = {}


def _reading(kind: type[Any]) -> Reading:
    if kind not in _readings:
        _readings[kind] = reading_of(kind, BOOKKEEPING if kind in CHAINED else ())
    return _readings[kind]


def _links(touched: _Touched, header: Document, occasion: Occasion) -> Iterator[DocumentChange]:
    """One, or as many as it takes to tell of all records."""
    is_new = touched.before is None
    previous: str | None = None if touched.before is None else touched.before.history_hash  # type: ignore[attr-defined]
    for part, (rows, changed_records) in enumerate(_parted(touched), start=1):
        told: dict[str, Any] = {}
        if changed_records:
            told["changed"] = {id: differences for _, id, differences in changed_records}
        if touched.added and not is_new:
            told |= _added(touched.added, rows)
        text = canonical_columns(told, [differences for _, _, differences in changed_records]).decode()
        kind = ChangeKind.CREATED if is_new else ChangeKind.CHANGED
        link = link_of(
            occasion,
            header.id,
            header.version,
            kind,
            rows=rows,
            changes=text,
            previous=previous,
            part=part,
        )
        yield link
        previous = link.hash


def link_of(
    occasion: Occasion,
    document_id: str,
    version: int,
    kind: ChangeKind,
    *,
    rows: Sequence[Row],
    changes: str,
    previous: str | None,
    part: int = 1,
) -> DocumentChange:
    """The link that follows the one of the hash `previous`, sealed."""
    said: dict[str, Any] = {
        "document_id": document_id,
        "version": version,
        "part": part,
        "kind": kind,
        "log_id": occasion.log_id,
        "recorded_at": occasion.now,
        "changes": changes,
    }
    hash = hash_of_text(
        **said,
        previous=previous,
        operation=occasion.operation,
        actor=occasion.actor,
        rows=text_of_contents(rows),
    )
    return DocumentChange(**said, recorded_by=occasion.actor, previous_hash=previous, hash=hash)


def _added(ids: Sequence[str], rows: Sequence[Row]) -> dict[str, Any]:
    """Those of the lines and tax items that are among the rows, if any is."""
    of_part = {str(columns.get("id")) for _, columns in rows}
    found = sorted(of_part.intersection(ids))
    return {"added": found} if found else {}


def _parted(touched: _Touched) -> Iterable[tuple[Sequence[Row], Sequence[_Changed]]]:
    """What is told together: mostly everything."""
    rows = in_order(touched.rows)
    if len(rows) + len(touched.changed) <= PART_RECORDS:
        return [(rows, touched.changed)]
    return _many_parts(rows, touched.changed)


def _many_parts(
    rows: Sequence[Row], changed_records: Sequence[_Changed]
) -> Iterable[tuple[Sequence[Row], Sequence[_Changed]]]:
    """New rows and changed ones in one order, so many in each part."""
    records: list[tuple[tuple[str, Any], Row | None, _Changed | None]] = [
        ((table, columns.get("id") or columns["position"]), (table, columns), None) for table, columns in rows
    ]
    records += [((each[0], each[1]), None, each) for each in changed_records]
    records.sort(key=lambda each: each[0])
    for start in range(0, len(records), PART_RECORDS):
        of_part = records[start : start + PART_RECORDS]
        yield (
            [row for _, row, _ in of_part if row is not None],
            [each for _, _, each in of_part if each is not None],
        )
