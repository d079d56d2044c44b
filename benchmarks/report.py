"""Tables for people: on the terminal, and in docs/performance.md between two marks for each benchmark."""

import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table as Markdown writes it, its columns aligned for the terminal too."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |"
        for line in lines
    )


def circumstances(command: str, servers: Sequence[str]) -> str:
    """When, how and on what it was measured."""
    python = f"Python {platform.python_version()}"
    libraries = [f"{name} {version(name)}" for name in ("sqlalchemy", "asyncpg")]
    today = datetime.now(UTC).date().isoformat()
    return f"`{command}`, {today}, {os.cpu_count()} cores, {', '.join([python, *libraries, *servers])}."


def write(mark: str, text: str) -> None:
    """Put the text between the marks of the page. Raises ValueError where the page has lost them."""
    page = PAGE.read_text(encoding="utf-8")
    before, beginning, rest = page.partition(f"<!-- {mark} -->\n")
    _, end, after = rest.partition(f"<!-- end of {mark} -->")
    if not end:
        raise ValueError(f"{PAGE} has lost the marks of {mark}")
    PAGE.write_text(f"{before}{beginning}\n{text}\n\n{end}{after}", encoding="utf-8")
