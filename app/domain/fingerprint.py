"""What makes two deliveries the same: a hash of what was asked, blind to how it was written."""

import hashlib
import json
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from app.domain.commands.fields import ABSENT

_NOT_INPUT = frozenset({"idempotency_key", "dry_run"})
_NOT_CONTENT = _NOT_INPUT | {"expected_version"}
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def fingerprint(command: object) -> str:
    """Hash of the command's name and its fields that differ from their defaults.

    So a field added later changes no old fingerprint; decimals count by value, lists by order, absent as null, but in
    a patch.
    """
    return _hash(command, _NOT_INPUT)


def content_fingerprint(delivery: object) -> str:
    """The same of a document as it was delivered: which version the caller had read is not part of it."""
    return _hash(delivery, _NOT_CONTENT)


def _hash(value: object, left_out: frozenset[str]) -> str:
    name = type(value).__name__
    text = _ENCODER.encode([name, _content(value, left_out)])
    return hashlib.sha256(text.encode()).hexdigest()


def _content(value: Any, left_out: frozenset[str]) -> Any:
    if declared := _fields_of(value.__class__):
        return {
            name: _content(given, left_out)
            for name, default in declared
            if name not in left_out
            and ((given := getattr(value, name)) is not None or default is ABSENT)
            and (default is MISSING or given != default)
        }
    if isinstance(value, list):
        return [_content(each, left_out) for each in value]
    if isinstance(value, Decimal):
        text = format(value, "f") if value else "0"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value


@cache
def _fields_of(kind: type[Any]) -> tuple[tuple[str, Any], ...]:
    """Each field's name and default, of a dataclass."""
    return tuple((each.name, each.default) for each in fields(kind)) if is_dataclass(kind) else ()
