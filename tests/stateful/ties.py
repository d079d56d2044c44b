"""Statement and aging against what the accounts show, to the cent."""

from fractions import Fraction
from typing import Any

from tests.support.service import Service

ACCOUNTS = """{ accounts(first: 250) { nodes { id balances { owed { amount currency } unusedCredit { amount } } } }
  aging(first: 250, buckets: [10, 45]) { nodes { account { id } lines {
    currency buckets { amount } totalOwed unappliedCredit balance } } } }"""
STATEMENT = """query ($id: ID!) { accountStatement(account: {id: $id}) { currency
  opening { balance } lines { amount balance } closing { owed unappliedCredit balance }
  page(first: 3) { opening { balance } nodes { amount balance } } } }"""
Standing = dict[str, tuple[Fraction, Fraction]]


async def untied(service: Service) -> list[str]:
    """Where statement or aging of an account say something else than its balances."""
    answer = await service.read(ACCOUNTS)
    aged = {each["account"]["id"]: each["lines"] for each in answer["aging"]["nodes"]}
    found = []
    for account in answer["accounts"]["nodes"]:
        standing = {
            each["owed"]["currency"]: (
                Fraction(each["owed"]["amount"]),
                Fraction(each["unusedCredit"]["amount"]),
            )
            for each in account["balances"]
        }
        told = await service.read(STATEMENT, id=account["id"])
        found += _of_aging(account["id"], standing, aged.get(account["id"], []))
        found += _of_statement(account["id"], standing, told["accountStatement"])
    return found


def _of_aging(account: str, standing: Standing, lines: list[dict[str, Any]]) -> list[str]:
    found = []
    for line in lines:
        owed, credit = standing.get(line["currency"], (Fraction(0), Fraction(0)))
        told = (Fraction(line["totalOwed"]), Fraction(line["unappliedCredit"]))
        buckets = sum((Fraction(each["amount"]) for each in line["buckets"]), Fraction(0))
        if told != (owed, credit) or buckets != owed or Fraction(line["balance"]) != owed - credit:
            found.append(f"aging of {account} in {line['currency']}: {line}, its balances {owed}, {credit}")
    missing = standing.keys() - {line["currency"] for line in lines}
    return found + [f"aging of {account} has no {currency}" for currency in missing]


def _of_statement(account: str, standing: Standing, statements: list[dict[str, Any]]) -> list[str]:
    found = []
    for told in statements:
        owed, credit = standing.get(told["currency"], (Fraction(0), Fraction(0)))
        closing = told["closing"]
        if (Fraction(closing["owed"]), Fraction(closing["unappliedCredit"])) != (owed, credit):
            found.append(f"statement of {account}: {closing}, its balances {owed}, {credit}")
        balance = Fraction(told["opening"]["balance"])
        for line in told["lines"]:
            balance += Fraction(line["amount"])
            if balance != Fraction(line["balance"]):
                found.append(f"statement of {account}: {line} does not follow from {balance}")
        if told["page"] != {"opening": told["opening"], "nodes": told["lines"][:3]}:
            found.append(
                f"the first page of the statement of {account} is {told['page']}, not {told['lines']}"
            )
        if balance != Fraction(closing["balance"]):
            found.append(f"statement of {account} ends at {balance} and closes with {closing}")
    missing = standing.keys() - {told["currency"] for told in statements}
    return found + [f"statement of {account} has no {currency}" for currency in missing]
