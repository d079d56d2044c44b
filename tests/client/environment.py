"""The generator's own Python: it needs a graphql-core that the service cannot have."""

import fcntl
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = Path(__file__).with_name("client.lock")
ENVIRONMENT = ROOT / ".venv-client"
"""Made on first use, and anew when the lock file or the Python version changes."""


def generators_programs() -> Path:
    """The folder with the environment's `python`, `mypy` and `ariadne-codegen`; workers take turns in making it."""
    ENVIRONMENT.mkdir(exist_ok=True)
    with (ENVIRONMENT / "making.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        installed_from = ENVIRONMENT / "installed-from"
        wanted = f"{sys.version}\n{LOCK.read_text()}"
        if not installed_from.exists() or installed_from.read_text() != wanted:
            _make()
            installed_from.write_text(wanted)
    return ENVIRONMENT / "bin"


def _make() -> None:
    """What the lock file pins, every file checked against its hash."""
    run([sys.executable, "-m", "venv", ENVIRONMENT])
    pip: list[str | Path] = [
        ENVIRONMENT / "bin/python",
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--no-input",
    ]
    run([*pip, "install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r", LOCK])


def run(command: Sequence[str | Path], directory: Path = ROOT) -> str:
    """The program's output; AssertionError with all it said when it fails."""
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout
