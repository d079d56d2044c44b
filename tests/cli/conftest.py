"""What the tests of commands share."""

from pathlib import Path

import pytest

from tests.cli.terminal import ROOT, Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


@pytest.fixture(scope="session")
def migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    terminal = Terminal(tmp_path_factory.mktemp("migrated"))
    terminal.done("migrate")
    return terminal


@pytest.fixture(scope="session")
def seeded_once(migrated_once: Terminal, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    terminal = Terminal(tmp_path_factory.mktemp("seeded"))
    terminal.has_what(migrated_once)
    shown = terminal.done("seed", "--file", str(ROOT / "seeds" / "harbor-tools.json"))
    assert "86 steps done" in shown
    return terminal


@pytest.fixture
def migrated(terminal: Terminal, migrated_once: Terminal) -> Terminal:
    """A terminal of the test's own, after `migrate`."""
    terminal.has_what(migrated_once)
    return terminal


@pytest.fixture
def seeded(terminal: Terminal, seeded_once: Terminal) -> Terminal:
    """A terminal of the test's own, after `migrate` and a `seed` of the books of Harbor Tools."""
    terminal.has_what(seeded_once)
    return terminal
