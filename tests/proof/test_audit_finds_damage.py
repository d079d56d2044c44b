"""Each way in which the books can be damaged is found and named, on both engines, and nothing else is."""

import asyncio
import re
from collections import Counter
from pathlib import Path
from types import EllipsisType

import pytest

from app.proof.audit import SEALED, AuditSummary
from app.repository.proofs import CHECKS
from tests.proof.copies import Copies, audited, exported
from tests.proof.damage import Damage
from tests.proof.damage_to_applications import APPLICATIONS
from tests.proof.damage_to_approvals import APPROVALS
from tests.proof.damage_to_chains import CHAINS
from tests.proof.damage_to_documents import DOCUMENTS
from tests.proof.damage_to_drawing import DRAWING
from tests.proof.damage_to_instants import INSTANTS
from tests.proof.damage_to_jobs import JOBS
from tests.proof.damage_to_journal import JOURNAL
from tests.proof.damage_to_line_applications import LINE_APPLICATIONS
from tests.proof.damage_to_lines import LINES
from tests.proof.damage_to_log import LOG
from tests.proof.damage_to_payments import PAYMENTS
from tests.proof.damage_to_positions import POSITIONS
from tests.proof.damage_to_references import REFERENCES
from tests.proof.damage_to_refunds import REFUNDS
from tests.proof.damage_to_taken_back import TAKEN_BACK
from tests.proof.damage_to_tax import TAX
from tests.proof.damage_to_write_offs import WRITE_OFFS
from tests.support.offline import broken_chains

DAMAGES = [
    *DOCUMENTS,
    *LINES,
    *POSITIONS,
    *APPLICATIONS,
    *LINE_APPLICATIONS,
    *APPROVALS,
    *PAYMENTS,
    *REFUNDS,
    *WRITE_OFFS,
    *TAKEN_BACK,
    *DRAWING,
    *REFERENCES,
    *LOG,
    *JOBS,
    *TAX,
    *INSTANTS,
    *JOURNAL,
    *CHAINS,
]
WRITTEN = re.compile(r"(?:UPDATE|DELETE FROM|INSERT INTO) (\w+)")
SEALED_ROWS = {
    "account",
    "balance_entry",
    "credit_memo",
    "credit_memo_application",
    "credit_memo_line",
    "credit_memo_line_application",
    "credit_memo_line_tax",
    "document_change",
    "invoice",
    "invoice_line",
    "invoice_line_tax",
    "journal_entry",
    "payment",
    "refund",
}
BEYOND_THE_CHAINS = {
    # How far a history has come is said by the history itself, and checked there.
    "a document's position is raised",
    # What is gone, or belongs to nothing, has no chain to break: other checks name it.
    "a history of nothing",
    "a memo is removed",
    "an account is removed",
    "the account is in no entity",
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.what)
def test_damage_is_found_and_named_and_nothing_else_is(
    runner: asyncio.Runner, copies: Copies, damage: Damage, tmp_path: Path
) -> None:
    summary = AuditSummary()
    found = runner.run(audited(copies.damaged(damage.statements), copies.entity_id, summary))
    touched = {table for each in damage.statements for table in WRITTEN.findall(each)}
    if touched & SEALED_ROWS and damage.what not in BEYOND_THE_CHAINS:
        assert SEALED in {each.check for each in found}, "the chain of the document has not noticed"
    # The script that knows nothing of the service comes to the same.
    export = tmp_path / "history.jsonl"
    export.write_text(runner.run(exported(copies.damaged(damage.statements), copies.entity_id)), "utf-8")
    unsealed = {each.number or each.document_id for each in found if each.check == SEALED}
    assert broken_chains(export) == unsealed
    invariant, check, number, first_row = damage.finds
    differences = [each for each in found if each.check != SEALED or check == SEALED]
    named = [each for each in differences if (each.check, each.number) == (check, number)]
    assert [each.invariant for each in named[:1]] == [invariant], differences
    assert any(is_the_first_row(first_row, each.first_row) for each in named), named
    assert all(each.expected != each.found for each in differences)
    expected = Counter((name, document) for document, names in damage.also.items() for name in names)
    expected[check, number] += 1
    assert Counter((each.check, each.number) for each in differences) == expected
    assert summary.finished
    assert not summary.books_hold


def is_the_first_row(expected: str | EllipsisType | None, found: str | None) -> bool:
    """An ellipsis, or a text that ends in one, leaves the rest open."""
    if isinstance(expected, EllipsisType):
        return True
    if expected is not None and expected.endswith("…"):
        return (found or "").startswith(expected.removesuffix("…"))
    return found == expected


def test_every_check_finds_some_damage() -> None:
    """A check that nothing sets off would prove nothing."""
    set_off = {damage.finds[1] for damage in DAMAGES}
    set_off |= {name for damage in DAMAGES for names in damage.also.values() for name in names}
    assert {check.name for check in CHECKS} <= set_off
