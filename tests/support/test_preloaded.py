"""Forked processes end with whoever asked for them, even where nobody is left to end them."""

import signal
import socket
from pathlib import Path

from tests.support.preloaded import PreloadedProcess


def test_a_process_does_not_outlive_whoever_asked_for_it(tmp_path: Path) -> None:
    arguments = ("0", "--bind", "127.0.0.1")
    process = PreloadedProcess("http.server", *arguments, output_file=tmp_path / "output", directory=tmp_path)
    process.wait_for_line("Serving HTTP")
    # As the kernel does with a worker of the tests that was killed.
    process._process._news.shutdown(socket.SHUT_WR)  # type: ignore[attr-defined]
    assert process.wait() == -signal.SIGKILL
