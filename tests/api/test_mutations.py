"""A mutation does what it says, once, and answers from the books."""

from tests.support.service import Service


async def test_an_account_is_in_the_books_and_an_update_keeps_its_id(service: Service) -> None:
    entry = {"number": "A-1", "name": "Harbor Tools", "currency": "USD"}
    first = await service.mutate("upsertAccounts", {"accounts": [entry]}, "accounts { id version }")
    renamed = entry | {"name": "Harbor Tools Inc."}
    second = await service.mutate("upsertAccounts", {"accounts": [renamed]}, "accounts { id name version }")
    assert second["accounts"] == [
        {"id": first["accounts"][0]["id"], "name": "Harbor Tools Inc.", "version": 2}
    ]


async def test_the_audit_of_honest_books_says_that_they_hold(service: Service) -> None:
    entry = {"number": "A-1", "name": "Harbor Tools", "currency": "USD"}
    await service.mutate("upsertAccounts", {"accounts": [entry]})
    lines = [{"amount": "10.00", "taxAmount": "0.80"}]
    invoice = {"account": {"number": "A-1"}, "invoiceDate": "2026-01-31", "lines": lines, "post": True}
    await service.mutate("createInvoices", {"invoices": [invoice]})
    report = (await service.read("{ audit { booksHold documents differenceCount differences { check } } }"))[
        "audit"
    ]
    assert report == {"booksHold": True, "documents": 1, "differenceCount": 0, "differences": []}


async def test_what_is_creditable_on_a_line_passes_with_its_tax(service: Service) -> None:
    entry = {"number": "A-1", "name": "Harbor Tools", "currency": "USD"}
    await service.mutate("upsertAccounts", {"accounts": [entry]})
    lines = [{"amount": "200.00", "taxAmount": "20.00"}, {"amount": "-30.00", "taxAmount": "-3.00"}]
    invoice = {"account": {"number": "A-1"}, "invoiceDate": "2026-01-31", "lines": lines, "post": True}
    selection = "invoices { id lines { nodes { id creditableAmount } } }"
    [made] = (await service.mutate("createInvoices", {"invoices": [invoice]}, selection))["invoices"]
    first = made["lines"]["nodes"][0]
    assert first["creditableAmount"] == "170.00"
    credit = {"invoiceLineId": first["id"], "amount": first["creditableAmount"]}
    credited = await service.mutate(
        "createAndApplyCreditMemo", {"invoice": {"id": made["id"]}, "lines": [credit]}
    )
    assert credited["__typename"] == "CreditMemoCreatedAndApplied"


async def test_the_same_invoice_twice_in_one_call_is_made_once(service: Service) -> None:
    entry = {"number": "A-1", "name": "Harbor Tools", "currency": "USD"}
    await service.mutate("upsertAccounts", {"accounts": [entry]})
    invoice = {
        "account": {"number": "A-1"},
        "invoiceDate": "2026-01-31",
        "externalReference": "E-1",
        "lines": [{"amount": "1.00"}],
    }
    made = await service.mutate(
        "createInvoices", {"invoices": [invoice, invoice]}, "created duplicates invoices { id }"
    )
    assert (made["created"], made["duplicates"]) == (1, 1)
    assert made["invoices"][0] == made["invoices"][1]
    other = invoice | {"externalReference": "E-2"}
    changed = other | {"groupNumber": "G"}
    assert await service.codes("createInvoices", {"invoices": [other, changed]}) == [
        "EXTERNAL_REFERENCE_REUSED"
    ]


async def test_a_posting_shows_the_memo_of_the_negative_lines_and_shows_it_again(service: Service) -> None:
    entry = {"number": "A-1", "name": "Harbor Tools", "currency": "USD"}
    await service.mutate("upsertAccounts", {"accounts": [entry]})
    lines = [{"amount": "400.00"}, {"amount": "-100.00"}]
    drafts = [{"account": {"number": "A-1"}, "invoiceDate": "2026-01-31", "lines": lines}] * 3
    made = await service.mutate("createInvoices", {"invoices": drafts}, "invoices { id }")
    selection = "invoice { balance } creditMemo { number balance } application { amount }"
    kept, converted, applied = (
        {"invoice": {"id": each["id"]}, "idempotencyKey": each["id"]} for each in made["invoices"]
    )
    shown = {"__typename": "InvoicePosted", "replayed": False, "dryRun": False, "application": None}
    assert await service.mutate("postInvoice", kept, selection) == shown | {
        "invoice": {"balance": "300.00"},
        "creditMemo": None,
    }
    await service.mutate("updateEntitySettings", {"convertNegativeLinesOnPosting": True})
    assert await service.mutate("postInvoice", converted, selection) == shown | {
        "invoice": {"balance": "400.00"},
        "creditMemo": {"number": "CM-000001", "balance": "100.00"},
    }
    await service.mutate("updateEntitySettings", {"applyConvertedMemoOnPosting": True})
    for replayed in (False, True):
        assert await service.mutate("postInvoice", applied, selection) == shown | {
            "replayed": replayed,
            "invoice": {"balance": "300.00"},
            "creditMemo": {"number": "CM-000002", "balance": "0.00"},
            "application": {"amount": "100.00"},
        }
