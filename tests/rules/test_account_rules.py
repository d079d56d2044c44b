"""When accounts may be taken in."""

from typing import Any

import pytest

from app.domain.commands import AccountEntry, UpsertAccounts
from app.validation.invoices import violations_of_accounts
from tests.rules.facts import Seen, account, facts, seen


def buyer(number: str = "A-1", **said: Any) -> AccountEntry:
    return AccountEntry(**{"number": number, "name": "Acme", "currency": "USD", **said})


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], [("NO_LINES", ("accounts",), None, None)]),
        ([buyer(), buyer()], [("DUPLICATE_TARGET", ("accounts", 1, "number"), "A-1", None)]),
        (
            [buyer(), buyer("A-2", currency="usd"), buyer("A-3", external_reference="taken")],
            [
                ("EXTERNAL_REFERENCE_REUSED", ("accounts", 2, "external_reference"), "taken", None),
                ("UNKNOWN_CURRENCY", ("accounts", 1, "currency"), "usd", None),
            ],
        ),
        ([buyer(currency="usd")], [("UNKNOWN_CURRENCY", ("accounts", 0, "currency"), "usd", None)]),
        (
            [buyer(external_reference="taken")],
            [("EXTERNAL_REFERENCE_REUSED", ("accounts", 0, "external_reference"), "taken", None)],
        ),
        (
            [buyer("A-1", external_reference="E"), buyer("A-2", external_reference="E")],
            [("EXTERNAL_REFERENCE_REUSED", ("accounts", 1, "external_reference"), "E", None)],
        ),
        ([buyer("A-1", external_reference="E"), buyer("A-2", external_reference="F")], []),
    ],
)
def test_taking_accounts_in(entries: list[AccountEntry], expected: list[Seen]) -> None:
    known = account("acc_9", number="A-9", external_reference="taken", external_reference_source="")
    found = violations_of_accounts(UpsertAccounts(accounts=entries), facts(known))
    assert seen(found) == expected
    named = {each.asked: each.ids for each in found if each.code == "EXTERNAL_REFERENCE_REUSED"}
    assert named.get("taken", ("acc_9",)) == ("acc_9",)
    assert named.get("E", ()) == ()
