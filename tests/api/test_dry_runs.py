"""`dryRun: true`: what the real call would give on the same books, and nothing of it kept."""

import re
from typing import Any

import pytest

from tests.api.examples import SELECTIONS, example, inputs_of, prepared
from tests.support.books import trace
from tests.support.service import REFUSAL, SUCCESS, Service


async def test_every_mutation_has_an_example() -> None:
    assert sorted(SELECTIONS) == sorted(SUCCESS)


@pytest.mark.parametrize("mutation", sorted(SUCCESS))
async def test_a_dry_run_answers_what_the_call_then_does_and_keeps_nothing(
    service: Service, mutation: str
) -> None:
    input = await example(service.books, mutation)
    before = await trace(service.books.place)

    preview = await service.mutate(mutation, input | {"dryRun": True}, SELECTIONS[mutation])

    assert preview.pop("dryRun") is True
    assert await trace(service.books.place) == before
    done = await service.mutate(mutation, input, SELECTIONS[mutation])
    assert done.pop("dryRun") is False
    assert preview == done


async def test_a_refused_dry_run_says_the_same_as_the_refused_call(service: Service) -> None:
    known = await prepared(service.books)
    input = inputs_of(known)["recordPayment"] | {"amount": "70.01"}
    before = await trace(service.books.place)
    assert await service.mutate("recordPayment", input | {"dryRun": True}) == await service.mutate(
        "recordPayment", input
    )
    assert await trace(service.books.place) == before


async def test_dry_runs_of_one_document_do_not_see_each_other_and_real_calls_between_them_are_kept(
    service: Service,
) -> None:
    known = await prepared(service.books)
    pay = {"invoice": {"id": known.other_invoice.id}, "amount": "30.00"}
    selection = f"... on PaymentRecorded {{ dryRun invoice {{ balance }} }} {REFUSAL}"
    document = "mutation ($dry: RecordPaymentInput!, $real: RecordPaymentInput!) {" + " ".join(
        f"{alias}: recordPayment(input: ${which}) {{ {selection} }}"
        for alias, which in (("a", "dry"), ("b", "dry"), ("c", "real"), ("d", "dry"), ("e", "real"))
    )
    answer = await service.read(document + "}", dry=pay | {"dryRun": True}, real=pay)
    assert {alias: (each["dryRun"], each["invoice"]["balance"]) for alias, each in answer.items()} == {
        "a": (True, "40.00"),
        "b": (True, "40.00"),
        "c": (False, "40.00"),
        "d": (True, "10.00"),
        "e": (False, "10.00"),
    }
    assert (
        await service.books.value(
            "SELECT count(*) FROM payment WHERE entity_id = :entity_id AND invoice_id = :id",
            id=known.other_invoice.id,
        )
        == 2
    )


async def test_a_refused_field_between_dry_and_real_ones_does_not_touch_them(service: Service) -> None:
    known = await prepared(service.books)
    pay = {"invoice": {"id": known.other_invoice.id}, "amount": "30.00"}
    selection = f"__typename ... on PaymentRecorded {{ invoice {{ balance }} }} {REFUSAL}"
    document = f"""mutation ($dry: RecordPaymentInput!, $bad: RecordPaymentInput!, $real: RecordPaymentInput!) {{
      a: recordPayment(input: $dry) {{ {selection} }}
      b: recordPayment(input: $bad) {{ {selection} }}
      c: recordPayment(input: $real) {{ {selection} }} }}"""
    answer = await service.read(document, dry=pay | {"dryRun": True}, bad=pay | {"amount": "999"}, real=pay)
    assert [each["__typename"] for each in answer.values()] == [
        "PaymentRecorded",
        "Rejection",
        "PaymentRecorded",
    ]
    assert answer["c"]["invoice"]["balance"] == "40.00"


async def test_a_dry_run_claims_no_key_and_reads_none(service: Service) -> None:
    known = await prepared(service.books)
    keyed = inputs_of(known)["recordPayment"] | {"idempotencyKey": "once"}
    assert (await service.mutate("recordPayment", keyed | {"dryRun": True}))["replayed"] is False
    assert (await service.mutate("recordPayment", keyed))["replayed"] is False
    assert (await service.mutate("recordPayment", keyed))["replayed"] is True
    assert (await service.mutate("recordPayment", keyed | {"dryRun": True}))["replayed"] is False


async def test_a_preview_can_be_walked_like_the_books(service: Service) -> None:
    """Every edge of a document that is never kept is read inside the transaction that made it."""
    known = await prepared(service.books)
    selection = """application { creditMemo { applications(first: 2) { nodes { invoice { account { number
      creditMemos(first: 6) { totalCount nodes { lines(first: 5) { nodes { sourceInvoiceLine {
        creditMemoLines(first: 5) { nodes { amount } } } } } } } } } } } } }"""
    input = inputs_of(known)["createAndApplyCreditMemo"] | {"dryRun": True}
    preview = await service.mutate("createAndApplyCreditMemo", input, selection)
    [made] = preview["application"]["creditMemo"]["applications"]["nodes"]
    memos = made["invoice"]["account"]["creditMemos"]
    assert memos["totalCount"] == 6
    assert [
        line["sourceInvoiceLine"]["creditMemoLines"]["nodes"]
        for memo in memos["nodes"]
        for line in memo["lines"]["nodes"]
        if line["sourceInvoiceLine"]
    ] == [[{"amount": "20.00"}]]
    after = await service.read("{ creditMemos { totalCount } }")
    assert after["creditMemos"]["totalCount"] == 5


async def test_a_preview_number_is_the_next_one_and_is_not_promised(service: Service) -> None:
    await prepared(service.books)

    async def number(**more: Any) -> str:
        made = await service.mutate(
            "createCreditMemo",
            {"account": {"number": "A-1"}, "lines": [{"amount": "1"}], **more},
            "creditMemo { number }",
        )
        return str(made["creditMemo"]["number"])

    shown = await number(dryRun=True)
    assert re.fullmatch(r"CM-\d{6}", shown)
    assert await number() == shown
    assert await number() != shown
