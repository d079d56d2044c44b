"""The chains of the documents, link by link from the present back: which one does not seal what stands in the books?

`app/domain/sealing` says what a link seals.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from app.domain.sealing import PART_RECORDS, Row, canonical, hash_of
from app.domain.vocabulary import ChangeKind
from app.repository.chains import ChainedDocument, Link

Key = tuple[str, Any]
"""The name of a row and its id, of a balance entry its position."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Where a chain does not hold."""

    version: int
    message: str
    expected: str
    found: str
    row: str
    """The link, and the row where one can be named."""
    is_gap: bool = False
    """The links do not hang together, whatever they seal."""


def first_break(document: ChainedDocument) -> Break | None:
    """Where a link is missing or out of place; else the oldest place at which the chain is not what stands there."""
    if _is_as_it_was_made(document):
        return None
    found = _Walk(document).breaks()
    return next((each for each in found if each.is_gap), min(found, key=_age, default=None))


def _is_as_it_was_made(document: ChainedDocument) -> bool:
    """One link has made it and is its whole history, and seals what stands there: most are so, and need no walk."""
    if len(document.links) != 1:
        return False
    [link] = document.links
    return (
        link.kind != ChangeKind.CHANGED
        and link.changes == _NO_CHANGES
        and link.previous_hash is None
        and (link.hash, link.version) == (document.history_hash, document.version)
        and (
            link.log_id is None
            or all(row.get("log_id", link.log_id) == link.log_id for _, row in document.rows)
        )
        and hash_of_link(link, document.rows) == link.hash
    )


_NO_CHANGES = canonical({})


def _age(found: Break) -> int:
    return found.version


class _Walk:
    """From the document as it stands back to its beginning."""

    def __init__(self, document: ChainedDocument) -> None:
        self._document = document
        self._rows: dict[Key, dict[str, Any]] = {_key(row): dict(row[1]) for row in document.rows}
        self._keys: dict[str, Key] = {str(id): (table, id) for table, id in self._rows}
        self._logged: dict[str, list[Key]] = defaultdict(list)
        for key, row in self._rows.items():
            if log_id := row.get("log_id"):
                self._logged[log_id].append(key)
        self._found: list[Break] = []

    def breaks(self) -> Sequence[Break]:
        """All of them, gaps first."""
        document = self._document
        if not document.links:
            self._gap(1, "the document has no history", "a link", "none")
            return self._found
        self._follow(document.links)
        last = document.links[-1]
        if document.history_hash != last.hash:
            message = (
                "the last link is not the one that the document names: the end of its history is missing"
            )
            self._gap(last.version, message, str(document.history_hash), last.hash)
        elif document.version != last.version:
            message = "the document's version is not that of the last link of its history"
            self._gap(last.version, message, str(last.version), str(document.version))
        versions = [(version, list(links)) for version, links in groupby(document.links, _version)]
        for version, links in reversed(versions):
            try:
                self._unseal(version, links)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                self._gap(version, "what the link says cannot be read", "canonical JSON", repr(error))
        return self._found

    def _follow(self, links: Sequence[Link]) -> None:
        """Each link names the hash of the one before it, and the first one the beginning."""
        before: Link | None = None
        for link in links:
            named = before.hash if before else None
            if link.previous_hash != named:
                message = "the link does not follow the one before it: one is missing, or out of place"
                self._gap(link.version, message, str(link.previous_hash), str(named))
            if before is None and link.kind == ChangeKind.CHANGED:
                self._gap(link.version, "the history does not begin with the document", "CREATED", link.kind)
            before = link

    def _unseal(self, version: int, links: Sequence[Link]) -> None:
        """Compare what the version's links seal with what stands there, then go back to before it."""
        told = [json.loads(link.changes) for link in links]
        changed: dict[str, dict[str, list[Any]]] = {
            id: columns for each in told for id, columns in each.get("changed", {}).items()
        }
        self._compare(version, changed)
        first = links[0]
        if first.kind == ChangeKind.CHANGED:
            added = [self._keys[id] for each in told for id in each.get("added", ()) if id in self._keys]
            keys = [*self._logged.get(first.log_id or "", ()), *added]
        else:
            keys = list(self._rows)
            if first.kind == ChangeKind.CREATED:
                keys = [key for key in keys if not self._is_stray(version, key, first)]
        present = sorted(key for key in keys if key in self._rows)
        for link, part in zip(links, self._parts(present, changed, len(links)), strict=False):
            rows: list[Row] = [(table, self._rows[table, id]) for table, id in part]
            computed = hash_of_link(link, rows)
            if computed != link.hash:
                message = "what the link sealed is no longer what stands there"
                names = ", ".join(f"{table} {id}" for table, id in part[:3])
                more = f" and {len(part) - 3} more" if len(part) > 3 else ""
                self._say(
                    version, message, link.hash, computed, link, f"one of {names}{more}" if part else ""
                )
        for key in present:
            del self._rows[key]
        self._undo(changed)

    def _compare(self, version: int, changed: Mapping[str, Mapping[str, list[Any]]]) -> None:
        """What the link says came out of it is what stands there, or what a later link says was there before."""
        for id, columns in changed.items():
            row = self._rows.get(self._keys.get(id, ("", id)))
            if row is None:
                self._say(version, "a row that the link has changed is gone", id, "none", row=id)
                continue
            for column, (_, after) in columns.items():
                if (row.get(column) or None) != (after or None) and canonical(row.get(column)) != canonical(
                    after
                ):
                    message = "the value is not the one that the history left"
                    place = f"{self._keys[id][0]} {id} {column}"
                    self._say(version, message, canonical(after), canonical(row.get(column)), row=place)

    def _is_stray(self, version: int, key: Key, first: Link) -> bool:
        """Whether no command that is in the history has put the row down."""
        log_id = self._rows[key].get("log_id")
        if log_id in (None, first.log_id):
            return False
        row = f"{key[0]} {key[1]}"
        self._say(
            version, "the row is of a command that the history does not know", "none", str(log_id), row=row
        )
        return True

    def _parts(
        self, present: Sequence[Key], changed: Mapping[str, Any], parts: int
    ) -> Sequence[Sequence[Key]]:
        """The rows that each of the links seals."""
        if parts == 1:
            return [present]
        new = set(present)
        all_of_them = sorted({*present, *(self._keys[id] for id in changed if id in self._keys)})
        return [
            [key for key in all_of_them[start : start + PART_RECORDS] if key in new]
            for start in range(0, max(1, len(all_of_them)), PART_RECORDS)
        ]

    def _undo(self, changed: Mapping[str, Mapping[str, list[Any]]]) -> None:
        for id, columns in changed.items():
            row = self._rows.get(self._keys.get(id, ("", id)), {})
            for column, (before, _) in columns.items():
                if before:
                    row[column] = before
                else:
                    row.pop(column, None)

    def _gap(self, version: int, message: str, expected: str, found: str) -> None:
        place = f"version {version}"
        self._found.append(
            Break(version=version, message=message, expected=expected, found=found, row=place, is_gap=True)
        )

    def _say(
        self, version: int, message: str, expected: str, found: str, link: Link | None = None, row: str = ""
    ) -> None:
        part = f" part {link.part}" if link is not None and link.part > 1 else ""
        place = f"version {version}{part}{', ' if row else ''}{row}"
        self._found.append(Break(version=version, message=message, expected=expected, found=found, row=place))


def _version(link: Link) -> int:
    return link.version


def _key(row: Row) -> Key:
    table, columns = row
    return table, columns.get("id") or columns["position"]


def hash_of_link(link: Link, rows: Sequence[Row]) -> str:
    """What its hash is where it seals these rows."""
    return hash_of(
        previous=link.previous_hash,
        document_id=link.document_id,
        version=link.version,
        part=link.part,
        kind=link.kind,
        log_id=link.log_id,
        operation=link.operation,
        actor=link.recorded_by,
        recorded_at=link.recorded_at,
        rows=rows,
        changes=link.changes,
    )
