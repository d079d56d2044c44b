"""JSON to commands: what the schema takes is read, all else is named with its path."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import (
    AccountReference,
    ApplicationEntry,
    ApplyCreditMemo,
    ConvertNegativeInvoiceLines,
    CreateCreditMemo,
    CreditMemoReference,
    ExternalReference,
    InvoiceReference,
    MemoLineEntry,
    TaxItem,
)
from app.domain.reading import Unreadable, path_text, read
from app.domain.vocabulary import AllocationRule, TaxRateType
from app.use_cases.verbs import VERBS


def faults(kind: type[object], value: object) -> list[str]:
    with pytest.raises(Unreadable) as unreadable:
        read(kind, value)
    return [path_text(each.path) for each in unreadable.value.faults]


def application(**fields: Any) -> dict[str, Any]:
    return {"invoice": {"number": "INV-1"}, "amount": "1.00", **fields}


def test_a_command_is_read_with_all_that_is_inside() -> None:
    command = read(
        ApplyCreditMemo,
        {
            "creditMemo": {"externalReference": {"source": "netsuite", "reference": "CM 7"}},
            "allocation": "PROPORTIONAL",
            "expectedVersion": 3,
            "idempotencyKey": "key",
            "applications": [application(effectiveDate="2026-11-02T10:00:00.5+01:00", description=None)],
        },
    )
    assert command == ApplyCreditMemo(
        credit_memo=CreditMemoReference(
            external_reference=ExternalReference(source="netsuite", reference="CM 7")
        ),
        allocation=AllocationRule.PROPORTIONAL,
        expected_version=3,
        idempotency_key="key",
        applications=[
            ApplicationEntry(
                invoice=InvoiceReference(number="INV-1"),
                amount=Decimal("1.00"),
                effective_date=dt.datetime(2026, 11, 2, 9, 0, 0, 500_000, tzinfo=dt.UTC),
            )
        ],
    )


def test_null_is_the_same_as_absent() -> None:
    command = read(
        CreateCreditMemo,
        {
            "account": {"number": "A-1", "id": None},
            "post": None,
            "metadata": {"kept": None},
            "lines": [
                {
                    "amount": "1",
                    "taxItems": [{"amount": "0.1", "rateType": "PERCENTAGE", "taxDate": "2026-02-28"}],
                }
            ],
        },
    )
    item = TaxItem(amount=Decimal("0.1"), rate_type=TaxRateType.PERCENTAGE, tax_date=dt.date(2026, 2, 28))
    assert command == CreateCreditMemo(
        account=AccountReference(number="A-1"),
        metadata={"kept": None},
        lines=[MemoLineEntry(amount=Decimal("1"), tax_items=[item])],
    )


@pytest.mark.parametrize(
    "amount", [1, 1.5, "1e3", "NaN", "1_000", "01", " 1", "1.", "+1", "１", "1,5", True, ""]
)
def test_a_decimal_is_plain_text_and_nothing_else(amount: object) -> None:
    assert faults(ApplicationEntry, application(amount=amount)) == ["amount"]


@pytest.mark.parametrize(
    "moment", ["2026-11-02T10:00:00", "2026-11-02", "2026-13-02T10:00:00Z", "0001-01-01T00:00:00+10:00", 5]
)
def test_an_instant_has_an_offset_and_exists(moment: object) -> None:
    assert faults(ApplicationEntry, application(effectiveDate=moment)) == ["effectiveDate"]


@pytest.mark.parametrize("day", ["2026-02-29", "2026-W10-1", "20260201", "2026-1-1", 20260201])
def test_a_day_is_one_of_the_calendar(day: object) -> None:
    given = {"invoice": {"number": "1"}, "effectiveDate": day}
    assert faults(ConvertNegativeInvoiceLines, given) == ["effectiveDate"]


def test_everything_that_is_wrong_is_named_at_once() -> None:
    given = {
        "creditMemo": {"number": "CM-1", "id": "cm_1"},
        "allocation": "proportional",
        "expectedVersion": True,
        "dryRun": "yes",
        "colour": "red",
        "applications": [{"invoice": {}, "Amount": "1"}, []],
    }
    assert sorted(faults(ApplyCreditMemo, given)) == [
        "allocation",
        "applications.0.Amount",
        "applications.0.amount",
        "applications.0.invoice",
        "applications.1",
        "colour",
        "creditMemo",
        "dryRun",
        "expectedVersion",
    ]


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: verb.operation)
def test_every_command_can_be_read_and_says_what_it_wants(verb: Any) -> None:
    assert faults(verb.command, {})
    assert faults(verb.command, [])
