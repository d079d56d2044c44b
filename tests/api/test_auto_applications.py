"""Automatic application as a client meets it: the preview, why each application was made, and a job's results."""

from typing import Any

from tests.jobs.submitting import worked_off
from tests.support.building import ACCOUNT, posted_invoice, posted_memo
from tests.support.service import Service

ROWS = """applications { autoApplyRule autoApplyRank amount creditMemoBalance invoiceBalance number
    creditMemo { number } invoice { number } jobResult { id } } creditMemos { number balance } invoices { balance }"""
NAMED: dict[str, Any] = {"account": {"number": ACCOUNT}}


async def test_the_preview_says_what_the_call_then_says(service: Service) -> None:
    await posted_invoice(service.books, "100.00", number="N-1")
    await posted_invoice(service.books, "30.00", number="N-2")
    await posted_memo(service.books, "50.00")
    await posted_memo(service.books, "30.00")
    preview = await service.mutate("autoApplyCredits", NAMED | {"dryRun": True}, ROWS)
    made = await service.mutate("autoApplyCredits", NAMED, ROWS)
    assert (preview.pop("dryRun"), made.pop("dryRun")) == (True, False)
    assert preview == made
    assert [
        (
            each["creditMemo"]["number"],
            each["invoice"]["number"],
            each["amount"],
            each["autoApplyRule"],
            each["autoApplyRank"],
            each["jobResult"],
        )
        for each in made["applications"]
    ] == [
        ("CM-000002", "N-2", "30.00", "MATCH_BALANCE", 2, None),
        ("CM-000001", "N-1", "50.00", "OLDEST_DUE", 3, None),
    ]


async def test_a_replay_shows_the_applications_of_the_first_call(service: Service) -> None:
    await posted_invoice(service.books, "100.00")
    await posted_memo(service.books, "50.00")
    keyed = NAMED | {"idempotencyKey": "night"}
    first = await service.mutate("autoApplyCredits", keyed, ROWS)
    await posted_memo(service.books, "20.00")
    again = await service.mutate("autoApplyCredits", keyed, ROWS)
    assert again["replayed"]
    assert [each["number"] for each in again["applications"]] == ["CM-000001-2"]
    assert first["applications"] == again["applications"]


RESULTS = """{ jobs { nodes { kind results { nodes { outcome account { number } application { id }
    applications { totalCount nodes { amount autoApplyRule jobResult { position } } } } } } } }"""


async def test_a_jobs_results_lead_to_what_was_applied_for_each_account(service: Service) -> None:
    for number in ("A-1", "A-2"):
        await posted_invoice(service.books, "40.00", account_number=number)
        await posted_invoice(service.books, "30.00", account_number=number)
    await posted_memo(service.books, "50.00", account_number="A-2")
    accounts = [{"number": number} for number in ("A-1", "A-2")]
    asked = {"accounts": accounts, "rules": ["HIGHEST_BALANCE"]}
    submitted = await service.mutate("submitAutoApplications", asked, "job { total }")
    assert submitted["job"] == {"total": 2}
    await worked_off(service.books)
    [job] = (await service.read(RESULTS))["jobs"]["nodes"]
    assert job["kind"] == "AUTO_APPLICATIONS"
    idle, matched = job["results"]["nodes"]
    nothing = {"totalCount": 0, "nodes": []}
    assert idle == {
        "outcome": "SKIPPED",
        "account": {"number": "A-1"},
        "application": None,
        "applications": nothing,
    }
    assert (matched["outcome"], matched["account"]) == ("DONE", {"number": "A-2"})
    rows = [
        {"amount": amount, "autoApplyRule": "HIGHEST_BALANCE", "jobResult": {"position": 1}}
        for amount in ("40.00", "10.00")
    ]
    assert matched["applications"] == {"totalCount": 2, "nodes": rows}


async def test_what_is_planned_is_shown_with_the_job(service: Service) -> None:
    books = service.books
    await posted_invoice(books, "40.00", number="N-1")
    await posted_memo(books, "30.00")
    submitted = await service.mutate(
        "submitAutoApplications", {"accounts": [{"number": "A-1"}], "preview": True}, "job { id }"
    )
    await worked_off(books)
    found = await service.read(
        "query ($id: ID!) { job(id: $id) { skipped results { nodes { outcome applications { totalCount } planned {"
        " creditMemoNumber invoiceNumber currency amount creditMemoBalance invoiceBalance autoApplyRule"
        " autoApplyRank } } } } }",
        id=submitted["job"]["id"],
    )
    assert found["job"] == {
        "skipped": 1,
        "results": {
            "nodes": [
                {
                    "outcome": "SKIPPED",
                    "applications": {"totalCount": 0},
                    "planned": [
                        {
                            "creditMemoNumber": "CM-000001",
                            "invoiceNumber": "N-1",
                            "currency": "USD",
                            "amount": "30.00",
                            "creditMemoBalance": "0.00",
                            "invoiceBalance": "10.00",
                            "autoApplyRule": "OLDEST_DUE",
                            "autoApplyRank": 3,
                        }
                    ],
                }
            ]
        },
    }


async def test_applications_are_found_by_the_rule_that_made_them(service: Service) -> None:
    await posted_invoice(service.books, "30.00")
    await posted_invoice(service.books, "100.00")
    await posted_memo(service.books, "50.00")
    await posted_memo(service.books, "30.00")
    await service.mutate("autoApplyCredits", NAMED)
    found = await service.read(
        "{ creditMemoApplications(filter: {autoApplyRule: {in: [MATCH_BALANCE]}}) { nodes { amount } } }"
    )
    assert found["creditMemoApplications"]["nodes"] == [{"amount": "30.00"}]
