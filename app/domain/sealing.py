"""The seal on a document's history: each change of it is hashed together with the hash before, so none can be taken out,
put in or altered behind the service's back without the chain saying where.

**What a link seals.** A link is a row of `document_change`: what one command did to one document. Its hash is the
SHA-256, in lower-case hexadecimal, of the UTF-8 bytes of two lines with one newline between them:

1. the canonical JSON of the array
   `[previous hash, document id, version, part, kind, log id, operation, actor, recorded at, rows]`,
   where the previous hash is `""` for the first link, and log id and operation are `""` where no command made the link;
2. the text of `changes`, as it is stored.

`rows` are the rows that this command put down for the document, each as `[table, {column: value}]`, in the order of the
tables' names and, within one table, of their ids (balance entries, which have none, of their positions).

**Canonical JSON.** No blanks; keys in order of their code points; in texts only `"`, `\\` and control characters are
escaped (Python: `json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)`). Amounts, quantities
and rates are the integers that are stored; a word is its text; a date is `2026-11-21`; an instant is
`2026-11-21T09:30:00.000000Z`, always in UTC, always with six digits; JSON is itself.

**What a row is.** Its columns, but for `entity_id` and those of `BOOKKEEPING`, which say how far the document's own
history has come; and without every value that is nothing: null, false, 0, an empty text, list or object. So a column
that is added later, with nothing in the rows of before, breaks no old hash.

**What `changes` says.** `{"changed": {id: {column: [before, after]}}, "added": [id, …]}`, canonical, each of the two only
where it has something: values as they are stored, null where there was nothing; `added` are the lines and tax items that
an existing document got. The document's own id stands for its header.

**From the present back.** Take the rows of a document as they are, and its links, newest first. Of a link that says
CHANGED the rows are those of its log id, and those it has added; hash it, take them away, put each `before` back, and go
on. Of the first link (CREATED, or ADOPTED, which is where a document of the time before seals begins) they are all that
is left. The last hash of all stands in the header as `history_hash`, so that a link missing at the end is missed as well.

**Parts.** What touches more than `PART_RECORDS` records of a document is several links of one version, parts 1, 2, 3 …:
the records, changed ones and new ones together, in the order of their tables and ids, that many in each.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import orjson

BOOKKEEPING = frozenset({"version", "updated_at", "updated_by", "position", "history_hash"})
"""Columns of a document's header that say how far its history has come; a balance entry's position is one of its own."""

JSON_COLUMNS = frozenset({"metadata", "bill_to_contact_snapshot"})
"""Columns whose values are what a caller says as JSON."""

PART_RECORDS = 1_000
"""How many records of a document one link tells of, at most: what it holds is bounded, whatever the document."""

Row = tuple[str, Mapping[str, Any]]
"""The name of a table, and what `sealed` leaves of a row's columns."""


def canonical(value: Any) -> str:
    """The canonical JSON of the value. TypeError for what has none."""
    return _ENCODER.encode(value)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} has no canonical form")


@lru_cache(maxsize=1_000)
def instant_text(instant: datetime) -> str:
    """Remembered, for all that one command does has one instant."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_text
)
_QUICK = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME


def canonical_columns(value: Any, columns: Iterable[Mapping[str, Any]]) -> bytes:
    """The canonical JSON, in UTF-8, of a value in which only these columns can have JSON of their own.

    The quick library writes numbers with a fraction in its own way, and no larger ones than the processor has: they are
    in what callers say of their own alone.
    """
    if has_no_json(columns):
        return orjson.dumps(value, _text, _QUICK)
    return canonical(value).encode()


def has_no_json(columns: Iterable[Mapping[str, Any]]) -> bool:
    """Whether none of the values is JSON of a caller's own."""
    return all([each.keys().isdisjoint(JSON_COLUMNS) for each in columns])  # noqa: C419 - a third of the cost


def text_of_contents(rows: Sequence[Row]) -> bytes:
    """The canonical JSON, in UTF-8, of rows whose columns are in order and whose instants are text already."""
    if has_no_json([columns for _, columns in rows]):
        return orjson.dumps(rows)
    return canonical(rows).encode()


def sealed(columns: Mapping[str, Any]) -> dict[str, Any]:
    """What is sealed of a row's own columns, those of `BOOKKEEPING` taken out before: all that is not nothing."""
    return {name: value for name, value in columns.items() if value}


def in_order(rows: Sequence[Row]) -> list[Row]:
    """The rows as a link has them: by table, then by id, balance entries by position."""
    return sorted(rows, key=_place)


def _place(row: Row) -> tuple[str, Any]:
    table, columns = row
    return table, columns.get("id") or columns["position"]


def hash_of(*, rows: Sequence[Row], **told: Any) -> str:
    """The hash of a link; `rows` in the order of `in_order`, the rest as `hash_of_text` has it."""
    text = canonical_columns(rows, [columns for _, columns in rows])
    return hash_of_text(rows=text, **told)


def hash_of_text(
    *,
    previous: str | None,
    document_id: str,
    version: int,
    part: int,
    kind: str,
    log_id: str | None,
    operation: str | None,
    actor: str,
    recorded_at: datetime,
    rows: bytes,
    changes: str,
) -> str:
    """The hash of a link; `rows` are the canonical JSON of its rows, `changes` the text that is stored."""
    told = [
        previous or "",
        document_id,
        version,
        part,
        kind,
        log_id or "",
        operation or "",
        actor,
        recorded_at,
    ]
    # The rows are the last element of the array.
    head = canonical_columns(told, ())[:-1]
    return hashlib.sha256(b"%b,%b]\n%b" % (head, rows, changes.encode())).hexdigest()
