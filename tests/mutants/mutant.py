"""A small change of a module, and what came of it."""

import difflib
import hashlib
import json
import subprocess
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "build" / "mutants"
_TOOL = ROOT / ".venv-mutants" / "bin" / "python"
_MAKING = Path(__file__).with_name("making.py")


class Fate(StrEnum):
    UNTRIED = "UNTRIED"
    NOTICED = "NOTICED"
    SURVIVED = "SURVIVED"
    UNREACHED = "UNREACHED"
    """No test runs the line."""
    IMPORTED = "IMPORTED"
    """What was changed runs while modules are imported and not again: a test that has begun comes too late for it."""


@dataclass(frozen=True, slots=True)
class Mutant:
    start: int
    """Lines from here, counted from 0, up to `end` become `lines`."""
    end: int
    lines: tuple[str, ...]
    first: int
    """The first line of the changed expression, counted from 1; `last` is its last."""
    last: int
    fate: Fate = Fate.UNTRIED

    def changed(self, source: str) -> str:
        """The module with the change."""
        lines = source.splitlines()
        return "\n".join([*lines[: self.start], *self.lines, *lines[self.end :], ""])

    def difference(self, source: str) -> str:
        """The lines that go and come, without their indentation."""
        old = source.splitlines()[self.start : self.end]
        compared = difflib.ndiff(old, list(self.lines), linejunk=None, charjunk=None)
        return "\n".join(line[0] + line[2:].strip() for line in compared if line[0] in "+-")


@dataclass(slots=True)
class MutatedModule:
    path: str
    """Below the root of the project."""
    source: str
    mutants: list[Mutant]

    def decide(self, number: int, fate: Fate) -> None:
        self.mutants[number] = replace(self.mutants[number], fate=fate)

    def save(self) -> None:
        """So that a run that is stopped goes on from here."""
        file = _file(self.path, self.source)
        unfinished = file.with_suffix(".new")
        unfinished.write_text(json.dumps([asdict(each) for each in self.mutants]), encoding="utf-8")
        unfinished.replace(file)


def mutated(path: str) -> MutatedModule:
    """As the last run left it, for as long as the module is the same. What survived is to be tried again: tests grow.

    CalledProcessError where the tool is not installed or cannot read the module.
    """
    source = (ROOT / path).read_text(encoding="utf-8")
    file = _file(path, source)
    if not file.exists():
        PLACE.mkdir(parents=True, exist_ok=True)
        made = subprocess.run([_TOOL, _MAKING, ROOT / path], check=True, capture_output=True, text=True)
        found = [_mutant(json.loads(line)) for line in made.stdout.splitlines()]
        MutatedModule(path, source, found).save()
    mutants = [_mutant(each) for each in json.loads(file.read_text(encoding="utf-8"))]
    untried = [each if each.fate is Fate.NOTICED else replace(each, fate=Fate.UNTRIED) for each in mutants]
    return MutatedModule(path, source, untried)


def _mutant(values: dict[str, object]) -> Mutant:
    made = Mutant(**values)  # type: ignore[arg-type]
    return replace(made, lines=tuple(made.lines), fate=Fate(made.fate))


def _file(path: str, source: str) -> Path:
    name = path.removesuffix(".py").replace("/", ".")
    content = hashlib.sha256(source.encode() + _MAKING.read_bytes())
    return PLACE / f"{name}-{content.hexdigest()[:12]}.json"
