"""Two deliveries are the same when they ask for the same, however they are written."""

import hashlib
from dataclasses import dataclass, make_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import (
    Command,
    CreditMemoReference,
    InvoiceReference,
    RecordPayment,
    UpdateCreditMemo,
)
from app.domain.commands.fields import optional, required
from app.domain.fingerprint import content_fingerprint, fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Command):
    amount: Decimal | None = optional("An amount.")
    names: list[str] | None = optional("Names.")
    flag: bool = optional("A flag.", default=False)
    day: date | None = optional("A day.")
    moment: datetime | None = optional("A moment.")
    nested: InvoiceReference | None = optional("A reference.")
    metadata: dict[str, Any] | None = optional("Custom fields.")
    expected_version: int | None = optional("A version.")


def later_ask(**values: Any) -> object:
    """The same command some releases later: two optional fields more."""
    kind = make_dataclass(
        "Ask",
        [("reason", str | None, optional("Why.")), ("urgent", bool, optional("Urgent.", default=False))],
        bases=(Ask,),
        frozen=True,
        kw_only=True,
    )
    made: object = kind(**values)
    return made


MOMENT = datetime(2026, 1, 1, 12, tzinfo=UTC)
SAME = [
    (Ask(amount=Decimal("10.0")), Ask(amount=Decimal("10.00"))),
    (Ask(amount=Decimal("1E+1")), Ask(amount=Decimal(10))),
    (Ask(amount=Decimal("-0")), Ask(amount=Decimal("0.00"))),
    (Ask(), Ask(idempotency_key="key", dry_run=True)),
    (Ask(moment=MOMENT), Ask(moment=MOMENT.astimezone(timezone(timedelta(hours=2))))),
    (Ask(metadata={"a": 1, "b": 2}), Ask(metadata={"b": 2, "a": 1})),
    (Ask(flag=True), later_ask(flag=True)),
    (Ask(nested=InvoiceReference(id="a")), later_ask(nested=InvoiceReference(id="a"), urgent=False)),
]
OTHER = [
    (Ask(names=["a", "b"]), Ask(names=["b", "a"])),
    (Ask(names=["a"]), Ask(names=["a", "a"])),
    (Ask(names=[]), Ask()),
    (Ask(amount=Decimal(1)), Ask(amount=Decimal(-1))),
    (Ask(amount=Decimal(0)), Ask()),
    (Ask(flag=True), Ask()),
    (Ask(day=date(2026, 1, 1)), Ask(day=date(2026, 1, 2))),
    (Ask(expected_version=1), Ask(expected_version=2)),
    (Ask(nested=InvoiceReference(id="a")), Ask(nested=InvoiceReference(number="a"))),
    (Ask(flag=True), later_ask(flag=True, urgent=True)),
    (Ask(), RecordPayment(invoice=InvoiceReference(id="a"), amount=Decimal(1))),
]


@pytest.mark.parametrize(("one", "two"), SAME)
def test_the_same_request_has_one_fingerprint(one: object, two: object) -> None:
    assert fingerprint(one) == fingerprint(two)


@pytest.mark.parametrize(("one", "two"), OTHER)
def test_another_request_has_another_fingerprint(one: object, two: object) -> None:
    assert fingerprint(one) != fingerprint(two)


def test_the_content_of_a_delivery_does_not_depend_on_the_version_its_caller_had_read() -> None:
    assert content_fingerprint(Ask(expected_version=1)) == content_fingerprint(Ask(expected_version=2))


def test_in_a_patch_null_clears_and_absent_leaves() -> None:
    memo = CreditMemoReference(id="a")
    absent, cleared = UpdateCreditMemo(credit_memo=memo), UpdateCreditMemo(credit_memo=memo, comment=None)
    given = UpdateCreditMemo(credit_memo=memo, comment="")
    assert len({fingerprint(each) for each in (absent, cleared, given)}) == 3


def test_a_required_field_is_always_part_of_it() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Wanted:
        name: str = required("A name.")

    assert fingerprint(Wanted(name="a")) != fingerprint(Wanted(name="b"))


def test_what_is_delivered_again_is_known_whatever_release_wrote_it_down() -> None:
    """Fingerprints are stored: they are of this text, for good."""
    asked = Ask(
        amount=Decimal("0.00"),
        names=["Zoë"],
        moment=MOMENT,
        nested=InvoiceReference(id="a"),
        metadata={"b": 1.5, "a": None},
    )
    text = (
        '["Ask",{"amount":"0","metadata":{"a":null,"b":1.5},"moment":"2026-01-01T12:00:00+00:00",'
        '"names":["Zo\\u00eb"],"nested":{"id":"a"}}]'
    )
    assert fingerprint(asked) == hashlib.sha256(text.encode()).hexdigest()
