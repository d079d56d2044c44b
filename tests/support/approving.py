"""Somebody with a limit, and memos above it that wait for somebody else."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.domain.access import BUILT_IN_ROLES
from app.domain.commands import (
    ApprovalLimitEntry,
    ApproveCreditMemo,
    CreditMemoReference,
    PostCreditMemo,
    RejectCreditMemo,
    RoleEntry,
    UpsertRoles,
)
from app.domain.credit_memo import CreditMemo
from tests.support.access import key_of_api
from tests.support.books import TestBooks
from tests.support.building import Made, posted_memo
from tests.support.service import Service

LIMIT = 10_000
"""A clerk posts up to 100.00 US dollars, and nothing in another currency."""


def as_clerk(books: TestBooks, **limits: int) -> TestBooks:
    return books.as_somebody("clerk", **(limits or {"USD": LIMIT}))


async def waiting_memo(books: TestBooks, *lines: str, **said: Any) -> Made:
    """A standalone memo of a clerk, above the limit."""
    return await posted_memo(as_clerk(books), *(lines or ("150.00",)), **said)


async def service_of_clerk(books: TestBooks, directory: Path, **key: Any) -> Service:
    """For the holder of an API key whose role posts up to 100.00 US dollars, and approves no more."""
    role = RoleEntry(
        code="CLERK",
        permissions=sorted(BUILT_IN_ROLES["BILLING_ADMIN"].permissions),
        approval_limits=[ApprovalLimitEntry(currency="USD", amount=Decimal("100.00"))],
    )
    operator = replace(books, actor=replace(books.actor, is_operator=True))
    await operator.perform(UpsertRoles(roles=[role]))
    held = await key_of_api(books, "CLERK", **key)
    return Service(books, directory, token=held.api_key)


def _reference(memo: Made | CreditMemo) -> CreditMemoReference:
    return CreditMemoReference(id=memo.id)


def approving(memo: Made | CreditMemo, **said: Any) -> ApproveCreditMemo:
    return ApproveCreditMemo(credit_memo=_reference(memo), **said)


def rejecting(memo: Made | CreditMemo, **said: Any) -> RejectCreditMemo:
    return RejectCreditMemo(credit_memo=_reference(memo), **said)


def posting(memo: Made | CreditMemo, **said: Any) -> PostCreditMemo:
    return PostCreditMemo(credit_memo=_reference(memo), **said)


async def status_of(books: TestBooks, memo: Made | CreditMemo) -> str:
    return str((await books.record(CreditMemo, memo.id)).status)
