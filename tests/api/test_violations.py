"""Every reason to refuse is seen over GraphQL, says where and why, and leaves nothing behind."""

from pathlib import Path

import pytest

from app.domain.entity import Settings
from app.domain.vocabulary import ViolationCode
from tests.api.input_paths import exists
from tests.api.refusals import CLOSED_THROUGH, REFUSALS
from tests.support.approving import service_of_clerk
from tests.support.books import trace
from tests.support.building import posted_invoice
from tests.support.service import Service

# No command is refused for it: tests/jobs/test_failing_items.py.
OF_A_JOBS_ITEM_ONLY = {ViolationCode.INTERNAL_ERROR}


def test_every_code_is_provoked() -> None:
    assert sorted({*REFUSALS, *OF_A_JOBS_ITEM_ONLY}) == sorted(ViolationCode)


@pytest.mark.parametrize("code", REFUSALS, ids=str)
async def test_a_refusal_says_what_is_wrong_and_where_and_keeps_nothing(
    service: Service, tmp_path: Path, code: ViolationCode
) -> None:
    if code is ViolationCode.PERIOD_CLOSED:
        closed = Settings(closed_through=CLOSED_THROUGH)
        service = Service(await service.books.neighbour(closed), tmp_path)
    if code is ViolationCode.EXCEEDS_APPROVAL_LIMIT:
        service = await service_of_clerk(service.books, tmp_path)
    refusal = REFUSALS[code]
    input = await refusal.arrange(service.books)
    before = await trace(service.books.place)

    payload = await service.mutate(refusal.mutation, input)

    assert payload["__typename"] == "Rejection"
    violations = payload["violations"]
    assert payload["message"] == violations[0]["message"]
    [found] = [each for each in violations if each["code"] == code][:1]
    assert found["path"] == refusal.path
    for each in violations:
        assert each["message"].strip().endswith(".")
        assert exists(refusal.mutation, each["path"]), each["path"]
        assert isinstance(each["details"]["ids"], list)
    order = list(ViolationCode)
    places = [order.index(ViolationCode(each["code"])) for each in violations]
    assert places == sorted(places)
    assert await trace(service.books.place) == before


async def test_all_that_is_wrong_is_said_at_once(service: Service) -> None:
    invoice = await posted_invoice(service.books, "100.00")
    other = await posted_invoice(service.books, "100.00")
    answer = await service.mutate(
        "createAndApplyCreditMemo",
        {
            "invoice": {"id": invoice.id},
            "expectedVersion": 99,
            "reasonCode": "NONE",
            "lines": [
                {"invoiceLineId": other.lines[0], "amount": "1.00"},
                {"invoiceLineId": invoice.lines[0], "amount": "1.001"},
                {"invoiceLineId": "invl_1", "amount": "1.00"},
            ],
        },
    )
    assert [(each["code"], ".".join(each["path"])) for each in answer["violations"]] == [
        ("NOT_FOUND", "lines.2.invoiceLineId"),
        ("VERSION_CONFLICT", "expectedVersion"),
        ("LINE_NOT_ON_INVOICE", "lines.0.invoiceLineId"),
        ("INVALID_REASON_CODE", "reasonCode"),
        ("TOO_MANY_DECIMALS", "lines.1.amount"),
    ]


async def test_a_refused_amount_names_the_largest_that_would_pass_and_that_one_passes(
    service: Service,
) -> None:
    invoice = await posted_invoice(service.books, "100.00")
    asked = {"invoice": {"id": invoice.id}, "amount": "100.01"}
    answer = await service.mutate("recordPayment", asked)
    [violation] = answer["violations"]
    assert violation["details"] == {"asked": "100.01", "allowed": "100.00", "ids": [invoice.id]}
    passing = asked | {"amount": violation["details"]["allowed"]}
    assert (await service.mutate("recordPayment", passing))["__typename"] == "PaymentRecorded"


async def test_names_below_metadata_are_the_callers_own(service: Service) -> None:
    entry = {"number": "A", "name": "A", "currency": "USD", "metadata": {"my_key": ["list"]}}
    answer = await service.mutate("upsertAccounts", {"accounts": [entry]})
    assert [each["path"] for each in answer["violations"]] == [["accounts", "0", "metadata", "my_key"]]
