"""Processes run for a test: watched line by line, ended by a signal, always reaped, or held by those who use them."""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol, Self

PATIENCE_SECONDS = 120
"""Longer than anything takes on a machine that has other things to do: only what hangs runs into it."""


class Started(Protocol):
    """What is asked of a process that was started, as `Popen` answers it."""

    @property
    def pid(self) -> int: ...

    @property
    def stdout(self) -> IO[bytes] | None: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, by: int, /) -> None: ...


class WatchedProcess:
    """A program in a process group of its own, its output (standard error included) kept in a file and watched.

    Leaving the context kills what still runs. ``identity`` is the user, group and extra_groups that Popen takes.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        output_file: Path,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
        identity: Mapping[str, Any] | None = None,
    ) -> None:
        self.output_file = output_file
        self._lines: list[str] = []
        self._ended = False
        self._changed = threading.Condition()
        self._process = self._start(command, environment, directory, identity)
        self._reader = threading.Thread(target=self._read_output, daemon=True)
        self._reader.start()

    def _start(
        self,
        command: Sequence[str | Path],
        environment: Mapping[str, str] | None,
        directory: Path | None,
        identity: Mapping[str, Any] | None,
    ) -> Started:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=directory,
            env=environment,
            start_new_session=True,
            **(identity or {}),
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def return_code(self) -> int | None:
        """The exit status, a signal's number negated, or None while the process runs."""
        return self._process.poll()

    def output(self) -> str:
        """Everything printed so far."""
        with self._changed:
            return "".join(self._lines)

    def wait_for_line(self, pattern: str, seconds: float = PATIENCE_SECONDS) -> re.Match[str]:
        """The first match of the pattern in any line since the start.

        Errors: TimeoutError after so many seconds, RuntimeError as soon as the output has ended without a match;
        both show the output.
        """
        deadline = time.monotonic() + seconds
        searched = 0
        with self._changed:
            while True:
                for line in self._lines[searched:]:
                    if match := re.search(pattern, line):
                        return match
                searched = len(self._lines)
                if self._ended:
                    raise RuntimeError(f"Ended without printing {pattern!r}:\n{''.join(self._lines)}")
                if not self._changed.wait(deadline - time.monotonic()):
                    raise TimeoutError(f"No {pattern!r} in {seconds} s:\n{''.join(self._lines)}")

    def wait(self, seconds: float = PATIENCE_SECONDS) -> int:
        """The exit status, once the process and all who share its output have ended.

        Errors: subprocess.TimeoutExpired when the process, TimeoutError when a child of it outlives the time.
        """
        return_code = self._process.wait(seconds)
        self._reader.join(seconds)
        if self._reader.is_alive():
            raise TimeoutError(f"Process {self.pid} has ended, but a child of it still holds its output open")
        return return_code

    def end(self, by: signal.Signals = signal.SIGTERM, seconds: float = PATIENCE_SECONDS) -> int:
        """Asks the process to end and returns its exit status; errors as for ``wait``."""
        self._process.send_signal(by)
        return self.wait(seconds)

    def kill(self) -> int:
        """Ends the process, its group and its children at once (SIGKILL), without a chance to clean up."""
        # Until poll() has reaped the process, its id and its group's cannot be given to another.
        if self._process.poll() is None:
            kill_with_children(self.pid)
        return self.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def _read_output(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        with stream, self.output_file.open("wb") as file:
            for line in stream:
                file.write(line)
                file.flush()
                with self._changed:
                    self._lines.append(line.decode(errors="replace"))
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()


def python_process(
    module: str,
    *arguments: str,
    output_file: Path,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> WatchedProcess:
    """``python -m module arguments…``; ``environment`` is added to the test's own."""
    return WatchedProcess(
        [sys.executable, "-m", module, *arguments],
        output_file=output_file,
        # Unbuffered: a line is seen as soon as it is printed, not when 8 KiB have gathered.
        environment={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
        directory=directory,
    )


def kill_with_children(leader: int) -> None:
    """SIGKILL to the leader of a process group that nobody has reaped yet, to its group, and to its children."""
    # Stopped first: it can start no further child while they are listed.
    os.kill(leader, signal.SIGSTOP)
    children = _children_of(leader)
    with contextlib.suppress(ProcessLookupError):
        # Forked a moment ago, it has no group of its own yet.
        os.killpg(leader, signal.SIGKILL)
    for each in (leader, *children):
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


def wait_until_gone(pid: int, seconds: float = PATIENCE_SECONDS) -> None:
    """Returns when the process has ended, whoever its parent is; TimeoutError when it outlives the time given."""
    try:
        if sys.platform == "linux":
            with open(os.pidfd_open(pid), "rb", buffering=0) as watched:
                gone = bool(select.select([watched], [], [], seconds)[0])
        else:
            watched = select.kevent(pid, select.KQ_FILTER_PROC, select.KQ_EV_ADD, select.KQ_NOTE_EXIT)
            with contextlib.closing(select.kqueue()) as queue:
                gone = bool(queue.control([watched], 1, seconds))
    except ProcessLookupError:
        return
    if not gone:
        raise TimeoutError(f"Process {pid} still runs after {seconds} s")


class Hold:
    """One process's hold on what a supervisor keeps alive; it ends with ``let_go`` or with the process itself.

    ``facts`` is the supervisor's last answer. Errors: RuntimeError with the supervisor's own words.
    """

    def __init__(self, supervisor: socket.socket) -> None:
        self._supervisor = supervisor
        self._supervisor.settimeout(PATIENCE_SECONDS)
        try:
            self.facts = self._answer()
        except BaseException:
            supervisor.close()
            raise

    @classmethod
    def start(cls, module: str, *arguments: str) -> Self:
        """Runs the module as a supervisor with one end of a connection, whose descriptor is its first argument."""
        ours, theirs = socket.socketpair()
        with theirs, open(os.devnull, "r+b") as nothing:
            subprocess.run(
                [sys.executable, "-m", module, str(theirs.fileno()), *arguments],
                pass_fds=[theirs.fileno()],
                cwd=Path(__file__).parents[2],
                stdin=nothing,
                stdout=nothing,
                stderr=nothing,
                start_new_session=True,
                check=True,
            )
        return cls(ours)

    @classmethod
    def join(cls, control: Path) -> Self | None:
        """A further hold, by the socket on which the supervisor listens; None when it has ended."""
        supervisor = socket.socket(socket.AF_UNIX)
        try:
            supervisor.connect(str(control))
            return cls(supervisor)
        except (FileNotFoundError, ConnectionError):
            supervisor.close()
            return None

    def ask(self, request: bytes) -> None:
        self._supervisor.sendall(request)
        self.facts = self._answer()

    def let_go(self) -> None:
        """The last to let go returns when what was held is gone."""
        with self._supervisor as supervisor:
            supervisor.shutdown(socket.SHUT_WR)
            while supervisor.recv(4096):
                pass

    def _answer(self) -> dict[str, Any]:
        received = b""
        while not received.endswith(b"\n"):
            part = self._supervisor.recv(4096)
            if not part:
                raise ConnectionAbortedError("The supervisor has ended")
            received += part
        answer: dict[str, Any] = json.loads(received)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer


def become_supervisor(descriptor: int) -> socket.socket:
    """Leaves the process that started this program behind; returns the connection of the first holder."""
    if os.fork():
        os._exit(0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    return socket.socket(fileno=descriptor)


def supervise(
    listener: socket.socket, first: socket.socket, answer: Callable[[bytes], dict[str, Any]]
) -> socket.socket:
    """Answers one-byte requests, and b"" for each new holder, until no holder is left.

    The kernel closes a connection with its process, even one killed with -9: to let go, a holder need do nothing.
    Returns the connection of the last, still open on this side; its end tells ``Hold.let_go`` that all is over.
    """
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(first, selectors.EVENT_READ)
        tell(first, answer(b""))
        while True:
            for key, _ in selector.select():
                holder, request = key.fileobj, b""
                assert isinstance(holder, socket.socket)
                if holder is listener:
                    holder, _address = listener.accept()
                    selector.register(holder, selectors.EVENT_READ)
                else:
                    # A connection reset is a holder that went without reading an answer.
                    with contextlib.suppress(ConnectionResetError):
                        request = holder.recv(1)
                    if not request:
                        selector.unregister(holder)
                        if len(selector.get_map()) == 1:
                            return holder
                        holder.close()
                        continue
                tell(holder, answer(request))


def tell(holder: socket.socket, answer: dict[str, Any]) -> None:
    """Sends an answer; that the holder has gone meanwhile shows when it is next read from."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        holder.sendall(json.dumps(answer).encode() + b"\n")


def _children_of(parent: int) -> list[int]:
    """The ids of its children; none on a system without /proc, where PostgreSQL's end by themselves with it."""
    children = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            # "pid (name) state parent …": the name may hold spaces and brackets itself.
            if int(file.read_text().rpartition(")")[2].split()[1]) == parent:
                children.append(int(file.parent.name))
    return children
