"""A page as a program, like the tour: its requests run in order, and what they answer as the page shows it.

A `graphql` block is a document; a `json variables` block its variables; a `json answer` block, what comes back. One
document may be answered several times, with other variables each time. `json answer by clerk` is what comes back to the
holder of a key with the role CLERK. A `console` block is a command with its output, `console exit 1` one that fails.
"""

import asyncio
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.docs.answers import ShortNames, laid_out
from tests.docs.markdown import blocks
from tests.docs.sample_service import ROOT, sample_service
from tests.support.preloaded import run_module

TOUR = ROOT / "docs" / "tour.md"
RUN = (
    TOUR,
    ROOT / "docs" / "credit-from-invoice.md",
    ROOT / "docs" / "approval.md",
    ROOT / "docs" / "prove-it.md",
)
"""The pages whose requests are run."""
ANSWER = "json answer"
CONSOLE = "console"
PROMPT = "$ python "
TERMINAL_COLUMNS = "100"
_INSTANT = re.compile(r"\b20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\b")
SHOWN_INSTANT = "2026-11-21 09:30:00"
"""In place of when a row was recorded."""


async def toured(page: str, url: str, directory: Path) -> dict[int, str]:
    """What the page's answer and console blocks should hold, by the line of their opening fence.

    `url` is a database with the sample books.
    """
    texts: dict[int, str] = {}
    names = ShortNames()
    document = ""
    variables: dict[str, Any] = {}
    async with sample_service(url, directory) as service:
        for block in blocks(page):
            match block.info:
                case "graphql":
                    document, variables = block.text, {}
                case "json variables":
                    variables = json.loads(block.text)
                case info if info.startswith(ANSWER):
                    by = info.removeprefix(ANSWER).removeprefix(" by ") or None
                    answer = await service.answer(document, names.restored(variables), by=by)
                    texts[block.line] = laid_out(names.shortened(answer)) + "\n"
                case info if info.startswith(CONSOLE):
                    # In a thread: the service, which may be at what the command waits for, goes on meanwhile.
                    exit_code = int(info.removeprefix(CONSOLE).removeprefix(" exit ") or 0)
                    texts[block.line] = await asyncio.to_thread(_console, block.text, url, names, exit_code)
    return texts


def _console(text: str, url: str, names: ShortNames, exit_code: int) -> str:
    """The block's one command, or several with pipes between them, with what the last one prints."""
    command = text.splitlines()[0]
    if not command.startswith(PROMPT):
        raise ValueError(f"a console block begins with {PROMPT!r}: {command!r}")
    environment = {**os.environ, "CREDIT_MEMO_DATABASE_URL": url, "COLUMNS": TERMINAL_COLUMNS}
    piped: str | None = None
    code = 0
    for each in command.removeprefix("$ ").split(" | "):
        program, *arguments = names.restored(shlex.split(each))
        if [program, *arguments[:2]] == ["python", "-m", "app"]:
            assert piped is None, f"the service's commands read no input: {command}"
            done = run_module("app", arguments[2:], ROOT, environment)
        else:
            done = subprocess.run(
                [sys.executable if program == "python" else program, *arguments],
                cwd=ROOT,
                env=environment,
                input=piped,
                capture_output=True,
                text=True,
                check=False,
            )
        piped, code = done.stdout, done.returncode
    if code != exit_code:
        raise ValueError(f"{command} ends with {code}: {done.stderr}{piped}")
    shown: str = names.shortened(_INSTANT.sub(SHOWN_INSTANT, piped or ""))
    return f"{command}\n{shown}"
