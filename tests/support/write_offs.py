"""Builders of write-offs and voids, with a reason that the entities of tests have."""

from typing import Any

from app.domain.commands import (
    CreditMemoReference,
    InvoiceReference,
    VoidInvoice,
    WriteOffCreditMemo,
    WriteOffInvoice,
)
from tests.support.building import Made

REASON = "GOODWILL"


def writing_off(invoice: Made, **said: Any) -> WriteOffInvoice:
    return WriteOffInvoice(**{"invoice": InvoiceReference(id=invoice.id), "reason_code": REASON, **said})


def writing_off_memo(memo: Made, **said: Any) -> WriteOffCreditMemo:
    return WriteOffCreditMemo(
        **{"credit_memo": CreditMemoReference(id=memo.id), "reason_code": REASON, **said}
    )


def voiding(invoice: Made, **said: Any) -> VoidInvoice:
    return VoidInvoice(**{"invoice": InvoiceReference(id=invoice.id), **said})
