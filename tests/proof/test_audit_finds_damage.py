"""Each way in which the books can be damaged is found and named, on both engines, and nothing else is."""

import asyncio
from collections import Counter

import pytest

from app.proof.audit import AuditSummary
from app.repository.proofs import CHECKS
from tests.proof.copies import Copies, audited
from tests.proof.damage import Damage
from tests.proof.damage_to_applications import APPLICATIONS
from tests.proof.damage_to_approvals import APPROVALS
from tests.proof.damage_to_documents import DOCUMENTS
from tests.proof.damage_to_drawing import DRAWING
from tests.proof.damage_to_instants import INSTANTS
from tests.proof.damage_to_jobs import JOBS
from tests.proof.damage_to_line_applications import LINE_APPLICATIONS
from tests.proof.damage_to_lines import LINES
from tests.proof.damage_to_log import LOG
from tests.proof.damage_to_payments import PAYMENTS
from tests.proof.damage_to_positions import POSITIONS
from tests.proof.damage_to_references import REFERENCES
from tests.proof.damage_to_tax import TAX

DAMAGES = [
    *DOCUMENTS,
    *LINES,
    *POSITIONS,
    *APPLICATIONS,
    *LINE_APPLICATIONS,
    *APPROVALS,
    *PAYMENTS,
    *DRAWING,
    *REFERENCES,
    *LOG,
    *JOBS,
    *TAX,
    *INSTANTS,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.what)
def test_damage_is_found_and_named_and_nothing_else_is(
    runner: asyncio.Runner, copies: Copies, damage: Damage
) -> None:
    summary = AuditSummary()
    differences = runner.run(audited(copies.damaged(damage.statements), copies.entity_id, summary))
    invariant, check, number, first_row = damage.finds
    named = [each for each in differences if (each.check, each.number) == (check, number)]
    assert [each.invariant for each in named[:1]] == [invariant], differences
    assert first_row is ... or first_row in [each.first_row for each in named]
    assert all(each.expected != each.found for each in differences)
    expected = Counter((name, document) for document, names in damage.also.items() for name in names)
    expected[check, number] += 1
    assert Counter((each.check, each.number) for each in differences) == expected
    assert summary.finished
    assert not summary.books_hold


def test_every_check_finds_some_damage() -> None:
    """A check that nothing sets off would prove nothing."""
    set_off = {damage.finds[1] for damage in DAMAGES}
    set_off |= {name for damage in DAMAGES for names in damage.also.values() for name in names}
    assert {check.name for check in CHECKS} <= set_off
