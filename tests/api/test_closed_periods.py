"""Closed periods (domain 9): no date that the books go by lies in one, given or changed; undoing is dated after it."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import get_named_type

from app.domain.commands import UpdateEntitySettings
from tests.api.examples import example
from tests.api.input_paths import input_of
from tests.hostile.places import Path, places_of, with_value
from tests.isolation.statements import statements
from tests.support.books import TestBooks
from tests.support.building import (
    applied,
    draft_invoice,
    draft_memo,
    paid,
    posted_invoice,
    posted_memo,
    refunded,
)
from tests.support.service import SUCCESS, Service

INSIDE, AFTER = "2025-12-31", "2026-01-01"
OTHER_DATES = frozenset(
    {
        "dueDate",
        "targetDate",
        "taxDate",
        "serviceStart",
        "serviceEnd",
        "expiresOn",
        "expiresAt",
        "validFrom",
        "validThrough",
        "closedThrough",
    }
)
"""Dates that nothing in the books is dated by. A selection's dates say which documents are meant."""
CLOSING = UpdateEntitySettings(closed_through=dt.date.fromisoformat(INSIDE))
LONG_AGO = dt.date(2025, 11, 10)


def dates_of_the_books() -> Iterator[tuple[str, Path, str]]:
    """Every place in a mutation's input that takes a date by which something in the books is dated."""
    for mutation in sorted(SUCCESS):
        for place in places_of(input_of(mutation)):
            kind = get_named_type(place.type).name
            if kind in ("Date", "DateTime") and not OTHER_DATES.union({"selection"}) & set(place.path):
                yield mutation, place.path, kind


DATES = list(dates_of_the_books())


def moment(day: str, kind: str) -> str:
    return day if kind == "Date" else f"{day}T{'23:59:59' if day == INSIDE else '00:00:00'}Z"


def written(path: Path) -> str:
    return ".".join(map(str, path))


def test_dates_of_many_commands_are_tried() -> None:
    assert len(DATES) >= 14


@pytest.mark.parametrize(
    ("mutation", "where", "kind"), DATES, ids=[f"{mutation}.{written(path)}" for mutation, path, _ in DATES]
)
async def test_nothing_is_dated_in_a_closed_period(
    service: Service, mutation: str, where: Path, kind: str
) -> None:
    plain = await example(service.books, mutation)
    if "atomic" in input_of(mutation).fields:
        # All or none: what one item is refused for, the call is.
        plain |= {"atomic": True}
    await service.books.perform(CLOSING)

    async def refusals(day: str) -> list[list[str]]:
        given = with_value(input_of(mutation), plain, where, moment(day, kind)) | {"dryRun": True}
        answer = await service.mutate(mutation, given)
        return [each["path"] for each in answer.get("violations", ()) if each["code"] == "PERIOD_CLOSED"]

    assert await refusals(INSIDE) == [[str(part) for part in where]]
    assert await refusals(AFTER) == []


# SQLite has one writer: nobody closes anything while another writes.
@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("mutation", "where", "kind"), DATES, ids=[f"{mutation}.{written(path)}" for mutation, path, _ in DATES]
)
async def test_only_a_back_dated_command_holds_the_settings(
    service: Service, mutation: str, where: Path, kind: str
) -> None:
    plain = await example(service.books, mutation)

    async def holds(day: str) -> bool:
        given = with_value(input_of(mutation), plain, where, moment(day, kind)) | {"dryRun": True}
        with statements() as sent:
            await service.mutate(mutation, given)
        return any(each.endswith("FOR SHARE") and "FROM entity" in each for each in sent)

    assert await holds(INSIDE)
    assert not await holds("2100-01-01")


async def test_a_day_is_closed_where_the_entity_is(service: Service) -> None:
    """What is still the last closed day in Honolulu is already the next one in UTC."""
    input = await example(service.books, "applyCreditMemo")
    await service.books.perform(CLOSING)
    await service.books.perform(UpdateEntitySettings(time_zone="Pacific/Honolulu"))
    [entry] = input["applications"]
    for instant, codes in (("2026-01-01T09:59:59Z", ["PERIOD_CLOSED"]), ("2026-01-01T10:00:00Z", [])):
        given = input | {"applications": [entry | {"effectiveDate": instant}], "dryRun": True}
        answer = await service.mutate("applyCreditMemo", given)
        assert [each["code"] for each in answer.get("violations", ())] == codes, instant


@pytest.mark.parametrize(
    ("zone", "instant"),
    [("Pacific/Kiritimati", "9999-12-31T23:59:59Z"), ("Pacific/Honolulu", "0001-01-01T00:00:00Z")],
)
async def test_an_instant_whose_day_the_calendar_does_not_have_there_has_the_nearest(
    service: Service, zone: str, instant: str
) -> None:
    input = await example(service.books, "applyCreditMemo")
    await service.books.perform(UpdateEntitySettings(time_zone=zone))
    [entry] = input["applications"]
    given = {"applications": [entry | {"effectiveDate": instant}]}
    selection = "applications { effectiveDate invoice { balanceAsOf(asOf: {at: $at, by: EFFECTIVE_DATE}) { balance } } }"
    answer = await service.mutate("applyCreditMemo", input | given, selection.replace("$at", f'"{instant}"'))
    [made] = answer["applications"]
    assert made["effectiveDate"] == instant


async def _draft_invoice(books: TestBooks) -> dict[str, Any]:
    return {"invoice": {"id": (await draft_invoice(books, "10.00", invoice_date=LONG_AGO)).id}}


async def _draft_memo(books: TestBooks) -> dict[str, Any]:
    return {"creditMemo": {"id": (await draft_memo(books, "10.00", effective_date=LONG_AGO)).id}}


async def _posted_memo(books: TestBooks) -> dict[str, Any]:
    return {"creditMemo": {"id": (await posted_memo(books, "10.00", effective_date=LONG_AGO)).id}}


async def _memo_to_move(books: TestBooks) -> dict[str, Any]:
    return await _posted_memo(books) | {"effectiveDate": "2026-02-01"}


@pytest.mark.parametrize(
    ("mutation", "prepare"),
    [
        ("postInvoice", _draft_invoice),
        ("postCreditMemo", _draft_memo),
        ("unpostCreditMemo", _posted_memo),
        ("updateCreditMemo", _memo_to_move),
    ],
)
async def test_what_is_dated_inside_is_not_posted_unposted_or_moved(
    service: Service, mutation: str, prepare: Any
) -> None:
    input = await prepare(service.books)
    await service.books.perform(CLOSING)
    assert await service.codes(mutation, input) == ["PERIOD_CLOSED"]
    await service.books.perform(UpdateEntitySettings(reopen=True))
    assert (await service.mutate(mutation, input))["__typename"] == SUCCESS[mutation]


async def _application(books: TestBooks) -> dict[str, Any]:
    invoice, memo = await posted_invoice(books, "10.00"), await posted_memo(books, "10.00")
    [made] = await applied(books, memo, (invoice, "10.00"))
    return {"applicationId": made}


async def _payment(books: TestBooks) -> dict[str, Any]:
    invoice = await posted_invoice(books, "10.00", invoice_date=LONG_AGO)
    return {"paymentId": await paid(books, invoice, "10.00", date=LONG_AGO)}


async def _refund(books: TestBooks) -> dict[str, Any]:
    memo = await posted_memo(books, "10.00", effective_date=LONG_AGO)
    return {"refundId": await refunded(books, memo, "10.00", date=LONG_AGO)}


async def _negative_invoice(books: TestBooks) -> dict[str, Any]:
    invoice = await posted_invoice(books, "10.00", "-4.00", invoice_date=LONG_AGO)
    return {"invoice": {"id": invoice.id}}


@pytest.mark.parametrize(
    ("mutation", "prepare"),
    [
        ("unapplyCreditMemo", _application),
        ("reversePayment", _payment),
        ("reverseRefund", _refund),
        ("voidCreditMemo", _posted_memo),
        ("reverseCreditMemo", _posted_memo),
        ("cancelCreditMemo", _draft_memo),
        ("convertNegativeInvoiceLines", _negative_invoice),
        ("voidInvoice", _negative_invoice),
    ],
)
async def test_what_is_dated_inside_can_be_undone_after_it(
    service: Service, mutation: str, prepare: Any
) -> None:
    input = await prepare(service.books)
    await service.books.perform(CLOSING)
    answer = await service.mutate(mutation, input)
    assert answer["__typename"] == SUCCESS[mutation], answer


async def test_credit_that_is_dated_inside_is_still_matched(service: Service) -> None:
    """The application is dated today, whatever its memo and its invoice are."""
    books = service.books
    await posted_invoice(books, "10.00", invoice_date=LONG_AGO)
    await posted_memo(books, "10.00", effective_date=LONG_AGO)
    await books.perform(CLOSING)
    answer = await service.mutate(
        "autoApplyCredits", {"account": {"number": "A-1"}}, "applications { amount date }"
    )
    [row] = answer["applications"]
    assert row["amount"] == "10.00"
    assert row["date"] > AFTER
