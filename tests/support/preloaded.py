"""`python -m …` without the second that imports take: a process has made them, and forks for each that is asked for.

What runs is the same in a process from nothing (``tests.support.processes``), where a test is about what users start.
"""

import atexit
import contextlib
import gc
import json
import os
import runpy
import select
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.support.processes import PATIENCE_SECONDS, Started, WatchedProcess, kill_with_children

ROOT = Path(__file__).parents[2]
HEAVY = (
    "app.cli.commands",
    "app.loading.invoices",
    "app.main",
    "app.proof.audit",
    "app.repository.migrating",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "sqlalchemy.dialects.sqlite.aiosqlite",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
)
_NUMBER = struct.Struct("!i")


class PreloadedProcess(WatchedProcess):
    """`python -m module arguments…` in a process group of its own, killed when the context is left.

    ``environment`` is added to the test's own, unless it is the whole one.
    """

    def __init__(
        self,
        module: str,
        *arguments: str,
        output_file: Path,
        environment: Mapping[str, str] | None = None,
        directory: Path = ROOT,
        is_whole_environment: bool = False,
    ) -> None:
        self._module = module
        super().__init__(
            arguments,
            output_file=output_file,
            environment={**({} if is_whole_environment else os.environ), **(environment or {})},
            directory=directory,
        )

    def _start(
        self,
        command: Sequence[str | Path],
        environment: Mapping[str, str] | None,
        directory: Path | None,
        _: Mapping[str, Any] | None,
    ) -> Started:
        reading, writing = os.pipe()
        process = _Forked(
            [self._module, *map(str, command)], environment or {}, directory or ROOT, [writing] * 2
        )
        os.close(writing)
        process.stdout = open(reading, "rb")  # noqa: SIM115 - who reads it closes it
        return process


def run_module(
    module: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Runs `python -m module` with the arguments in the folder, with nothing but this environment, to its end."""
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as complained:
        files = [printed.fileno(), complained.fileno()]
        status = _Forked([module, *arguments], environment, folder, files).wait(PATIENCE_SECONDS)
        texts = []
        for file in (printed, complained):
            file.seek(0)
            texts.append(file.read().decode())
    return subprocess.CompletedProcess([module, *arguments], status, *texts)


class _Forked:
    """A process that was asked for, as far as `Popen` is asked about it."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], directory: Path, files: Sequence[int]
    ) -> None:
        self.args = command
        self.stdout: Any = None
        self.returncode: int | None = None
        self._news, theirs = socket.socketpair()
        asked = {"command": [*command], "folder": str(directory), "environment": dict(environment)}
        with theirs:
            _forker().ask(json.dumps(asked).encode(), [*files, theirs.fileno()])
        self.pid = self._number()

    def poll(self) -> int | None:
        return self._status(0)

    def wait(self, timeout: float | None = None) -> int:
        status = self._status(timeout)
        if status is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return status

    def send_signal(self, by: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, by)

    def _status(self, seconds: float | None) -> int | None:
        if self.returncode is None and select.select([self._news], [], [], seconds)[0]:
            self.returncode = self._number()
            # Until here the process's id is its own.
            self._news.close()
        return self.returncode

    def _number(self) -> int:
        received = self._news.recv(_NUMBER.size, socket.MSG_WAITALL)
        assert received, "the process that forks has ended"
        number: int = _NUMBER.unpack(received)[0]
        return number


class _Forker:
    """The process that has made the imports, as this one sees it; it ends with this one."""

    def __init__(self) -> None:
        self._asked, theirs = socket.socketpair()
        self._lock = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.preloaded", str(theirs.fileno())],
                cwd=ROOT,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def ask(self, what: bytes, files: Sequence[int]) -> None:
        with self._lock:
            socket.send_fds(self._asked, [_NUMBER.pack(len(what))], files)
            self._asked.sendall(what)

    def end(self) -> None:
        self._asked.close()
        self._process.wait(PATIENCE_SECONDS)


@cache
def _forker() -> _Forker:
    forker = _Forker()
    atexit.register(forker.end)
    return forker


def _forked(asking: socket.socket) -> dict[str, Any]:
    """Returns in each process that was asked for with what it is to run; never in the one that forks."""
    watching = 0
    while True:
        head, files, _, _ = socket.recv_fds(asking, _NUMBER.size, 3)
        # Those who have watched to an end are gone at the next request, so that they do not gather.
        while watching and os.waitpid(-1, os.WNOHANG if head else 0)[0]:
            watching -= 1
        if not head:
            sys.exit()
        text = asking.recv(_NUMBER.unpack(head)[0], socket.MSG_WAITALL)
        if os.fork() == 0:
            asking.close()
            return _watched(json.loads(text), files)
        watching += 1
        for file in files:
            os.close(file)


def _watched(asked: dict[str, Any], files: Sequence[int]) -> dict[str, Any]:
    """Returns in the process that was asked for; its parent tells its id and its end, and ends itself.

    The process does not outlive whoever asked for it.
    """
    *outputs, told = files
    child = os.fork()
    if child == 0:
        os.close(told)
        return asked | {"outputs": outputs}
    for file in outputs:
        os.close(file)
    with socket.socket(fileno=told) as news:
        news.sendall(_NUMBER.pack(child))
        ended = threading.Event()
        forgotten = threading.Thread(target=_kill_when_forgotten, args=(news, child, ended))
        forgotten.start()
        status = _end_of(child)
        ended.set()
        with contextlib.suppress(ConnectionError):
            news.sendall(_NUMBER.pack(status))
        forgotten.join()
        if hasattr(os, "waitid"):
            os.waitpid(child, 0)
    os._exit(0)


def _kill_when_forgotten(news: socket.socket, child: int, ended: threading.Event) -> None:
    """Returns when whoever asked has heard of the end, until when it may send signals; or is gone itself, killed perhaps."""
    with contextlib.suppress(ConnectionError):
        news.recv(1)
    if not ended.is_set():
        kill_with_children(child)


def _end_of(child: int) -> int:
    """The exit status, a signal's number negated; where the system can say it so, the child's id stays taken."""
    if not hasattr(os, "waitid"):
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    end = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert end is not None
    return end.si_status if end.si_code == os.CLD_EXITED else -end.si_status


def _become(asked: dict[str, Any]) -> str:
    """A process as the shell would have started it; the module that it is to run."""
    os.setsid()
    for descriptor, file in enumerate([os.open(os.devnull, os.O_RDONLY), *asked["outputs"]]):
        os.dup2(file, descriptor)
    for file in {*asked["outputs"]} - {0, 1, 2}:
        os.close(file)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    module: str
    module, *sys.argv[1:] = asked["command"]
    return module


if __name__ == "__main__":
    for name in HEAVY:
        import_module(name)
    import_module("app.api.schema").made_schema()
    gc.freeze()
    module = _become(_forked(socket.socket(fileno=int(sys.argv[1]))))
    status = 0
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        if isinstance(ended.code, str):
            raise
        status = ended.code or 0
    sys.stdout.flush()
    # Taking all that was imported apart would take longer than the command.
    os._exit(status)
