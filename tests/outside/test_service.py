"""The whole service with a tax callback: a mutation comes in, a stranger is asked, the books are written."""

import json
from typing import Any

from tests.support.building import ACCOUNT, account
from tests.support.service import Service
from tests.support.tax_engines import SECRET, with_callback
from tests.support.tax_server import TaxServer

MEMO = "creditMemo { id status taxStatus taxMessage chargeAmount taxAmount lines { nodes { taxItems { name amount } } } }"


def new_memo(**said: Any) -> dict[str, Any]:
    line = {"amount": "50.00", "taxCode": "SAAS", "jurisdiction": "TEXAS"}
    return {
        "account": {"number": ACCOUNT},
        "taxAutoCalculation": True,
        "post": True,
        "lines": [line],
        **said,
    }


async def test_a_memo_is_taxed_by_the_callback(service: Service, server: TaxServer) -> None:
    await account(service.books)
    await with_callback(service.books, server.url("service"))
    preview = await service.mutate("createCreditMemo", new_memo(dryRun=True), MEMO)
    made = await service.mutate("createCreditMemo", new_memo(), MEMO)
    for payload in (preview, made):
        memo = payload["creditMemo"]
        assert (memo["status"], memo["taxStatus"], memo["taxAmount"]) == ("POSTED", "COMPLETE", "4.13")
        assert memo["lines"]["nodes"] == [{"taxItems": [{"name": "SALES TAX", "amount": "4.13"}]}]
    asked = [json.loads(request["body"])["preview"] for request in server.requests("service")[-2:]]
    assert asked == [True, False]


async def test_a_callback_that_fails_refuses_the_memo_or_leaves_a_draft(
    service: Service, server: TaxServer
) -> None:
    await account(service.books)
    await with_callback(service.books, server.url("broken"))
    refused = await service.mutate("createCreditMemo", new_memo())
    [violation] = refused["violations"]
    assert (violation["code"], violation["path"]) == ("TAX_ENGINE_FAILED", ["lines", "0"])
    assert violation["message"] == "The tax engine answered with status 500."
    assert SECRET not in json.dumps(refused)

    left = await service.mutate("createCreditMemo", new_memo(onTaxFailure="DRAFT"), MEMO)
    memo = left["creditMemo"]
    assert (memo["status"], memo["taxStatus"], memo["taxAmount"]) == ("DRAFT", "ERROR", "0.00")
    assert memo["taxMessage"] == "Line 1: The tax engine answered with status 500."
    named = {"creditMemo": {"id": memo["id"]}}
    assert await service.codes("postCreditMemo", named) == ["TAX_PENDING"]

    await with_callback(service.books, server.url("mended"))
    mended = (await service.mutate("recalculateTax", named, MEMO))["creditMemo"]
    assert (mended["taxStatus"], mended["taxMessage"], mended["taxAmount"]) == ("COMPLETE", None, "4.13")
    assert (await service.mutate("postCreditMemo", named))["__typename"] == "CreditMemoPosted"
