"""Answers as a page shows them: ids and cursors by short names that stay the same, laid out to be read."""

import json
import re
from typing import Any

_ID = re.compile(r"\b([a-z]+)_[0-9a-f]{32}\b")
_CURSORS = {"cursor", "startCursor", "endCursor"}
WIDTH = 120


class ShortNames:
    """`app_1` for the first application's id that was seen, `cursor_1` for the first cursor."""

    def __init__(self) -> None:
        self._short: dict[str, str] = {}
        self._count: dict[str, int] = {}

    def shortened(self, value: Any, key: str = "") -> Any:
        """The value with its ids and cursors by their short names."""
        match value:
            case dict():
                return {name: self.shortened(each, name) for name, each in value.items()}
            case list():
                return [self.shortened(each, key) for each in value]
            case str() if key in _CURSORS:
                return self._name(value, "cursor")
            case str():
                return _ID.sub(lambda found: self._name(found[0], found[1]), value)
            case _:
                return value

    def restored(self, value: Any) -> Any:
        """The value with short names replaced by what they stand for."""
        long = {short: each for each, short in self._short.items()}
        match value:
            case dict():
                return {name: self.restored(each) for name, each in value.items()}
            case list():
                return [self.restored(each) for each in value]
            case str():
                return long.get(value, value)
            case _:
                return value

    def _name(self, text: str, prefix: str) -> str:
        if text not in self._short:
            self._count[prefix] = self._count.get(prefix, 0) + 1
            self._short[text] = f"{prefix}_{self._count[prefix]}"
        return self._short[text]


def laid_out(value: Any, indent: int = 0, before: int = 0) -> str:
    """JSON text; what fits into a line, behind `before` characters, stands in a line."""
    line = _in_a_line(value)
    if indent + before + len(line) < WIDTH or not isinstance(value, dict | list) or not value:
        return line
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        starts = {name: f"{json.dumps(name)}: " for name in value}
        entries = [
            starts[name] + laid_out(each, indent + 2, len(starts[name])) for name, each in value.items()
        ]
        opening, closing = "{", "}"
    else:
        entries = [laid_out(each, indent + 2) for each in value]
        opening, closing = "[", "]"
    return f"{opening}\n{inner}" + f",\n{inner}".join(entries) + f"\n{' ' * indent}{closing}"


def _in_a_line(value: Any) -> str:
    match value:
        case dict() if value:
            return (
                "{ "
                + ", ".join(f"{json.dumps(key)}: {_in_a_line(each)}" for key, each in value.items())
                + " }"
            )
        case list():
            return f"[{', '.join(_in_a_line(each) for each in value)}]"
        case _:
            return json.dumps(value, ensure_ascii=False)
