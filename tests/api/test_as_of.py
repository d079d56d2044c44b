"""asOf: balances as they were, asked for later, over HTTP."""

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
