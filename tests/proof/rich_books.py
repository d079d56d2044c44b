"""Books with every kind of document and of history in them, made through the verbs; tests name documents by number."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from app.domain import commands as ask
from app.domain.entity import NumberSequence, Settings
from app.domain.invoice_import import FileReading
from app.domain.vocabulary import (
    ApplicationLevel,
    InvoiceKind,
    OnTaxFailure,
    Operation,
    SequenceKind,
    TaxEngineKind,
    TaxMode,
    TaxStrategy,
)
from app.jobs.worker import Worker
from app.repository.database import Database
from app.repository.entities import register_entity
from app.repository.job_queue import QueuedJob
from app.use_cases.submit_import import end_import
from tests.proof.bookkeeper import Bookkeeper, charge, credited

SEQUENCES = [
    NumberSequence(kind=SequenceKind.CREDIT_MEMO, prefix="CM-", gapless=True),
    NumberSequence(kind=SequenceKind.INVOICE, prefix="INV-"),
    NumberSequence(kind=SequenceKind.DEBIT_MEMO, prefix="DM-"),
    NumberSequence(kind=SequenceKind.REFUND, prefix="RF-"),
]


async def settle_at(database: Database, level: ApplicationLevel, code: str) -> int:
    entity = await register_entity(
        database, code=code, name=code, settings=Settings(application_level=level), sequences=SEQUENCES
    )
    return entity.id


async def build(database: Database) -> int:
    """The entity's id. Lines are settled first, then headers, so both levels meet on the same documents."""
    entity_id = await settle_at(database, ApplicationLevel.INVOICE_LINE, "rich")
    books = Bookkeeper(database, entity_id)
    accounts = [
        ask.AccountEntry(number="ACME", name="Acme", currency="USD"),
        ask.AccountEntry(number="OTHER", name="Other", currency="USD"),
        ask.AccountEntry(number="YEN", name="Yen", currency="JPY"),
    ]
    await books.do(Operation.UPSERT_ACCOUNTS, ask.UpsertAccounts(accounts=accounts))
    await _settled_by_lines(books)
    await _converted(books)
    await _drafts(books)
    at_headers = ask.UpdateEntitySettings(application_level=ApplicationLevel.INVOICE)
    await books.do(Operation.UPDATE_ENTITY_SETTINGS, at_headers)
    await _settled_by_headers(books)
    await _jobs(books)
    await _counted_quantities(books)
    await _imported(books)
    await _waiting_for_tax(books)
    await _approved(books)
    await _refunded(books)
    await _matched(books)
    await _written_off(books)
    await _taken_back(books)
    await _lived(books)
    role = ask.UpsertRoles(roles=[ask.RoleEntry(code="CLERK")])
    await books.do(Operation.UPSERT_ROLES, role)
    return entity_id


async def _settled_by_lines(books: Bookkeeper) -> None:
    order_item = ask.OrderItemEntry(external_reference="ORDER-1", quantity=Decimal(10))
    await books.invoice(
        "INV-A",
        [
            charge("100.00", "6.25", "2.00", quantity=Decimal(10), order_item=order_item),
            charge("400.00", "33.00"),
            charge("-50.00", "-4.13"),
        ],
    )
    first, second, _ = await books.lines("INV-A")
    # CM-000001: positions 1 posting, 2 applied, 3 and 4 taken back, 5 applied again by lines.
    application = await books.credit("INV-A", credited(first, "50.00"), credited(second, "40.00"))
    await books.unapply(application, "20.00")
    [line_row, _] = await books.line_applications(application)
    await books.do(
        Operation.UNAPPLY_CREDIT_MEMO_LINE, ask.UnapplyCreditMemoLine(line_application_id=line_row)
    )
    await books.apply("CM-000001", INV_A="10.00")
    # CM-000002 without tax, CM-000003 tax only with given items: neither counts as copied.
    await books.credit("INV-A", credited(second, "20.00", tax_strategy=TaxStrategy.IGNORE))
    items = [ask.TaxItem(name="TAX 2", amount=Decimal("0.50"))]
    await books.credit(
        "INV-A",
        credited(first, None, tax_strategy=TaxStrategy.MANUAL_OVERRIDE, tax_items=items, tax_only=True),
    )
    payment = await books.pay("INV-A", "30.00")
    await books.do(Operation.REVERSE_PAYMENT, ask.ReversePayment(payment_id=payment))
    await books.pay("INV-A", "10.00")


async def _converted(books: Bookkeeper) -> None:
    # CM-000004 is converted and applied at once, CM-000005 converted and then used elsewhere, line by line.
    for number, at_once in (("INV-B", True), ("INV-C", False)):
        await books.invoice(number, [charge("400.00", "10.00"), charge("-100.00", "-2.50")])
        await books.do(
            Operation.CONVERT_NEGATIVE_INVOICE_LINES,
            ask.ConvertNegativeInvoiceLines(
                invoice=ask.InvoiceReference(number=number), apply_to_invoice=at_once
            ),
        )
    [memo_line] = await books.memo_lines("CM-000005")
    targets = [(await books.lines("INV-A"))[1], (await books.lines("INV-C"))[0]]
    entries = [ask.LineApplicationEntry(invoice_line_id=line, amount=Decimal("5.00")) for line in targets]
    await books.do(
        Operation.APPLY_CREDIT_MEMO_LINE,
        ask.ApplyCreditMemoLine(credit_memo_line_id=memo_line, applications=entries),
    )
    await books.invoice("INV-NEGATIVE", [charge("10.00"), charge("-25.00")])


async def _drafts(books: Bookkeeper) -> None:
    await books.invoice("INV-DRAFT", [charge("12.00", "1.00")], post=False)
    await books.invoice("INV-ZERO", [charge("0.00")])
    await books.invoice("DM-1", [charge("75.00")], kind=InvoiceKind.DEBIT_MEMO)
    await books.invoice("INV-YEN", [charge("1200")], account="YEN")
    await books.invoice("INV-OTHER", [charge("60.00")], account="OTHER")
    # CM-000006 stays a posted memo of another account; drafts of a gapless sequence have no number.
    await books.memo(["80.00"], account="OTHER")
    await books.memo(["7.00"], post=False, description="draft")
    canceled = ask.CreateCreditMemo(
        account=ask.AccountReference(number="ACME"), lines=[ask.MemoLineEntry(amount=Decimal("9.00"))]
    )
    made = await books.do(Operation.CREATE_CREDIT_MEMO, canceled)
    reference = ask.CreditMemoReference(id=made["credit_memo"])
    await books.do(Operation.CANCEL_CREDIT_MEMO, ask.CancelCreditMemo(credit_memo=reference))


async def _settled_by_headers(books: Bookkeeper) -> None:
    taxed = ask.MemoLineEntry(
        amount=Decimal("150.00"),
        tax_strategy=TaxStrategy.MANUAL_OVERRIDE,
        tax_items=[
            ask.TaxItem(name="STATE", amount=Decimal("10.00"), exempt_amount=Decimal("1.00")),
            ask.TaxItem(name="CITY", amount=Decimal("2.00")),
        ],
    )
    # CM-000007: two header applications in one call, the second wholly taken back, then a third.
    await books.memo([], lines=[taxed, ask.MemoLineEntry(amount=Decimal("50.00"))])
    _, second = await books.apply("CM-000007", INV_A="25.00", DM_1="75.00")
    await books.unapply(second, "15.00")
    await books.unapply(second)
    await books.apply("CM-000007", INV_C="40.00")
    # CM-000008 takes INV-D to 0 and is taken back in part: settled, and not settled again.
    await books.invoice("INV-D", [charge("30.00")])
    [line] = await books.lines("INV-D")
    application = await books.credit("INV-D", credited(line, "30.00"))
    await books.unapply(application, "10.00")
    # CM-000009 in yen settles its invoice.
    await books.memo(["1200"], account="YEN")
    await books.apply("CM-000009", INV_YEN="1200")


async def _jobs(books: Bookkeeper) -> None:
    # CM-000010 and CM-000011: the first job's items 0 and 2; its item 1 is refused, 3 skipped. The second is canceled.
    for number in ("INV-J1", "INV-J2"):
        await books.invoice(number, [charge("2000"), charge("-500")], account="YEN")
    await _submitted(books, "INV-J1", "INV-NONE", "INV-J2", "INV-YEN")
    worker = Worker(books.database, poll_seconds=1)
    while await worker.work_once():
        pass
    canceled = await _submitted(books, "INV-YEN")
    await books.do(Operation.CANCEL_JOB, ask.CancelJob(job_id=canceled))
    # A third tries the refused item again and waits for a worker.
    [refused] = await books._ids(
        text("SELECT id FROM job WHERE entity_id = :entity_id AND refused > 0 AND id <> :number"), "none"
    )
    await books.do(Operation.RETRY_JOB, ask.RetryJob(job_id=refused))


async def _counted_quantities(books: Bookkeeper) -> None:
    # CM-000012 has its amount from its quantity, CM-000013 counts one beside its amount.
    seats = ask.OrderItemEntry(external_reference="ORDER-2", quantity=Decimal(10))
    await books.invoice("INV-Q", [charge("99.99", "8.25", quantity=Decimal(10), order_item=seats)])
    [line] = await books.lines("INV-Q")
    await books.credit_from("INV-Q", credited(line, None, quantity=Decimal(4)), post=True)
    one = credited(line, "5.00", quantity=Decimal(1))
    await books.credit_from("INV-Q", one, post=True, apply_to_invoice=True)


async def _imported(books: Bookkeeper) -> None:
    # INV-I1 and INV-I2 are drafts of one import. The file of another is still being read.
    done = FileReading(content="done", format="jsonl", path="done.jsonl")
    await books.add_to_import(done, "INV-I1", "INV-I2")
    job_id = await books.import_of(done)
    await books.database.transact(
        books.actor, Operation.SUBMIT_INVOICE_IMPORT, lambda rows: end_import(rows, job_id)
    )
    await Worker(books.database, poll_seconds=1).work_on(QueuedJob(books.actor.entity_id, job_id))
    await books.add_to_import(FileReading(content="open", format="jsonl", path="open.jsonl"), "INV-I3")


async def _waiting_for_tax(books: Bookkeeper) -> None:
    # Two drafts, one by itself and one from INV-TAX: there is an engine, and no rate for them.
    await books.invoice("INV-TAX", [charge("100.00", "8.00", tax_code="NONE")])
    await books.do(Operation.CONFIGURE_TAX_ENGINE, ask.ConfigureTaxEngine(engine=TaxEngineKind.BUILT_IN))
    calculated: dict[str, Any] = {"tax_strategy": TaxStrategy.CALCULATE}
    entries = [
        ask.MemoLineEntry(amount=Decimal("5.00"), tax_code="NONE", tax_mode=mode, **calculated)
        for mode in TaxMode
    ]
    await books.memo([], lines=entries, post=False, on_tax_failure=OnTaxFailure.DRAFT)
    [line] = await books.lines("INV-TAX")
    drawn = credited(line, "20.00", **calculated)
    await books.credit_from("INV-TAX", drawn, on_tax_failure=OnTaxFailure.DRAFT)
    await books.do(Operation.CONFIGURE_TAX_ENGINE, ask.ConfigureTaxEngine())


async def _approved(books: Bookkeeper) -> None:
    # CM-000014 is above the clerk's limit and applied when it is approved; another memo waits.
    clerk = Bookkeeper(books.database, books.actor.entity_id)
    clerk.actor = replace(books.actor, name="clerk", approval_limits={"USD": 1000})
    await clerk.invoice("INV-APPROVED", [charge("100.00", "8.00")])
    [line] = await clerk.lines("INV-APPROVED")
    memo = await clerk.credit_from("INV-APPROVED", credited(line, "20.00"), apply_to_invoice=True)
    reference = ask.CreditMemoReference(id=memo)
    await clerk.do(Operation.POST_CREDIT_MEMO, ask.PostCreditMemo(credit_memo=reference))
    await books.do(Operation.APPROVE_CREDIT_MEMO, ask.ApproveCreditMemo(credit_memo=reference))
    await clerk.memo(["30.00"])


async def _refunded(books: Bookkeeper) -> None:
    # CM-000015: positions 1 posting, 2 refunded, 3 reversed, 4 and 5 refunded again in parts.
    await books.memo(["90.00"])
    failed = await books.refund("CM-000015", "90.00")
    await books.do(Operation.REVERSE_REFUND, ask.ReverseRefund(refund_id=failed))
    await books.refund("CM-000015", "40.00")
    await books.refund("CM-000015", "20.00")


async def _matched(books: Bookkeeper) -> None:
    # Of an account of its own, by a job's item 0; item 1, another account, has nothing to apply.
    entries = [ask.AccountEntry(number=number, name=number, currency="USD") for number in ("MATCHED", "IDLE")]
    await books.do(Operation.UPSERT_ACCOUNTS, ask.UpsertAccounts(accounts=entries))
    await books.invoice("INV-MATCHED", [charge("30.00")], account="MATCHED")
    await books.memo(["20.00"], account="MATCHED")
    accounts = [ask.AccountReference(number=each.number) for each in entries]
    command = ask.SubmitAutoApplications(accounts=accounts)
    job_id = (await books.do(Operation.SUBMIT_AUTO_APPLICATIONS, command))["job"]
    await Worker(books.database, poll_seconds=1).work_on(QueuedJob(books.actor.entity_id, job_id))


async def _written_off(books: Bookkeeper) -> None:
    # CM-000017 writes INV-LOST off, CM-000018 INV-FOUND, which is taken back. What CM-000019 has left is written off
    # through DM-000001. CM-000020 voids INV-TWICE.
    why = "LOST"
    entries = [ask.ReasonCodeEntry(code=why, label="Lost")]
    await books.do(Operation.UPSERT_REASON_CODES, ask.UpsertReasonCodes(reason_codes=entries))
    for number in ("INV-LOST", "INV-FOUND"):
        await books.invoice(number, [charge("100.00", "8.00"), charge("40.00")])
        await books.pay(number, "28.00")
        command = ask.WriteOffInvoice(invoice=ask.InvoiceReference(number=number), reason_code=why)
        written_off = await books.do(Operation.WRITE_OFF_INVOICE, command)
    await books.unapply(written_off["application"])
    await books.memo(["90.00", "10.00"])
    reference = ask.CreditMemoReference(number="CM-000019")
    await books.do(
        Operation.WRITE_OFF_CREDIT_MEMO, ask.WriteOffCreditMemo(credit_memo=reference, reason_code=why)
    )
    await books.invoice("INV-TWICE", [charge("50.00", "4.00"), charge("-10.00")])
    await books.do(Operation.VOID_INVOICE, ask.VoidInvoice(invoice=ask.InvoiceReference(number="INV-TWICE")))


async def _taken_back(books: Bookkeeper) -> None:
    # CM-000021 is reversed through DM-000002, CM-000022 is void.
    tax = ask.TaxItem(name="TAX 1", amount=Decimal("0.83"))
    line = ask.MemoLineEntry(amount=Decimal("10.00"), tax_items=[tax], accounting_code="4010")
    for _ in range(2):
        await books.memo([], lines=[line], account="OTHER")
    reversed = ask.ReverseCreditMemo(credit_memo=ask.CreditMemoReference(number="CM-000021"))
    await books.do(Operation.REVERSE_CREDIT_MEMO, reversed)
    voided = ask.VoidCreditMemo(credit_memo=ask.CreditMemoReference(number="CM-000022"))
    await books.do(Operation.VOID_CREDIT_MEMO, voided)


async def _lived(books: Bookkeeper) -> None:
    # CM-000023 is reversed through DM-000003, CM-000024 a conversion of INV-R and voided, CM-000025 drawn from INV-R and
    # voided, CM-000026 posted, unposted, edited and posted again, its line 2 taken out.
    await books.invoice("INV-R", [charge("100.00", "8.00"), charge("-20.00", "-1.60")], account="OTHER")
    [line, _] = await books.lines("INV-R")
    memo = await books.credit_from("INV-R", credited(line, "30.00"), post=True)
    reference = ask.CreditMemoReference(id=memo)
    await books.do(Operation.REVERSE_CREDIT_MEMO, ask.ReverseCreditMemo(credit_memo=reference))
    converting = ask.ConvertNegativeInvoiceLines(invoice=ask.InvoiceReference(number="INV-R"))
    converted = (await books.do(Operation.CONVERT_NEGATIVE_INVOICE_LINES, converting))["credit_memo"]
    drawn = await books.credit_from("INV-R", credited(line, "10.00"), post=True)
    for id in (converted, drawn):
        voiding = ask.VoidCreditMemo(credit_memo=ask.CreditMemoReference(id=id))
        await books.do(Operation.VOID_CREDIT_MEMO, voiding)
    await books.memo(["40.00", "5.00"], account="OTHER")
    reference = ask.CreditMemoReference(number="CM-000026")
    await books.do(Operation.UNPOST_CREDIT_MEMO, ask.UnpostCreditMemo(credit_memo=reference))
    [_, second] = await books.memo_lines("CM-000026")
    edit = ask.UpdateCreditMemo(credit_memo=reference, comment="by phone", remove_line_ids=[second])
    await books.do(Operation.UPDATE_CREDIT_MEMO, edit)
    await books.do(Operation.POST_CREDIT_MEMO, ask.PostCreditMemo(credit_memo=reference))


async def _submitted(books: Bookkeeper, *numbers: str) -> str:
    command = ask.SubmitNegativeLineConversions(
        invoices=[ask.InvoiceReference(number=number) for number in numbers], apply_to_invoice=True
    )
    return str((await books.do(Operation.SUBMIT_NEGATIVE_LINE_CONVERSIONS, command))["job"])
