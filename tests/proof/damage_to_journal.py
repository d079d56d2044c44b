"""Damage to the journal."""

from tests.proof.damage import Damage, forged, invoice, memo

C = "CM-000001"
FIRST = f"document_id = {memo(C)} AND position = 1 AND type = 'REVENUE'"
TAX = f"document_id = {memo(C)} AND position = 1 AND type = 'SALES_TAX_PAYABLE'"

JOURNAL = [
    Damage(
        "a journal entry is deleted",
        (f"DELETE FROM journal_entry WHERE {FIRST}",),
        finds=("journal", "journal_is_what_moved", C, "position 1"),
        also={C: ["journal_of_command_is_whole"]},
    ),
    Damage(
        "a journal entry's amount is changed",
        (f"UPDATE journal_entry SET amount = amount + 1, impact_amount = impact_amount - 1 WHERE {FIRST}",),
        finds=("journal", "journal_is_what_moved", C, "position 1"),
        also={},
    ),
    Damage(
        "a journal entry is turned round",
        (f"UPDATE journal_entry SET impact_amount = -impact_amount WHERE {FIRST}",),
        finds=("journal", "journal_is_what_moved", C, "position 1"),
        also={},
    ),
    Damage(
        "a journal entry debits what it credits",
        (f"UPDATE journal_entry SET credit_code = debit_code WHERE {FIRST}",),
        finds=("journal", "journal_entry_is_a_pair", C, ...),
        also={},
    ),
    Damage(
        "tax in the journal is called revenue",
        (f"UPDATE journal_entry SET type = 'REVENUE' WHERE {TAX}",),
        finds=("journal", "journal_of_memo_has_its_tax", C, None),
        also={},
    ),
    Damage(
        "revenue of a reversal is called tax",
        (f"UPDATE journal_entry SET type = 'SALES_TAX_PAYABLE' WHERE document_id = {invoice('DM-000002')}",),
        finds=("journal", "journal_of_reversal_has_its_tax", "DM-000002", None),
        also={"DM-000002": ["journal_has_the_codes_of_the_lines"]},
    ),
    Damage(
        "what is taken back is so under another code",
        (
            f"UPDATE journal_entry SET credit_code = '4020' WHERE document_id = {memo('CM-000022')}"
            " AND credit_code = '4010'",
        ),
        finds=("journal", "what_is_taken_back_leaves_no_code", "CM-000022", "4010"),
        also={"CM-000022": ["what_is_taken_back_leaves_no_code"]},
    ),
    Damage(
        "revenue in the journal is called a refund",
        (f"UPDATE journal_entry SET type = 'REFUND_CLEARING' WHERE {FIRST}",),
        finds=("journal", "journal_entry_has_the_type_of_its_move", C, ...),
        also={},
    ),
    Damage(
        "a journal entry of another command",
        (
            f"UPDATE journal_entry SET log_id = (SELECT MIN(l.id) FROM log_entry l), ordinal = 1 WHERE {FIRST}",
        ),
        finds=("journal", "journal_entry_is_of_its_move", C, ...),
        also={C: ["journal_of_command_is_whole"]},
    ),
    Damage(
        "a journal entry of an application",
        forged("journal_entry", FIRST, id="'jrn_forged'", position="2", ordinal="3"),
        finds=("journal", "journal_is_what_moved", C, "position 2"),
        also={},
    ),
    Damage(
        "a journal entry's command is not in the log",
        (f"UPDATE journal_entry SET log_id = 'log_none', ordinal = 1 WHERE {TAX}",),
        finds=("log", "journal_entry_has_its_log_id", C, ...),
        also={C: ["journal_entry_is_of_its_move"]},
    ),
    Damage(
        "revenue in the journal is under another code than its line's",
        (
            f"UPDATE journal_entry SET debit_code = '4020' WHERE document_id = {memo('CM-000021')}"
            " AND debit_code = '4010'",
        ),
        finds=("journal", "journal_has_the_codes_of_the_lines", "CM-000021", None),
        also={},
    ),
    Damage(
        "a reversal's revenue is under the usual code, and its line has one of its own",
        (
            f"UPDATE journal_entry SET credit_code = 'REVENUE' WHERE document_id = {invoice('DM-000002')}"
            " AND credit_code = '4010'",
        ),
        finds=("journal", "journal_has_the_codes_of_the_lines", "DM-000002", None),
        also={},
    ),
]
