"""Two answers to what was in effect at the end of a day: the statement through it, and the balances as of it."""

from typing import Any

from tests.support.service import Service

PLACES = 4
"""Days that are looked at, spread over all on which something is dated."""
DATED = """{ accounts(first: 250) { nodes { id } }
  invoices(first: 250) { nodes { accountId day: invoiceDate } }
  creditMemos(first: 250) { nodes { accountId day: memoDate } } }"""
THAT_DAY = """query ($id: ID!, $day: Date!, $at: DateTime!) {
  accountStatement(account: {id: $id}, throughDate: $day) { currency closing { owed unappliedCredit } }
  account(by: {id: $id}) {
    balancesAsOf(asOf: {at: $at, by: EFFECTIVE_DATE}) { balances { currency owed unusedCredit } }
  }
}"""
Standing = dict[str, tuple[str, str]]


async def unlike_on_a_day(service: Service) -> list[str]:
    """Where the two differ. The log must be numbered, and the entity's days be those of UTC."""
    found = []
    dated = await service.read(DATED)
    for account in dated["accounts"]["nodes"]:
        documents = (*dated["invoices"]["nodes"], *dated["creditMemos"]["nodes"])
        days = {each["day"] for each in documents if each["accountId"] == account["id"]}
        for day in sorted(days)[:: max(1, len(days) // PLACES)]:
            told = await service.read(THAT_DAY, id=account["id"], day=day, at=f"{day}T23:59:59.999999Z")
            stated, was = _of_statement(told), _of_balances(told)
            if stated != was:
                found.append(f"account {account['id']} on {day}: its statement {stated}, as of then {was}")
    return found


def _of_statement(told: dict[str, Any]) -> Standing:
    closing = {each["currency"]: each["closing"] for each in told["accountStatement"]}
    return _without_nothing(
        {currency: (each["owed"], each["unappliedCredit"]) for currency, each in closing.items()}
    )


def _of_balances(told: dict[str, Any]) -> Standing:
    balances = told["account"]["balancesAsOf"]["balances"]
    return _without_nothing({each["currency"]: (each["owed"], each["unusedCredit"]) for each in balances})


def _without_nothing(standing: Standing) -> Standing:
    return {
        currency: both for currency, both in standing.items() if any(amount.strip("0.") for amount in both)
    }
