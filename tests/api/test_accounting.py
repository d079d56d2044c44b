"""Journal, trial balance, statement and aging through GraphQL; accounting takes each journal entry once."""

import datetime as dt

from sqlalchemy import update

from app.jobs.sequencer import Sequencer
from app.repository import tables
from tests.support.building import (
    ACCOUNT,
    account,
    applied,
    memo_line,
    posted_invoice,
    posted_memo,
    refunded,
)
from tests.support.service import Service


async def log_is_numbered(service: Service) -> int:
    """Gives the log its order; the last number of it."""
    await Sequencer(service.books.database).work_off()
    last: int = await service.books.value("SELECT MAX(number) FROM log_entry WHERE entity_id = :entity_id")
    return last


async def test_a_memo_shows_what_it_does_to_the_ledger(service: Service) -> None:
    memo = await posted_memo(
        service.books,
        memo_line(("100.00", "8.25"), accounting_code="4010"),
        effective_date=dt.date(2026, 3, 31),
    )
    await log_is_numbered(service)
    answer = await service.read(
        "query ($id: ID!) { creditMemo(by: {id: $id}) { journalEntries { totalCount nodes {"
        " journalDate type debitCode creditCode amount currency position ordinal logNumber transferred"
        " creditMemo { id } debitMemo { id } } } } }",
        id=memo.id,
    )
    entries = answer["creditMemo"]["journalEntries"]
    assert entries["totalCount"] == 2
    revenue, tax = entries["nodes"]
    assert revenue == {
        "journalDate": "2026-03-31",
        "type": "REVENUE",
        "debitCode": "4010",
        "creditCode": "ACCOUNTS_RECEIVABLE",
        "amount": "100.00",
        "currency": "USD",
        "position": 1,
        "ordinal": 1,
        "logNumber": revenue["logNumber"],
        "transferred": False,
        "creditMemo": {"id": memo.id},
        "debitMemo": None,
    }
    assert revenue["logNumber"] > 0
    assert (tax["type"], tax["amount"], tax["ordinal"]) == ("SALES_TAX_PAYABLE", "8.25", 2)


async def test_journal_entries_are_found_by_date_code_document_and_log_number(service: Service) -> None:
    early = await posted_memo(service.books, ("10.00", "1.00"), effective_date=dt.date(2026, 3, 31))
    late = await posted_memo(
        service.books, memo_line("5.00", accounting_code="4010"), effective_date=dt.date(2026, 4, 1)
    )
    number = await log_is_numbered(service)
    for filter, found in (
        ('{journalDate: {lte: "2026-03-31"}}', [early.id, early.id]),
        ('{debitCode: {eq: "4010"}}', [late.id]),
        (f'{{documentId: {{eq: "{late.id}"}}}}', [late.id]),
        ("{type: {eq: SALES_TAX_PAYABLE}}", [early.id]),
        (f"{{logNumber: {{gte: {number}}}}}", [late.id]),
        ("{transferred: {eq: true}}", []),
        ('{currency: {eq: "USD"}, transferred: {eq: false}}', [late.id, early.id, early.id]),
    ):
        answer = await service.read(f"{{ journalEntries(filter: {filter}) {{ nodes {{ documentId }} }} }}")
        assert [each["documentId"] for each in answer["journalEntries"]["nodes"]] == found, filter


async def test_accounting_confirms_what_it_has_and_memos_follow(service: Service) -> None:
    taken = await posted_memo(service.books, "10.00")
    number = await log_is_numbered(service)
    later = await posted_memo(service.books, "5.00")
    fields = "through creditMemos { id transferredToAccounting }"
    done = await service.mutate("markJournalTransferred", {"through": number}, fields)
    assert done["creditMemos"] == [{"id": taken.id, "transferredToAccounting": "YES"}]
    read = "{ entity { journalTransferredThrough } creditMemos { nodes { id transferredToAccounting } } }"
    answer = await service.read(read)
    assert answer["entity"] == {"journalTransferredThrough": number}
    assert {each["id"]: each["transferredToAccounting"] for each in answer["creditMemos"]["nodes"]} == {
        taken.id: "YES",
        later.id: "NO",
    }
    entries = await service.read("{ journalEntries(filter: {transferred: {eq: true}}) { totalCount } }")
    assert entries["journalEntries"]["totalCount"] == 1
    again = await service.mutate("markJournalTransferred", {"through": number}, fields)
    assert again["creditMemos"] == []


async def test_a_memo_with_new_entries_is_being_transferred_until_they_are_confirmed(
    service: Service,
) -> None:
    memo = await posted_memo(service.books, "10.00")
    await service.mutate("markJournalTransferred", {"through": await log_is_numbered(service)})
    await refunded(service.books, memo, "4.00")
    read = "query ($id: ID!) { creditMemo(by: {id: $id}) { transferredToAccounting } }"
    assert (await service.read(read, id=memo.id))["creditMemo"] == {"transferredToAccounting": "PROCESSING"}
    await service.mutate("markJournalTransferred", {"through": await log_is_numbered(service)})
    assert (await service.read(read, id=memo.id))["creditMemo"] == {"transferredToAccounting": "YES"}


async def test_a_memo_of_which_a_part_is_confirmed_is_being_transferred(service: Service) -> None:
    memo = await posted_memo(service.books, "10.00")
    number = await log_is_numbered(service)
    await refunded(service.books, memo, "4.00")
    done = await service.mutate(
        "markJournalTransferred", {"through": number}, "creditMemos { transferredToAccounting }"
    )
    assert done["creditMemos"] == [{"transferredToAccounting": "PROCESSING"}]


async def test_confirming_moves_forward_and_no_further_than_the_log_is_numbered(service: Service) -> None:
    await posted_memo(service.books, "10.00")
    number = await log_is_numbered(service)
    await service.mutate("markJournalTransferred", {"through": number})
    for through in (number - 1, number + 1):
        refused = await service.mutate("markJournalTransferred", {"through": through})
        [violation] = refused["violations"]
        assert (violation["code"], violation["path"]) == ("INVALID_AMOUNT", ["through"])


async def test_the_trial_balance_ties(service: Service) -> None:
    await posted_memo(service.books, ("100.00", "8.25"))
    answer = await service.read(
        "{ trialBalance { lines { currency code debit credit balance } totals { currency debit credit } } }"
    )
    assert answer["trialBalance"] == {
        "lines": [
            {
                "currency": "USD",
                "code": code,
                "debit": debit,
                "credit": credit,
                "balance": balance,
            }
            for code, debit, credit, balance in (
                ("ACCOUNTS_RECEIVABLE", "0.00", "108.25", "-108.25"),
                ("REVENUE", "100.00", "0.00", "100.00"),
                ("SALES_TAX_PAYABLE", "8.25", "0.00", "8.25"),
            )
        ],
        "totals": [{"currency": "USD", "debit": "108.25", "credit": "108.25"}],
    }


async def test_the_statement_of_an_account(service: Service) -> None:
    invoice = await posted_invoice(service.books, "100.00", invoice_date=dt.date(2026, 3, 1))
    memo = await posted_memo(service.books, "30.00", effective_date=dt.date(2026, 4, 1))
    await applied(service.books, memo, (invoice, "20.00"))
    answer = await service.read(
        f'{{ accountStatement(account: {{number: "{ACCOUNT}"}}, fromDate: "2026-04-01") {{ currency'
        " opening { balance } closing { owed unappliedCredit balance }"
        " lines { date kind documentType number amount matched balance } } }"
    )
    [statement] = answer["accountStatement"]
    assert statement["opening"] == {"balance": "100.00"}
    assert statement["closing"] == {"owed": "80.00", "unappliedCredit": "10.00", "balance": "70.00"}
    credit, match = statement["lines"]
    assert credit == {
        "date": "2026-04-01",
        "kind": "POSTING",
        "documentType": "CREDIT_MEMO",
        "number": "CM-000001",
        "amount": "-30.00",
        "matched": "0.00",
        "balance": "70.00",
    }
    assert (match["kind"], match["amount"], match["matched"]) == ("APPLICATION", "0.00", "20.00")
    nobody = await service.read('{ accountStatement(account: {number: "none"}) { currency } }')
    assert nobody["accountStatement"] is None


async def test_an_entity_says_since_when_it_has_a_journal(service: Service) -> None:
    """What stood then is found by the same instant."""
    asked = "{ entity { journalBeginsAt } }"
    assert (await service.read(asked))["entity"]["journalBeginsAt"] is None
    await posted_memo(service.books, "10.00")
    await log_is_numbered(service)
    owner = service.books.place.as_owner()
    async with owner.connect() as connection:
        statement = update(tables.entity).where(tables.entity.c.id == service.books.entity.id)
        await connection.execute(statement.values(journal_begins_at=dt.datetime.now(dt.UTC)))
    await owner.dispose()
    begins = (await service.read(asked))["entity"]["journalBeginsAt"]
    await posted_memo(service.books, "5.00")
    await log_is_numbered(service)
    then = await service.read(
        f'{{ account(by: {{number: "{ACCOUNT}"}}) {{ balancesAsOf(asOf: {{at: "{begins}"}})'
        " { balances { currency owed unusedCredit } } } }"
    )
    assert then["account"]["balancesAsOf"]["balances"] == [
        {"currency": "USD", "owed": "0.00", "unusedCredit": "10.00"}
    ]


async def test_aging_of_one_account_and_of_all(service: Service) -> None:
    await account(service.books, "B-1")
    for number in (ACCOUNT, "B-1"):
        await posted_invoice(service.books, "10.00", account_number=number, due_date=dt.date(2026, 5, 1))
    await posted_memo(service.books, "4.00")
    line = "currency buckets { fromDays throughDays amount } totalOwed unappliedCredit balance"
    page = (
        f"day nodes {{ account {{ number }} lines {{ {line} }} }} totals {{ {line} }} endCursor hasNextPage"
    )
    answer = await service.read(f'{{ aging(day: "2026-06-15", buckets: [15, 45], first: 1) {{ {page} }} }}')
    first = answer["aging"]
    assert first["nodes"] == [
        {
            "account": {"number": ACCOUNT},
            "lines": [
                {
                    "currency": "USD",
                    "buckets": [
                        {"fromDays": None, "throughDays": 0, "amount": "0.00"},
                        {"fromDays": 1, "throughDays": 15, "amount": "0.00"},
                        {"fromDays": 16, "throughDays": 45, "amount": "10.00"},
                        {"fromDays": 46, "throughDays": None, "amount": "0.00"},
                    ],
                    "totalOwed": "10.00",
                    "unappliedCredit": "4.00",
                    "balance": "6.00",
                }
            ],
        }
    ]
    assert first["totals"] == first["nodes"][0]["lines"]
    assert first["hasNextPage"]
    second = (await service.read(f'{{ aging(after: "{first["endCursor"]}") {{ {page} }} }}'))["aging"]
    assert [each["account"]["number"] for each in second["nodes"]] == ["B-1"]
    assert not second["hasNextPage"]
    alone = (await service.read(f'{{ aging(account: {{number: "B-1"}}) {{ {page} }} }}'))["aging"]
    assert [each["account"]["number"] for each in alone["nodes"]] == ["B-1"]
    nobody = (await service.read(f'{{ aging(account: {{number: "none"}}) {{ {page} }} }}'))["aging"]
    assert nobody["nodes"] == []


async def test_buckets_that_do_not_ascend_are_a_fault_of_the_client(service: Service) -> None:
    response = await service.send("{ aging(buckets: [30, 30]) { day } }")
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
