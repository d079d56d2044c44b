"""What is told of what an entity says of itself."""

import json

import pytest

from app.domain.change_history import Occasion
from app.domain.entity import NumberSequence
from app.domain.entity_history import EntityHead, entity_change
from app.domain.facts import Changes
from app.domain.vocabulary import Operation, SequenceKind
from tests.rules.facts import NOW

OCCASION = Occasion(log_id="log_1", operation=Operation.UPDATE_NUMBER_SEQUENCES, actor="ada", now=NOW)
SEQUENCE = NumberSequence(kind=SequenceKind.REFUND, prefix="RF-", gapless=True)


def test_a_sequence_that_is_new_has_changed_from_nothing() -> None:
    head = EntityHead(version=4, history_hash="aa", changed_at=NOW)
    link = entity_change(Changes(sequences=((None, SEQUENCE),)), head, OCCASION)
    assert link is not None
    assert (link.document_id, link.version, link.previous_hash) == ("entity", 5, "aa")
    [[name, columns]] = json.loads(link.changes)["changed"].items()
    assert name == "seq_REFUND"
    assert columns == {
        "kind": [None, "REFUND"],
        "prefix": [None, "RF-"],
        "next": [None, 1],
        "padding": [None, 6],
        "gapless": [None, True],
    }


def test_what_the_entity_says_changes_only_under_its_lock() -> None:
    assert entity_change(Changes(), None, OCCASION) is None
    with pytest.raises(ValueError, match="was not locked"):
        entity_change(Changes(sequences=((None, SEQUENCE),)), None, OCCASION)
