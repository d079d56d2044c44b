"""When an entity's settings, reason codes, templates and number sequences may change (domain 9)."""

from collections.abc import Collection, Mapping, Set
from dataclasses import replace
from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

from app.domain.commands import (
    NumberSequenceEntry,
    ReasonCodeEntry,
    UpdateEntitySettings,
    UpdateNumberSequences,
    UpsertReasonCodes,
    UpsertTemplates,
)
from app.domain.entity import NumberSequence, ReasonCode, Settings, Template
from app.domain.entity_data import settings_after
from app.domain.facts import Facts
from app.domain.violation import Path, Violation
from app.domain.vocabulary import SequenceKind, ViolationCode
from app.validation.documents import violations_of_no_lines
from app.validation.repeated import violations_of_twice

LARGEST_NEXT = 10**9
LARGEST_PADDING = 18


def violations_of_update_settings(
    command: UpdateEntitySettings, facts: Facts, former_zones: Collection[str] = ()
) -> list[Violation]:
    """A time zone that there is, and a closed period that ends before today, as the settings will stand.

    It is today as well in the zone they leave, and in those they have left of late: commands that are under way may
    have been dated there.
    """
    if command.reopen and command.closed_through is not None:
        return [
            Violation(
                code=ViolationCode.INVALID_DATE,
                message="A period is closed, or none is: give `closedThrough` or `reopen`, not both.",
                path=("reopen",),
                asked=command.closed_through.isoformat(),
            )
        ]
    zones = {facts.settings.time_zone, *former_zones}
    return violations_of_settings(settings_after(command, facts.settings), facts.stamp.now, zones)


def violations_of_settings(
    settings: Settings, now: datetime, former_zones: Collection[str] = ()
) -> list[Violation]:
    """What no entity's settings may be. Another time zone makes another today, so it is judged with the closing."""
    if settings.time_zone not in time_zones():
        return [
            Violation(
                code=ViolationCode.INVALID_TEXT,
                message="There is no such time zone: an IANA name is wanted, e.g. Europe/Berlin.",
                path=("time_zone",),
                asked=settings.time_zone,
            )
        ]
    today = min(replace(settings, time_zone=each).day_of(now) for each in (settings.time_zone, *former_zones))
    if settings.closed_through is None or settings.closed_through < today:
        return []
    return [
        Violation(
            code=ViolationCode.INVALID_DATE,
            message="A period is closed only when it is over: the day must lie before today, in the time zone and in "
            "any that it has replaced within minutes.",
            path=("closed_through",),
            asked=settings.closed_through.isoformat(),
            allowed=f"before {today}",
        )
    ]


@cache
def time_zones() -> Set[str]:
    """Those that there are. Reading them takes a walk through the system's files. `localtime` is whatever the machine has."""
    return available_timezones() - {"localtime"}


def violations_of_reason_codes(command: UpsertReasonCodes, facts: Facts) -> list[Violation]:
    """Each code once; at most one default, and an active one."""
    violations = violations_of_no_lines(command.reason_codes, ("reason_codes",))
    violations += violations_of_twice(
        ((each.code, ("reason_codes", place, "code")) for place, each in enumerate(command.reason_codes))
    )
    known = {each.code: each for each in facts.every(ReasonCode)}
    violations += violations_of_twice(
        (
            ("default", _default_path(place))
            for place, each in enumerate(command.reason_codes)
            if each.is_default
        )
    )
    for place, entry in enumerate(command.reason_codes):
        if entry.is_default and not _is_active(entry, known.get(entry.code)):
            violations.append(
                Violation(
                    code=ViolationCode.INVALID_REASON_CODE,
                    message="An inactive reason code cannot be the default.",
                    path=_default_path(place),
                    asked=entry.code,
                )
            )
    return violations


def _default_path(place: int) -> Path:
    return ("reason_codes", place, "is_default")


def _is_active(entry: ReasonCodeEntry, known: ReasonCode | None) -> bool:
    if entry.active is not None:
        return entry.active
    return known is None or known.active


def violations_of_templates(
    command: UpsertTemplates, facts: Facts, used: Set[str] = frozenset()
) -> list[Violation]:
    """Each code once; the type of a template that memos have stays (`used`: codes of such templates)."""
    violations = violations_of_no_lines(command.templates, ("templates",))
    violations += violations_of_twice(
        ((each.code, ("templates", place, "code")) for place, each in enumerate(command.templates))
    )
    known = {each.code: each for each in facts.every(Template)}
    for place, entry in enumerate(command.templates):
        found = known.get(entry.code)
        if found is not None and found.type is not entry.type and entry.code in used:
            violations.append(
                Violation(
                    code=ViolationCode.TEMPLATE_WRONG_TYPE,
                    message="Credit memos have the template, so its type stays.",
                    path=("templates", place, "type"),
                    asked=entry.type,
                    allowed=found.type,
                )
            )
    return violations


def violations_of_sequences(
    command: UpdateNumberSequences, standing: Mapping[SequenceKind, NumberSequence]
) -> list[Violation]:
    """Each kind once; no number given twice, and none left out of a gapless sequence."""
    violations = violations_of_no_lines(command.sequences, ("sequences",))
    violations += violations_of_twice(
        ((each.kind, ("sequences", place, "kind")) for place, each in enumerate(command.sequences))
    )
    for place, entry in enumerate(command.sequences):
        known = standing.get(entry.kind)
        path: Path = ("sequences", place)
        if entry.prefix is not None and (known is None or known.prefix != entry.prefix):
            violations += violations_of_prefix(entry.prefix, (*path, "prefix"))
        violations += violations_of_range(entry.padding, 0, LARGEST_PADDING, (*path, "padding"))
        violations += _violations_of_next(entry, known, (*path, "next"))
    return violations


def violations_of_prefix(prefix: str, path: Path) -> list[Violation]:
    """With a digit at its end `CM-1` + 17 and `CM-` + 117 would be one number."""
    if prefix == prefix.strip() and prefix.isprintable() and not prefix.endswith(tuple("0123456789")):
        return []
    return [
        Violation(
            code=ViolationCode.INVALID_TEXT,
            message="A prefix has no blanks around it, no control characters and no digit at its end.",
            path=path,
            asked=prefix,
        )
    ]


def _violations_of_next(
    entry: NumberSequenceEntry, known: NumberSequence | None, path: Path
) -> list[Violation]:
    if entry.next is None:
        return []
    lowest = known.next if known else 1
    if entry.next < lowest:
        return [
            Violation(
                code=ViolationCode.NUMBER_TAKEN,
                message="Numbers before the next one may have been given, and none is given twice.",
                path=path,
                asked=str(entry.next),
                allowed=f"{lowest} or more",
            )
        ]
    # It was gapless and stays so: then a number that is passed over is a gap.
    if known and known.gapless and entry.gapless is not False and entry.next > known.next:
        return [
            Violation(
                code=ViolationCode.INVALID_AMOUNT,
                message="A gapless sequence leaves no number out.",
                path=path,
                asked=str(entry.next),
                allowed=str(known.next),
            )
        ]
    return violations_of_range(entry.next, lowest, LARGEST_NEXT, path)


def violations_of_range(value: int | None, lowest: int, highest: int, path: Path) -> list[Violation]:
    if value is None or lowest <= value <= highest:
        return []
    return [
        Violation(
            code=ViolationCode.INVALID_AMOUNT,
            message=f"It must be from {lowest} to {highest}.",
            path=path,
            asked=str(value),
            allowed=f"{lowest} to {highest}",
        )
    ]
