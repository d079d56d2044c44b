"""Refunds, write-offs and voids over GraphQL: what documents say they would take, edges and lists of refunds."""

import asyncio
from typing import Any

import pytest

from app.repository.database import Database
from tests.api.furnished import furnished_once
from tests.api.test_abilities import FLAG, furnish, refusal
from tests.support.building import paid, posted_invoice, posted_memo, refunded
from tests.support.service import Service
from tests.support.stores import Place
from tests.support.write_offs import voiding, writing_off, writing_off_memo


async def furnish_what_was_given_up(service: Service) -> None:
    books = service.books
    await furnish(service)
    memo = await posted_memo(books, "50.00")
    await refunded(books, memo, "20.00")
    await books.perform(writing_off_memo(await posted_memo(books, "7.00")))
    await books.perform(writing_off(await posted_invoice(books, ("60.00", "5.00"))))
    await books.perform(voiding(await posted_invoice(books, "80.00", "-80.00")))
    await paid(books, await posted_invoice(books, "90.00"), "1.00")


@pytest.fixture(scope="module")
def furnished(
    database: Database, place: Place, runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory
) -> Service:
    return furnished_once(furnish_what_was_given_up, database, place, runner, tmp_path_factory)


@pytest.mark.parametrize(
    ("flag", "mutation", "said"),
    [
        ("canWriteOff", "writeOffCreditMemo", {"reasonCode": "GOODWILL"}),
        ("canRefund", "refundCreditMemo", {"amount": "0.01"}),
    ],
)
async def test_what_a_memo_says_it_would_take(
    furnished: Service, flag: str, mutation: str, said: dict[str, Any]
) -> None:
    answer = await furnished.read(
        f"{{ creditMemos(first: 100) {{ nodes {{ id currency {flag} {FLAG} }} }} }}"
    )
    told = set[Any]()
    for memo in answer["creditMemos"]["nodes"]:
        found = await refusal(furnished, mutation, {"creditMemo": {"id": memo["id"]}, **said})
        within_balance = [each for each in found if "refund is more than" not in each["message"]]
        assert memo[flag]["violations"] == within_balance, memo
        told.add(memo[flag]["allowed"])
    assert told == {True, False}


@pytest.mark.parametrize(
    ("flag", "mutation", "said"),
    [("canWriteOff", "writeOffInvoice", {"reasonCode": "GOODWILL"}), ("canVoid", "voidInvoice", {})],
)
async def test_what_an_invoice_says_it_would_take(
    furnished: Service, flag: str, mutation: str, said: dict[str, Any]
) -> None:
    answer = await furnished.read(f"{{ invoices(first: 100) {{ nodes {{ id {flag} {FLAG} }} }} }}")
    told = set[Any]()
    for invoice in answer["invoices"]["nodes"]:
        found = await refusal(furnished, mutation, {"invoice": {"id": invoice["id"]}, **said})
        assert invoice[flag] == {"allowed": found == [], "violations": found}, invoice
        told |= {(), *((each["code"],) for each in found)} if found else {()}
    assert len(told) > 2


@pytest.mark.parametrize(
    ("list", "mutation", "name"),
    [("refunds", "reverseRefund", "refundId"), ("payments", "reversePayment", "paymentId")],
)
async def test_what_a_refund_or_payment_says_it_would_take(
    furnished: Service, list: str, mutation: str, name: str
) -> None:
    answer = await furnished.read(f"{{ {list} {{ nodes {{ id type canReverse {FLAG} }} }} }}")
    told = set[Any]()
    for row in answer[list]["nodes"]:
        found = await refusal(furnished, mutation, {name: row["id"]})
        assert row["canReverse"] == {"allowed": found == [], "violations": found}
        told |= {each["code"] for each in found} or {"allowed"}
    assert told == {"allowed", "ALREADY_REVERSED", "INVALID_STATUS"}


async def test_a_refund_is_found_from_its_memo_its_account_and_its_reversal(service: Service) -> None:
    memo = await posted_memo(service.books, "50.00")
    id = await refunded(service.books, memo, "20.00", method="WIRE", reference="47")
    done = await service.mutate(
        "reverseRefund",
        {"refundId": id, "description": "Returned"},
        "refund { id type description reversedRefund { number reversals { type amount } } }",
    )
    reversal = done["refund"]
    assert (reversal["type"], reversal["description"]) == ("REVERSED", "Returned")
    assert reversal["reversedRefund"] == {
        "number": "RF-000001",
        "reversals": [{"type": "REVERSED", "amount": "20.00"}],
    }
    query = f"""{{
        creditMemo(by: {{id: "{memo.id}"}}) {{ refunded refunds {{ nodes {{ id }} }}
            balanceEntries {{ nodes {{ kind impactAmount causeId }} }} }}
        account(by: {{number: "A-1"}}) {{ refunds {{ totalCount }} }}
        refunds(filter: {{type: {{eq: REFUNDED}}, method: {{eq: "WIRE"}}}}) {{ nodes {{ reference amount
            creditMemoBalance creditMemo {{ id }} account {{ number }} }} }}
        node(id: "{id}") {{ ... on Refund {{ creditMemoPosition }} }} }}"""
    answer = await service.read(query)
    assert answer["creditMemo"]["refunded"] == "0.00"
    assert [each["id"] for each in answer["creditMemo"]["refunds"]["nodes"]] == [id, reversal["id"]]
    assert answer["creditMemo"]["balanceEntries"]["nodes"][1:] == [
        {"kind": "REFUND", "impactAmount": "-20.00", "causeId": id},
        {"kind": "REFUND_REVERSAL", "impactAmount": "20.00", "causeId": reversal["id"]},
    ]
    assert answer["account"]["refunds"]["totalCount"] == 2
    assert answer["refunds"]["nodes"] == [
        {
            "reference": "47",
            "amount": "20.00",
            "creditMemoBalance": "30.00",
            "creditMemo": {"id": memo.id},
            "account": {"number": "A-1"},
        }
    ]
    assert answer["node"] == {"creditMemoPosition": 2}
