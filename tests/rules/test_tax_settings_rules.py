"""When tax rates may change, and what may calculate an entity's tax."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import ConfigureTaxEngine, TaxCallbackEntry, TaxRateEntry, UpsertTaxRates
from app.domain.entity import TaxCallback, TaxRate
from app.domain.vocabulary import TaxEngineKind
from app.validation.tax_settings import is_callback_url, violations_of_tax_engine, violations_of_tax_rates
from tests.rules.facts import Seen, facts, seen

KEY: dict[str, Any] = {"tax_code": "STANDARD", "jurisdiction": "TEXAS", "name": "STATE TAX"}
JANUARY, JUNE, JULY = date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1)
FROM, THROUGH = ("tax_rates", 0, "valid_from"), ("tax_rates", 0, "valid_through")


def kept(valid_from: date, valid_through: date | None = None, **said: Any) -> TaxRate:
    named = {"id": f"txr_{valid_from}", "rate": 6_250_000, **KEY, **said}
    return TaxRate(valid_from=valid_from, valid_through=valid_through, **named)


def rate(valid_from: date = JANUARY, valid_through: date | None = None, **said: Any) -> TaxRateEntry:
    named = {"rate": Decimal("0.0625"), **KEY, **said}
    return TaxRateEntry(valid_from=valid_from, valid_through=valid_through, **named)


RATES: list[tuple[str, list[TaxRate], list[TaxRateEntry], list[Seen]]] = [
    ("none", [], [], [("NO_LINES", ("tax_rates",), None, None)]),
    (
        "the same key twice",
        [],
        [rate()] * 2,
        [("DUPLICATE_TARGET", ("tax_rates", 1, "valid_from"), None, None)],
    ),
    (
        "negative",
        [],
        [rate(rate=Decimal("-0.01"))],
        [("INVALID_AMOUNT", ("tax_rates", 0, "rate"), "-0.01", "0 or more")],
    ),
    (
        "too fine",
        [],
        [rate(rate=Decimal("0.000000001"))],
        [("TOO_MANY_DECIMALS", ("tax_rates", 0, "rate"), "0.000000001", "8")],
    ),
    ("exempt", [], [rate(rate=Decimal(0))], []),
    (
        "ends before it begins",
        [],
        [rate(JULY, JUNE)],
        [("INVALID_DATE", THROUGH, "2026-06-30", "2026-07-01 or later")],
    ),
    ("of one day", [], [rate(JULY, JULY)], []),
    (
        "the second of a call reaches into the next one",
        [kept(JULY)],
        [rate(name="CITY TAX"), rate(JANUARY, JULY)],
        [("INVALID_DATE", ("tax_rates", 1, "valid_through"), "2026-07-01", "before 2026-07-01")],
    ),
    (
        "ends later than before, and reaches into the next one",
        [kept(JANUARY, JUNE), kept(JULY)],
        [rate(JANUARY, JULY)],
        [("INVALID_DATE", THROUGH, "2026-07-01", "before 2026-07-01")],
    ),
    ("one after the other", [], [rate(JULY), rate(JANUARY, JUNE)], []),
    (
        "overlapping in one call",
        [],
        [rate(JUNE), rate(JANUARY, JUNE)],
        [("INVALID_DATE", FROM, "2026-06-30", "after 2026-06-30")],
    ),
    (
        "begins while another has no end",
        [kept(JANUARY)],
        [rate(JULY)],
        [("INVALID_DATE", FROM, "2026-07-01", None)],
    ),
    ("the other gets its end in the same call", [kept(JANUARY)], [rate(JULY), rate(JANUARY, JUNE)], []),
    (
        "reaches into the next one",
        [kept(JULY)],
        [rate(JANUARY, JULY)],
        [("INVALID_DATE", THROUGH, "2026-07-01", "before 2026-07-01")],
    ),
    (
        "without an end before the next one",
        [kept(JULY)],
        [rate()],
        [("INVALID_DATE", THROUGH, None, "before 2026-07-01")],
    ),
    ("its own last day stays", [kept(JANUARY, JUNE), kept(JULY)], [rate(rate=Decimal("0.07"))], []),
    ("another name", [kept(JANUARY)], [rate(name="CITY TAX")], []),
    ("another jurisdiction", [kept(JANUARY)], [rate(jurisdiction="OHIO")], []),
]


@pytest.mark.parametrize(
    ("known", "entries", "expected"), [each[1:] for each in RATES], ids=[each[0] for each in RATES]
)
def test_tax_rates(known: list[TaxRate], entries: list[TaxRateEntry], expected: list[Seen]) -> None:
    assert seen(violations_of_tax_rates(UpsertTaxRates(tax_rates=entries), facts(*known))) == expected


def test_an_overlap_names_the_rate_that_is_kept() -> None:
    [found] = violations_of_tax_rates(UpsertTaxRates(tax_rates=[rate(JULY)]), facts(kept(JANUARY)))
    assert found.ids == ("txr_2026-01-01",)
    [found] = violations_of_tax_rates(UpsertTaxRates(tax_rates=[rate()]), facts(kept(JULY)))
    assert found.ids == ("txr_2026-07-01",)


KEPT = TaxCallback(id="txc_1", url="https://tax.example", secret="0123456789abcdef", timeout_milliseconds=500)
SECRET = "fedcba9876543210"


def server(**said: Any) -> TaxCallbackEntry:
    return TaxCallbackEntry(**{"url": "https://tax.example/ask", "secret": SECRET, **said})


ENGINES: list[tuple[str, bool, TaxEngineKind | None, TaxCallbackEntry | None, list[Seen]]] = [
    ("none", False, None, None, []),
    ("built in", False, TaxEngineKind.BUILT_IN, None, []),
    (
        "a callback to nowhere",
        False,
        TaxEngineKind.CALLBACK,
        None,
        [("TAX_ENGINE_NOT_CONFIGURED", ("callback",), None, None)],
    ),
    ("the callback that is kept", True, TaxEngineKind.CALLBACK, None, []),
    ("a callback", False, TaxEngineKind.CALLBACK, server(), []),
    ("a server for later", False, None, server(), []),
    (
        "no secret yet",
        False,
        TaxEngineKind.CALLBACK,
        server(secret=None),
        [("INVALID_TEXT", ("callback", "secret"), None, None)],
    ),
    ("the secret that is kept", True, TaxEngineKind.CALLBACK, server(secret=None), []),
    (
        "a short secret, which is not repeated",
        True,
        TaxEngineKind.CALLBACK,
        server(secret="0123456789abcde"),
        [("INVALID_TEXT", ("callback", "secret"), None, None)],
    ),
    (
        "no patience",
        False,
        TaxEngineKind.CALLBACK,
        server(timeout_milliseconds=99),
        [("INVALID_AMOUNT", ("callback", "timeout_milliseconds"), "99", "100 to 30000")],
    ),
    (
        "no address",
        False,
        TaxEngineKind.CALLBACK,
        server(url="ftp://tax.example"),
        [("INVALID_TEXT", ("callback", "url"), "ftp://tax.example", None)],
    ),
]


@pytest.mark.parametrize(
    ("is_kept", "kind", "callback", "expected"),
    [each[1:] for each in ENGINES],
    ids=[each[0] for each in ENGINES],
)
def test_the_tax_engine(
    is_kept: bool, kind: TaxEngineKind | None, callback: TaxCallbackEntry | None, expected: list[Seen]
) -> None:
    command = ConfigureTaxEngine(engine=kind, callback=callback)
    assert seen(violations_of_tax_engine(command, facts(*[KEPT] * is_kept))) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8080/tax", True),
        ("https://tax.example/ask?tenant=1", True),
        ("https://[::1]:8443", True),
        ("https://tax.example:1", True),
        ("https://tax.example:0", False),
        ("", False),
        ("tax.example", False),
        ("https://", False),
        ("https:///path", False),
        ("file:///etc/passwd", False),
        ("https://user:password@tax.example", False),
        ("https://tax.example/#here", False),
        ("https://tax.example/a b", False),
        ("https://tax.example/\r\nX: y", False),
        ("https://tax.example:99999", False),
        ("https://tax.example:port", False),
        ("https://[::1", False),
        ("https://täx.example", False),
    ],
)
def test_where_a_callback_can_be_asked(url: str, expected: bool) -> None:
    assert is_callback_url(url) is expected


def test_a_secret_is_not_in_what_a_log_would_show() -> None:
    assert KEPT.secret not in repr(KEPT)
