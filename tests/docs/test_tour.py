"""The pages that show requests tell the truth: run in order, they answer what the page shows, on both engines."""

import asyncio
from pathlib import Path

import pytest

from tests.docs.markdown import blocks
from tests.docs.tour import RUN, TOUR, toured
from tests.support.stores import Place, Store


@pytest.mark.parametrize("path", RUN, ids=lambda path: path.stem)
def test_every_answer_of_the_page_is_what_the_service_answers(
    store: Store, samples: Place, runner: asyncio.Runner, tmp_path: Path, path: Path
) -> None:
    page = path.read_text(encoding="utf-8")
    found = runner.run(toured(page, store.copied(samples).url, tmp_path))
    shown = {block.line: block.text for block in blocks(page) if block.line in found}
    assert shown == found, "if the new answers are right: python -m tests.docs.write"


def test_the_tour_meets_no_error_and_every_operation_it_promises() -> None:
    page = TOUR.read_text(encoding="utf-8")
    assert '"errors"' not in page
    for promised in (
        "applyCreditMemo(",
        "createCreditMemo(",
        "unapplyCreditMemo(",
        "createAndApplyCreditMemo(",
        "convertNegativeInvoiceLines(",
        '"replayed": true',
        '"dryRun": true',
        '"before": "cursor_',
        '"EXCEEDS_MEMO_BALANCE"',
        '"4.13"',
        "createCreditMemoFromInvoice(",
        "submitDirectCreditMemos(",
        "app job watch",
        "app audit",
    ):
        assert promised in page
