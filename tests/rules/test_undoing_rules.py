"""When posted memos may be unposted, voided and reversed, and when none of them."""

from datetime import date
from typing import Any

import pytest

from app.domain.commands import CreditMemoReference, ReverseCreditMemo, UnpostCreditMemo, VoidCreditMemo
from app.domain.drawing import creditable_total
from app.domain.entity import NumberSequence, Settings
from app.domain.vocabulary import (
    BalanceEntryKind,
    CreditMemoSource,
    CreditMemoStatus,
    InvoiceSource,
    InvoiceStatus,
    SequenceKind,
    TransferStatus,
)
from app.validation.convert import violations_of_convertible_invoice
from app.validation.credit_from_invoice import violations_of_creditable_invoice
from app.validation.posting import violations_of_cancelable_memo
from app.validation.unapply import violations_of_final_application
from app.validation.undoing import violations_of_reverse, violations_of_unpost, violations_of_void
from tests.rules.facts import Seen, codes, facts, invoice, memo, seen

REFERENCE = CreditMemoReference(id="cm_1")
CLOSED = Settings(closed_through=date(2026, 3, 31))
MEMO = ("credit_memo",)
NOT_FREE = [
    CreditMemoSource.NEGATIVE_LINES,
    CreditMemoSource.INVOICE_WRITE_OFF,
    CreditMemoSource.INVOICE_VOID,
]


def judged(command: Any, *, settings: Settings | None = None, uses: Any = (), **said: Any) -> list[Seen]:
    """What is wrong with the command about a memo of which `said` is true; its invoice is `settled` or not."""
    settled = said.pop("settled", 0)
    source = invoice("inv_1", credits_applied=settled, balance=10000 - settled)
    given = {"id": "cm_1", "memo_date": date(2026, 5, 1), **said}
    known = facts(memo(**given), source, named={MEMO: "cm_1"}, settings=settings)
    if isinstance(command, UnpostCreditMemo):
        return seen(violations_of_unpost(command, known, set(uses)))
    if isinstance(command, VoidCreditMemo):
        return seen(violations_of_void(command, known))
    return seen(violations_of_reverse(command, known))


UNPOST = UnpostCreditMemo(credit_memo=REFERENCE)
VOID = VoidCreditMemo(credit_memo=REFERENCE)
REVERSE = ReverseCreditMemo(credit_memo=REFERENCE)
every_command = pytest.mark.parametrize("command", [UNPOST, VOID, REVERSE], ids=["unpost", "void", "reverse"])


@every_command
def test_a_posted_memo_that_nobody_has_used_passes(command: Any) -> None:
    assert judged(command) == []


@every_command
@pytest.mark.parametrize("status", [each for each in CreditMemoStatus if each is not CreditMemoStatus.POSTED])
def test_only_a_posted_memo_is_taken_back(command: Any, status: CreditMemoStatus) -> None:
    expected = [("INVALID_STATUS", MEMO, status, "POSTED")]
    assert judged(command, status=status, applied=100, reversed=True) == expected


@every_command
def test_a_reversed_memo_is_final_and_says_nothing_else(command: Any) -> None:
    found = judged(command, reversed=True, applied=5000, balance=0, uses=[BalanceEntryKind.APPLICATION])
    assert found == [("ALREADY_REVERSED", MEMO, None, None)]


@every_command
@pytest.mark.parametrize("source", NOT_FREE)
def test_memos_that_restate_or_settle_an_invoice_are_not_taken_back_so(
    command: Any, source: CreditMemoSource
) -> None:
    found = judged(command, source=source, invoice_id="inv_1")
    may_be_voided = command is VOID and source is CreditMemoSource.NEGATIVE_LINES
    allowed = "STANDALONE or INVOICE or NEGATIVE_LINES" if command is VOID else "STANDALONE or INVOICE"
    assert found == ([] if may_be_voided else [("INVALID_SOURCE", MEMO, source, allowed)])


@pytest.mark.parametrize("command", [VOID, REVERSE], ids=["void", "reverse"])
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"applied": 1}, ["HAS_APPLICATIONS"]),
        ({"refunded": 1}, ["HAS_REFUNDS"]),
        ({"applied": 1, "refunded": 1}, ["HAS_APPLICATIONS", "HAS_REFUNDS"]),
    ],
)
def test_what_is_used_now_is_neither_voided_nor_reversed(
    command: Any, said: dict[str, Any], expected: list[str]
) -> None:
    assert [code for code, *_ in judged(command, **said)] == expected
    # What was used once is no matter.
    assert judged(command, uses=[BalanceEntryKind.APPLICATION, BalanceEntryKind.REFUND]) == []


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(BalanceEntryKind.APPLICATION, "HAS_APPLICATIONS"), (BalanceEntryKind.REFUND, "HAS_REFUNDS")],
)
def test_what_was_ever_used_is_not_unposted(kind: BalanceEntryKind, expected: str) -> None:
    assert judged(UNPOST, uses=[kind]) == [(expected, MEMO, None, None)]


@pytest.mark.parametrize("transferred", list(TransferStatus))
def test_what_accounting_has_or_is_taking_is_not_unposted(transferred: TransferStatus) -> None:
    is_gone = transferred in (TransferStatus.YES, TransferStatus.PROCESSING)
    expected = [("INVALID_STATUS", MEMO, transferred, "NO or ERROR or IGNORE")] if is_gone else []
    assert judged(UNPOST, transferred_to_accounting=transferred) == expected


def test_a_memo_dated_in_a_closed_period_is_voided_but_not_unposted() -> None:
    inside: dict[str, Any] = {"settings": CLOSED, "memo_date": date(2026, 3, 31)}
    assert judged(UNPOST, **inside) == [("PERIOD_CLOSED", MEMO, "2026-03-31", "after 2026-03-31")]
    assert judged(VOID, **inside) == []
    assert judged(REVERSE, **inside) == []


def test_a_conversion_is_voided_only_where_nothing_is_settled_on_its_invoice() -> None:
    conversion: dict[str, Any] = {"source": CreditMemoSource.NEGATIVE_LINES, "invoice_id": "inv_1"}
    assert judged(VOID, **conversion) == []
    assert judged(VOID, settled=1, **conversion) == [("ACTIVE_SETTLEMENT", MEMO, None, None)]
    assert judged(VOID, settled=1, source=CreditMemoSource.INVOICE, invoice_id="inv_1") == []


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 5, 1), []),
        (date(2026, 4, 30), [("INVALID_DATE", ("date",), "2026-04-30", "2026-05-01 or later")]),
        (
            date(2026, 3, 31),
            [
                ("PERIOD_CLOSED", ("date",), "2026-03-31", "after 2026-03-31"),
                ("INVALID_DATE", ("date",), "2026-03-31", "2026-05-01 or later"),
            ],
        ),
    ],
)
def test_a_reversal_lies_neither_before_the_memo_nor_in_a_closed_period(
    day: date, expected: list[Seen]
) -> None:
    command = ReverseCreditMemo(credit_memo=REFERENCE, date=day)
    assert sorted(judged(command, settings=CLOSED)) == sorted(expected)


@every_command
def test_a_memo_that_is_not_there_and_one_that_has_changed(command: Any) -> None:
    assert judged(command, id="cm_other") == [("NOT_FOUND", MEMO, "cm_1", None)]
    stale = type(command)(credit_memo=REFERENCE, expected_version=7)
    assert judged(stale) == [("VERSION_CONFLICT", ("expected_version",), "7", "1")]


def test_the_application_of_a_reversal_and_those_of_a_voided_invoice_are_final() -> None:
    reversal = invoice(source=InvoiceSource.CREDIT_MEMO_REVERSAL, credit_memo_id="cm_1")
    assert codes(violations_of_final_application(reversal, MEMO)) == ["ALREADY_REVERSED"]
    void = invoice(status=InvoiceStatus.VOIDED)
    assert codes(violations_of_final_application(void, MEMO)) == ["INVALID_STATUS"]
    assert codes(violations_of_final_application(invoice(), MEMO)) == []


def test_a_debit_memo_that_the_service_made_leaves_nothing_to_credit_or_convert() -> None:
    made = invoice(source=InvoiceSource.CREDIT_MEMO_REVERSAL, credit_memo_id="cm_1")
    assert creditable_total(made) == 0
    assert codes(violations_of_creditable_invoice(made)) == ["INVALID_SOURCE"]
    assert codes(violations_of_convertible_invoice(made, has_lines=True)) == ["INVALID_SOURCE"]


def test_a_gapless_number_is_not_canceled() -> None:
    draft = memo("cm_1", status=CreditMemoStatus.DRAFT, number="CM-000007")
    assert codes(violations_of_cancelable_memo(draft, has_gapless_number=False)) == []
    assert codes(violations_of_cancelable_memo(draft, has_gapless_number=True)) == ["INVALID_STATUS"]


@pytest.mark.parametrize(
    ("number", "promised"),
    [
        ("CM-000007", True),
        ("CM-000006", False),
        ("CM-123456789", True),
        ("XX-000007", False),
        ("CM-7a", False),
        ("CM-", False),
        ("CM-٧٨", False),
        # Digits alone are under no prefix.
        ("000007", False),
    ],
)
def test_a_sequence_promises_the_numbers_under_its_prefix_from_where_it_began(
    number: str, promised: bool
) -> None:
    sequence = NumberSequence(kind=SequenceKind.CREDIT_MEMO, prefix="CM-", gapless=True, gapless_from=7)
    assert sequence.promises(number) is promised


@pytest.mark.parametrize(("gapless", "promised"), [(True, True), (False, False)])
def test_a_sequence_promises_all_its_numbers_or_none(gapless: bool, promised: bool) -> None:
    sequence = NumberSequence(kind=SequenceKind.CREDIT_MEMO, prefix="CM-", gapless=gapless)
    assert [sequence.promises(number) for number in ("CM-000000", "CM-000001")] == [promised] * 2
