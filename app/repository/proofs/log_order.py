"""The log's own order: numbers without gaps, rising along every document, and one instant for what one command did."""

from app.repository.proofs.check import Check, check

_NUMBERED = "SELECT COUNT(e.number) FROM log_entry e WHERE e.entity_id = d.entity_id"
_LAST = "SELECT COALESCE(MAX(e.number), 0) FROM log_entry e WHERE e.entity_id = d.entity_id"
_NUMBER = (
    "COALESCE((SELECT m.number FROM credit_memo m WHERE m.entity_id = d.entity_id AND m.id = d.document_id),"
    " (SELECT i.number FROM invoice i WHERE i.entity_id = d.entity_id AND i.id = d.document_id))"
)
_WITH_ENTRY = "document_change d JOIN log_entry l ON l.entity_id = d.entity_id AND l.id = d.log_id"
_WITH_THE_ONE_BEFORE = (
    f"{_WITH_ENTRY} JOIN document_change b ON b.entity_id = d.entity_id AND b.document_id = d.document_id"
    " AND b.version = d.version - 1 AND b.part = 1"
    " JOIN log_entry p ON p.entity_id = b.entity_id AND p.id = b.log_id"
)

LOG_ORDER: list[Check] = [
    check(
        "log_numbers_have_no_gap",
        "log",
        "the log's numbers are not 1, 2, 3 … up to the last one that was given",
        source="log_sequence d",
        document="'log'",
        number="NULL",
        currency="NULL",
        expected="d.last_number",
        found=f"({_NUMBERED})",
        where=f"({_NUMBERED}) <> d.last_number OR ({_LAST}) <> d.last_number",
    ),
    check(
        "log_numbers_rise_along_the_document",
        "log",
        "a change whose command is not numbered after that of the change before it",
        source=_WITH_THE_ONE_BEFORE,
        document="d.document_id",
        number=_NUMBER,
        currency="NULL",
        expected="p.number",
        found="l.number",
        where="l.number IS NOT NULL AND (p.number IS NULL OR p.number >= l.number)",
        first_row="'version ' || d.version",
        place="d.version, d.part",
    ),
    check(
        "change_was_recorded_with_its_command",
        "log",
        "a change and the command that made it have different instants",
        source=_WITH_ENTRY,
        document="d.document_id",
        number=_NUMBER,
        currency="NULL",
        expected="l.recorded_at",
        found="d.recorded_at",
        first_row="'version ' || d.version",
        place="d.version, d.part",
        instants=True,
    ),
]
