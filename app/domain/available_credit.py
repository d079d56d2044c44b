"""Automatic application in the books: what a command, or the posting of an invoice, finds and carries out."""

from collections.abc import Iterable
from datetime import datetime

from app.domain.application import CreditMemoApplication
from app.domain.auto_apply import DEFAULT_RULES, PlannedApplication, is_available, is_owed, plan_applications
from app.domain.commands import AutoApplyCredits
from app.domain.credit_memo import CreditMemo
from app.domain.entity import Account
from app.domain.facts import Facts, Worksheet
from app.domain.invoice import Invoice
from app.domain.settling import Settlement, settle
from app.domain.violation import Path
from app.domain.vocabulary import AllocationRule


def planned_for(command: AutoApplyCredits, facts: Facts, at: Path = ()) -> list[PlannedApplication]:
    """What the command would apply on these facts, which have those documents of the account that it may use.

    `at`: where it stands among others.
    """
    account = facts.named_record(Account, *at, "account")
    if account is None:
        return []
    return plan_applications(
        (
            each
            for each in facts.of(CreditMemo, "account_id", account.id)
            if is_available(each, facts.stamp.today) and command.currency in (None, each.currency)
        ),
        (each for each in facts.of(Invoice, "account_id", account.id) if is_owed(each)),
        command.rules or DEFAULT_RULES,
        command.precedence,
    )


def auto_apply(
    sheet: Worksheet, command: AutoApplyCredits, at: Path = (), *, job_item_id: str | None = None
) -> list[CreditMemoApplication]:
    """Apply what is planned, in its order. The rules have said that it may be."""
    return _carried_out(
        sheet,
        planned_for(command, sheet, at),
        effective_date=command.effective_date,
        description=command.description,
        allocation=command.allocation,
        job_item_id=job_item_id,
    )


def apply_available_credit(
    sheet: Worksheet, invoice: Invoice, memos: Iterable[CreditMemo]
) -> list[CreditMemoApplication]:
    """Apply open credit to the one invoice, by the rules that hold where a command names none."""
    current = sheet.get(Invoice, invoice.id)
    available = (each for each in memos if is_available(each, sheet.stamp.today))
    return _carried_out(sheet, plan_applications(available, [current] if is_owed(current) else []))


def _carried_out(
    sheet: Worksheet,
    planned: Iterable[PlannedApplication],
    *,
    effective_date: datetime | None = None,
    description: str | None = None,
    allocation: AllocationRule | None = None,
    job_item_id: str | None = None,
) -> list[CreditMemoApplication]:
    return [
        settle(
            sheet,
            Settlement(
                credit_memo_id=each.credit_memo_id,
                invoice_id=each.invoice_id,
                amount=each.amount,
                effective_date=effective_date,
                description=description,
                allocation=allocation,
                planned=each,
                job_item_id=job_item_id,
            ),
        )
        for each in planned
    ]
