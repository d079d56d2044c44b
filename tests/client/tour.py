"""What a caller does with the generated client: look up, create, apply, take back, convert. Run by its own Python.

Arguments: the service's address, its token, the entity. It ends with 0 when everything was as it should be.
"""

import asyncio
import datetime
import sys
from decimal import Decimal

from credit_memo_client import (  # type: ignore[import-not-found]
    AccountInput,
    AccountReference,
    ApplicationInput,
    ApplyCreditMemoInput,
    ConvertNegativeInvoiceLinesInput,
    CreateCreditMemoInput,
    CreateInvoicesInput,
    CreditMemoClient,
    CreditMemoLineInput,
    CreditMemoReference,
    DecimalFilter,
    InvoiceFilter,
    InvoiceInput,
    InvoiceLineInput,
    InvoiceOrder,
    InvoiceOrderField,
    InvoiceReference,
    OrderDirection,
    TaxItemInput,
    UnapplyCreditMemoInput,
    UpsertAccountsInput,
)

BUYER = AccountReference(number="A-1")
DAY = datetime.date(2026, 1, 15)
AT = datetime.datetime(2026, 2, 1, 10, tzinfo=datetime.UTC)


async def ingest(client: CreditMemoClient) -> None:
    account = AccountInput(number="A-1", name="Harbor Tools", currency="USD")
    accounts = (await client.upsert_accounts(UpsertAccountsInput(accounts=[account]))).upsert_accounts
    assert accounts.typename__ == "AccountsUpserted", accounts
    assert [each.number for each in accounts.accounts] == ["A-1"]
    tax = TaxItemInput(name="STATE TAX", amount=Decimal("8.25"))
    lines = (
        [InvoiceLineInput(amount=Decimal("100.00"), tax_items=[tax])],
        [InvoiceLineInput(amount=Decimal("400.00")), InvoiceLineInput(amount=Decimal("-100.00"))],
    )
    invoices = [
        InvoiceInput(account=BUYER, number=f"I-{place}", invoice_date=DAY, post=True, lines=each)
        for place, each in enumerate(lines, start=1)
    ]
    made = (await client.create_invoices(CreateInvoicesInput(invoices=invoices))).create_invoices
    assert made.typename__ == "InvoicesCreated", made
    assert [each.balance for each in made.invoices] == [Decimal("108.25"), Decimal("300.00")]


async def look_up(client: CreditMemoClient) -> None:
    invoice = (await client.invoice_by_number("I-1")).invoice
    assert invoice is not None
    assert invoice.balance == Decimal("108.25")
    assert invoice.due_date is None
    assert invoice.posted_at is not None
    assert invoice.posted_at.tzinfo is not None
    assert [line.maximum_applicable for line in invoice.lines.nodes] == [Decimal("108.25")]
    assert invoice.can_settle.allowed
    assert (await client.invoice_by_number("nothing")).invoice is None
    owed = InvoiceFilter(balance=DecimalFilter(gt=Decimal("200")))
    order = InvoiceOrder(field=InvoiceOrderField.BALANCE, direction=OrderDirection.DESC)
    found = (await client.open_invoices(filter_=owed, order_by=order, first=1)).invoices
    assert (found.total_count, [each.number for each in found.nodes]) == (1, ["I-2"])
    assert found.page_info.has_next_page is False


async def create(client: CreditMemoClient) -> str:
    asked = CreateCreditMemoInput(
        account=BUYER,
        lines=[CreditMemoLineInput(amount=Decimal("50.00"), description="Goodwill")],
        post=True,
        idempotency_key="tour",
    )
    first = (await client.create_credit_memo(asked)).create_credit_memo
    again = (await client.create_credit_memo(asked)).create_credit_memo
    assert first.typename__ == again.typename__ == "CreditMemoCreated", (first, again)
    assert (first.replayed, again.replayed, first.dry_run) == (False, True, False)
    assert first.credit_memo.id == again.credit_memo.id
    id: str = first.credit_memo.id
    return id


async def apply(client: CreditMemoClient, memo_id: str) -> str:
    def asked(amount: str) -> ApplyCreditMemoInput:
        entry = ApplicationInput(
            invoice=InvoiceReference(number="I-1"), amount=Decimal(amount), effective_date=AT
        )
        return ApplyCreditMemoInput(credit_memo=CreditMemoReference(id=memo_id), applications=[entry])

    refused = (await client.apply_credit_memo(asked("50.01"))).apply_credit_memo
    assert refused.typename__ == "Rejection", refused
    [violation] = refused.violations
    assert (violation.code.value, violation.details.allowed) == ("EXCEEDS_MEMO_BALANCE", "50.00")
    done = (await client.apply_credit_memo(asked("30.00"))).apply_credit_memo
    assert done.typename__ == "CreditMemoApplied", done
    [application] = done.applications
    assert (application.amount, application.impact_amount) == (Decimal("30.00"), Decimal("-30.00"))
    assert application.effective_date == AT
    assert done.credit_memo.balance == Decimal("20.00")
    assert [each.balance for each in done.invoices] == [Decimal("78.25")]
    id: str = application.id
    return id


async def unapply(client: CreditMemoClient, application_id: str) -> None:
    asked = UnapplyCreditMemoInput(application_id=application_id)
    done = (await client.unapply_credit_memo(asked)).unapply_credit_memo
    assert done.typename__ == "CreditMemoUnapplied", done
    assert done.application.type_.value == "UNAPPLIED"
    original = done.application.associated_application
    assert original is not None
    assert (original.id, original.has_been_unapplied.value) == (application_id, "YES")
    assert done.credit_memo.balance == Decimal("50.00")
    node = (await client.document_by_id(application_id)).node
    assert node is not None
    assert node.typename__ == "CreditMemoApplication"


async def convert(client: CreditMemoClient) -> None:
    asked = ConvertNegativeInvoiceLinesInput(invoice=InvoiceReference(number="I-2"), apply_to_invoice=True)
    done = (await client.convert_negative_invoice_lines(asked)).convert_negative_invoice_lines
    assert done.typename__ == "NegativeInvoiceLinesConverted", done
    assert (done.credit_memo.source.value, done.credit_memo.total_amount) == (
        "NEGATIVE_LINES",
        Decimal("100.00"),
    )
    assert (done.invoice.balance, done.invoice.converted_amount) == (Decimal("300.00"), Decimal("-100.00"))
    assert done.application is not None


async def tour(address: str, token: str, entity: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "X-Entity-Id": entity}
    async with CreditMemoClient(url=f"{address}/graphql", headers=headers) as client:
        await ingest(client)
        await look_up(client)
        application_id = await apply(client, await create(client))
        await unapply(client, application_id)
        await convert(client)


if __name__ == "__main__":
    asyncio.run(tour(*sys.argv[1:]))
