"""The table of transitions: complete, without dead ends that are not final, and obeyed."""

import pytest

from app.domain.lifecycle import (
    INVOICE_LIFE,
    MEMO_LIFE,
    Transition,
    invoice_statuses_before,
    memo_statuses_before,
    stepped,
)
from app.domain.vocabulary import CreditMemoStatus, InvoiceStatus, Operation

EVERY: list[Transition[CreditMemoStatus] | Transition[InvoiceStatus]] = [*MEMO_LIFE, *INVOICE_LIFE]


def test_no_document_gets_where_no_command_leads() -> None:
    assert stepped(CreditMemoStatus.DRAFT, CreditMemoStatus.POSTED) is CreditMemoStatus.POSTED
    for before, after in (
        (CreditMemoStatus.VOIDED, CreditMemoStatus.POSTED),
        (CreditMemoStatus.CANCELED, CreditMemoStatus.DRAFT),
        (CreditMemoStatus.PENDING_APPROVAL, CreditMemoStatus.VOIDED),
        (CreditMemoStatus.DRAFT, CreditMemoStatus.VOIDED),
    ):
        with pytest.raises(ValueError, match="no command leads"):
            stepped(before, after)


def test_a_step_of_a_memo_is_none_of_an_invoice() -> None:
    assert stepped(CreditMemoStatus.POSTED, CreditMemoStatus.DRAFT) is CreditMemoStatus.DRAFT
    with pytest.raises(ValueError, match="no command leads"):
        stepped(InvoiceStatus.POSTED, InvoiceStatus.DRAFT)


def test_every_status_is_reached_by_some_command() -> None:
    assert {each.after for each in MEMO_LIFE} == set(CreditMemoStatus)
    assert {each.after for each in INVOICE_LIFE} == set(InvoiceStatus)


@pytest.mark.parametrize("transition", EVERY, ids=lambda each: f"{each.operation} {each.before} {each.after}")
def test_what_takes_a_transition_back_is_a_command_of_the_table_or_of_its_rows(
    transition: Transition[CreditMemoStatus] | Transition[InvoiceStatus],
) -> None:
    of_rows = {
        Operation.UNAPPLY_CREDIT_MEMO,
        Operation.UNAPPLY_CREDIT_MEMO_LINE,
        Operation.REVERSE_PAYMENT,
        Operation.REVERSE_REFUND,
    }
    assert set(transition.undone_by) <= {each.operation for each in EVERY} | of_rows


def test_what_is_given_up_is_final() -> None:
    given_up = (CreditMemoStatus.CANCELED, CreditMemoStatus.VOIDED)
    assert [each for each in MEMO_LIFE if each.before in given_up] == []
    assert [each for each in MEMO_LIFE if each.after in given_up and each.undone_by] == []


def test_the_statuses_that_a_command_takes() -> None:
    both = (CreditMemoStatus.DRAFT, CreditMemoStatus.PENDING_APPROVAL)
    assert memo_statuses_before(Operation.CANCEL_CREDIT_MEMO) == both
    assert invoice_statuses_before(Operation.POST_INVOICE) == (InvoiceStatus.DRAFT,)
    with pytest.raises(KeyError):
        memo_statuses_before(Operation.UPSERT_ACCOUNTS)
