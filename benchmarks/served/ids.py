"""Ids of what is in the books from the start: made from numbers, so that whoever asks can name them."""

SEEDED = "019b"
"""How they begin, and none that is made in a run: in a UUIDv7, some day at the beginning of 2026."""


def id_of(prefix: str, number: str) -> str:
    """SQL: the id of the document or row that the number, an expression, stands for."""
    return f"('{prefix}_{SEEDED}' || lpad(to_hex(({number})::bigint), 28, '0'))"


def made_id(prefix: str, number: int) -> str:
    """The same id, outside of SQL."""
    return f"{prefix}_{SEEDED}{number:028x}"
