"""When memos may be posted and canceled."""

from datetime import date
from typing import Any

import pytest

from app.domain.commands import (
    CancelCreditMemo,
    CreditMemoReference,
    PostCreditMemo,
)
from app.domain.entity import Settings
from app.domain.limits import Limits
from app.domain.vocabulary import CreditMemoSource, CreditMemoStatus
from app.validation.posting import violations_of_cancel, violations_of_post
from tests.rules.facts import (
    Seen,
    codes,
    facts,
    invoice,
    line,
    memo,
    memo_line,
    seen,
)
from tests.support.levels import LINES

CLOSED = Settings(closed_through=date(2026, 3, 31))
MEMO = CreditMemoReference(id="cm_1")
NAMED_MEMO: dict[Any, str] = {("credit_memo",): "cm_1"}


@pytest.mark.parametrize(
    ("status", "accepted"), [(each, each is CreditMemoStatus.DRAFT) for each in CreditMemoStatus]
)
def test_only_a_draft_memo_is_posted(status: CreditMemoStatus, accepted: bool) -> None:
    given = facts(memo(status=status), named=NAMED_MEMO)
    expected = [] if accepted else [("INVALID_STATUS", ("credit_memo",), str(status), "DRAFT")]
    assert seen(violations_of_post(PostCreditMemo(credit_memo=MEMO), given)) == expected


@pytest.mark.parametrize("status", CreditMemoStatus)
def test_only_what_is_not_posted_is_canceled(status: CreditMemoStatus) -> None:
    given = facts(memo(status=status), named=NAMED_MEMO)
    accepted = status in (CreditMemoStatus.DRAFT, CreditMemoStatus.PENDING_APPROVAL)
    refused = [("INVALID_STATUS", ("credit_memo",), str(status), "DRAFT or PENDING_APPROVAL")]
    expected = [] if accepted else refused
    assert seen(violations_of_cancel(CancelCreditMemo(credit_memo=MEMO), given)) == expected


def test_an_unknown_memo_is_neither_posted_nor_canceled() -> None:
    expected = [("NOT_FOUND", ("credit_memo",), "cm_1", None)]
    assert seen(violations_of_post(PostCreditMemo(credit_memo=MEMO), facts())) == expected
    assert seen(violations_of_cancel(CancelCreditMemo(credit_memo=MEMO), facts())) == expected


def test_a_stale_post_into_a_closed_period_is_refused_for_both() -> None:
    draft = memo(status=CreditMemoStatus.DRAFT, effective_date=date(2026, 3, 1))
    command = PostCreditMemo(credit_memo=MEMO, expected_version=5)
    found = violations_of_post(command, facts(draft, named=NAMED_MEMO, settings=CLOSED))
    assert codes(found) == ["VERSION_CONFLICT", "PERIOD_CLOSED"]


def test_what_was_posted_under_a_gapless_number_is_not_canceled() -> None:
    def canceling(**said: Any) -> list[Seen]:
        command, given = CancelCreditMemo(credit_memo=MEMO), facts(memo(**said), named=NAMED_MEMO)
        return seen(violations_of_cancel(command, given, has_gapless_number=True))

    assert canceling(status=CreditMemoStatus.DRAFT) == [("INVALID_STATUS", ("credit_memo",), "cm_1", None)]
    assert canceling() == [("INVALID_STATUS", ("credit_memo",), "POSTED", "DRAFT or PENDING_APPROVAL")]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, [("LIMIT_EXCEEDED", ("credit_memo",), "3", "2")]),
        ({"auto_apply_upon_posting": False}, []),
        ({"balance": 0}, []),
    ],
)
def test_a_memo_that_is_applied_upon_posting_settles_no_more_lines_than_any_other(
    said: dict[str, Any], expected: list[Seen]
) -> None:
    drawn: dict[str, Any] = {"source": CreditMemoSource.INVOICE, "invoice_id": "inv_1"}
    draft = memo(**{"status": CreditMemoStatus.DRAFT, "auto_apply_upon_posting": True, **drawn, **said})
    records = (draft, memo_line(), memo_line("cml_2"), invoice(), line(), line("invl_2"))
    given = facts(*records, named=NAMED_MEMO, settings=LINES, limits=Limits(source_pairs=2))
    assert seen(violations_of_post(PostCreditMemo(credit_memo=MEMO), given)) == expected
