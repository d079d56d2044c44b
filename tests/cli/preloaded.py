"""`python -m app` without the second that its imports take: a process has made them and forks for each command.

What runs is the same in a process of its own: `tests.support.processes` runs what serves or works as a user would.
"""

import atexit
import gc
import json
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
HEAVY = (
    "app.cli.commands",
    "app.main",
    "app.loading.invoices",
    "app.proof.audit",
    "app.repository.migrating",
)


@cache
def _server() -> subprocess.Popen[str]:
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.cli.preloaded"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    @atexit.register
    def ended() -> None:
        server.communicate()

    return server


def run_command(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Runs `python -m app` with the arguments in the folder, with nothing but this environment, to its end."""
    printed, complained = folder / ".printed", folder / ".complained"
    asked = {"arguments": [*arguments], "folder": str(folder), "environment": dict(environment)}
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps(asked | {"files": [str(printed), str(complained)]}) + "\n")
    server.stdin.flush()
    status = int(server.stdout.readline())
    texts = [file.read_text(encoding="utf-8") for file in (printed, complained)]
    for file in (printed, complained):
        file.unlink()
    return subprocess.CompletedProcess(["app", *arguments], status, *texts)


def _forked() -> dict[str, Any]:
    """Returns in each child with what it is to run; never in the process that forks."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            asked: dict[str, Any] = json.loads(line)
            return asked
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    sys.exit()


def _become(asked: dict[str, Any]) -> None:
    """A process as the shell would have started it."""
    files = [os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for path in asked["files"]]
    for descriptor, file in enumerate([os.open(os.devnull, os.O_RDONLY), *files]):
        os.dup2(file, descriptor)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    sys.argv[1:] = asked["arguments"]


if __name__ == "__main__":
    for name in HEAVY:
        import_module(name)
    gc.freeze()
    _become(_forked())
    status = 0
    try:
        runpy.run_module("app", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        if isinstance(ended.code, str):
            raise
        status = ended.code or 0
    sys.stdout.flush()
    # Taking all that was imported apart would take longer than the command.
    os._exit(status)
