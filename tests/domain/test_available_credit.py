"""What is applied by rules: from whose credit, and what each application says."""

from datetime import UTC, datetime

from app.domain.application import CreditMemoApplication
from app.domain.available_credit import auto_apply
from app.domain.commands import AccountReference, AutoApplyCredits
from app.domain.vocabulary import AutoApplyRule
from tests.rules.facts import account, invoice, memo, worksheet


def test_an_application_names_the_rule_the_item_of_the_job_and_what_was_said_of_it() -> None:
    sheet = worksheet(account(), memo(), invoice(), named={("account",): "acc_1"})
    day = datetime(2026, 6, 1, tzinfo=UTC)
    command = AutoApplyCredits(
        account=AccountReference(id="acc_1"), effective_date=day, description="Monthly"
    )
    [application] = auto_apply(sheet, command, job_item_id="jit_1")
    assert sheet.every(CreditMemoApplication) == [application]
    assert (application.amount, application.auto_apply_rule, application.auto_apply_rank) == (
        5000,
        AutoApplyRule.OLDEST_DUE,
        3,
    )
    assert (application.effective_date, application.description) == (day, "Monthly")
    assert application.job_item_id == "jit_1"
