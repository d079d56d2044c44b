"""Building GraphiQL with an npm that fails or stands still: a limit, one line, and the rest of the set-up goes on."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FRONTEND = Path("app/api/graphiql/frontend")
LIMIT = "0.2"
NOT_BUILT = "GraphiQL is not built (.venv/graphiql.log says why): /graphiql tells how to; all else works."


class Workshop:
    """A copy of what `make setup` reads, with everything installed but the page, and a node and an npm of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.started = self.folder / "npm-started"
        self.programs = self.folder / "programs"
        self.programs.mkdir()
        self._program("node", "exit 0")
        for name in ("Makefile", "requirements.lock", "pyproject.toml"):
            shutil.copy(ROOT / name, self.folder)
        shutil.copytree(
            ROOT / FRONTEND, self.folder / FRONTEND, ignore=shutil.ignore_patterns("node_modules")
        )
        (self.folder / ".venv").mkdir()
        installed_from = 'echo "$(cat requirements.lock pyproject.toml | cksum) $("$0" -V) $(pwd)"'
        written = self._run("sh", "-c", installed_from, sys.executable)
        (self.folder / ".venv" / "installed-from").write_text(written.stdout, encoding="utf-8")

    def npm(self, body: str) -> None:
        """What npm does after it has noted that it was called."""
        self._program("npm", f"echo \"$1\" >> '{self.started}'\n{body}")

    def _program(self, name: str, body: str) -> None:
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        path.chmod(0o755)

    def make(self, target: str) -> subprocess.CompletedProcess[str]:
        return self._run("make", target, f"PYTHON={sys.executable}")

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.programs}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            command,
            cwd=self.folder,
            env={"PATH": path, "HOME": str(self.folder), "NPM_SECONDS": LIMIT},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def log(self) -> str:
        return (self.folder / ".venv" / "graphiql.log").read_text(encoding="utf-8")


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    if shutil.which("make") is None:
        pytest.skip("there is no make here")
    return Workshop(tmp_path)


def test_an_npm_that_stands_still_is_ended_and_the_set_up_goes_on(workshop: Workshop) -> None:
    fifo = workshop.folder / "fifo"
    os.mkfifo(fifo)
    workshop.npm(f"read line < '{fifo}'")
    done = workshop.make("setup")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["Building GraphiQL", NOT_BUILT]
    assert f"did not end within {LIMIT} seconds" in workshop.log()
    assert workshop.started.read_text(encoding="utf-8") == "ci\nci\n"
    # Nobody is left who waits for the other end.
    with pytest.raises(OSError, match="No such device or address"):
        os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)


def test_an_npm_that_fails_is_quoted_in_the_log_and_the_set_up_goes_on(workshop: Workshop) -> None:
    workshop.npm("echo 'npm error network unreachable' >&2; exit 1")
    done = workshop.make("setup")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["Building GraphiQL", NOT_BUILT]
    assert "npm error network unreachable" in workshop.log()


def test_building_the_page_alone_fails_and_says_why(workshop: Workshop) -> None:
    workshop.npm("exit 1")
    done = workshop.make("graphiql")
    assert done.returncode != 0
    assert "npm ci failed twice" in done.stderr
    assert not (workshop.folder / FRONTEND.parent / "assets" / "index.html").exists()
