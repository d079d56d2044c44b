"""balanceTrail: the rows that make a balance, over HTTP, page by page, each with links to what caused it."""

from tests.support.building import posted_invoice, posted_memo
from tests.support.service import Service

STEP = """place documentNumber position kind impactAmount balanceAfter owed unusedCredit explanation operation
  document { __typename id } cause { __typename id }"""
OF_MEMO = (
    f"query ($id: ID!) {{ creditMemo(by: {{id: $id}}) {{ balance balanceTrail {{ nodes {{ {STEP} }} }} }} }}"
)
OF_ACCOUNT = f"""query ($first: Int, $after: String, $currency: CurrencyCode) {{
  account(by: {{number: "A-1"}}) {{
    balances {{ owed {{ amount }} unusedCredit {{ amount }} }}
    balanceTrail(first: $first, after: $after, currency: $currency) {{
      nodes {{ {STEP} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
    }}
  }}
}}"""


async def applied_and_taken_back(service: Service) -> str:
    """A memo of 100.00, 60.00 of it applied to an invoice of 80.00 and 25.00 taken back; the memo's id."""
    invoice = await posted_invoice(service.books, "80.00")
    memo = await posted_memo(service.books, "100.00")
    payload = await service.mutate(
        "applyCreditMemo",
        {
            "creditMemo": {"id": memo.id},
            "applications": [{"invoice": {"id": invoice.id}, "amount": "60.00"}],
        },
        "applications { id }",
    )
    application = payload["applications"][0]["id"]
    await service.mutate("unapplyCreditMemo", {"applicationId": application, "amount": "25.00"})
    return memo.id


async def test_a_memos_trail_ends_in_its_balance_and_links_to_what_moved_it(service: Service) -> None:
    memo = await applied_and_taken_back(service)
    found = (await service.read(OF_MEMO, id=memo))["creditMemo"]
    steps = found["balanceTrail"]["nodes"]
    assert [step["unusedCredit"] for step in steps] == ["100.00", "40.00", "65.00"]
    assert steps[-1]["balanceAfter"] == found["balance"] == "65.00"
    assert [step["operation"] for step in steps[1:]] == ["APPLY_CREDIT_MEMO", "UNAPPLY_CREDIT_MEMO"]
    assert [step["cause"] and step["cause"]["__typename"] for step in steps] == [
        None,
        "CreditMemoApplication",
        "CreditMemoApplication",
    ]
    assert {step["document"]["id"] for step in steps} == {memo}


async def test_an_accounts_trail_is_the_same_in_pages_and_ends_in_its_balances(service: Service) -> None:
    await applied_and_taken_back(service)
    whole = (await service.read(OF_ACCOUNT, first=250))["account"]
    steps = whole["balanceTrail"]["nodes"]
    [balance] = whole["balances"]
    assert [step["place"] for step in steps] == [1, 2, 3, 4, 5, 6]
    assert steps[-1]["owed"] == balance["owed"]["amount"] == "45.00"
    assert steps[-1]["unusedCredit"] == balance["unusedCredit"]["amount"] == "65.00"
    in_pages = []
    after = None
    while True:
        page = (await service.read(OF_ACCOUNT, first=4, after=after))["account"]["balanceTrail"]
        in_pages += page["nodes"]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert in_pages == steps


async def test_a_trail_in_a_currency_that_the_account_never_had_is_empty(service: Service) -> None:
    await applied_and_taken_back(service)
    trail = (await service.read(OF_ACCOUNT, currency="JPY"))["account"]["balanceTrail"]
    assert trail["nodes"] == []
    assert trail["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": None,
        "endCursor": None,
    }


async def test_a_cursor_of_another_list_is_refused(service: Service) -> None:
    await applied_and_taken_back(service)
    listed = await service.read("{ invoices { pageInfo { endCursor } } }")
    query = 'query ($after: String) { account(by: {number: "A-1"}) { balanceTrail(after: $after) { nodes { place } } } }'
    answer = (await service.send(query, {"after": listed["invoices"]["pageInfo"]["endCursor"]})).json()
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
