"""What the pages name exists: files, tests, commands, settings; and what is generated in them is fresh."""

import re
from pathlib import Path

import pytest

from app.cli.commands import commands
from app.domain.access import BUILT_IN_ROLES
from app.settings import PREFIX, Settings
from tests.docs.configuration import TABLES, with_tables
from tests.docs.sample_service import ROOT

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
TESTS = re.compile(r"def (test_\w+)")
BUILT = {"var/development-token"}


@pytest.fixture(scope="module")
def tests() -> set[str]:
    """The names of all tests."""
    return {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in TESTS.findall(path.read_text(encoding="utf-8"))
    }


@each_page
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    here = [link for link in links if "://" not in link]
    assert [link for link in here if not (page.parent / link).exists()] == []


@each_page
def test_every_test_that_is_named_exists(page: Path, tests: set[str]) -> None:
    named = re.findall(r"`(test_\w+)`", page.read_text(encoding="utf-8"))
    assert [name for name in named if name not in tests] == []


@each_page
def test_every_file_that_is_named_exists(page: Path) -> None:
    named = re.findall(r"`((?:app|tests|docs|seeds|\.ci|var)/[\w./-]+)`", page.read_text(encoding="utf-8"))
    assert [name for name in named if name not in BUILT and not (ROOT / name).exists()] == []


@each_page
def test_every_command_and_setting_that_is_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    known = {command.name for command in commands.registered_commands}
    known |= {group.typer_instance.info.name for group in commands.registered_groups if group.typer_instance}
    assert set(re.findall(r"python -m app ([a-z][a-z-]*)", text)) <= known
    settings = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(rf"{PREFIX}[A-Z_]+\b", text)) - {PREFIX} - set(BUILT_IN_ROLES) <= settings
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"`make ([a-z-]+)", text)) <= set(targets)


def test_the_readme_lists_every_command() -> None:
    listed = (
        (ROOT / "README.md").read_text(encoding="utf-8").partition("## Commands")[2].partition("\n## ")[0]
    )
    assert [each.name for each in commands.registered_commands if f"`{each.name}`" not in listed] == []


@pytest.mark.parametrize("page", TABLES, ids=lambda page: page.name)
def test_generated_tables_are_fresh(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == with_tables(page), "python -m tests.docs.write"


def test_every_decision_is_a_short_record_with_its_number() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    for path in records:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(path.name[:4])}. ")
        assert "**Decision.**" in text
        assert "**What follows.**" in text
        assert len(text.splitlines()) <= 12, path.name
