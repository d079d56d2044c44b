"""Damage to the chains of the documents, and to what nothing but a chain can tell."""

from tests.proof.damage import Damage, application, forged, memo, of_memo

SEALED = "history_seals_its_document"
M7 = "CM-000007"


def links(number: str, version: int) -> str:
    return f"document_id = {memo(number)} AND version = {version}"


CHAINS = [
    Damage(
        "a link in the middle is removed",
        (f"DELETE FROM document_change WHERE {links(M7, 3)}",),
        finds=("chain", SEALED, M7, "version 4"),
        also={},
    ),
    Damage(
        "the last link is removed",
        (f"DELETE FROM document_change WHERE {links(M7, 5)}",),
        finds=("chain", SEALED, M7, "version 4"),
        also={},
    ),
    Damage(
        "the first link is removed",
        (f"DELETE FROM document_change WHERE {links(M7, 1)}",),
        finds=("chain", SEALED, M7, "version 2"),
        also={},
    ),
    Damage(
        "all of a chain is removed",
        (f"DELETE FROM document_change WHERE document_id = {memo(M7)}",),
        finds=("chain", SEALED, M7, "version 1"),
        also={},
    ),
    Damage(
        "the head of a chain is cut, and the header made to name the link before",
        (
            f"UPDATE credit_memo SET history_hash = (SELECT hash FROM document_change WHERE {links(M7, 4)}) WHERE number = '{M7}'",
            f"DELETE FROM document_change WHERE {links(M7, 5)}",
        ),
        finds=("chain", SEALED, M7, "version 4"),
        also={},
    ),
    Damage(
        "two links change places",
        (
            f"UPDATE document_change SET version = 99 WHERE {links(M7, 3)}",
            f"UPDATE document_change SET version = 3 WHERE {links(M7, 4)}",
            f"UPDATE document_change SET version = 4 WHERE {links(M7, 99)}",
        ),
        finds=("chain", SEALED, M7, "version 3"),
        also={},
    ),
    Damage(
        "a link is put in",
        forged("document_change", links(M7, 5), version="6", previous_hash="hash"),
        finds=("chain", SEALED, M7, "version 6"),
        also={},
    ),
    Damage(
        "what a link says was changed is altered",
        (f"UPDATE document_change SET changes = REPLACE(changes, '[', '[ ') WHERE {links(M7, 2)}",),
        finds=("chain", SEALED, M7, "version 2, one of …"),
        also={},
    ),
    Damage(
        "what a link says cannot be read",
        (f"UPDATE document_change SET changes = 'nonsense' WHERE {links(M7, 2)}",),
        finds=("chain", SEALED, M7, "version 2"),
        also={},
    ),
    Damage(
        "a link names another actor",
        (f"UPDATE document_change SET recorded_by = 'nobody' WHERE {links(M7, 2)}",),
        finds=("chain", SEALED, M7, "version 2, one of …"),
        also={},
    ),
    Damage(
        "a text that no balance depends on is altered",
        (f"UPDATE credit_memo SET reason_code = 'OTHER' WHERE number = '{M7}'",),
        finds=("chain", SEALED, M7, "version 1, one of …"),
        also={},
    ),
    Damage(
        "the name of a line is altered",
        (f"UPDATE credit_memo_line SET description = 'altered' WHERE {of_memo(M7, 1)}",),
        finds=("chain", SEALED, M7, "version 1, one of …"),
        also={},
    ),
    Damage(
        "the name of a buyer is altered",
        ("UPDATE account SET name = 'Somebody else' WHERE number = 'OTHER'",),
        finds=("chain", SEALED, "OTHER", "version 1, one of account …"),
        also={},
    ),
    Damage(
        "the description of an application is altered",
        (
            f"UPDATE credit_memo_application SET description = 'altered' WHERE id = {application('CM-000007-2')}",
        ),
        finds=("chain", SEALED, M7, "version 2, one of …"),
        also={},
    ),
]
