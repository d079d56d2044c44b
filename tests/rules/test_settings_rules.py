"""When settings, reason codes and templates may change, and which of them a memo may have."""

import zoneinfo
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app.domain.commands import (
    ReasonCodeEntry,
    TemplateEntry,
    UpdateEntitySettings,
    UpsertReasonCodes,
    UpsertTemplates,
)
from app.domain.entity import ReasonCode, Settings, Template
from app.domain.entity_data import put_reason_codes
from app.domain.facts import Worksheet
from app.domain.vocabulary import TemplateType
from app.validation.documents import violations_of_direct_reason, violations_of_template
from app.validation.settings import (
    time_zones,
    violations_of_reason_codes,
    violations_of_templates,
    violations_of_update_settings,
)
from tests.rules.facts import TODAY, Seen, facts, reason, seen


def template(code: str, type: TemplateType = TemplateType.CREDIT_MEMO, *, active: bool = True) -> Template:
    return Template(id=f"tpl_{code}", code=code, label=code, type=type, active=active)


SETTINGS: list[tuple[str, UpdateEntitySettings, list[Seen]]] = [
    ("nothing", UpdateEntitySettings(), []),
    ("closed through yesterday", UpdateEntitySettings(closed_through=date(2026, 6, 14)), []),
    (
        "closed through today",
        UpdateEntitySettings(closed_through=TODAY),
        [("INVALID_DATE", ("closed_through",), "2026-06-15", "before 2026-06-15")],
    ),
    (
        "closed and reopened",
        UpdateEntitySettings(closed_through=date(2026, 6, 1), reopen=True),
        [("INVALID_DATE", ("reopen",), "2026-06-01", None)],
    ),
    (
        "no such zone",
        UpdateEntitySettings(time_zone="Mars/Base"),
        [("INVALID_TEXT", ("time_zone",), "Mars/Base", None)],
    ),
    (
        "a path is no zone",
        UpdateEntitySettings(time_zone="../etc/passwd"),
        [("INVALID_TEXT", ("time_zone",), "../etc/passwd", None)],
    ),
    (
        "east of here today is over already, and not yet in the zone that is left",
        UpdateEntitySettings(time_zone="Pacific/Kiritimati", closed_through=TODAY),
        [("INVALID_DATE", ("closed_through",), "2026-06-15", "before 2026-06-15")],
    ),
]


@pytest.mark.parametrize(
    ("command", "expected"), [each[1:] for each in SETTINGS], ids=[each[0] for each in SETTINGS]
)
def test_settings(command: UpdateEntitySettings, expected: list[Seen]) -> None:
    assert seen(violations_of_update_settings(command, facts())) == expected


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[None]:
    """One that has a zone of its own and no other."""
    (tmp_path / "localtime").write_bytes(b"TZif")
    zoneinfo.reset_tzpath([tmp_path])
    time_zones.cache_clear()
    yield
    zoneinfo.reset_tzpath()
    time_zones.cache_clear()


def test_whatever_the_machine_has_is_no_zone(machine: None) -> None:
    assert "localtime" in zoneinfo.available_timezones()
    command = UpdateEntitySettings(time_zone="localtime")
    assert seen(violations_of_update_settings(command, facts())) == [
        ("INVALID_TEXT", ("time_zone",), "localtime", None)
    ]


def test_a_time_zone_in_which_the_closed_day_is_not_over_is_refused() -> None:
    kept = Settings(time_zone="Pacific/Kiritimati", closed_through=TODAY)
    moved = UpdateEntitySettings(time_zone="UTC")
    assert seen(violations_of_update_settings(moved, facts(settings=kept))) == [
        ("INVALID_DATE", ("closed_through",), "2026-06-15", "before 2026-06-15")
    ]


def test_a_day_is_closed_when_it_is_over_in_the_zones_that_were_left_of_late_as_well() -> None:
    facts_there = facts(settings=Settings(time_zone="Pacific/Kiritimati"))
    closing = UpdateEntitySettings(closed_through=TODAY)
    assert violations_of_update_settings(closing, facts_there) == []
    assert seen(violations_of_update_settings(closing, facts_there, {"UTC", "Asia/Tokyo"})) == [
        ("INVALID_DATE", ("closed_through",), "2026-06-15", "before 2026-06-15")
    ]


def entry(code: str, active: bool | None = None, is_default: bool | None = None) -> ReasonCodeEntry:
    return ReasonCodeEntry(code=code, active=active, is_default=is_default)


DEFAULT = ("reason_codes", 0, "is_default")
REASONS: list[tuple[str, list[ReasonCodeEntry], list[Seen]]] = [
    ("none", [], [("NO_LINES", ("reason_codes",), None, None)]),
    (
        "one twice",
        [entry("A"), entry("A")],
        [("DUPLICATE_TARGET", ("reason_codes", 1, "code"), "A", None)],
    ),
    (
        "two defaults",
        [entry("A", is_default=True), entry("B", is_default=True)],
        [("DUPLICATE_TARGET", ("reason_codes", 1, "is_default"), "default", None)],
    ),
    (
        "an inactive default",
        [entry("A", active=False, is_default=True)],
        [("INVALID_REASON_CODE", DEFAULT, "A", None)],
    ),
    (
        "one that was inactive",
        [entry("OLD", is_default=True)],
        [("INVALID_REASON_CODE", DEFAULT, "OLD", None)],
    ),
    ("one that is active again", [entry("OLD", active=True, is_default=True)], []),
]


@pytest.mark.parametrize(
    ("entries", "expected"), [each[1:] for each in REASONS], ids=[each[0] for each in REASONS]
)
def test_reason_codes(entries: list[ReasonCodeEntry], expected: list[Seen]) -> None:
    known = facts(reason("OLD", active=False))
    assert seen(violations_of_reason_codes(UpsertReasonCodes(reason_codes=entries), known)) == expected


@pytest.mark.parametrize(
    ("entries", "default"),
    [
        ([entry("NEW", is_default=True)], ["NEW"]),
        ([entry("B", is_default=True)], ["B"]),
        ([entry("A", is_default=True)], ["A"]),
        ([entry("A", active=False)], []),
        ([entry("A", active=False), entry("B", is_default=True)], ["B"]),
        ([entry("A", is_default=False)], []),
        ([entry("B")], ["A"]),
    ],
)
def test_a_new_default_takes_the_mark_and_an_inactive_code_loses_it(
    entries: list[ReasonCodeEntry], default: list[str]
) -> None:
    sheet = Worksheet(facts(reason("A", is_default=True), reason("B")))
    put_reason_codes(sheet, entries)
    assert [each.code for each in sheet.every(ReasonCode) if each.is_default] == default


TEMPLATES: list[tuple[str, list[TemplateEntry], list[Seen]]] = [
    ("none", [], [("NO_LINES", ("templates",), None, None)]),
    (
        "one twice",
        [TemplateEntry(code="A", type=TemplateType.INVOICE)] * 2,
        [("DUPLICATE_TARGET", ("templates", 1, "code"), "A", None)],
    ),
    ("another type of an unused one", [TemplateEntry(code="FREE", type=TemplateType.INVOICE)], []),
    (
        "another type of a used one",
        [TemplateEntry(code="USED", type=TemplateType.INVOICE)],
        [("TEMPLATE_WRONG_TYPE", ("templates", 0, "type"), "INVOICE", "CREDIT_MEMO")],
    ),
    ("the same type of a used one", [TemplateEntry(code="USED", type=TemplateType.CREDIT_MEMO)], []),
]


@pytest.mark.parametrize(
    ("entries", "expected"), [each[1:] for each in TEMPLATES], ids=[each[0] for each in TEMPLATES]
)
def test_templates(entries: list[TemplateEntry], expected: list[Seen]) -> None:
    known = facts(template("USED"), template("FREE"))
    command = UpsertTemplates(templates=entries)
    assert seen(violations_of_templates(command, known, frozenset({"USED"}))) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (None, []),
        ("OK", []),
        ("NONE", [("TEMPLATE_NOT_FOUND", ("template",), "NONE", None)]),
        ("RETIRED", [("TEMPLATE_NOT_FOUND", ("template",), "RETIRED", None)]),
        ("BILL", [("TEMPLATE_WRONG_TYPE", ("template",), "INVOICE", "CREDIT_MEMO")]),
    ],
)
def test_the_template_of_a_memo(code: str | None, expected: list[Seen]) -> None:
    known = facts(template("OK"), template("RETIRED", active=False), template("BILL", TemplateType.INVOICE))
    assert seen(violations_of_template(code, known)) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("OK", []),
        ("NONE", [("INVALID_REASON_CODE", ("reason_code",), "NONE", "OK")]),
        ("Wallet Application", [("REASON_CODE_NOT_ALLOWED", ("reason_code",), "Wallet Application", "OK")]),
        (None, [("REASON_CODE_NOT_ALLOWED", ("reason_code",), "Wallet Application", "OK")]),
    ],
)
def test_the_reason_of_a_direct_memo_is_judged_the_default_too(
    code: str | None, expected: list[Seen]
) -> None:
    wallet = reason("Wallet Application", allowed_for_direct=False, is_default=True)
    assert seen(violations_of_direct_reason(code, facts(reason("OK"), wallet))) == expected


def test_a_direct_memo_needs_no_reason_where_the_entity_has_no_default() -> None:
    assert violations_of_direct_reason(None, facts(reason("OK"))) == []
