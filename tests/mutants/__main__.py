"""`python -m tests.mutants app/domain/money.py …`: change the modules in every small way, and see which tests notice.

Works on a copy under build/, so that the sources stay as they are; what is stopped goes on where it was, for as long as
the module has not changed. Exit code 1 where a mutant survives that `survivors.md` does not explain.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from tests.mutants.survivors import Survivor, explained, survivors_of

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "build" / "mutants"
TOOL = ROOT / ".venv-mutants" / "bin" / "cosmic-ray"
COPIED = ("app", "tests", "clients", "seeds")
SECONDS = 60.0
"""How long the tests of one mutant may take: what never ends is noticed as well."""
KILLERS = {
    "app/domain/allocation.py": (
        "tests/domain/test_immutable.py",
        "tests/domain/test_allocation.py",
        "tests/rules/test_applying_rules.py",
    ),
    "app/domain/money.py": (
        "tests/domain/test_immutable.py",
        "tests/domain/test_money.py",
        "tests/rules/test_amounts_as_shown.py",
    ),
}
"""Module -> the tests that are to notice, the likeliest first; of any other: all tests of rules, domain and model."""
ALL_KILLERS = ("tests/domain", "tests/rules", "tests/model")
EXPLAINED = Path(__file__).with_name("survivors.md")


def main(modules: list[str]) -> int:
    unexplained: list[Survivor] = []
    known = explained(EXPLAINED.read_text(encoding="utf-8"))
    for module in modules or sorted(KILLERS):
        found = survivors_of(_session(module))
        unexplained += [each for each in found if each.key not in known]
        print(
            f"{module}: {len(found)} survived, {sum(each.key in known for each in found)} of them explained"
        )
    for each in unexplained:
        print(f"\n{each.module} line {each.line}, {each.operator}\n{each.difference}")
    return 1 if unexplained else 0


def _session(module: str) -> Path:
    """The file with the fate of every mutant of the module, made or gone on with."""
    source = (ROOT / module).read_bytes()
    here = PLACE / f"{Path(module).stem}-{hashlib.sha256(source).hexdigest()[:12]}"
    session = here / "session.sqlite"
    if not session.exists():
        shutil.rmtree(here, ignore_errors=True)
        for name in COPIED:
            shutil.copytree(
                ROOT / name, here / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules")
            )
        shutil.copy(ROOT / "pyproject.toml", here)
        (here / "settings.toml").write_text(_settings(module), encoding="utf-8")
        _run("init", here)
    # A mutant that was being looked at when the last run ended may still be there.
    (here / module).write_bytes(source)
    _run("exec", here)
    return session


def _settings(module: str) -> str:
    tests = " ".join(KILLERS.get(module, ALL_KILLERS))
    return f"""[cosmic-ray]
module-path = "{module}"
timeout = {SECONDS}
excluded-modules = []
test-command = "{sys.executable} -m pytest -x -q -p no:cacheprovider {tests}"

[cosmic-ray.distributor]
name = "local"
"""


def _run(command: str, here: Path) -> None:
    subprocess.run([TOOL, command, "settings.toml", "session.sqlite"], cwd=here, check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
