"""The program in an empty folder, each command in a process of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.preloaded import PreloadedProcess, run_module
from tests.support.processes import WatchedProcess

ROOT = Path(__file__).parents[2]


class Terminal:
    """An empty folder with an environment that knows nothing but the project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CREDIT_MEMO_")}
        self.environment = {**inherited, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "PYTHONUNBUFFERED": "1"}
        self.environment.pop("PORT", None)
        self._started = 0

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """A command to its end."""
        return run_module("app", arguments, self.folder, {**self.environment, **environment})

    def start(self, *arguments: str, **environment: str) -> WatchedProcess:
        """A command that stays."""
        return PreloadedProcess(
            "app",
            *arguments,
            output_file=self._log(),
            environment={**self.environment, **environment},
            directory=self.folder,
            is_whole_environment=True,
        )

    def start_from_nothing(self, *arguments: str, **environment: str) -> WatchedProcess:
        """A command that stays, started as from a shell."""
        return WatchedProcess(
            [sys.executable, "-m", "app", *arguments],
            output_file=self._log(),
            directory=self.folder,
            environment={**self.environment, **environment},
        )

    def _log(self) -> Path:
        self._started += 1
        return self.folder / f"{self._started}.log"

    def has_what(self, another: "Terminal") -> None:
        """Begins with a copy of what another terminal's commands have left in their folder."""
        shutil.copytree(another.folder, self.folder, dirs_exist_ok=True)

    def done(self, *arguments: str, **environment: str) -> str:
        """Standard output of a command that succeeds."""
        result = self.run(*arguments, **environment)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def refusal(self, *arguments: str, **environment: str) -> str:
        """Standard error of a command that fails, without a traceback."""
        result = self.run(*arguments, **environment)
        assert result.returncode == 1, result.stdout + result.stderr
        assert "Traceback" not in result.stderr
        return result.stderr
