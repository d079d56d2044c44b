"""What the books said after a step is noted, and asked for again when the walk is over: by the number of the log."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from tests.support.numbering import numbered
from tests.support.service import Service

STANDING = ("POSTED", "VOIDED")
"""A draft has a balance and no history."""
PLACES = 4
"""Steps to which a walk goes back, spread over all: each costs a question."""
DOCUMENTS = """query ($ids: [ID!]!, $log: Int!) { nodes(ids: $ids) {
  ... on Invoice { id balanceAsOf(asOf: {log: $log}) { balance logNumber isFinal } }
  ... on CreditMemo { id balanceAsOf(asOf: {log: $log}) { balance logNumber isFinal } }
} }"""
ACCOUNTS = """query ($log: Int!) { accounts { nodes { id
  balancesAsOf(asOf: {log: $log}) { balances { currency owed unusedCredit } }
} } }"""
_COUNT = "SELECT count(*) FROM log_entry WHERE entity_id = :entity_id"


class TimeTravel:
    """How many commands there had been, and what the books said then."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._noted: dict[int, dict[str, list[dict[str, Any]]]] = {}

    async def note(self, read: dict[str, list[dict[str, Any]]]) -> None:
        commands = await self._service.books.value(_COUNT)
        self._noted[commands] = {kind: read[kind] for kind in ("invoices", "creditMemos")}

    async def mistakes(self) -> list[str]:
        """Where the history alone gives another answer than the books gave then."""
        await numbered(self._service.books)
        places = list(self._noted)
        found = []
        for place in sorted(set(places[:: max(1, len(places) // PLACES)] + places[-1:])):
            found += await self._of_documents(place)
            found += await self._of_accounts(place)
        return found

    async def _of_documents(self, log: int) -> list[str]:
        then = {
            each["id"]: each["balance"]
            for kind in self._noted[log].values()
            for each in kind
            if each["status"] in STANDING
        }
        found = []
        ids = list(then)
        for start in range(0, len(ids), 100):
            answer = await self._service.read(DOCUMENTS, ids=ids[start : start + 100], log=log)
            for each in answer["nodes"]:
                expected = {"balance": then[each["id"]], "logNumber": log, "isFinal": True}
                if each["balanceAsOf"] != expected:
                    found.append(f"{each['id']} at {log}: {each['balanceAsOf']}, was {expected}")
        return found

    async def _of_accounts(self, log: int) -> list[str]:
        then: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
        for place, kind in enumerate(("invoices", "creditMemos")):
            for each in self._noted[log][kind]:
                if each["status"] in STANDING:
                    then[each["account"]["id"], each["currency"]][place] += Decimal(each["balance"])
        answer = await self._service.read(ACCOUNTS, log=log)
        there = {
            (account["id"], each["currency"]): [Decimal(each["owed"]), Decimal(each["unusedCredit"])]
            for account in answer["accounts"]["nodes"]
            for each in account["balancesAsOf"]["balances"]
        }
        both = {key for key in {*then, *there} if any(then.get(key, ())) or any(there.get(key, ()))}
        return [
            f"account {key} at {log}: {there.get(key)}, was {then.get(key)}"
            for key in sorted(both)
            if there.get(key) != then.get(key)
        ]
