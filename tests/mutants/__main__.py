"""`python -m tests.mutants app/domain/money.py …`: change the modules in every small way, and see which tests notice.

Without a module all of them. What is stopped goes on where it was, for as long as a module has not changed. Exit code 1
where a mutant lives that `survivors.md` does not explain, or none lives as it explains.
"""

import sys
from collections import Counter
from pathlib import Path

from tests.mutants.killing import Killing
from tests.mutants.mutant import ROOT, Fate, MutatedModule, mutated
from tests.mutants.reach import TRACED
from tests.mutants.survivors import explained

EXPLAINED = Path(__file__).with_name("survivors.md")


def main(paths: list[str]) -> int:
    known = explained(EXPLAINED.read_text(encoding="utf-8"))
    strangers = 0

    def report(module: MutatedModule) -> None:
        nonlocal strangers
        strangers += _report(module, known.get(module.path, set()))

    Killing([mutated(path) for path in paths or _all_modules()], known, report).run()
    return 1 if strangers else 0


def _all_modules() -> list[str]:
    return sorted(str(file.relative_to(ROOT)) for room in TRACED for file in (ROOT / room).rglob("*.py"))


def _report(module: MutatedModule, known: set[str]) -> int:
    """Says what became of the mutants; back comes how many nobody has explained, and how many are, but do not live."""
    fates = Counter(each.fate for each in module.mutants)
    alive = [each for each in module.mutants if each.fate in (Fate.SURVIVED, Fate.UNREACHED)]
    strangers = [each for each in alive if each.difference(module.source) not in known]
    dead = known - {each.difference(module.source) for each in alive}
    print(
        f"{module.path}: {len(module.mutants)} mutants, {fates[Fate.NOTICED]} noticed, "
        f"{len(alive) - len(strangers)} explained, {len(strangers)} not explained, {fates[Fate.IMPORTED]} not tried"
    )
    for each in strangers:
        print(f"\n{module.path} line {each.first}, {each.fate}\n{each.difference(module.source)}")
    for difference in sorted(dead):
        print(f"\n{module.path}: explained, but it does not live\n{difference}")
    sys.stdout.flush()
    return len(strangers) + len(dead)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
