"""An export proves the books without the service: two scripts, which share no code with it, come to the same as it does."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.proof.copies import Copies, exported
from tests.support.offline import BALANCES, CHAINS, verdict

MOVES = tuple(
    f'{{"row":["{table}"' for table in ("balance_entry", "credit_memo_application", "payment", "refund")
)
"""How the rows begin that move a balance."""


@pytest.fixture
def export(runner: asyncio.Runner, copies: Copies, tmp_path: Path) -> Path:
    """Of the honest books."""
    path = tmp_path / "history.jsonl"
    path.write_text(runner.run(exported(copies.honest(), copies.entity_id)), encoding="utf-8")
    return path


def test_the_scripts_import_nothing_but_the_standard_library_and_are_short() -> None:
    for script in (CHAINS, BALANCES):
        text = script.read_text(encoding="utf-8")
        assert "app" not in {
            line.split()[1].partition(".")[0] for line in text.splitlines() if "import " in line
        }
        assert len([line for line in text.splitlines() if line]) <= 110


def test_honest_books_are_proved_and_two_exports_of_them_are_alike(
    export: Path, runner: asyncio.Runner, copies: Copies
) -> None:
    chains, balances = verdict(CHAINS, export), verdict(BALANCES, export)
    assert chains.holds, chains.said
    assert balances.holds, balances.said
    assert any("USD  credit " in line for line in balances.said)
    assert any("USD  journal " in line for line in balances.said)
    assert runner.run(exported(copies.honest(), copies.entity_id)) == export.read_text(encoding="utf-8")


def altered(export: Path, line: int, text: str | None) -> Path:
    """The export with another line in that place, or none."""
    lines = export.read_text(encoding="utf-8").splitlines()
    if text is None:
        del lines[line]
        lines[-1] = json.dumps({"lines": len(lines) - 1})
    else:
        lines[line] = text
    path = export.parent / "altered.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_no_row_and_no_link_can_be_taken_out_of_an_export(export: Path) -> None:
    lines = export.read_text(encoding="utf-8").splitlines()
    removable = [
        place
        for place, line in enumerate(lines)
        if not line.startswith(('{"history', '{"lines', '{"document'))
    ]
    # Every thirteenth, so that each kind of row is among them.
    for place in removable[::13]:
        without = altered(export, place, None)
        assert not verdict(CHAINS, without).holds, lines[place]
        if lines[place].startswith(MOVES):
            assert not verdict(BALANCES, without).holds, lines[place]


def test_an_export_that_breaks_off_proves_nothing(export: Path) -> None:
    export.write_text(
        "".join(export.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8"
    )
    with pytest.raises(AssertionError, match="is not whole"):
        verdict(CHAINS, export)


def test_what_an_earlier_export_had_must_still_be_there(export: Path) -> None:
    earlier = export.parent / "earlier.jsonl"
    earlier.write_bytes(export.read_bytes())
    assert verdict(CHAINS, export, earlier).holds
    lines = export.read_text(encoding="utf-8").splitlines()
    begin = next(place for place, line in enumerate(lines) if '"number":"CM-000006"' in line)
    end = next(place for place in range(begin + 1, len(lines)) if lines[place].startswith('{"document"'))
    # A document that is gone with all of its chain leaves the rest in order.
    lines = [*lines[:begin], *lines[end:-1]]
    export.write_text("\n".join([*lines, json.dumps({"lines": len(lines)})]) + "\n", encoding="utf-8")
    assert verdict(CHAINS, export).holds
    found = verdict(CHAINS, export, earlier)
    assert not found.holds
    assert any("the earlier export has it" in line for line in found.said)
