"""When the open credit of an account may be applied by rules, and a job of it submitted."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.domain.commands import (
    AccountReference,
    AutoApplyCredits,
    CreditMemoReference,
    InvoiceReference,
    SubmitAutoApplications,
)
from app.domain.entity import Settings
from app.domain.limits import DEFAULT_LIMITS, Limits
from app.domain.record import Record
from app.domain.violation import Path
from app.domain.vocabulary import (
    AllocationRule,
    AutoApplyRule,
    CreditMemoSource,
    CreditMemoStatus,
    InvoiceStatus,
)
from app.validation.auto_apply import violations_of_auto_apply, violations_of_submitted_accounts
from tests.rules.facts import Seen, account, facts, invoice, line, memo, memo_line, seen
from tests.support.levels import LINES

CLOSED = Settings(closed_through=date(2026, 3, 31))
IN_CLOSED = datetime(2026, 3, 31, 23, tzinfo=UTC)
OLDEST = AutoApplyRule.OLDEST_DUE
HERE: tuple[Record, ...] = (account(), memo(), invoice())


def judged(
    *records: Record,
    memos: list[str] | None = None,
    invoices: list[str] | None = None,
    settings: Settings | None = None,
    limits: Limits = DEFAULT_LIMITS,
    at: Path = (),
    **said: Any,
) -> list[Seen]:
    """autoApplyCredits of acc_1, judged on the records; memos and invoices are named by their ids."""
    command = AutoApplyCredits(
        account=AccountReference(id="acc_1"),
        credit_memos=None if memos is None else [CreditMemoReference(id=id) for id in memos],
        invoices=None if invoices is None else [InvoiceReference(id=id) for id in invoices],
        **said,
    )
    known = {record.id for record in records}
    named: dict[Path, str] = {(*at, "account"): "acc_1"} if "acc_1" in known else {}
    for where, ids in (("credit_memos", memos), ("invoices", invoices)):
        named |= {(*at, where, place): id for place, id in enumerate(ids or ()) if id in known}
    found = facts(*records, named=named, settings=settings, limits=limits)
    return seen(violations_of_auto_apply(command, found, at))


RULES: list[tuple[str, tuple[Record, ...], dict[str, Any], list[Seen]]] = [
    ("everything", HERE, {}, []),
    ("nothing there is to apply", (account(),), {}, []),
    ("unknown account", (), {}, [("NOT_FOUND", ("account",), "acc_1", None)]),
    ("no rule", HERE, {"rules": []}, [("NO_LINES", ("rules",), None, None)]),
    (
        "a rule twice",
        HERE,
        {"rules": [OLDEST, AutoApplyRule.MATCH_BALANCE, OLDEST]},
        [("DUPLICATE_TARGET", ("rules", 2), "OLDEST_DUE", None)],
    ),
    (
        "whatever is wrong with the options",
        HERE,
        {"settings": CLOSED, "effective_date": IN_CLOSED, "currency": "XXX", "rules": []},
        [
            ("NO_LINES", ("rules",), None, None),
            ("UNKNOWN_CURRENCY", ("currency",), "XXX", None),
            ("PERIOD_CLOSED", ("effective_date",), IN_CLOSED.isoformat(), "after 2026-03-31"),
        ],
    ),
    (
        "whatever is wrong with those named before",
        (*HERE, memo("cm_2", status=CreditMemoStatus.DRAFT), invoice("inv_2", status=InvoiceStatus.DRAFT)),
        {"memos": ["cm_9", "cm_2", "cm_8"], "invoices": ["inv_9", "inv_2", "inv_8"]},
        [
            ("NOT_FOUND", ("credit_memos", 0), "cm_9", None),
            ("NOT_FOUND", ("credit_memos", 2), "cm_8", None),
            ("NOT_FOUND", ("invoices", 0), "inv_9", None),
            ("NOT_FOUND", ("invoices", 2), "inv_8", None),
            ("INVALID_STATUS", ("credit_memos", 1), "DRAFT", "POSTED"),
            ("INVALID_STATUS", ("invoices", 1), "DRAFT", "POSTED"),
        ],
    ),
    ("no currency", HERE, {"currency": "XXX"}, [("UNKNOWN_CURRENCY", ("currency",), "XXX", None)]),
    (
        "dated in a closed period",
        HERE,
        {"settings": CLOSED, "effective_date": IN_CLOSED},
        [("PERIOD_CLOSED", ("effective_date",), IN_CLOSED.isoformat(), "after 2026-03-31")],
    ),
    ("named", HERE, {"memos": ["cm_1"], "invoices": ["inv_1"]}, []),
    (
        "none is named",
        HERE,
        {"memos": [], "invoices": []},
        [("NO_LINES", ("credit_memos",), None, None), ("NO_LINES", ("invoices",), None, None)],
    ),
    (
        "unknown documents",
        HERE,
        {"memos": ["cm_9"], "invoices": ["inv_9"]},
        [
            ("NOT_FOUND", ("credit_memos", 0), "cm_9", None),
            ("NOT_FOUND", ("invoices", 0), "inv_9", None),
        ],
    ),
    (
        "named twice",
        HERE,
        {"memos": ["cm_1", "cm_1"], "invoices": ["inv_1", "inv_1"]},
        [
            ("DUPLICATE_TARGET", ("credit_memos", 1), "cm_1", None),
            ("DUPLICATE_TARGET", ("invoices", 1), "inv_1", None),
        ],
    ),
    (
        "not posted",
        (account(), memo(status=CreditMemoStatus.DRAFT), invoice(status=InvoiceStatus.VOIDED)),
        {"memos": ["cm_1"], "invoices": ["inv_1"]},
        [
            ("INVALID_STATUS", ("credit_memos", 0), "DRAFT", "POSTED"),
            ("INVALID_STATUS", ("invoices", 0), "VOIDED", "POSTED"),
        ],
    ),
    (
        "another account's",
        (account(), memo(account_id="acc_2"), invoice(account_id="acc_3")),
        {"memos": ["cm_1"], "invoices": ["inv_1"]},
        [
            ("ACCOUNT_MISMATCH", ("credit_memos", 0), "acc_2", "acc_1"),
            ("ACCOUNT_MISMATCH", ("invoices", 0), "acc_3", "acc_1"),
        ],
    ),
    (
        "excluded, expired and used up, and named",
        (
            account(),
            memo(exclude_from_auto_apply=True),
            memo("cm_2", expires_on=date(2026, 1, 1)),
            memo("cm_3", balance=0, applied=5000),
        ),
        {"memos": ["cm_1", "cm_2", "cm_3"]},
        [],
    ),
    (
        "too many documents of a side",
        (*HERE, invoice("inv_2")),
        {"limits": Limits(open_documents=1)},
        [("LIMIT_EXCEEDED", ("account",), "2 or more", "1")],
    ),
    ("as many as there may be", HERE, {"limits": Limits(open_documents=1)}, []),
]


@pytest.mark.parametrize(
    ("records", "said", "expected"), [each[1:] for each in RULES], ids=[each[0] for each in RULES]
)
def test_what_keeps_credit_from_being_matched(
    records: tuple[Record, ...], said: dict[str, Any], expected: list[Seen]
) -> None:
    assert judged(*records, **said) == expected


def test_among_others_each_path_begins_with_the_commands_place() -> None:
    assert judged(at=(7,), rules=[]) == [
        ("NO_LINES", (7, "rules"), None, None),
        ("NOT_FOUND", (7, "account"), "acc_1", None),
    ]
    assert judged(account(), memos=["cm_9"], at=(7,)) == [("NOT_FOUND", (7, "credit_memos", 0), "cm_9", None)]


def test_an_application_settles_no_more_lines_than_any_other() -> None:
    drawn = memo(invoice_id="inv_1", source=CreditMemoSource.INVOICE)
    lines = [memo_line("cml_1"), memo_line("cml_2"), line("invl_1"), line("invl_2")]
    records = (account(), drawn, invoice(), *lines)
    few = Limits(pairs=2, source_pairs=3)
    too_many: list[Seen] = [("LIMIT_EXCEEDED", ("account",), "3", "2")]
    by_balance = AllocationRule.PROPORTIONAL
    # What goes back to its source may have more; at the other level lines do not count.
    assert judged(*records, settings=LINES, limits=few) == []
    assert judged(*records, settings=LINES, limits=few, allocation=by_balance) == too_many
    assert judged(*records, limits=few, allocation=by_balance) == []
    assert judged(*records, settings=LINES, limits=few, allocation=by_balance, invoices=["inv_1"]) == too_many
    # Lines of what is not applied to do not count either.
    paid = (account(), drawn, invoice(balance=0, credits_applied=10000), *lines)
    assert judged(*paid, settings=LINES, limits=few, allocation=by_balance) == []


SUBMISSIONS: list[tuple[str, dict[str, Any], list[Seen]]] = [
    ("all", {"all_accounts": True}, []),
    ("some", {"accounts": ["acc_1", "acc_9"]}, []),
    ("neither", {}, [("NO_LINES", ("accounts",), None, None)]),
    ("none", {"accounts": []}, [("NO_LINES", ("accounts",), None, None)]),
    ("both", {"accounts": [], "all_accounts": True}, [("DUPLICATE_TARGET", ("accounts",), None, None)]),
    ("twice", {"accounts": ["acc_1", "acc_1"]}, [("DUPLICATE_TARGET", ("accounts", 1), "acc_1", None)]),
    (
        "none, by no rule",
        {"accounts": [], "rules": []},
        [("NO_LINES", ("rules",), None, None), ("NO_LINES", ("accounts",), None, None)],
    ),
    ("no rule", {"all_accounts": True, "rules": []}, [("NO_LINES", ("rules",), None, None)]),
    (
        "dated in a closed period",
        {"all_accounts": True, "effective_date": IN_CLOSED},
        [("PERIOD_CLOSED", ("effective_date",), IN_CLOSED.isoformat(), "after 2026-03-31")],
    ),
]


@pytest.mark.parametrize(
    ("said", "expected"), [each[1:] for each in SUBMISSIONS], ids=[each[0] for each in SUBMISSIONS]
)
def test_what_keeps_a_job_of_matches_from_being_submitted(said: dict[str, Any], expected: list[Seen]) -> None:
    """An account that is not there is refused when its turn comes."""
    ids: list[str] | None = said.pop("accounts", None)
    references = None if ids is None else [AccountReference(id=id) for id in ids]
    known: dict[Path, str] = {("accounts", place): id for place, id in enumerate(ids or ()) if id == "acc_1"}
    command = SubmitAutoApplications(accounts=references, **said)
    found = facts(account(), named=known, settings=CLOSED)
    assert seen(violations_of_submitted_accounts(command, found)) == expected
