"""Mutants that no test has noticed: as the tool found them, and as `survivors.md` explains them."""

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

_MODULE = re.compile(r"^## `(app/[\w/]+\.py)`$", re.MULTILINE)
_DIFFERENCE = re.compile(r"^```diff\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SURVIVORS = """
    SELECT spec.module_path, spec.start_pos_row, spec.operator_name, result.diff
    FROM work_results AS result JOIN mutation_specs AS spec ON spec.job_id = result.job_id
    WHERE result.test_outcome = 'SURVIVED' ORDER BY spec.start_pos_row, spec.operator_name, spec.occurrence
"""

Key = tuple[str, str]
"""The module, and the lines that went and came: they are the same wherever in the file they stand."""


@dataclass(frozen=True, slots=True)
class Survivor:
    module: str
    line: int
    operator: str
    difference: str

    @property
    def key(self) -> Key:
        return self.module, self.difference


def survivors_of(session: Path) -> list[Survivor]:
    """By line of the module."""
    with closing(sqlite3.connect(session)) as connection:
        return [
            Survivor(module, line, operator, _changed_lines(difference))
            for module, line, operator, difference in connection.execute(_SURVIVORS)
        ]


def explained(page: str) -> set[Key]:
    """What the page shows under each module."""
    _, *parts = _MODULE.split(page)
    return {
        (module, found.strip("\n"))
        for module, text in zip(parts[::2], parts[1::2], strict=True)
        for found in _DIFFERENCE.findall(text)
    }


def _changed_lines(difference: str) -> str:
    lines = difference.splitlines()
    changed = [line for line in lines if line[:1] in "+-" and not line.startswith(("+++", "---"))]
    return "\n".join(line[0] + line[1:].strip() for line in changed)
