"""Which tax strategy a line has, which tax item another is about, and what a line takes by it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import (
    AccountReference,
    CreateCreditMemo,
    InvoiceCreditEntry,
    MemoLineEntry,
    TaxItem,
)
from app.domain.drawing import charged
from app.domain.entity import Settings
from app.domain.proration import Drawn
from app.domain.tax_choice import flag_contradicts, is_tax_only, line_strategy, strategy_of_memo, taking_of
from app.domain.tax_matching import place_of
from app.domain.vocabulary import TaxEngineKind, TaxMode, TaxStrategy
from tests.rules.facts import line, tax

COPY, GIVEN, IGNORE, CALCULATE = (
    TaxStrategy.COPY_FROM_INVOICE_LINE,
    TaxStrategy.MANUAL_OVERRIDE,
    TaxStrategy.IGNORE,
    TaxStrategy.CALCULATE,
)
ENTITY = Settings(default_tax_strategy=COPY)
WITH_ENGINE = replace(ENTITY, tax_engine=TaxEngineKind.BUILT_IN, default_tax_strategy=IGNORE)
TAXED = MemoLineEntry(amount=Decimal(1), tax_items=[TaxItem(amount=Decimal(1))])
SILENT = MemoLineEntry(amount=Decimal(1))


def header(**said: Any) -> CreateCreditMemo:
    return CreateCreditMemo(account=AccountReference(id="acc_1"), lines=[], **said)


STRATEGIES: list[tuple[str, MemoLineEntry, CreateCreditMemo, Settings, TaxStrategy]] = [
    (
        "the line's own",
        replace(TAXED, tax_strategy=IGNORE),
        header(tax_strategy=COPY, tax_auto_calculation=True),
        WITH_ENGINE,
        IGNORE,
    ),
    ("the header's", TAXED, header(tax_strategy=COPY, tax_auto_calculation=False), WITH_ENGINE, COPY),
    ("the flag, with an engine", SILENT, header(tax_auto_calculation=True), WITH_ENGINE, CALCULATE),
    ("the flag, without one", SILENT, header(tax_auto_calculation=True), ENTITY, COPY),
    ("the flag, though tax is given", TAXED, header(tax_auto_calculation=True), WITH_ENGINE, CALCULATE),
    ("the flag's false", SILENT, header(tax_auto_calculation=False), ENTITY, IGNORE),
    ("tax given under the flag's false", TAXED, header(tax_auto_calculation=False), ENTITY, GIVEN),
    ("tax given", TAXED, header(), ENTITY, GIVEN),
    ("the entity's", SILENT, header(), WITH_ENGINE, IGNORE),
]


@pytest.mark.parametrize(
    ("entry", "command", "settings", "expected"),
    [row[1:] for row in STRATEGIES],
    ids=[row[0] for row in STRATEGIES],
)
def test_the_strategy_that_is_nearest_to_the_line_is_its_own(
    entry: MemoLineEntry, command: CreateCreditMemo, settings: Settings, expected: TaxStrategy
) -> None:
    assert line_strategy(entry, command, settings) is expected
    if entry is SILENT:
        assert strategy_of_memo(command, settings) is expected


@pytest.mark.parametrize(
    ("strategy", "flag", "expected"),
    [
        (COPY, True, False),
        (CALCULATE, True, False),
        (IGNORE, True, True),
        (GIVEN, True, True),
        (COPY, False, True),
        (IGNORE, False, False),
        (None, True, False),
        (IGNORE, None, False),
    ],
)
def test_a_flag_and_a_strategy_that_say_otherwise_are_not_both_meant(
    strategy: TaxStrategy | None, flag: bool | None, expected: bool
) -> None:
    assert flag_contradicts(header(tax_strategy=strategy, tax_auto_calculation=flag)) is expected


ITEM = TaxItem(amount=Decimal("1.00"))
NOTHING = TaxItem(amount=Decimal(0))
TAX_ONLY: list[tuple[str, dict[str, Any], TaxStrategy, bool]] = [
    ("said so", {"amount": Decimal(5), "tax_only": True}, COPY, True),
    ("an amount of 0 beside an item", {"amount": Decimal(0), "tax_items": [ITEM]}, GIVEN, True),
    ("an amount of 0 beside a tax", {"amount": Decimal(0), "tax_amount": Decimal(1)}, GIVEN, True),
    ("beside a tax of 0", {"amount": Decimal(0), "tax_amount": Decimal(0)}, GIVEN, False),
    ("beside an item of 0", {"amount": Decimal(0), "tax_items": [NOTHING]}, GIVEN, False),
    ("beside nothing", {"amount": Decimal(0)}, GIVEN, False),
    ("with an amount", {"amount": Decimal(5), "tax_items": [ITEM]}, GIVEN, False),
    ("without an amount", {"tax_items": [ITEM]}, GIVEN, False),
    ("under another strategy", {"amount": Decimal(0), "tax_items": [ITEM]}, COPY, False),
]


@pytest.mark.parametrize(
    ("said", "strategy", "expected"), [row[1:] for row in TAX_ONLY], ids=[row[0] for row in TAX_ONLY]
)
def test_tax_alone_is_credited_where_that_is_said_or_meant(
    said: dict[str, Any], strategy: TaxStrategy, expected: bool
) -> None:
    assert is_tax_only(InvoiceCreditEntry(invoice_line_id="invl_1", **said), strategy) is expected


SOURCES = [
    tax("invt_1", 625, jurisdiction="TEXAS", location_code="L1", code="SAAS", name="STATE"),
    tax("invt_2", 200, jurisdiction="TEXAS", location_code="L2", code="SAAS", name="CITY"),
    tax("invt_3", 100, jurisdiction="OHIO", location_code="L2", code="GOODS", name="STATE"),
]


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"jurisdiction": "OHIO"}, 2),
        ({"location_code": "L1"}, 0),
        ({"code": "GOODS"}, 2),
        ({"name": "CITY"}, 1),
        ({"jurisdiction": "TEXAS"}, None),
        ({"jurisdiction": "TEXAS", "location_code": "L2"}, 1),
        ({"location_code": "L2", "code": "GOODS"}, 2),
        ({"jurisdiction": "UTAH"}, None),
        ({}, None),
    ],
)
def test_a_tax_is_about_the_only_one_that_fits_all_that_it_says(
    said: dict[str, Any], place: int | None
) -> None:
    assert place_of(TaxItem(amount=Decimal(1), **said), SOURCES) == place


LINE = line(tax=925)
TWICE = [
    TaxItem(amount=Decimal("1.00"), name="CITY"),
    TaxItem(amount=Decimal("0.50"), source_tax_item_id="invt_2"),
    TaxItem(amount=Decimal("2.00"), source_tax_item_id="invt_1"),
]
TAKEN: list[tuple[str, dict[str, Any], TaxStrategy, int, Drawn]] = [
    ("items, two of one tax", {"tax_items": TWICE}, GIVEN, 5000, Drawn(5000, (200, 150, 0), copied=False)),
    (
        "items alone",
        {"tax_items": TWICE, "tax_only": True},
        GIVEN,
        5000,
        Drawn(0, (200, 150, 0), copied=False),
    ),
    ("one number", {"tax_amount": Decimal("9.25")}, GIVEN, 5000, Drawn(5000, (625, 200, 100), copied=False)),
    ("no tax", {}, IGNORE, 5000, Drawn(5000, (0, 0, 0), copied=False)),
    ("a copy", {}, COPY, 5000, Drawn(5000, (313, 100, 50), copied=True)),
    ("a copy of nothing", {}, COPY, 0, Drawn(0, (0, 0, 0), copied=True)),
    ("contained", {"tax_mode": TaxMode.INCLUSIVE}, COPY, 10925, Drawn(10000, (625, 200, 100), copied=True)),
    ("the tax of an amount", {"tax_only": True}, COPY, 5000, Drawn(0, (313, 100, 50), copied=False)),
    ("all tax that is left", {"tax_only": True}, COPY, 0, Drawn(0, (625, 200, 100), copied=False)),
]


@pytest.mark.parametrize(
    ("said", "strategy", "amount", "expected"), [row[1:] for row in TAKEN], ids=[row[0] for row in TAKEN]
)
def test_what_an_entry_takes_of_its_line(
    said: dict[str, Any], strategy: TaxStrategy, amount: int, expected: Drawn
) -> None:
    entry = InvoiceCreditEntry(invoice_line_id="invl_1", **said)
    taking = taking_of(entry, strategy, charged(LINE, SOURCES), SOURCES, 2)
    assert taking.drawn(amount) == expected
    assert (taking.strategy, taking.tax_only) == (strategy, entry.tax_only)
