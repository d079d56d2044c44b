"""Facts put together by hand: the records a rule is judged on, without any database. Amounts are cents."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from app.domain.application import CreditMemoApplication, CreditMemoLineApplication
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.entity import Account, ReasonCode, Settings
from app.domain.facts import Facts, Stamp, Worksheet
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax, Payment
from app.domain.limits import DEFAULT_LIMITS, Limits
from app.domain.record import Record
from app.domain.refund import Refund
from app.domain.violation import Path, Rejected, Violation
from app.domain.vocabulary import (
    ApplicationType,
    CreditMemoStatus,
    HasBeenUnapplied,
    InvoiceStatus,
    Operation,
    PaymentType,
    RefundType,
    SettledLevel,
    TaxStrategy,
)
from tests.support.wordings import assert_worded

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
TODAY = NOW.date()
_MADE: dict[str, Any] = {"created_at": NOW, "created_by": "ada", "updated_at": NOW, "updated_by": "ada"}
_RECORDED: dict[str, Any] = {"log_id": "log_1", "recorded_at": NOW, "recorded_by": "ada"}


def facts(
    *records: Record,
    named: dict[Path, str] | None = None,
    settings: Settings | None = None,
    limits: Limits = DEFAULT_LIMITS,
    actor: str = "ada",
    approval_limits: dict[str, int] | None = None,
) -> Facts:
    stamp = Stamp(
        now=NOW,
        today=TODAY,
        actor=actor,
        log_id="log_1",
        operation=Operation.APPLY_CREDIT_MEMO,
        new_id=lambda kind: f"{kind.PREFIX}_new",
    )
    return Facts(
        settings=settings or Settings(),
        stamp=stamp,
        records=records,
        named=named,
        limits=limits,
        approval_limits=approval_limits,
        approving_limits=approval_limits,
    )


def worksheet(*records: Record, **said: Any) -> Worksheet:
    """A decision on these facts; the ids of what it makes are numbered from 1."""
    given, numbers = facts(*records, **said), count(1)
    given.stamp = replace(given.stamp, new_id=lambda kind: f"{kind.PREFIX}_new{next(numbers)}")
    return Worksheet(given)


def account(id: str = "acc_1", **said: Any) -> Account:
    return Account(**{"id": id, "number": id, "name": id, "currency": "USD", **_MADE, **said})


def reason(code: str, **said: Any) -> ReasonCode:
    return ReasonCode(**{"id": f"rsn_{code}", "code": code, "label": code, **said})


def invoice(id: str = "inv_1", total: int = 10000, **said: Any) -> Invoice:
    """Posted, of account acc_1, in US dollars."""
    return Invoice(
        **{
            "id": id,
            "number": id,
            "account_id": "acc_1",
            "currency": "USD",
            "status": InvoiceStatus.POSTED,
            "invoice_date": date(2026, 1, 10),
            "charge_amount": total,
            "tax_amount": 0,
            "total_amount": total,
            "balance": total,
            **_MADE,
            **said,
        }
    )


def line(id: str = "invl_1", amount: int = 10000, tax: int = 0, **said: Any) -> InvoiceLine:
    return InvoiceLine(
        **{
            "id": id,
            "invoice_id": "inv_1",
            "line_number": int(id[-1]),
            "currency": "USD",
            "amount": amount,
            "tax_amount": tax,
            "total_amount": amount + tax,
            "balance": amount + tax,
            **said,
        }
    )


def tax(id: str = "invt_1", amount: int = 825, **said: Any) -> InvoiceLineTax:
    return InvoiceLineTax(
        **{
            "id": id,
            "invoice_id": "inv_1",
            "invoice_line_id": "invl_1",
            "ordinal": int(id[-1]),
            "currency": "USD",
            "name": id,
            "amount": amount,
            **said,
        }
    )


def memo(id: str = "cm_1", total: int = 5000, **said: Any) -> CreditMemo:
    """Posted, of account acc_1, in US dollars."""
    return CreditMemo(
        **{
            "id": id,
            "number": id,
            "account_id": "acc_1",
            "currency": "USD",
            "status": CreditMemoStatus.POSTED,
            "charge_amount": total,
            "tax_amount": 0,
            "total_amount": total,
            "balance": total,
            "memo_date": TODAY,
            **_MADE,
            **said,
        }
    )


def memo_line(id: str = "cml_1", amount: int = 5000, **said: Any) -> CreditMemoLine:
    return CreditMemoLine(
        **{
            "id": id,
            "credit_memo_id": "cm_1",
            "line_number": int(id[-1]),
            "currency": "USD",
            "tax_strategy": TaxStrategy.IGNORE,
            "amount": amount,
            "tax_amount": 0,
            "total_amount": amount,
            "balance": amount,
            **said,
        }
    )


def application(id: str = "app_1", amount: int = 3000, **said: Any) -> CreditMemoApplication:
    """An APPLIED row of cm_1 on inv_1."""
    return CreditMemoApplication(
        **{
            "id": id,
            "number": id,
            "credit_memo_id": "cm_1",
            "invoice_id": "inv_1",
            "account_id": "acc_1",
            "currency": "USD",
            "type": ApplicationType.APPLIED,
            "level": SettledLevel.LINE,
            "amount": amount,
            "impact_amount": -amount,
            "credit_memo_balance": 0,
            "invoice_balance": 0,
            "credit_memo_position": 2,
            "invoice_position": 2,
            "applied_date": NOW,
            "has_been_unapplied": HasBeenUnapplied.NO,
            "operation": Operation.APPLY_CREDIT_MEMO,
            **_RECORDED,
            **said,
        }
    )


def taken_back(original: CreditMemoApplication, amount: int, id: str = "app_2") -> CreditMemoApplication:
    return replace(
        original,
        id=id,
        type=ApplicationType.UNAPPLIED,
        amount=amount,
        impact_amount=amount,
        associated_application_id=original.id,
        has_been_unapplied=HasBeenUnapplied.NA,
    )


def line_application(id: str = "lapp_1", amount: int = 3000, **said: Any) -> CreditMemoLineApplication:
    return CreditMemoLineApplication(
        **{
            "id": id,
            "application_id": "app_1",
            "credit_memo_line_id": "cml_1",
            "invoice_line_id": "invl_1",
            "sequence": 1,
            "currency": "USD",
            "type": ApplicationType.APPLIED,
            "amount": amount,
            "impact_amount": -amount,
            "credit_memo_line_balance": 0,
            "invoice_line_balance": 0,
            "applied_date": NOW,
            "has_been_unapplied": HasBeenUnapplied.NO,
            **_RECORDED,
            **said,
        }
    )


def line_taken_back(original: CreditMemoLineApplication, amount: int) -> CreditMemoLineApplication:
    return replace(
        original,
        id="lapp_2",
        application_id="app_2",
        type=ApplicationType.UNAPPLIED,
        amount=amount,
        impact_amount=amount,
        associated_line_application_id=original.id,
        has_been_unapplied=HasBeenUnapplied.NA,
    )


def payment(id: str = "pay_1", amount: int = 1000, **said: Any) -> Payment:
    return Payment(
        **{
            "id": id,
            "invoice_id": "inv_1",
            "account_id": "acc_1",
            "currency": "USD",
            "type": PaymentType.RECEIVED,
            "amount": amount,
            "impact_amount": -amount,
            "invoice_balance": 0,
            "invoice_position": 2,
            "payment_date": date(2026, 6, 1),
            **_RECORDED,
            **said,
        }
    )


def refund(id: str = "rfd_1", amount: int = 1000, **said: Any) -> Refund:
    return Refund(
        **{
            "id": id,
            "number": id,
            "credit_memo_id": "cm_1",
            "account_id": "acc_1",
            "currency": "USD",
            "type": RefundType.REFUNDED,
            "amount": amount,
            "impact_amount": -amount,
            "credit_memo_balance": 0,
            "credit_memo_position": 2,
            "refund_date": date(2026, 6, 1),
            **_RECORDED,
            **said,
        }
    )


Seen = tuple[str, Path, str | None, str | None]


def seen(violations: list[Violation]) -> list[Seen]:
    """(code, path, asked, allowed) of each, in the order in which a caller gets them; their words are the page's."""
    assert_worded(violations)
    ordered = Rejected(violations).violations
    return [(str(each.code), each.path, each.asked, each.allowed) for each in ordered]


def codes(violations: list[Violation]) -> list[str]:
    return [code for code, *_ in seen(violations)]
