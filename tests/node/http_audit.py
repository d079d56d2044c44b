"""The published audit of GraphQL over HTTP (npm `graphql-http`), run against any address."""

import fcntl
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
INSTALLED_LOCK = HERE / "node_modules" / ".installed-package-lock.json"


@dataclass(frozen=True)
class AuditResult:
    """One check: `status` is ok, notice (a MAY that is not met), warn (a SHOULD) or error (a MUST)."""

    id: str
    name: str
    status: str
    reason: str | None


def program(name: str) -> str:
    """Node's programs from the path; without them the test is skipped, but in CI it fails."""
    path = shutil.which(name)
    if path is None:
        reason = f"{name} is not on the path: the audit of GraphQL over HTTP needs Node"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def install_packages() -> None:
    """Installs what package-lock.json names, once for all test processes and again only when the lock file changes."""
    npm = program("npm")
    lock = (HERE / "package-lock.json").read_text()
    INSTALLED_LOCK.parent.mkdir(exist_ok=True)
    with (HERE / "package.json").open() as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if INSTALLED_LOCK.exists() and INSTALLED_LOCK.read_text() == lock:
            return
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode != 0:
            pytest.fail(f"npm ci failed:\n{done.stdout}{done.stderr}")
        INSTALLED_LOCK.write_text(lock)


def audit(url: str, token: str = "") -> list[AuditResult]:
    """All checks against a server that allows GET and introspection; with a bearer token where it wants one."""
    node = program("node")
    install_packages()
    command = [node, "audit.mjs", url, *([token] if token else [])]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        pytest.fail(f"the audit could not run:\n{done.stdout}{done.stderr}")
    return [AuditResult(**line) for line in json.loads(done.stdout)]
