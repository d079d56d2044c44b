"""What can be said of a command before the books are opened: its texts, its sizes, its metadata."""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from app.domain.commands import Command
from app.domain.limits import DEFAULT_LIMITS, Limits
from app.domain.violation import Path, Violation
from app.domain.vocabulary import ViolationCode


def violations_of_shape(command: object, limits: Limits = DEFAULT_LIMITS) -> list[Violation]:
    """Texts that no database keeps, and everything longer than its limit (domain: limits)."""
    return list(_of_value(command, (), limits.text, limits))


def bars_claiming(violation: Violation, command: Command) -> bool:
    """It cannot be stored or compared with an earlier call, so no earlier call can have been like it.

    Everything else waits for the claim of the idempotency key: a limit lowered since must not refuse a replay.
    """
    if violation.code is ViolationCode.INVALID_TEXT:
        return True
    return violation.path == ("idempotency_key",) and len(command.idempotency_key or "") > DEFAULT_LIMITS.text


def _of_value(value: Any, path: Path, limit: int, limits: Limits) -> Iterator[Violation]:
    if declared := _fields_of(value.__class__):
        for name, limit_name, is_name in declared:
            given = getattr(value, name)
            if given is None:
                continue
            yield from _of_value(given, (*path, name), getattr(limits, limit_name), limits)
            if is_name and isinstance(given, str) and is_storable(given):
                yield from _of_name(given, (*path, name))
    elif isinstance(value, str):
        yield from _of_text(value, path, limit)
    elif isinstance(value, list):
        if len(value) > limit:
            yield _too_long(path, len(value), limit, "items")
        for place, item in enumerate(value):
            for violation in _of_value(item, (*path, place), limits.text, limits):
                # Of a list that is too long only what cannot be stored is told: the claim must not meet it.
                if len(value) <= limit or violation.code is ViolationCode.INVALID_TEXT:
                    yield violation
    elif isinstance(value, dict):
        yield from _of_metadata(value, path, limits)


@cache
def _fields_of(kind: type[Any]) -> tuple[tuple[str, str, bool], ...]:
    """Each field of a command or entry: its name, that of its limit, and whether it names something."""
    if not is_dataclass(kind):
        return ()
    return tuple((each.name, each.metadata["limit"], each.metadata["is_name"]) for each in fields(kind))


def _of_text(text: str, path: Path, limit: int | None) -> Iterator[Violation]:
    if not is_storable(text):
        yield Violation(
            code=ViolationCode.INVALID_TEXT,
            message="The text has a NUL character or half a surrogate pair, which no database keeps.",
            path=path,
        )
    elif limit is not None and len(text) > limit:
        yield _too_long(path, len(text), limit, "characters")


def _of_name(text: str, path: Path) -> Iterator[Violation]:
    """A key or number that came out empty would make strangers the same; a stray blank, the same two."""
    if not text or text != text.strip() or any(ord(character) < 32 for character in text):
        yield Violation(
            code=ViolationCode.INVALID_TEXT,
            message="It must not be empty, and have no blanks around it and no control characters.",
            path=path,
            asked=text,
        )


def is_storable(text: str) -> bool:
    """No NUL (PostgreSQL refuses it), no lone surrogate (it is no Unicode text)."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _too_long(path: Path, asked: int, allowed: int, what: str) -> Violation:
    return Violation(
        code=ViolationCode.LIMIT_EXCEEDED,
        message=f"{asked} {what}, at most {allowed} are allowed.",
        path=path,
        asked=str(asked),
        allowed=str(allowed),
    )


def _of_metadata(metadata: dict[str, Any], path: Path, limits: Limits) -> Iterator[Violation]:
    for key, value in metadata.items():
        if isinstance(value, dict | list):
            yield Violation(
                code=ViolationCode.INVALID_TEXT,
                message="Metadata values are JSON scalars: text, number, boolean or null.",
                path=(*path, key if is_storable(key) else ""),
            )
            return
        for text in (key, value):
            if isinstance(text, str) and not is_storable(text):
                yield from _of_text(text, path, None)
                return
    if len(metadata) > limits.metadata_keys:
        yield _too_long(path, len(metadata), limits.metadata_keys, "keys")
    size = len(json.dumps(metadata, ensure_ascii=False).encode())
    if size > limits.metadata_bytes:
        yield _too_long(path, size, limits.metadata_bytes, "bytes")
