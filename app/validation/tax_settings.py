"""When tax rates may change, and what may calculate an entity's tax (domain 5, 9)."""

from collections import defaultdict
from datetime import date
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import urlsplit

from app.domain.commands import ConfigureTaxEngine, TaxCallbackEntry, TaxRateEntry, UpsertTaxRates
from app.domain.entity import TaxCallback, TaxRate
from app.domain.entity_data import rate_key
from app.domain.facts import Facts
from app.domain.violation import Path, Violation
from app.domain.vocabulary import TaxEngineKind, ViolationCode
from app.validation.amounts import violations_of_rate
from app.validation.documents import violations_of_no_lines
from app.validation.repeated import violations_of_twice
from app.validation.settings import violations_of_range

SHORTEST_SECRET = 16
SHORTEST_TIMEOUT = 100
LONGEST_TIMEOUT = 30_000


class Validity(NamedTuple):
    """The days of a rate as ordinals, both included; `place` is its entry in the call, else `id` that of the one kept."""

    first: int
    last: float
    place: int | None = None
    id: str | None = None


def violations_of_tax_rates(command: UpsertTaxRates, facts: Facts) -> list[Violation]:
    """Each once, with a share that can be kept; on one day one rate of a tax code, jurisdiction and name."""
    violations = violations_of_no_lines(command.tax_rates, ("tax_rates",))
    violations += violations_of_twice(
        ((rate_key(each), ("tax_rates", place, "valid_from")) for place, each in enumerate(command.tax_rates))
    )
    for place, entry in enumerate(command.tax_rates):
        violations += _violations_of_entry(entry, ("tax_rates", place))
    return violations or _violations_of_overlap(command, facts)


def _violations_of_entry(entry: TaxRateEntry, path: Path) -> list[Violation]:
    violations = violations_of_rate(entry.rate, (*path, "rate"))
    if not violations and entry.rate < 0:
        violations.append(
            Violation(
                code=ViolationCode.INVALID_AMOUNT,
                message="A rate is not negative.",
                path=(*path, "rate"),
                asked=format(entry.rate, "f"),
                allowed="0 or more",
            )
        )
    if entry.valid_through is not None and entry.valid_through < entry.valid_from:
        violations.append(
            Violation(
                code=ViolationCode.INVALID_DATE,
                message="The rate ends before it begins.",
                path=(*path, "valid_through"),
                asked=entry.valid_through.isoformat(),
                allowed=f"{entry.valid_from} or later",
            )
        )
    return violations


def _violations_of_overlap(command: UpsertTaxRates, facts: Facts) -> list[Violation]:
    """Rates as they will stand: of two neighbours in time the earlier one ends before the later one begins."""
    groups: dict[tuple[str, str, str], dict[int, Validity]] = defaultdict(dict)
    for known in facts.every(TaxRate):
        validity = _validity(known)._replace(id=known.id)
        groups[rate_key(known)[:3]][validity.first] = validity
    for place, entry in enumerate(command.tax_rates):
        validity = _validity(entry)._replace(place=place)
        kept = groups[rate_key(entry)[:3]].get(validity.first)
        if kept is not None:
            validity = validity._replace(last=kept.last if entry.valid_through is None else validity.last)
        groups[rate_key(entry)[:3]][validity.first] = validity
    violations = []
    for group in groups.values():
        for earlier, later in pairwise(sorted(group.values())):
            if later.first <= earlier.last and (earlier.place, later.place) != (None, None):
                violations.append(_overlap(command, earlier, later))
    return violations


def _validity(rate: TaxRate | TaxRateEntry) -> Validity:
    last = float("inf") if rate.valid_through is None else rate.valid_through.toordinal()
    return Validity(rate.valid_from.toordinal(), last)


def _overlap(command: UpsertTaxRates, earlier: Validity, later: Validity) -> Violation:
    """Told of the later one where the call names it, else of the earlier one, which then ends too late."""
    ids = tuple(each.id for each in (earlier, later) if each.id is not None)
    message = (
        "Two rates of one tax would be valid on the same day: the earlier one ends before the other begins."
    )
    if later.place is not None:
        ending = None if earlier.last == float("inf") else date.fromordinal(int(earlier.last))
        return Violation(
            code=ViolationCode.INVALID_DATE,
            message=message,
            path=("tax_rates", later.place, "valid_from"),
            asked=date.fromordinal(later.first).isoformat(),
            allowed=f"after {ending}" if ending else None,
            ids=ids,
        )
    place = earlier.place or 0
    asked = command.tax_rates[place].valid_through
    return Violation(
        code=ViolationCode.INVALID_DATE,
        message=message,
        path=("tax_rates", place, "valid_through"),
        asked=asked.isoformat() if asked else None,
        allowed=f"before {date.fromordinal(later.first)}",
        ids=ids,
    )


def violations_of_tax_engine(command: ConfigureTaxEngine, facts: Facts) -> list[Violation]:
    """CALLBACK needs to know whom to ask: now, or from before."""
    kept = facts.every(TaxCallback)
    if command.callback is not None:
        return _violations_of_callback(command.callback, is_new=not kept)
    if command.engine is not TaxEngineKind.CALLBACK or kept:
        return []
    return [
        Violation(
            code=ViolationCode.TAX_ENGINE_NOT_CONFIGURED,
            message="The server to ask is not known yet: give `callback`.",
            path=("callback",),
        )
    ]


def _violations_of_callback(callback: TaxCallbackEntry, *, is_new: bool) -> list[Violation]:
    violations = []
    if not is_callback_url(callback.url):
        violations.append(
            Violation(
                code=ViolationCode.INVALID_TEXT,
                message="An http or https address is wanted, with a host, and without a user or a fragment.",
                path=("callback", "url"),
                asked=callback.url,
            )
        )
    if (callback.secret is None and is_new) or len(
        callback.secret or " " * SHORTEST_SECRET
    ) < SHORTEST_SECRET:
        # What was asked is a secret: it is not repeated.
        violations.append(
            Violation(
                code=ViolationCode.INVALID_TEXT,
                message=f"The secret has at least {SHORTEST_SECRET} characters.",
                path=("callback", "secret"),
            )
        )
    return violations + violations_of_range(
        callback.timeout_milliseconds,
        SHORTEST_TIMEOUT,
        LONGEST_TIMEOUT,
        ("callback", "timeout_milliseconds"),
    )


def is_callback_url(url: str) -> bool:
    """Whether a request can be sent there. A user's name or password would be shown with the address."""
    if not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        is_reachable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return is_reachable and "@" not in parts.netloc and "#" not in url
