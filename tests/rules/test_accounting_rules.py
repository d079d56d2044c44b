"""Rules of accounting codes and of confirming the journal (validation/accounting)."""

import pytest

from app.domain.commands import AccountingCodeEntry, MarkJournalTransferred, UpdateAccountingCodes
from app.domain.entity import Settings
from app.domain.limits import Limits
from app.domain.vocabulary import AccountingCodeType as Type
from app.validation.accounting import violations_of_accounting_codes, violations_of_transfer

OWN = Settings(accounting_codes={"ACCOUNTS_RECEIVABLE": "1200"})


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], ["NO_LINES"]),
        ([(Type.REVENUE, "4000")], []),
        ([(Type.REVENUE, "4000"), (Type.BAD_DEBT, "4000")], []),
        ([(Type.REVENUE, "4000"), (Type.REVENUE, "4100")], ["DUPLICATE_TARGET"]),
        ([(Type.REVENUE, "1200")], ["NAME_TAKEN"]),
        ([(Type.ACCOUNTS_RECEIVABLE, "REVENUE")], ["NAME_TAKEN"]),
        ([(Type.ACCOUNTS_RECEIVABLE, "4000"), (Type.REVENUE, "4000")], ["NAME_TAKEN", "NAME_TAKEN"]),
        ([(Type.ACCOUNTS_RECEIVABLE, "1300"), (Type.REVENUE, "1200")], []),
    ],
)
def test_the_code_of_receivables_is_no_other_types(
    entries: list[tuple[Type, str]], expected: list[str]
) -> None:
    command = UpdateAccountingCodes(
        accounting_codes=[AccountingCodeEntry(type=type, code=code) for type, code in entries]
    )
    assert [each.code for each in violations_of_accounting_codes(command, OWN)] == expected


@pytest.mark.parametrize(
    ("through", "expected"), [(9, ["INVALID_AMOUNT"]), (10, []), (15, []), (20, []), (21, ["INVALID_AMOUNT"])]
)
def test_confirming_goes_forward_to_what_is_numbered(through: int, expected: list[str]) -> None:
    settings = Settings(journal_transferred_through=10)
    found = violations_of_transfer(
        MarkJournalTransferred(through=through), settings, Limits(), last_number=20, memos=[]
    )
    assert [each.code for each in found] == expected


def test_what_is_too_much_at_once_is_told_with_what_would_pass() -> None:
    memos = [("cm_1", 3), ("cm_2", 4), ("cm_3", 6)]
    [found] = violations_of_transfer(
        MarkJournalTransferred(through=7), Settings(), Limits(transferred_memos=2), last_number=9, memos=memos
    )
    assert (found.code, found.asked, found.allowed) == ("LIMIT_EXCEEDED", "7", "5")
