"""When a memo whose tax an engine finds may be made, and posted."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import (
    AccountReference,
    CreateCreditMemo,
    CreditMemoReference,
    MemoLineEntry,
    PostCreditMemo,
    TaxItem,
)
from app.domain.entity import Settings, TaxCallback, TaxRate
from app.domain.record import Record
from app.domain.vocabulary import (
    CreditMemoStatus,
    OnTaxFailure,
    TaxEngineKind,
    TaxMode,
    TaxStatus,
    TaxStrategy,
)
from app.validation.memos import violations_of_create
from app.validation.posting import violations_of_post
from tests.rules.facts import Seen, account, facts, memo, reason, seen

BUILT_IN = Settings(tax_engine=TaxEngineKind.BUILT_IN)
CALLBACK = Settings(tax_engine=TaxEngineKind.CALLBACK)
SERVER = TaxCallback(id="txc_1", url="http://127.0.0.1/", secret="secret", timeout_milliseconds=1000)
NAMED: dict[Any, str] = {("credit_memo",): "cm_1", ("account",): "acc_1"}
MEMO = CreditMemoReference(id="cm_1")


def rate(share: int = 8_250_000, **said: Any) -> TaxRate:
    return TaxRate(
        **{
            "id": "txr_1",
            "tax_code": "SAAS",
            "jurisdiction": "TEXAS",
            "name": "SALES TAX",
            "rate": share,
            "valid_from": date(2025, 1, 1),
            **said,
        }
    )


def entry(amount: str = "50.00", **said: Any) -> MemoLineEntry:
    return MemoLineEntry(**{"amount": Decimal(amount), "tax_code": "SAAS", "jurisdiction": "TEXAS", **said})


def creating(
    *lines: MemoLineEntry,
    rates: tuple[Record, ...] = (rate(),),
    settings: Settings = BUILT_IN,
    **said: Any,
) -> list[Seen]:
    command = CreateCreditMemo(
        **{
            "account": AccountReference(id="acc_1"),
            "lines": list(lines),
            "tax_strategy": TaxStrategy.CALCULATE,
            **said,
        }
    )
    given = facts(account(), reason("OK"), *rates, named=NAMED, settings=settings)
    return seen(violations_of_create(command, given))


FAILED: list[Seen] = [("TAX_ENGINE_FAILED", ("lines", 0), None, None)]
GIVEN = [TaxItem(amount=Decimal("1.00"))]
LARGEST = entry("9999999999999.99")
CREATE: list[tuple[str, MemoLineEntry, dict[str, Any], list[Seen]]] = [
    ("accepted", entry(), {}, []),
    ("inclusive", entry(tax_mode=TaxMode.INCLUSIVE), {}, []),
    ("no rate", entry(jurisdiction="OHIO"), {}, FAILED),
    ("no tax code", entry(tax_code=None), {}, FAILED),
    ("exempt needs no rate", entry(tax_exempt=True, tax_code=None), {}, []),
    ("no rate, to be a draft", entry(jurisdiction="OHIO"), {"on_tax_failure": OnTaxFailure.DRAFT}, []),
    ("by the flag", entry(), {"tax_strategy": None, "tax_auto_calculation": True}, []),
    (
        "items given beside it",
        entry(tax_items=GIVEN),
        {},
        [("TAX_NOT_ALLOWED", ("lines", 0, "tax_items"), "CALCULATE", "MANUAL_OVERRIDE")],
    ),
    (
        "tax only",
        entry("0", tax_only=True),
        {},
        [("INVALID_AMOUNT", ("lines", 0, "tax_items"), None, None)],
    ),
    (
        "as large as can be kept with the tax that is in it",
        replace(LARGEST, tax_mode=TaxMode.INCLUSIVE),
        {},
        [],
    ),
    (
        "as large as can be kept without a tax, to be a draft",
        replace(LARGEST, jurisdiction="OHIO"),
        {"on_tax_failure": OnTaxFailure.DRAFT},
        [],
    ),
    (
        "as large as can be kept, with a tax that is still to be asked for",
        LARGEST,
        {"settings": CALLBACK, "rates": (SERVER,)},
        [],
    ),
    (
        "too large with its tax",
        LARGEST,
        {},
        [("INVALID_AMOUNT", ("lines",), "10824999999999.99", "9999999999999.99")],
    ),
]


@pytest.mark.parametrize(
    ("line", "said", "expected"), [row[1:] for row in CREATE], ids=[row[0] for row in CREATE]
)
def test_creating_a_memo_whose_tax_is_calculated(
    line: MemoLineEntry, said: dict[str, Any], expected: list[Seen]
) -> None:
    assert creating(line, **said) == expected


def test_a_line_that_breaks_another_rule_is_not_taxed_as_well() -> None:
    assert creating(entry("-1.00", jurisdiction="OHIO")) == [
        ("INVALID_AMOUNT", ("lines", 0, "amount"), "-1.00", None)
    ]


@pytest.mark.parametrize(
    ("status", "tax_status", "expected"),
    [
        (CreditMemoStatus.DRAFT, TaxStatus.ERROR, [("TAX_PENDING", ("credit_memo",), None, None)]),
        (CreditMemoStatus.DRAFT, TaxStatus.COMPLETE, []),
        (
            CreditMemoStatus.CANCELED,
            TaxStatus.ERROR,
            [("INVALID_STATUS", ("credit_memo",), "CANCELED", "DRAFT")],
        ),
    ],
)
def test_a_memo_whose_tax_is_not_known_is_not_posted(
    status: CreditMemoStatus, tax_status: TaxStatus, expected: list[Seen]
) -> None:
    given = facts(memo(status=status, tax_status=tax_status), named=NAMED)
    assert seen(violations_of_post(PostCreditMemo(credit_memo=MEMO), given)) == expected
