"""Fenced blocks of a page: read by their info string, replaced by what they should hold."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(r"^```(\w[^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """`info` is what follows the opening fence, `text` what stands between the fences."""

    info: str
    text: str
    line: int


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks that name their language, in order."""
    for match in _FENCE.finditer(page):
        yield Block(match[1], match[2], page.count("\n", 0, match.start()) + 1)


def with_texts(page: str, texts: dict[int, str]) -> str:
    """The page with the text of the blocks at these lines (of the opening fence) replaced."""

    def replaced(match: re.Match[str]) -> str:
        line = page.count("\n", 0, match.start()) + 1
        return f"```{match[1]}\n{texts[line]}```" if line in texts else match[0]

    return _FENCE.sub(replaced, page)
