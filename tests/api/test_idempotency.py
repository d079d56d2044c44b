"""Exactly once, over GraphQL: the key in the input or in the header, replays, and what is refused."""

from typing import Any

from tests.api.examples import SELECTIONS, example
from tests.support.books import trace
from tests.support.building import posted_invoice
from tests.support.service import SUCCESS, Service, mutation_document


async def test_every_mutation_replays_under_its_key_and_changes_nothing_more(service: Service) -> None:
    for mutation in sorted(SUCCESS):
        books = await service.books.neighbour()
        theirs = {"X_Entity_Id": books.entity.code}
        input = await example(books, mutation) | {"idempotencyKey": "once"}
        document = mutation_document(mutation, SELECTIONS[mutation])

        async def sent(document: str = document, input: Any = input, headers: Any = theirs) -> dict[str, Any]:
            body = (await service.send(document, {"input": input}, **headers)).json()
            assert "errors" not in body, body["errors"]
            [payload] = body["data"].values()
            return dict(payload)

        first = await sent()
        after = await trace(books.place)
        second = await sent()
        assert await trace(books.place) == after, mutation
        assert (first.pop("replayed"), second.pop("replayed")) == (False, True), mutation
        assert second == first, mutation


async def test_the_header_is_the_key_of_an_input_without_one(service: Service) -> None:
    invoice = await posted_invoice(service.books, "100.00")
    input = {"invoice": {"id": invoice.id}, "amount": "10.00"}
    document = mutation_document("recordPayment", "invoice { balance }")

    async def payload(**more: Any) -> Any:
        sent = await service.send(document, {"input": input | more}, Idempotency_Key="the-key")
        return sent.json()["data"]["recordPayment"]

    assert (await payload())["replayed"] is False
    assert (await payload())["replayed"] is True
    assert (await payload(idempotencyKey="the-key"))["replayed"] is True
    [violation] = (await payload(amount="10.01"))["violations"]
    assert (violation["code"], violation["path"]) == ("IDEMPOTENCY_KEY_REUSED", ["idempotencyKey"])


async def test_a_header_that_contradicts_the_input_is_the_clients_fault(service: Service) -> None:
    invoice = await posted_invoice(service.books, "100.00")
    input = {"invoice": {"id": invoice.id}, "amount": "10.00", "idempotencyKey": "one"}
    before = await trace(service.books.place)
    sent = await service.send(mutation_document("recordPayment"), {"input": input}, Idempotency_Key="other")
    [error] = sent.json()["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert await trace(service.books.place) == before


async def test_a_header_cannot_serve_two_mutations_of_one_document(service: Service) -> None:
    document = mutation_document("postInvoice")
    twice = document.replace("{ postInvoice", "{ a: postInvoice(input: $input) { __typename } b: postInvoice")
    sent = await service.send(twice, {"input": {"invoice": {"id": "x"}}}, Idempotency_Key="k")
    assert sent.status_code == 400
    assert sent.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_a_refused_attempt_leaves_its_key_free(service: Service) -> None:
    invoice = await posted_invoice(service.books, "100.00")
    input = {"invoice": {"id": invoice.id}, "amount": "100.01", "idempotencyKey": "k"}
    assert await service.codes("recordPayment", input) == ["EXCEEDS_INVOICE_BALANCE"]
    assert (await service.mutate("recordPayment", input | {"amount": "1.00"}))["replayed"] is False


async def test_a_replay_may_ask_for_other_fields_and_shows_the_documents_as_they_are_now(
    service: Service,
) -> None:
    invoice = await posted_invoice(service.books, "100.00")
    pay = {"invoice": {"id": invoice.id}, "amount": "10.00"}
    await service.mutate("recordPayment", pay | {"idempotencyKey": "k"}, "payment { id }")
    await service.mutate("recordPayment", pay)
    replay = await service.mutate(
        "recordPayment", pay | {"idempotencyKey": "k"}, "payment { invoiceBalance } invoice { balance }"
    )
    assert replay["payment"]["invoiceBalance"] == "90.00"
    assert replay["invoice"]["balance"] == "80.00"


async def test_a_key_belongs_to_its_entity(service: Service) -> None:
    other = await service.books.neighbour()
    entry = {"accounts": [{"number": "A", "name": "A", "currency": "USD"}], "idempotencyKey": "k"}
    await service.mutate("upsertAccounts", entry)
    sent = await service.send(
        mutation_document("upsertAccounts"), {"input": entry}, X_Entity_Id=other.entity.code
    )
    assert sent.json()["data"]["upsertAccounts"]["replayed"] is False
