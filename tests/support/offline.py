"""The two scripts that check an export without the service, run on books as an auditor would run them."""

import contextlib
import importlib.util
import io
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from app.proof.export import exported_history
from app.repository.database import Database

ROOT = Path(__file__).parents[2]
CHAINS = ROOT / "clients" / "verify_history.py"
BALANCES = ROOT / "clients" / "verify_balances.py"


@dataclass(frozen=True)
class Verdict:
    """What a script has said of an export, and with which exit code."""

    holds: bool
    said: list[str]


async def export_of(database: Database, entity_id: int) -> str:
    """Its text."""
    lines = [line async for line in exported_history(database, entity_id, "exported")]
    return "".join(f"{line}\n" for line in lines)


def _loaded(script: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(script.stem, script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_HISTORY = _loaded(CHAINS)
# The second script finds the first one beside it.
sys.modules.setdefault(CHAINS.stem, _HISTORY)
_BALANCES = _loaded(BALANCES)


def broken_chains(export: Path) -> set[str]:
    """What the script finds, asked in this process: documents by number, by id where they have none."""
    return {
        header["number"] or header["id"]
        for header, rows, links in _HISTORY.documents(export)
        if next(_HISTORY.breaks(header, rows, links), None)
    }


def disproved(export: Path) -> list[str]:
    """What both scripts say, asked in this process, where one finds a difference; nothing where neither does."""
    found: list[str] = []
    for script in (_HISTORY, _BALANCES):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            code = script.main(export)
        if code:
            found += said.getvalue().splitlines()
    return found


def verdict(script: Path, *exports: Path) -> Verdict:
    """By a Python that knows nothing but its own library."""
    done = subprocess.run(
        [sys.executable, "-S", "-E", str(script), *map(str, exports)],
        cwd=exports[0].parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    assert not done.stderr, done.stderr
    return Verdict(done.returncode == 0, done.stdout.splitlines())
