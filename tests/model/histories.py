"""Section 3.5 checked on every row of a balance's history as the service shows it, without the model."""

from collections import defaultdict

from tests.model.money import ZERO
from tests.model.observed import Document, Observed, each, linked, money, nodes

APPLICATION_KINDS = {"APPLIED": "APPLICATION", "UNAPPLIED": "UNAPPLICATION"}


def histories(observed: Observed) -> list[str]:
    """Positions 1, 2, 3 ...; each balance is the one before and the impact; the last one is the document's."""
    rows_of: dict[str, list[Document]] = defaultdict(list)
    for _, row in each(observed, "applications"):
        for side in ("creditMemo", "invoice"):
            document_id = linked(row, side)
            assert document_id is not None, "an application has both sides"
            rows_of[document_id].append(row)
    found: list[str] = []
    for kind, side in (("invoices", "invoice"), ("creditMemos", "creditMemo")):
        for handle, document in each(observed, kind):
            found += _chain(handle, document)
            found += _frozen(handle, document, side, rows_of[document["id"]])
    return found


def _chain(handle: str, document: Document) -> list[str]:
    entries = nodes(document["balanceEntries"])
    found = []
    if [entry["position"] for entry in entries] != list(range(1, len(entries) + 1)):
        found.append(f"5: {handle}: positions {[entry['position'] for entry in entries]}")
    before = ZERO
    for entry in entries:
        after = before + money(entry, "impactAmount")
        if (money(entry, "balanceBefore"), money(entry, "balanceAfter")) != (before, after):
            found.append(f"5: {handle}: position {entry['position']} does not lead from {before} to {after}")
        before = after
    # A draft's balance is no history, though it may have been posted before.
    in_history = ZERO if document["status"] in ("DRAFT", "PENDING_APPROVAL") else money(document, "balance")
    if entries and in_history != before:
        found.append(f"5: {handle}: balance {document['balance']}, its last position {before}")
    if not entries and document["status"] == "POSTED":
        found.append(f"5: {handle}: posted without a history")
    return found


def _frozen(handle: str, document: Document, side: str, rows: list[Document]) -> list[str]:
    """An application is one of its document's positions, with its impact and its frozen balance."""
    entries = {entry["position"]: entry for entry in nodes(document["balanceEntries"])}
    found = []
    for row in rows:
        entry = entries.get(row[f"{side}Position"])
        expected = (APPLICATION_KINDS[row["type"]], row["impactAmount"], row[f"{side}Balance"])
        told = entry and (entry["kind"], entry["impactAmount"], entry["balanceAfter"])
        if told != expected:
            found.append(f"5: {handle}: {row['number']} says {expected}, its position {told}")
    counted = sum(entry["kind"] in APPLICATION_KINDS.values() for entry in entries.values())
    if counted != len(rows):
        found.append(f"5: {handle}: {counted} positions of {len(rows)} applications")
    return found
