"""Explained balances: the trail of every document and account ends in what it says of itself."""

from decimal import Decimal
from typing import Any

from tests.support.service import Service

PAGE = "nodes { balanceAfter owed unusedCredit explanation } pageInfo { hasNextPage endCursor }"
DOCUMENTS = ("creditMemos", "invoices")
OF_DOCUMENTS = {
    kind: f"""query ($after: String) {{ {kind}(first: 50, after: $after) {{
  nodes {{ id balance status balanceTrail(first: 100) {{ {PAGE} }} }} pageInfo {{ hasNextPage endCursor }}
}} }}"""
    for kind in DOCUMENTS
}
BALANCES = (
    "{ accounts(first: 100) { nodes { id balances { owed { amount currency } unusedCredit { amount } } } } }"
)
OF_ACCOUNT = f"""query ($id: ID!, $currency: CurrencyCode, $after: String) {{
  account(by: {{ id: $id }}) {{ balanceTrail(first: 250, currency: $currency, after: $after) {{ {PAGE} }} }}
}}"""
WITH_HISTORY = ("POSTED", "VOIDED")


async def unexplained(service: Service) -> list[str]:
    """Documents and accounts whose trail does not end in their balance; ids."""
    found = []
    for kind in DOCUMENTS:
        for each in await _documents(service, kind):
            steps = each["balanceTrail"]["nodes"]
            balance = Decimal(each["balance"]) if each["status"] in WITH_HISTORY else Decimal(0)
            explained = Decimal(steps[-1]["balanceAfter"]) if steps else Decimal(0)
            if explained != balance or not all(step["explanation"] for step in steps):
                found.append(each["id"])
    for account in (await service.read(BALANCES))["accounts"]["nodes"]:
        for each in account["balances"]:
            last = await _last_step(service, account["id"], each["owed"]["currency"])
            if (last["owed"], last["unusedCredit"]) != (
                each["owed"]["amount"],
                each["unusedCredit"]["amount"],
            ):
                found.append(account["id"])
    return found


async def _documents(service: Service, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {"pageInfo": {"hasNextPage": True, "endCursor": None}}
    while page["pageInfo"]["hasNextPage"]:
        page = (await service.read(OF_DOCUMENTS[kind], after=page["pageInfo"]["endCursor"]))[kind]
        found += page["nodes"]
    return found


async def _last_step(service: Service, account: str, currency: str) -> dict[str, Any]:
    after = None
    while True:
        answer = await service.read(OF_ACCOUNT, id=account, currency=currency, after=after)
        page: dict[str, Any] = answer["account"]["balanceTrail"]
        if not page["pageInfo"]["hasNextPage"]:
            last: dict[str, Any] = page["nodes"][-1]
            return last
        after = page["pageInfo"]["endCursor"]
