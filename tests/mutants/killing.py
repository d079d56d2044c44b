"""Tries mutants within one run of pytest: all is imported and collected once, and each mutant is a fork of that.

In the fork a changed function takes the place of the one that was imported, and the tests that run the changed line are
run, until one fails. The fork is gone afterwards, and with it the change.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence, Set
from itertools import accumulate, groupby, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import pytest

from tests.mutants.forks import in_fork
from tests.mutants.mutant import ROOT, Fate, Mutant, MutatedModule
from tests.mutants.reach import TRACED, Imports, Marks, Reach, Run, TestFile, look_at_all, marked
from tests.mutants.swapping import Imported, imported

KILLERS = ("tests/domain", "tests/rules", "tests/use_cases")
"""The tests that are to notice, on SQLite where they want a database."""
EXAMPLES = 20
"""Of each property: a mutant that needs rarer ones deserves a test that names its values."""
SECONDS_OF_TESTS = 0.7
"""How much of the tests' time a mutant may take; what lives then is looked at once more, if nobody has explained why."""
SECONDS_OF_SECOND_LOOK = 15.0
"""Of the tests that the first look has left out."""
OWN = 0.2
"""What the time of tests counts that are named like the module: they are the likeliest to notice."""
QUICK = 0.1
"""Seconds of a test that is run before all others where it has noticed the last mutants."""
PATIENCE = (15, 600.0)
"""Seconds of the processor, and of the clock, however busy the machine is: what never ends is noticed as well."""
PATIENCE_OF_SECOND_LOOK = (60, 1800.0)
SECONDS_OF_TRACING = 3600
RECENT = 3
SAVED_EVERY = 20


class Killing:
    """A plugin of pytest that runs no test for its own sake.

    `explained`: module -> differences that no test is thought to notice.
    """

    def __init__(
        self,
        modules: Sequence[MutatedModule],
        explained: Mapping[str, Set[str]],
        done: Callable[[MutatedModule], None],
    ) -> None:
        self._modules, self._explained, self._done = modules, explained, done
        self._imports, self._marks = Imports(), Marks()
        self._items: dict[str, pytest.Item] = {}
        self._failed = False

    def run(self) -> None:
        """RuntimeError where the tests cannot be collected or run."""
        options = [
            "-qq",
            "--no-header",
            "--no-summary",
            "-s",
            "--tb=native",
            "--assert=plain",
            "-p",
            "no:cacheprovider",
        ]
        look_at_all()
        with TemporaryDirectory(prefix="mutants-") as directory:
            self._directory = Path(directory) / "tests"
            with self._imports.traced():
                code = pytest.main([*options, f"--basetemp={self._directory}", *KILLERS], plugins=[self])
        if code != pytest.ExitCode.OK:
            raise RuntimeError(f"pytest ended with {code}")

    def pytest_load_initial_conftests(self) -> None:
        # Imported before pytest has looked at its plugins, hypothesis would miss what pytest does to them.
        from hypothesis import Phase, settings

        os.environ["HYPOTHESIS_PROFILE"] = "mutants"
        settings.register_profile(
            "mutants",
            derandomize=True,
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            # Nobody reads the example that fails: it need not be a small one.
            phases=[Phase.explicit, Phase.generate],
        )

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [each for each in items if not _wants_postgresql(each)]
        self._items = {each.nodeid: each for each in items}

    def pytest_collection_finish(self) -> None:
        sys.settrace(None)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._failed = self._failed or report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Interrupted("not all of the tests can be collected: pytest says which")
        # Not before: what is imported first would be missing in the trace of what imports run.
        from tests.support.stores import SqliteStore

        known = imported({ROOT / module.path: module.source for module in self._modules})
        self._marks.listen()
        self._directory.mkdir()
        self._do(self._make_template)
        SqliteStore.template = self._template
        self._reach = Reach(self._runs())
        for module in self._modules:
            self._try_all(module, known[ROOT / module.path])
            self._done(module)
        return True

    @property
    def _template(self) -> Path:
        return self._directory.with_name("template.db")

    def _make_template(self) -> int:
        """Migrates once for all forks; here, because the thread and the loop that it takes must not be inherited."""
        from app.repository.migrating import migrate

        asyncio.run(migrate(f"sqlite:///{self._template}"))
        return 0

    def _runs(self) -> dict[str, Run]:
        """Of every test, without any change; run where that has not been seen already, or one has failed."""
        files = {
            TestFile(path): [*items] for path, items in groupby(self._items.values(), lambda item: item.path)
        }
        unseen = {file: items for file, items in files.items() if not file.is_seen_to_pass()}
        if unseen:
            self._do(lambda: self._trace(unseen))
        runs = {name: run for file in files for name, run in (file.runs() or {}).items()}
        for name, run in runs.items():
            if not run.passed:
                print(f"{name} fails without any change: it notices nothing")
        return {name: run for name, run in runs.items() if name in self._items}

    def _trace(self, files: dict[TestFile, list[pytest.Item]]) -> int:
        sources = {path: path.read_text("utf-8") for room in TRACED for path in (ROOT / room).rglob("*.py")}
        for path, module in imported(sources).items():
            module.swap(marked(str(path.relative_to(ROOT)), sources[path]))
        for file, items in files.items():
            runs = {}
            for item, following in pairwise([*items, None]):
                assert item is not None
                began = process_time()
                passed = self._passes(item, following)
                runs[item.nodeid] = Run(passed, process_time() - began, self._marks.taken())
            file.keep(runs)
        return 0

    def _do(self, work: Callable[[], int]) -> None:
        """RuntimeError where it does not come to an end."""
        if in_fork(work, SECONDS_OF_TRACING, float(SECONDS_OF_TRACING)) is None:
            raise RuntimeError("without any change the tests do not come to an end")
        self._tidy()

    def _try_all(self, module: MutatedModule, original: Imported) -> None:
        self._check(module)
        likeliest: list[str] = []
        for number, mutant in enumerate(module.mutants):
            if mutant.fate is Fate.UNTRIED:
                fate, by = self._tried(module, mutant, original, likeliest)
                module.decide(number, fate)
                if by is not None:
                    likeliest = [by, *(each for each in likeliest if each != by)][:RECENT]
            if number % SAVED_EVERY == 0:
                module.save()
        module.save()

    def _check(self, module: MutatedModule) -> None:
        """In a fork, too, tests pass without any change: else all would be noticed. RuntimeError where one does not."""
        reached = (self._by_promise(module.path, each, []) for each in module.mutants)
        names = self._affordable(module.path, next((each for each in reached if each), []), SECONDS_OF_TESTS)
        passed = in_fork(lambda: self._passed([self._items[name] for name in names]), *PATIENCE)
        self._tidy()
        if passed != len(names):
            raise RuntimeError(f"{names[passed or 0]} fails without any change")

    def _tried(
        self, module: MutatedModule, mutant: Mutant, original: Imported, likeliest: list[str]
    ) -> tuple[Fate, str | None]:
        """What came of the mutant, and the test that has noticed it."""
        names = self._by_promise(module.path, mutant, likeliest)
        if not names:
            is_imported = self._imports.call(ROOT / module.path, original.function_at(mutant.first))
            return (Fate.IMPORTED if is_imported else Fate.UNREACHED), None
        first = self._affordable(module.path, names, SECONDS_OF_TESTS)
        found = self._looked(module, mutant, original, first, PATIENCE)
        is_explained = mutant.difference(module.source) in self._explained.get(module.path, ())
        if found[0] is not Fate.SURVIVED or is_explained:
            return found
        rest = self._affordable(module.path, names[len(first) :], SECONDS_OF_SECOND_LOOK)
        return self._looked(module, mutant, original, rest, PATIENCE_OF_SECOND_LOOK)

    def _looked(
        self,
        module: MutatedModule,
        mutant: Mutant,
        original: Imported,
        names: list[str],
        patience: tuple[int, float],
    ) -> tuple[Fate, str | None]:
        """What came of the mutant by these tests, and the one that has noticed it."""
        items = [self._items[name] for name in names]

        def run_until_noticed() -> int:
            if not original.swap(compile(mutant.changed(module.source), original.code.co_filename, "exec")):
                return -1
            return self._passed(items)

        place = in_fork(run_until_noticed, *patience)
        self._tidy()
        if place is None:
            return Fate.NOTICED, None
        if place < 0:
            return Fate.IMPORTED, None
        return (Fate.NOTICED, names[place]) if place < len(items) else (Fate.SURVIVED, None)

    def _by_promise(self, path: str, mutant: Mutant, likeliest: list[str]) -> list[str]:
        """The tests to run: the quickest first, and among them what noticed the last mutants, and the module's own."""
        costs = {
            name: self._cost(path, name) for name in self._reach.tests_of(path, mutant.first, mutant.last)
        }
        ordered = sorted(costs, key=lambda name: (name not in likeliest, costs[name], name))
        return sorted(ordered, key=lambda name: costs[name] >= QUICK)

    def _cost(self, path: str, name: str) -> float:
        return self._reach.seconds[name] * (OWN if f"test_{Path(path).stem}" in name else 1.0)

    def _affordable(self, path: str, names: list[str], seconds: float) -> list[str]:
        """The first of the tests, up to the one that takes longer than what is left of the time."""
        until = [*accumulate((self._cost(path, name) for name in names), initial=0.0)]
        return [name for name, used in zip(names, until, strict=False) if used <= seconds]

    def _passed(self, items: list[pytest.Item]) -> int:
        """How many pass before one that does not."""
        for number, (item, following) in enumerate(pairwise([*items, None])):
            assert item is not None
            if not self._passes(item, following):
                return number
        return len(items)

    def _passes(self, item: pytest.Item, following: pytest.Item | None) -> bool:
        self._failed = False
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        return not self._failed

    def _tidy(self) -> None:
        """A fork that ends in the middle leaves its databases."""
        shutil.rmtree(self._directory)
        self._directory.mkdir()


def _wants_postgresql(item: pytest.Item) -> bool:
    call = getattr(item, "callspec", None)
    return call is not None and call.params.get("engine") == "postgresql"
