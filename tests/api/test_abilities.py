"""What a document says it would take is what the mutation then does, for the same reasons."""

import asyncio
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.domain.commands import (
    CancelCreditMemo,
    ConfigureTaxEngine,
    ConvertNegativeInvoiceLines,
    CreditMemoReference,
    InvoiceReference,
    ReverseCreditMemo,
    UnpostCreditMemo,
    VoidCreditMemo,
)
from app.domain.entity import Settings
from app.domain.vocabulary import TaxEngineKind
from app.repository.database import Database
from tests.api.examples import prepared
from tests.api.furnished import furnished_once
from tests.support.approving import service_of_clerk, waiting_memo
from tests.support.building import (
    applied,
    applying_line,
    draft_invoice,
    draft_memo,
    one_row_of_everything,
    paid,
    posted_invoice,
    posted_memo,
)
from tests.support.service import Service, mutation_document
from tests.support.stores import Place
from tests.support.tax_engines import calculated_line

FLAG = "{ allowed violations { code message details { asked allowed ids } } }"


async def furnish(service: Service) -> None:
    """Documents in every state that this service can bring them to."""
    books = service.books
    await one_row_of_everything(books)
    await prepared(books)
    await posted_invoice(books, "0.00")
    await posted_invoice(books, "10.00", "-50.00")
    await draft_invoice(books, "10.00")
    memo, invoice = await posted_memo(books, "10.00"), await posted_invoice(books, "10.00")
    await applied(books, memo, (invoice, "10.00"))
    canceled = await draft_memo(books, "5.00")
    await books.perform(CancelCreditMemo(credit_memo=CreditMemoReference(id=canceled.id)))
    memo, invoice = await posted_memo(books, "4.00"), await posted_invoice(books, "9.00")
    await books.perform(applying_line(memo.lines[0], (invoice.lines[0], "4.00")))
    for taking_back in (VoidCreditMemo, ReverseCreditMemo, UnpostCreditMemo):
        named = CreditMemoReference(id=(await posted_memo(books, "6.00")).id)
        await books.perform(taking_back(credit_memo=named))
    for settled in (False, True):
        negative = await posted_invoice(books, "20.00", "-5.00")
        reference = InvoiceReference(id=negative.id)
        await books.perform(ConvertNegativeInvoiceLines(invoice=reference))
        if settled:
            await paid(books, negative, "1.00")


@pytest.fixture(scope="module")
def furnished(
    database: Database, place: Place, runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory
) -> Service:
    return furnished_once(furnish, database, place, runner, tmp_path_factory)


async def refusal(service: Service, mutation: str, input: dict[str, Any]) -> list[Any]:
    """The violations with which a dry run of the mutation is refused, paths left out; none when it would pass."""
    answer = await service.read(mutation_document(mutation), input=input | {"dryRun": True})
    return [
        {name: value for name, value in each.items() if name != "path"}
        for each in answer[mutation].get("violations", ())
    ]


@pytest.mark.parametrize(
    ("flag", "mutation"),
    [
        ("canPost", "postCreditMemo"),
        ("canApprove", "approveCreditMemo"),
        ("canReject", "rejectCreditMemo"),
        ("canCancel", "cancelCreditMemo"),
        ("canUpdate", "updateCreditMemo"),
        ("canUnpost", "unpostCreditMemo"),
        ("canVoid", "voidCreditMemo"),
        ("canReverse", "reverseCreditMemo"),
        ("canApply", "applyCreditMemo"),
    ],
)
async def test_what_a_memo_says_it_would_take(furnished: Service, flag: str, mutation: str) -> None:
    answer = await furnished.read(
        '{ creditMemos(first: 50, filter: {currency: {eq: "USD"}})'
        f" {{ nodes {{ id status balance {flag} {FLAG} }} }} }}"
    )
    applying = mutation == "applyCreditMemo"
    target = await posted_invoice(furnished.books, "100.00") if applying else None
    seen = set()
    for memo in answer["creditMemos"]["nodes"]:
        input: dict[str, Any] = {"creditMemo": {"id": memo["id"]}}
        if target is not None:
            input["applications"] = [{"invoice": {"id": target.id}, "amount": "0.01"}]
        found = await refusal(furnished, mutation, input)
        codes = [each["code"] for each in found]
        assert memo[flag]["allowed"] is (codes == []), memo
        assert [each["code"] for each in memo[flag]["violations"]] == codes[
            : len(memo[flag]["violations"])
        ], memo
        seen.add(memo["status"])
    assert seen == {"DRAFT", "PENDING_APPROVAL", "POSTED", "CANCELED", "VOIDED"}


async def test_whether_a_memo_could_be_approved_depends_on_who_asks(service: Service, tmp_path: Path) -> None:
    """The clerk's own memo above the limit, and another's: within it, and above."""
    books = service.books
    other = books.as_somebody("other", USD=0)
    own = await waiting_memo(books, "150.00")
    within, above = await posted_memo(other, "90.00"), await posted_memo(other, "150.00")
    clerk = await service_of_clerk(books, tmp_path, name="clerk")
    told = {}
    for who, asked in (("clerk", clerk), ("developer", service)):
        for name, memo in (("own", own), ("within", within), ("above", above)):
            query = f'{{ creditMemo(by: {{id: "{memo.id}"}}) {{ canApprove {FLAG} }} }}'
            flag = (await asked.read(query))["creditMemo"]["canApprove"]
            assert flag["violations"] == await refusal(
                asked, "approveCreditMemo", {"creditMemo": {"id": memo.id}}
            )
            told[who, name] = [each["code"] for each in flag["violations"]]
    assert told == {
        ("clerk", "own"): ["SELF_APPROVAL", "EXCEEDS_APPROVAL_LIMIT"],
        ("clerk", "within"): [],
        ("clerk", "above"): ["EXCEEDS_APPROVAL_LIMIT"],
        ("developer", "own"): [],
        ("developer", "within"): [],
        ("developer", "above"): [],
    }


async def test_whether_a_memo_says_that_its_tax_would_be_calculated_again(service: Service) -> None:
    books = service.books
    await furnish(service)
    await posted_memo(books, calculated_line())
    await draft_memo(books, calculated_line())
    for engine in ("BUILT_IN", None):
        await books.perform(ConfigureTaxEngine(engine=TaxEngineKind(engine) if engine else None))
        answer = await service.read(
            f"{{ creditMemos(first: 50) {{ nodes {{ id canRecalculateTax {FLAG} }} }} }}"
        )
        seen = set()
        for memo in answer["creditMemos"]["nodes"]:
            flag = memo["canRecalculateTax"]
            assert flag["violations"] == await refusal(
                service, "recalculateTax", {"creditMemo": {"id": memo["id"]}}
            )
            assert flag["allowed"] is (flag["violations"] == [])
            seen.add(tuple(each["code"] for each in flag["violations"]))
        codes = {(), ("TAX_NOT_ALLOWED",), ("INVALID_STATUS",), ("INVALID_STATUS", "TAX_NOT_ALLOWED")}
        without = {("TAX_ENGINE_NOT_CONFIGURED",), ("INVALID_STATUS", "TAX_ENGINE_NOT_CONFIGURED")}
        assert seen == (codes if engine else without)


@pytest.mark.parametrize(
    ("flag", "mutation"), [("canCancel", "cancelJob"), ("canResume", "resumeJob"), ("canRetry", "retryJob")]
)
async def test_what_a_job_says_it_would_take(service: Service, flag: str, mutation: str) -> None:
    """Jobs that wait, were canceled, are done with and without refused items, and one that was retried."""
    await furnish(service)
    submit = "submitNegativeLineConversions"
    await service.mutate(
        submit, {"selection": {"accounts": [{"number": "A-1"}], "targetDateTime": "2020-01-01T00:00:00Z"}}
    )
    answer = await service.read(f"{{ jobs {{ nodes {{ id status {flag} {FLAG} }} }} }}")
    jobs = answer["jobs"]["nodes"]
    assert {job["status"] for job in jobs} == {"QUEUED", "CANCELED", "DONE"}
    for job in jobs:
        found = await refusal(service, mutation, {"jobId": job["id"]})
        assert job[flag] == {"allowed": found == [], "violations": found}
    assert {job[flag]["allowed"] for job in jobs} == {True, False}


async def test_what_an_invoice_says_it_would_take(furnished: Service) -> None:
    answer = await furnished.read(
        f"""{{ invoices(first: 50) {{ nodes {{ id status balance canPost {FLAG} canConvertNegativeLines {FLAG}
        canSettle {FLAG} canCredit {FLAG} }} }} }}"""
    )
    convertible = set()
    for invoice in answer["invoices"]["nodes"]:
        named = {"invoice": {"id": invoice["id"]}}
        assert invoice["canPost"]["violations"] == await refusal(furnished, "postInvoice", named)
        found = await refusal(furnished, "convertNegativeInvoiceLines", named)
        assert invoice["canConvertNegativeLines"]["violations"] == found, invoice
        convertible.add(found == [])
        paid = await refusal(furnished, "recordPayment", named | {"amount": "0.01"})
        within_balance = [each for each in paid if each["code"] != "EXCEEDS_INVOICE_BALANCE"]
        assert invoice["canSettle"]["violations"] == within_balance
        credited = await refusal(furnished, "createCreditMemoFromInvoice", named | {"fullCredit": True})
        of_invoice = [each for each in credited if "Nothing is left" not in each["message"]]
        assert invoice["canCredit"]["violations"] == of_invoice
    assert convertible == {True, False}


async def test_what_an_application_says_it_would_take(furnished: Service) -> None:
    answer = await furnished.read(
        f"{{ creditMemoApplications(first: 50) {{ nodes {{ id type canUnapply {FLAG} }} }} }}"
    )
    rows = answer["creditMemoApplications"]["nodes"]
    assert {row["canUnapply"]["allowed"] for row in rows} == {True, False}
    for row in rows:
        found = await refusal(furnished, "unapplyCreditMemo", {"applicationId": row["id"]})
        assert row["canUnapply"]["violations"] == found


async def test_what_a_line_says_can_be_applied_and_credited_is_the_largest_that_passes(
    service: Service,
) -> None:
    known = await prepared(service.books)
    source = await posted_memo(service.books, "900.00")
    answer = await service.read(
        """{ invoices(first: 50, filter: {status: {eq: POSTED}}) { nodes { id balance
        lines(first: 5) { nodes { id balance maximumApplicable creditableAmount creditableTax } } } } }"""
    )
    lines = [(invoice, line) for invoice in answer["invoices"]["nodes"] for line in invoice["lines"]["nodes"]]
    assert known.invoice.lines[0] in {line["id"] for _, line in lines}
    for _, line in lines:
        for extra, passes in (("0", True), ("0.01", False)):
            amount = Decimal(line["maximumApplicable"]) + Decimal(extra)
            if not amount:
                continue
            entry = {"invoiceLineId": line["id"], "amount": str(amount)}
            found = await refusal(
                service,
                "applyCreditMemoLine",
                {"creditMemoLineId": source.lines[0], "applications": [entry]},
            )
            assert (found == []) is passes, (line, amount)


async def test_a_document_of_a_period_that_has_closed_says_so(service: Service) -> None:
    """The flag and the mutation obey one rule, settings of the entity included."""
    books = service.books
    invoice = await draft_invoice(books, "10.00", invoice_date=dt.date(2026, 1, 10))
    memo = await draft_memo(books, "10.00", effective_date=dt.date(2026, 1, 10))
    await books.change_settings(Settings(closed_through=dt.date(2026, 1, 31)))
    answer = await service.read(
        f"""{{ invoice(by: {{id: "{invoice.id}"}}) {{ canPost {FLAG} }}
        creditMemo(by: {{id: "{memo.id}"}}) {{ canPost {FLAG} }} }}"""
    )
    for kind, mutation, id in (
        ("invoice", "postInvoice", invoice.id),
        ("creditMemo", "postCreditMemo", memo.id),
    ):
        found = await refusal(service, mutation, {kind: {"id": id}})
        assert [each["code"] for each in found] == ["PERIOD_CLOSED"]
        assert answer[kind]["canPost"]["violations"] == found
