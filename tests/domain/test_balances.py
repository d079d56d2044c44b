"""The settlement status that an invoice's balance calls for."""

from typing import Any

import pytest

from app.domain.balances import settlement_status
from app.domain.vocabulary import InvoiceStatus, SettlementStatus
from tests.rules.facts import invoice

DRAFT, VOIDED = InvoiceStatus.DRAFT, InvoiceStatus.VOIDED
NOT, PARTIALLY, SETTLED = (
    SettlementStatus.NOT_SETTLED,
    SettlementStatus.PARTIALLY_SETTLED,
    SettlementStatus.SETTLED,
)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        pytest.param({}, NOT, id="untouched"),
        pytest.param({"balance": 6000, "credits_applied": 4000}, PARTIALLY, id="by-credit-alone"),
        pytest.param({"balance": 6000, "payments_applied": 4000}, PARTIALLY, id="by-payment-alone"),
        pytest.param({"balance": 5000, "converted_amount": 5000}, NOT, id="converted-is-not-settled"),
        pytest.param({"balance": 0, "credits_applied": 10000}, SETTLED, id="to-nothing"),
        pytest.param({"balance": 0, "total_amount": 0, "status": DRAFT}, NOT, id="draft-over-nothing"),
        pytest.param({"balance": 0, "status": VOIDED}, SETTLED, id="voided"),
    ],
)
def test_settlement_status(said: dict[str, Any], status: SettlementStatus) -> None:
    assert settlement_status(invoice(**said)) is status
