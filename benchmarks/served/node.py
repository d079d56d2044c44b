"""Node.js for the peer, and the peer's packages: what is there, else installed once, from locks with hashes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = 22
"""What PostGraphile 5.1 needs, though its packages ask for less: `Promise.withResolvers`."""
PEER = Path(__file__).parent / "postgraphile"
_ROOT = Path(__file__).parents[2]
_OWN = _ROOT / ".venv-node"
_LOCK = _ROOT / "app" / "api" / "graphiql" / "frontend" / "node.lock"
_INSTALL_SECONDS = 600


class PeerMissing(Exception):
    """There is no Node.js, or PostGraphile could not be installed: one line that says why."""


def installed_node() -> str:
    """The program `node`, with the peer's packages in place. Raises PeerMissing."""
    try:
        node = _node()
        _install_packages(node)
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        raise PeerMissing(f"PostGraphile is left out: {said[-1] if said else error}") from error
    return str(node)


def versions() -> list[str]:
    """The peer as its lock has it, e.g. `PostGraphile 5.1.5`, and what runs it."""
    locked = json.loads((PEER / "package-lock.json").read_text(encoding="utf-8"))
    node = subprocess.run([_found(), "--version"], capture_output=True, text=True, check=True).stdout
    peer = locked["packages"]["node_modules/postgraphile"]["version"]
    return [f"PostGraphile {peer}", f"Node.js {node.strip().removeprefix('v')}"]


def is_installed() -> bool:
    """Whether the peer can be started without installing anything."""
    return _is_recent(_found()) and _is_as_locked()


def _node() -> Path:
    """That of the path, where it brings npm, else the one that GraphiQL is built with, from PyPI."""
    if _is_recent(found := _found()):
        return found
    subprocess.run([sys.executable, "-m", "venv", "--clear", _OWN], check=True)
    pip = [str(_OWN / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "--no-input", "--require-hashes", "--only-binary", ":all:", "-r", str(_LOCK)],
        check=True,
        capture_output=True,
        text=True,
        timeout=_INSTALL_SECONDS,
    )
    return _OWN / "bin" / "node"


def _found() -> Path:
    node = shutil.which("node")
    return Path(node) if node and shutil.which("npm") and _is_recent(Path(node)) else _OWN / "bin" / "node"


def _is_recent(node: Path) -> bool:
    if not node.exists():
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(said.strip().removeprefix("v").partition(".")[0] or 0) >= OLDEST


def _is_as_locked() -> bool:
    note = PEER / "node_modules" / ".installed-from"
    return note.exists() and note.read_bytes() == (PEER / "package-lock.json").read_bytes()


def _install_packages(node: Path) -> None:
    if _is_as_locked():
        return
    subprocess.run(
        [node.parent / "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        check=True,
        cwd=PEER,
        env={**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=_INSTALL_SECONDS,
    )
    (PEER / "node_modules" / ".installed-from").write_bytes((PEER / "package-lock.json").read_bytes())
