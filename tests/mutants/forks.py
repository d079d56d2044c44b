"""Work done in a fork of this process, which leaves nothing behind but its answer."""

import os
import resource
import select
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

BYTES = 4 << 30
_ANSWERED, _BROKEN = 0, 1


def in_fork(work: Callable[[], int], seconds: int, patience: float) -> int | None:
    """What the work answers; None where it takes more seconds of the processor, or of the clock, or of memory.

    RuntimeError where the work raises an error.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(work, writing, seconds)
    os.close(writing)
    try:
        ready, _, _ = select.select([reading], [], [], patience)
        if not ready:
            os.kill(child, signal.SIGKILL)
        answer = os.read(reading, 4096)
    finally:
        os.close(reading)
        _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) == _BROKEN:
        raise RuntimeError(answer.decode())
    return int(answer) if answer else None


def _work(work: Callable[[], int], writing: int, seconds: int) -> None:
    """Does not come back."""
    code = _BROKEN
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        with silence():
            os.write(writing, str(work()).encode())
        code = _ANSWERED
    except BaseException:
        os.write(writing, traceback.format_exc()[-4000:].encode())
        raise
    finally:
        os._exit(code)


@contextmanager
def silence() -> Iterator[None]:
    kept = [os.dup(number) for number in (1, 2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(nowhere, number)
    try:
        yield
    finally:
        for number, copy in zip((1, 2), kept, strict=True):
            os.dup2(copy, number)
        for descriptor in (*kept, nowhere):
            os.close(descriptor)
