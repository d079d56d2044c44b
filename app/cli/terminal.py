"""What all commands share of the terminal: how a failure is told, and where progress is shown."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table

ANY_WIDTH = 1_000_000
"""Characters a line, where no terminal has to show it."""


class CommandFailed(Exception):
    """The command cannot do it; the message says why and what to do."""


def explained(error: Exception) -> list[str]:
    """Lines for people: a rejection as code, path, message; anything else by its own first line."""
    from app.domain.reading import Unreadable, camel, path_text
    from app.domain.violation import Rejected
    from app.loading.sample import SampleRefused

    match error:
        case SampleRefused():
            return [str(error), *explained(error.rejected)]
        case Rejected():
            paths = [
                path_text(tuple(camel(part) if isinstance(part, str) else part for part in each.path))
                for each in error.violations
            ]
            return [
                "  ".join(part for part in (each.code, path, each.message) if part)
                for each, path in zip(error.violations, paths, strict=True)
            ]
        case Unreadable():
            return [f"UNREADABLE  {path_text(each.path)}  {each.message}" for each in error.faults]
        case CommandFailed():
            return str(error).splitlines()
        case OSError() if error.filename is not None:
            return [f"{error.filename}: {error.strerror}"]
        case _:
            first = next(iter(str(error).splitlines()), "")
            own = type(error).__module__.startswith("app.") or isinstance(error, ValueError | LookupError)
            return [first if own and first else f"{type(error).__name__}: {first}"]


def say(line: str) -> None:
    """To standard error: standard output is for what a command was asked for."""
    print(line, file=sys.stderr)


def any_console() -> "Console":
    """Standard output: as wide as the terminal, or as what is printed where there is none."""
    from rich.console import Console

    console = Console()
    return console if console.is_terminal else Console(width=ANY_WIDTH)


def folded_table(*headings: str) -> "Table":
    """A table that is never cut off: as wide as it needs to be, and folded where a terminal is narrower."""
    from rich.table import Column, Table

    return Table(*(Column(heading, overflow="fold") for heading in headings))


@contextmanager
def progress_bar() -> Iterator["Progress"]:
    """A bar on standard error, shown only where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        yield progress
