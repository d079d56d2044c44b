"""The scalars take what the contract says, and nothing else."""

import datetime
import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from graphql import GraphQLError, ValueNode, parse_value

from app.api.scalars import (
    SCALAR_MAP,
    CurrencyCode,
    date_text,
    date_time_text,
    decimal_text,
    json_object,
)
from tests.http.client import codes, post
from tests.http.service import LONE_SURROGATE, new_endpoint, new_schema


@pytest.mark.parametrize(
    "text", ["0", "-0", "0.10", "12.34567890123", "-999999999999999999.999999999999", "1250.00"]
)
def test_a_decimal_is_taken_and_answered_digit_by_digit(text: str) -> None:
    response = post(new_endpoint(), "query($v: Decimal!) { decimal(value: $v) }", variables={"v": text})
    assert response.json() == {"data": {"decimal": text}}


@pytest.mark.parametrize(
    "value",
    [
        *(
            1,
            1.5,
            0.30000000000000004,
            True,
            [],
            {},
            "",
            " 1",
            "1 ",
            "1\n",
            "+1",
            "01",
            ".5",
            "5.",
            "1e3",
            "1E+3",
            "NaN",
        ),
        *(
            "Infinity",
            "-Infinity",
            "sNaN",
            "1_000",
            "1,000",
            "１２",
            "٣",
            "0x10",
            "--1",
            "1.2.3",
            "1.1234567890123",
        ),
        *("1234567890123456789", "1e999999", LONE_SURROGATE, "\x00", "−1"),
    ],
)
def test_a_decimal_is_never_guessed(value: object) -> None:
    response = post(new_endpoint(), "query($v: Decimal!) { decimal(value: $v) }", variables={"v": value})
    assert (response.status_code, codes(response)) == (400, ["BAD_USER_INPUT"])


@pytest.mark.parametrize("literal", ["1", "1.5", "true", "ENUM", "[]", "{}", '"NaN"', '"1.5.1"'])
def test_a_decimal_in_a_document_is_a_string_too(literal: str) -> None:
    response = post(new_endpoint(), f"{{ decimal(value: {literal}) }}")
    assert (response.status_code, codes(response)) == (400, ["BAD_USER_INPUT"])


@pytest.mark.parametrize(
    ("given", "answered"),
    [
        ("2026-11-21T09:30:00Z", "2026-11-21T09:30:00Z"),
        ("2026-11-21t09:30:00z", "2026-11-21T09:30:00Z"),
        ("2026-11-21T10:30:00+01:00", "2026-11-21T09:30:00Z"),
        ("2026-01-01T00:15:00.5+05:45", "2025-12-31T18:30:00.500000Z"),
        ("2026-01-01T00:00:00.123456000-00:00", "2026-01-01T00:00:00.123456Z"),
    ],
)
def test_an_instant_is_answered_in_utc(given: str, answered: str) -> None:
    response = post(new_endpoint(), "query($v: DateTime!) { instant(value: $v) }", variables={"v": given})
    assert response.json() == {"data": {"instant": answered}}


@pytest.mark.parametrize(
    "value",
    [
        *(
            "2026-11-21",
            "2026-11-21T09:30:00",
            "2026-11-21 09:30:00Z",
            "2026-11-21T09:30Z",
            "20261121T093000Z",
        ),
        *("2026-11-21T09:30:60Z", "2026-02-30T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T09:30:00+0100"),
        *(
            "0001-01-01T00:00:00+10:00",
            "9999-12-31T23:59:59-10:00",
            "2026-11-21T09:30:00.1234567Z",
            1763717400,
            "",
        ),
        *("２026-11-21T09:30:00Z", "2026-W01-1T00:00:00Z", "2026-11-21T09:30:00+25:00", None, "now"),
    ],
)
def test_an_instant_without_an_offset_or_out_of_form_is_refused(value: object) -> None:
    response = post(new_endpoint(), "query($v: DateTime!) { instant(value: $v) }", variables={"v": value})
    assert (response.status_code, codes(response)) == (400, ["BAD_USER_INPUT"])


@pytest.mark.parametrize(
    "value",
    [
        "2026-W01-1",
        "20260101",
        "2026-1-1",
        "2026-02-29",
        "2026-01-01T00:00:00Z",
        "0000-01-01",
        20260101,
        "１999-01-01",
    ],
)
def test_a_date_is_a_day_of_the_calendar_in_one_form(value: object) -> None:
    taken = post(new_endpoint(), "query($v: Date!) { date(value: $v) }", variables={"v": "2028-02-29"})
    assert taken.json() == {"data": {"date": "2028-02-29"}}
    response = post(new_endpoint(), "query($v: Date!) { date(value: $v) }", variables={"v": value})
    assert (response.status_code, codes(response)) == (400, ["BAD_USER_INPUT"])


@pytest.mark.parametrize("value", ["eur", "EU", "EURO", "E1R", "ÉUR", "EUR\n", 978, ""])
def test_a_currency_code_is_three_upper_case_letters(value: object) -> None:
    taken = post(new_endpoint(), "query($v: CurrencyCode!) { currency(value: $v) }", variables={"v": "XTS"})
    assert taken.json() == {"data": {"currency": "XTS"}}
    response = post(
        new_endpoint(), "query($v: CurrencyCode!) { currency(value: $v) }", variables={"v": value}
    )
    assert (response.status_code, codes(response)) == (400, ["BAD_USER_INPUT"])


def test_metadata_comes_back_as_it_was_given() -> None:
    metadata = {"a": [1, -(2**63) + 1, 1.5, None, True, "ü\x00"], "": {"deep": {"er": []}}}
    response = post(
        new_endpoint(), "query($v: JSONObject!) { metadata(value: $v) }", variables={"v": metadata}
    )
    assert response.json() == {"data": {"metadata": metadata}}
    response = post(new_endpoint(), '{ metadata(value: {a: [1, 2.5, true, null, "x", WORD], b: {}}) }')
    assert response.json() == {"data": {"metadata": {"a": [1, 2.5, True, None, "x", "WORD"], "b": {}}}}


def nested(depth: int) -> dict[str, object]:
    """An object `depth` levels deep."""
    value: dict[str, object] = {}
    for _ in range(depth - 1):
        value = {"a": value}
    return value


@pytest.mark.parametrize("value", [[], "x", 1, None, {"a": 2**63}, {"a": -(2**80)}, nested(33), nested(300)])
def test_metadata_that_would_not_keep_its_meaning_is_refused(value: object) -> None:
    assert post(
        new_endpoint(), "query($v: JSONObject!) { metadata(value: $v) }", variables={"v": nested(32)}
    ).json() == {"data": {"metadata": nested(32)}}
    response = post(new_endpoint(), "query($v: JSONObject!) { metadata(value: $v) }", variables={"v": value})
    assert (response.status_code, codes(response)) == (400, ["BAD_USER_INPUT"])


@pytest.mark.parametrize(
    "literal", ["{a: " + "9" * 5_000 + "}", "{a: $i}", "[1]", "3", "{a: [{b: $i}]}", "{a: 1e999}"]
)
def test_metadata_written_out_in_a_document_obeys_the_same_rules(literal: str) -> None:
    response = post(new_endpoint(), f"query($i: Int) {{ metadata(value: {literal}) integer(value: $i) }}")
    assert response.status_code == 400
    assert "BAD_USER_INPUT" in codes(response)


def test_a_fault_in_a_literal_names_its_place() -> None:
    error = post(new_endpoint(), "{\n  decimal(value: 1.5)\n}").json()["errors"][0]
    assert error["locations"] == [{"line": 2, "column": 18}]


@pytest.mark.parametrize("value", [1, 1.5, float("nan"), Decimal("NaN"), Decimal("-Infinity"), None, b"1"])
def test_a_resolver_cannot_answer_a_decimal_that_is_none(value: object) -> None:
    with pytest.raises(TypeError):
        decimal_text(value)


def test_decimals_and_texts_are_answered_without_exponent() -> None:
    assert decimal_text(Decimal("1E+3")) == "1000"
    assert decimal_text(Decimal("0E-12")) == "0.000000000000"
    assert decimal_text("12.50") == "12.50"


def test_dates_and_instants_are_not_mixed_up_in_answers() -> None:
    with pytest.raises(TypeError):
        date_text(datetime.datetime.now(datetime.UTC))
    with pytest.raises(TypeError):
        date_time_text(datetime.datetime(2026, 1, 1))  # noqa: DTZ001 - a naive one is what must be refused
    with pytest.raises(TypeError):
        date_time_text(datetime.date(2026, 1, 1))
    with pytest.raises(TypeError):
        json_object({"a": Decimal(1)})


def test_every_scalar_is_described_and_specified_by_public_standards_only() -> None:
    for definition in SCALAR_MAP.values():
        assert definition.description
        assert definition.specified_by_url in (None, "https://www.rfc-editor.org/rfc/rfc3339")
    assert (
        'scalar DateTime @specifiedBy(url: "https://www.rfc-editor.org/rfc/rfc3339")' in new_schema().as_str()
    )


def test_literals_are_parsed_by_the_same_rules_as_variables() -> None:
    for python_type, given in ((CurrencyCode, "EUR"), (Decimal, "1.0"), (datetime.date, "2026-01-01")):
        definition = SCALAR_MAP[python_type]
        parse_literal: Callable[[ValueNode], object] = vars(definition)["parse_literal"]
        assert definition.parse_value is not None
        assert parse_literal(parse_value(json.dumps(given))) == definition.parse_value(given)
        with pytest.raises(GraphQLError):
            parse_literal(parse_value("1"))
