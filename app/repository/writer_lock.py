"""Whose turn it is to write to a SQLite file."""

import fcntl
import os
import threading
from pathlib import Path

from app.repository.database import Busy


class WriterLock:
    """One writer at a time: a thread lock inside the process, a file lock between processes.

    The file lock is taken before BEGIN IMMEDIATE: busy_timeout alone lets one process starve for seconds.
    """

    def __init__(self, path: Path, *, patience_seconds: float) -> None:
        self._path = path
        self._patience_seconds = patience_seconds
        self._file = self._opened()
        self._held = self._file
        self._thread = threading.Lock()
        self._changed = threading.Condition()
        self._is_wanted = False
        self._is_waited_for = False
        self._brought: int | None = None

    def acquire(self) -> None:
        """Busy when another transaction, of this process or of another one, keeps its turn for too long."""
        if not self._thread.acquire(timeout=self._patience_seconds):
            raise Busy
        try:
            self._held = self._locked()
        except BaseException:
            self._thread.release()
            raise

    def release(self) -> None:
        held, self._held = self._held, self._file
        if held == self._file:
            fcntl.flock(held, fcntl.LOCK_UN)
        else:
            os.close(held)
        self._thread.release()

    def close(self) -> None:
        os.close(self._file)

    def _opened(self) -> int:
        return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)

    def _locked(self) -> int:
        """The descriptor by which the file is locked: our own, or where others have it, the one of who waits for it."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return self._waited_for()
        return self._file

    def _waited_for(self) -> int:
        with self._changed:
            self._is_wanted = True
            if not self._is_waited_for:
                self._is_waited_for = True
                threading.Thread(target=self._wait, name="sqlite-lock", daemon=True).start()
            self._changed.wait_for(lambda: self._brought is not None, self._patience_seconds)
            self._is_wanted = False
            brought, self._brought = self._brought, None
        if brought is None:
            raise Busy
        return brought

    def _wait(self) -> None:
        """The system knows no time-out for this: whoever has run out of patience leaves the thread waiting, and the next
        who wants the lock finds it there.
        """
        file = self._opened()
        fcntl.flock(file, fcntl.LOCK_EX)
        with self._changed:
            self._is_waited_for = False
            if self._is_wanted:
                self._brought = file
                self._changed.notify_all()
            else:
                os.close(file)
