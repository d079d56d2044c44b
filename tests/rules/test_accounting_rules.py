"""Rules of accounting codes and of confirming the journal (validation/accounting)."""

import pytest

from app.domain.commands import AccountingCodeEntry, MarkJournalTransferred, UpdateAccountingCodes
from app.domain.entity import Settings
from app.domain.limits import Limits
from app.domain.vocabulary import AccountingCodeType as Type
from app.validation.accounting import violations_of_accounting_codes, violations_of_transfer
from tests.rules.facts import Seen, seen

OWN = Settings(accounting_codes={"ACCOUNTS_RECEIVABLE": "1200"})


def taken(place: int, code: str) -> Seen:
    return ("NAME_TAKEN", ("accounting_codes", place, "code"), code, None)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], [("NO_LINES", ("accounting_codes",), None, None)]),
        ([(Type.REVENUE, "4000")], []),
        ([(Type.REVENUE, "4000"), (Type.BAD_DEBT, "4000")], []),
        (
            [(Type.REVENUE, "4000"), (Type.REVENUE, "4100")],
            [("DUPLICATE_TARGET", ("accounting_codes", 1, "type"), "REVENUE", None)],
        ),
        ([(Type.REVENUE, "1200")], [taken(0, "1200")]),
        ([(Type.ACCOUNTS_RECEIVABLE, "REVENUE")], [taken(0, "REVENUE")]),
        (
            [(Type.ACCOUNTS_RECEIVABLE, "4000"), (Type.REVENUE, "4000")],
            [taken(0, "4000"), taken(1, "4000")],
        ),
        ([(Type.ACCOUNTS_RECEIVABLE, "1300"), (Type.REVENUE, "1200")], []),
    ],
)
def test_the_code_of_receivables_is_no_other_types(
    entries: list[tuple[Type, str]], expected: list[Seen]
) -> None:
    command = UpdateAccountingCodes(
        accounting_codes=[AccountingCodeEntry(type=type, code=code) for type, code in entries]
    )
    assert seen(violations_of_accounting_codes(command, OWN)) == expected


def not_from(lowest: int, through: int) -> list[Seen]:
    return [("INVALID_AMOUNT", ("through",), str(through), f"{lowest} to 20")]


@pytest.mark.parametrize(
    ("before", "through", "expected"),
    [
        (10, 9, not_from(10, 9)),
        (10, 10, []),
        (10, 15, []),
        (10, 20, []),
        (10, 21, not_from(10, 21)),
        (None, 0, []),
        (None, -1, not_from(0, -1)),
    ],
)
def test_confirming_goes_forward_to_what_is_numbered(
    before: int | None, through: int, expected: list[Seen]
) -> None:
    settings = Settings(journal_transferred_through=before)
    found = violations_of_transfer(
        MarkJournalTransferred(through=through), settings, Limits(), last_number=20, memos=[]
    )
    assert seen(found) == expected


def test_what_is_too_much_at_once_is_told_with_what_would_pass() -> None:
    def judged(*memos: tuple[str, int]) -> list[Seen]:
        command, few = MarkJournalTransferred(through=7), Limits(transferred_memos=2)
        return seen(violations_of_transfer(command, Settings(), few, last_number=9, memos=list(memos)))

    assert judged(("cm_1", 3), ("cm_2", 4)) == []
    assert judged(("cm_1", 3), ("cm_2", 4), ("cm_3", 6)) == [("LIMIT_EXCEEDED", ("through",), "7", "5")]
