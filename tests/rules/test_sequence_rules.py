"""When number sequences may change, and what they promise."""

from dataclasses import replace

import pytest

from app.domain.commands import (
    NumberSequenceEntry,
    UpdateNumberSequences,
)
from app.domain.entity import NumberSequence
from app.domain.entity_data import sequence_after
from app.domain.vocabulary import SequenceKind
from app.validation.settings import (
    violations_of_sequences,
)
from tests.rules.facts import Seen, seen

MEMOS = SequenceKind.CREDIT_MEMO
STANDING = NumberSequence(kind=MEMOS, prefix="CM-", next=17)
GAPLESS = NumberSequence(kind=MEMOS, prefix="CM-", next=17, gapless=True)


PREFIX, NEXT = ("sequences", 0, "prefix"), ("sequences", 0, "next")
SEQUENCES: list[tuple[str, NumberSequence | None, NumberSequenceEntry, list[Seen]]] = [
    ("where it stands", STANDING, NumberSequenceEntry(kind=MEMOS, next=17), []),
    ("further on", STANDING, NumberSequenceEntry(kind=MEMOS, next=1000), []),
    (
        "back",
        STANDING,
        NumberSequenceEntry(kind=MEMOS, next=16),
        [("NUMBER_TAKEN", NEXT, "16", "17 or more")],
    ),
    (
        "before the first",
        None,
        NumberSequenceEntry(kind=MEMOS, next=0),
        [("NUMBER_TAKEN", NEXT, "0", "1 or more")],
    ),
    (
        "too far",
        STANDING,
        NumberSequenceEntry(kind=MEMOS, next=10**9 + 1),
        [("INVALID_AMOUNT", NEXT, "1000000001", "17 to 1000000000")],
    ),
    (
        "gapless, leaving one out",
        GAPLESS,
        NumberSequenceEntry(kind=MEMOS, next=18),
        [("INVALID_AMOUNT", NEXT, "18", "17")],
    ),
    ("gapless, where it stands", GAPLESS, NumberSequenceEntry(kind=MEMOS, next=17), []),
    ("no longer gapless", GAPLESS, NumberSequenceEntry(kind=MEMOS, next=18, gapless=False), []),
    ("gapless from further on", STANDING, NumberSequenceEntry(kind=MEMOS, next=18, gapless=True), []),
    (
        "padding",
        STANDING,
        NumberSequenceEntry(kind=MEMOS, padding=19),
        [("INVALID_AMOUNT", ("sequences", 0, "padding"), "19", "0 to 18")],
    ),
    (
        "a digit at the end",
        STANDING,
        NumberSequenceEntry(kind=MEMOS, prefix="CM2026"),
        [("INVALID_TEXT", PREFIX, "CM2026", None)],
    ),
    (
        "a blank at the end",
        STANDING,
        NumberSequenceEntry(kind=MEMOS, prefix="CM "),
        [("INVALID_TEXT", PREFIX, "CM ", None)],
    ),
    (
        "a digit at the end of the first prefix",
        None,
        NumberSequenceEntry(kind=MEMOS, prefix="CM2026"),
        [("INVALID_TEXT", PREFIX, "CM2026", None)],
    ),
    ("any letter at the end", STANDING, NumberSequenceEntry(kind=MEMOS, prefix="BOX"), []),
    ("no prefix", STANDING, NumberSequenceEntry(kind=MEMOS, prefix=""), []),
]


@pytest.mark.parametrize(
    ("known", "given", "expected"), [each[1:] for each in SEQUENCES], ids=[each[0] for each in SEQUENCES]
)
def test_number_sequences(
    known: NumberSequence | None, given: NumberSequenceEntry, expected: list[Seen]
) -> None:
    standing = {known.kind: known} if known else {}
    assert seen(violations_of_sequences(UpdateNumberSequences(sequences=[given]), standing)) == expected


def test_a_kind_is_named_once() -> None:
    twice = UpdateNumberSequences(sequences=[NumberSequenceEntry(kind=MEMOS, prefix="CM1")] * 2)
    assert seen(violations_of_sequences(twice, {})) == [
        ("INVALID_TEXT", ("sequences", 0, "prefix"), "CM1", None),
        ("INVALID_TEXT", ("sequences", 1, "prefix"), "CM1", None),
        ("DUPLICATE_TARGET", ("sequences", 1, "kind"), "CREDIT_MEMO", None),
    ]
    assert seen(violations_of_sequences(UpdateNumberSequences(sequences=[]), {})) == [
        ("NO_LINES", ("sequences",), None, None)
    ]


@pytest.mark.parametrize(
    ("known", "given", "gapless_from"),
    [
        (STANDING, NumberSequenceEntry(kind=MEMOS, gapless=True), 17),
        (STANDING, NumberSequenceEntry(kind=MEMOS, gapless=True, next=40), 40),
        (GAPLESS, NumberSequenceEntry(kind=MEMOS, prefix="CN-"), 17),
        (GAPLESS, NumberSequenceEntry(kind=MEMOS, padding=3), None),
        (replace(GAPLESS, gapless_from=17), NumberSequenceEntry(kind=MEMOS, gapless=False), None),
        (None, NumberSequenceEntry(kind=MEMOS, gapless=True), None),
    ],
)
def test_the_promise_of_no_gap_begins_where_it_is_made(
    known: NumberSequence | None, given: NumberSequenceEntry, gapless_from: int | None
) -> None:
    assert sequence_after(given, known).gapless_from == gapless_from
