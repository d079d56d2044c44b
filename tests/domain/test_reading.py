"""JSON to commands and back: what the schema takes is read, all else is named with its path."""

import datetime as dt
import json
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    Reference,
    TaxItem,
)
from app.domain.commands.fields import ABSENT
from app.domain.reading import Unreadable, camel, path_text, read
from app.domain.vocabulary import AllocationRule, TaxRateType
from app.domain.writing import written
from app.repository.remembered import remembered
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
    wanted = [camel(each.name) for each in fields(verb.command) if each.default is MISSING]
    if wanted:
        assert sorted(faults(verb.command, {})) == sorted(wanted)
    assert faults(verb.command, [])


# ------------------------------------------------------------------ and back
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
DECIMALS = st.decimals(min_value=-(10**12), max_value=10**12, places=4, allow_nan=False, allow_infinity=False)
SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    bool: st.booleans(),
    int: st.integers(-(2**31) + 1, 2**31 - 1),
    Decimal: DECIMALS,
    dt.date: st.dates(),
    dt.datetime: st.datetimes(timezones=st.timezones()),
    dict[str, Any]: st.dictionaries(TEXT, st.none() | st.booleans() | st.integers() | TEXT, max_size=3),
}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Whatever a field of the type may hold, None left out."""
    parts = [each for each in get_args(hint) if each is not type(None)]
    if get_origin(hint) in (Union, UnionType):
        return values(parts[0])
    if get_origin(hint) is list:
        return st.lists(values(parts[0]), max_size=2)
    if is_dataclass(hint):
        return commands(hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    return SCALARS[hint]


@remembered
def commands(kind: Any) -> st.SearchStrategy[Any]:
    """Commands of the kind with any of their optional fields, of a patch null as well; of a reference exactly one."""
    hints = get_type_hints(kind)
    if issubclass(kind, Reference):
        one = [st.builds(kind, **{each.name: values(hints[each.name])}) for each in fields(kind)]
        return st.one_of(one)
    wanted = {
        each.name: values(hints[each.name])
        if each.default is MISSING
        else values(hints[each.name])
        | st.just(each.default)
        | st.just(None if each.default is ABSENT else each.default)
        for each in fields(kind)
    }
    return st.builds(kind, **wanted)


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: verb.operation)
def test_what_is_written_is_read_back_the_same(verb: Any) -> None:
    """Through the text of JSON, as a database keeps it."""

    @given(commands(verb.command))
    @settings(max_examples=15)
    def round_trip(command: Any) -> None:
        assert read(verb.command, json.loads(json.dumps(written(command)))) == command

    round_trip()


def test_what_is_absent_or_has_its_default_is_not_written() -> None:
    command = ConvertNegativeInvoiceLines(
        invoice=InvoiceReference(number="INV-1"), apply_to_invoice=False, description=None
    )
    assert written(command) == {"invoice": {"number": "INV-1"}}


def test_a_name_is_written_as_json_writes_it() -> None:
    names = ("id", "invoice_line_id", "external_reference_source")
    assert [camel(name) for name in names] == ["id", "invoiceLineId", "externalReferenceSource"]


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("2026-11-02T10:00:00Z", 0),
        ("2026-11-02t10:00:00z", 0),
        ("2026-11-02T11:00:00.5+01:00", 500_000),
        ("2026-11-02T09:00:00.000001-01:00", 1),
        ("2026-11-02T10:00:00.123456000Z", 123_456),
    ],
)
def test_an_instant_is_kept_in_utc_to_the_microsecond(text: str, microseconds: int) -> None:
    expected = dt.datetime(2026, 11, 2, 10, 0, 0, microseconds, tzinfo=dt.UTC)
    assert read(ApplicationEntry, application(effectiveDate=text)).effective_date == expected


FIELDS = "invoice, amount, effectiveDate, description, expectedVersion"
WRONG: list[tuple[type[object], Any, str]] = [
    (ApplicationEntry, [], ": an object is wanted"),
    (ApplicationEntry, application(colour="red"), f"colour: there is no such field; known are {FIELDS}"),
    (
        ApplicationEntry,
        application(invoice={}),
        "invoice: exactly one is wanted of id, number, externalReference",
    ),
    (ApplicationEntry, {"amount": "1.00"}, "invoice: this field must be given"),
    (ApplicationEntry, application(description=1), "description: text is wanted"),
    (ApplicationEntry, application(expectedVersion="1"), "expectedVersion: an integer of 32 bits is wanted"),
    (
        ApplicationEntry,
        application(expectedVersion=2**31),
        "expectedVersion: an integer of 32 bits is wanted",
    ),
    (
        ApplicationEntry,
        application(amount="1e3"),
        'amount: a decimal as text is wanted, such as "-12.50", at most 18 digits before the point and 12 after it',
    ),
    (
        ApplicationEntry,
        application(effectiveDate="2026-11-02"),
        'effectiveDate: an instant with its offset is wanted, such as "2026-11-21T09:30:00Z", to a microsecond at most',
    ),
    (
        ApplicationEntry,
        application(effectiveDate="2026-02-30T10:00:00Z"),
        "effectiveDate: there is no such instant",
    ),
    (TaxItem, {"amount": "1", "taxDate": "2026-02-30"}, "taxDate: there is no such day"),
    (TaxItem, {"amount": "1", "taxDate": "today"}, 'taxDate: a day is wanted, such as "2026-11-21"'),
    (
        TaxItem,
        {"amount": "1", "rateType": "percentage"},
        f"rateType: one of {', '.join(TaxRateType)} is wanted",
    ),
    (MemoLineEntry, {"taxExempt": 1}, "taxExempt: true or false is wanted"),
    (MemoLineEntry, {"taxItems": {}}, "taxItems: a list is wanted"),
    (MemoLineEntry, {"metadata": "kept"}, "metadata: an object is wanted"),
    (
        MemoLineEntry,
        {"sku": 1, "taxItems": [{"amount": "1", "name": 2}]},
        "sku: text is wanted; taxItems.0.name: text is wanted",
    ),
]


@pytest.mark.parametrize(("kind", "value", "message"), WRONG, ids=[row[2][:40] for row in WRONG])
def test_what_is_wanted_instead_is_said(kind: type[object], value: Any, message: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        read(kind, value)
    assert str(unreadable.value) == message
