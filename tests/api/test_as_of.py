"""asOf: balances as they were, asked for later, over HTTP."""

from datetime import date
from typing import Any

from tests.support.building import paid, posted_invoice, posted_memo
from tests.support.numbering import numbered
from tests.support.service import Service

AS_OF = "query ($memo: ID!, $invoice: ID!, $asOf: AsOf) {"
WHAT = "balance logNumber isFinal"
QUERY = f"""{AS_OF}
  creditMemo(by: {{id: $memo}}) {{ balance balanceAsOf(asOf: $asOf) {{ {WHAT} }} }}
  invoice(by: {{id: $invoice}}) {{ balance balanceAsOf(asOf: $asOf) {{ {WHAT} }} }}
  account(by: {{number: "A-1"}}) {{
    balancesAsOf(asOf: $asOf) {{ balances {{ currency owed unusedCredit }} logNumber isFinal }}
  }}
}}"""


class Watched:
    """A memo and an invoice, what was read of them when the log had come to a number, and when."""

    def __init__(self, service: Service, memo: str, invoice: str) -> None:
        self.service, self.memo, self.invoice = service, memo, invoice
        self.seen: dict[int, tuple[str, str, str]] = {}

    async def read(self, **as_of: Any) -> dict[str, Any]:
        return await self.service.read(QUERY, memo=self.memo, invoice=self.invoice, asOf=as_of or None)

    async def note(self) -> None:
        last = await numbered(self.service.books)
        found = await self.read()
        at = await self.service.books.value(
            "SELECT max(recorded_at) FROM log_entry WHERE entity_id = :entity_id"
        )
        self.seen[last] = (found["creditMemo"]["balance"], found["invoice"]["balance"], _instant(at))


def _instant(found: Any) -> str:
    return found.isoformat() if hasattr(found, "isoformat") else f"{found.replace(' ', 'T')}Z"


async def watched(service: Service) -> Watched:
    """Credit applied, taken back in part, a payment and its reversal, each noted."""
    invoice = await posted_invoice(service.books, "80.00")
    memo = await posted_memo(service.books, "100.00")
    found = Watched(service, memo.id, invoice.id)
    await found.note()
    payload = await service.mutate(
        "applyCreditMemo",
        {
            "creditMemo": {"id": memo.id},
            "applications": [
                {
                    "invoice": {"id": invoice.id},
                    "amount": "60.00",
                    "effectiveDate": "2031-01-01T00:00:00Z",
                }
            ],
        },
        "applications { id }",
    )
    await found.note()
    application = payload["applications"][0]["id"]
    await service.mutate("unapplyCreditMemo", {"applicationId": application, "amount": "25.00"})
    await found.note()
    payment = await paid(service.books, invoice, "5.00")
    await found.note()
    await service.mutate("reversePayment", {"paymentId": payment})
    await found.note()
    return found


async def test_every_balance_is_found_again_by_the_number_of_the_log(service: Service) -> None:
    books = await watched(service)
    assert len({each[:2] for each in books.seen.values()}) == 4
    for number, (memo, invoice, _) in books.seen.items():
        found = await books.read(log=number)
        assert found["creditMemo"]["balanceAsOf"] == {"balance": memo, "logNumber": number, "isFinal": True}
        assert found["invoice"]["balanceAsOf"] == {"balance": invoice, "logNumber": number, "isFinal": True}
        assert found["account"]["balancesAsOf"] == {
            "balances": [{"currency": "USD", "owed": invoice, "unusedCredit": memo}],
            "logNumber": number,
            "isFinal": True,
        }


async def test_every_balance_is_found_again_by_its_instant(service: Service) -> None:
    books = await watched(service)
    head = max(books.seen)
    for memo, invoice, at in books.seen.values():
        found = await books.read(at=at)
        assert found["creditMemo"]["balanceAsOf"]["balance"] == memo
        assert found["invoice"]["balanceAsOf"] == {"balance": invoice, "logNumber": head, "isFinal": False}
        again = await books.read(at=at, log=head)
        assert again["invoice"]["balanceAsOf"] == {"balance": invoice, "logNumber": head, "isFinal": True}


async def test_an_instant_of_long_ago_is_final_and_nothing_was_there(service: Service) -> None:
    books = await watched(service)
    found = await books.read(at="2001-01-01T00:00:00Z")
    assert found["creditMemo"]["balanceAsOf"]["balance"] == "0.00"
    assert found["creditMemo"]["balanceAsOf"]["isFinal"] is True
    assert found["account"]["balancesAsOf"]["balances"] == []


async def test_by_effective_date_an_application_counts_from_its_own_date_on(service: Service) -> None:
    books = await watched(service)
    recorded = await books.read(at="2030-12-31T00:00:00Z")
    assert recorded["creditMemo"]["balanceAsOf"]["balance"] == "65.00"
    effective = await books.read(at="2030-12-31T00:00:00Z", by="EFFECTIVE_DATE")
    assert effective["creditMemo"]["balanceAsOf"]["balance"] == "100.00"
    assert effective["invoice"]["balanceAsOf"]["balance"] == "80.00"
    later = await books.read(at="2031-01-01T00:00:00Z", by="EFFECTIVE_DATE")
    assert later["creditMemo"]["balanceAsOf"]["balance"] == "65.00"
    assert later["invoice"]["balanceAsOf"]["balance"] == "45.00"


async def test_by_effective_date_a_memo_that_was_posted_twice_counts_once(service: Service) -> None:
    """Of a memo of March that is unposted and posted again in November, no day in between has both postings."""
    memo = await posted_memo(service.books, "10.00", effective_date=date(2026, 3, 1))
    by = {"creditMemo": {"id": memo.id}}
    for command in ("unpostCreditMemo", "postCreditMemo"):
        await service.mutate(command, by)
    assert await in_effect(service, memo.id, "2026-02-28") == "0.00"
    assert await in_effect(service, memo.id, "2026-03-01") == "10.00"
    await service.mutate("unpostCreditMemo", by)
    assert await in_effect(service, memo.id, "2026-03-01") == "0.00"


async def test_by_effective_date_what_is_voided_before_its_date_never_was(service: Service) -> None:
    memo = await posted_memo(service.books, "10.00", effective_date=date(2100, 3, 1))
    await service.mutate("voidCreditMemo", {"creditMemo": {"id": memo.id}})
    assert await in_effect(service, memo.id, "2100-02-28") == "0.00"
    assert await in_effect(service, memo.id, "2100-03-01") == "0.00"


async def test_by_effective_date_lines_are_converted_from_the_memos_date_until_it_is_voided(
    service: Service,
) -> None:
    invoice = await posted_invoice(service.books, "400.00", "-100.00", invoice_date=date(2026, 3, 1))
    converting = {"invoice": {"id": invoice.id}, "effectiveDate": "2100-03-01"}
    made = await service.mutate("convertNegativeInvoiceLines", converting, "creditMemo { id }")
    assert await in_effect(service, invoice.id, "2100-02-28") == "300.00"
    assert await in_effect(service, invoice.id, "2100-03-01") == "400.00"
    await service.mutate("voidCreditMemo", {"creditMemo": {"id": made["creditMemo"]["id"]}})
    assert await in_effect(service, invoice.id, "2100-02-28") == "300.00"
    assert await in_effect(service, invoice.id, "2100-03-01") == "300.00"


async def in_effect(service: Service, id: str, day: str) -> str:
    """The document's balance at the end of the day, by effective dates."""
    await numbered(service.books)
    found = await service.read(
        "query ($id: ID!, $at: DateTime!) { node(id: $id) {"
        " ... on CreditMemo { balanceAsOf(asOf: {at: $at, by: EFFECTIVE_DATE}) { balance } }"
        " ... on Invoice { balanceAsOf(asOf: {at: $at, by: EFFECTIVE_DATE}) { balance } } } }",
        id=id,
        at=f"{day}T23:59:59Z",
    )
    balance: str = found["node"]["balanceAsOf"]["balance"]
    return balance
