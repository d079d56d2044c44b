"""The end of the tour is true: a server killed in the middle of a job is replaced, and nothing is missing or double."""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.docs.markdown import Block, blocks
from tests.docs.sample_service import ROOT
from tests.docs.tour import TOUR
from tests.support.ports import lasting_port
from tests.support.processes import WatchedProcess

PORT = "8017"
PATIENCE_SECONDS = 300
"""For twelve processes from nothing, and a thousand memos, on a machine that has other things to do."""
SECTION = TOUR.read_text(encoding="utf-8").partition("## 12. Kill the server in the middle\n")[2]
COUNTS = r"(\w+): ([\d,]+) done, ([\d,]+) refused, ([\d,]+) skipped, ([\d,]+) left of ([\d,]+)$"
"""How a job says where it is: its status, and five numbers."""


def of_kind(info: str) -> list[Block]:
    return [block for block in blocks(SECTION) if block.info == info]


def in_a_directory(script: str, directory: Path) -> str:
    """The page's commands with this interpreter, books of their own and a port that nobody has."""
    return (
        script.replace(".venv/bin/python", sys.executable)
        .replace("var/", f"{directory}/")
        .replace(PORT, str(lasting_port()))
    )


def counts(line: str) -> tuple[str, list[int]]:
    found = re.search(COUNTS, line.strip())
    assert found is not None, line
    return found[1], [int(number.replace(",", "")) for number in found.groups()[1:]]


@pytest.mark.skipif(shutil.which("curl") is None, reason="the page asks by curl, which is not here")
def test_a_job_outlives_the_server_that_was_killed_in_the_middle_of_it(tmp_path: Path) -> None:
    script = in_a_directory("".join(block.text for block in of_kind("sh")), tmp_path)
    environment = {**os.environ, "CREDIT_MEMO_TOKEN_FILE": str(tmp_path / "development-token")}
    with WatchedProcess(
        ["bash", "-c", script],
        output_file=tmp_path / "tour.log",
        environment={**environment, "PYTHONUNBUFFERED": "1"},
        directory=ROOT,
    ) as shell:
        # `kill` of the last line ends the second server, the last that holds the output.
        shell.wait(PATIENCE_SECONDS)
        printed = shell.output()
    said = [line for line in printed.splitlines() if re.search(COUNTS, line)]
    assert len(said) == 2, printed
    (killed, (done, refused, skipped, left, total)), last = map(counts, said)
    assert (killed, refused) == ("RUNNING", 0), printed
    assert 0 < left < total == done + skipped + left, printed
    assert said[1] == of_kind("text")[1].text.strip(), "if the new line is right: put it into the page"
    assert last[1][3:] == [0, total]
    assert counts(of_kind("text")[0].text)[1][4] == total
    assert f"\n{last[1][0]}\n" in printed, "one memo for each item that is done, and none of them twice"
    assert len(re.findall(r"│ hold ", printed)) == 2, printed
