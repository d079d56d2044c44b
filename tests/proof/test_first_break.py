"""A document of one link needs no walk where all fits, and is walked where anything does not, though the hash itself fits."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.sealing import Row
from app.proof.chain import first_break, hash_of_link
from app.repository.chains import ChainedDocument, Link

OWN: list[Row] = [
    ("invoice", {"id": "inv_1", "number": "INV-1"}),
    ("invoice_line", {"id": "invl_1", "amount": 5}),
]
MOVED: Row = ("balance_entry", {"position": 1, "log_id": "log_1"})
STRAY: Row = ("balance_entry", {"position": 1, "log_id": "log_9"})
LINK = Link(
    document_id="inv_1",
    version=1,
    part=1,
    kind="CREATED",
    log_id="log_1",
    recorded_at=datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    recorded_by="somebody",
    changes="{}",
    previous_hash=None,
    hash="",
    operation="CREATE_INVOICES",
)


def document(
    rows: list[Row], *, version: int = 1, history_hash: str | None = None, **said: Any
) -> ChainedDocument:
    """An invoice whose one link seals these rows, whatever else it says."""
    told = replace(LINK, **said)
    link = replace(told, hash=hash_of_link(told, rows))
    return ChainedDocument(
        "invoice", "inv_1", "acc_1", "INV-1", version, history_hash or link.hash, rows, [link]
    )


def test_what_one_link_has_made_holds() -> None:
    assert first_break(document([MOVED, *OWN])) is None
    assert first_break(document([MOVED, *OWN], kind="ADOPTED", log_id=None, operation=None)) is None
    adopted_later = document([STRAY, *OWN], kind="ADOPTED", log_id=None, operation=None)
    assert first_break(adopted_later) is None


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (document([MOVED, *OWN], version=2), "the document's version is not that of the last link"),
        (document([MOVED, *OWN], history_hash="another"), "the end of its history is missing"),
        (document([MOVED, *OWN], previous_hash="another"), "the link does not follow the one before it"),
        (document([MOVED, *OWN], kind="CHANGED"), "the history does not begin with the document"),
        (document([STRAY, *OWN]), "the row is of a command that the history does not know"),
        (
            document([MOVED, *OWN], changes='{"changed":{"inv_2":{}}}'),
            "a row that the link has changed is gone",
        ),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_what_does_not_fit_is_named_though_the_hash_fits(broken: ChainedDocument, said: str) -> None:
    found = first_break(broken)
    assert found is not None
    assert said in found.message


def test_a_row_that_was_altered_breaks_the_seal() -> None:
    whole = document([MOVED, *OWN])
    altered = replace(whole, rows=[MOVED, OWN[0], ("invoice_line", {"id": "invl_1", "amount": 6})])
    found = first_break(altered)
    assert found is not None
    assert found.message == "what the link sealed is no longer what stands there"
