"""A mutation does what it says, once, and answers from the books."""

from tests.support.service import Service


async def test_an_account_is_in_the_books_and_an_update_keeps_its_id(service: Service) -> None:
    entry = {"number": "A-1", "name": "Harbor Tools", "currency": "USD"}
    first = await service.mutate("upsertAccounts", {"accounts": [entry]}, "accounts { id version }")
    renamed = entry | {"name": "Harbor Tools Inc."}
    second = await service.mutate("upsertAccounts", {"accounts": [renamed]}, "accounts { id name version }")
    assert second["accounts"] == [{"id": first["accounts"][0]["id"], "name": "Harbor Tools Inc.", "version": 2}]
