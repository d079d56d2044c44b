"""Section 4.10: debit memos that the service makes to take credit back; the memo is applied to the whole of one."""

from collections.abc import Sequence
from datetime import date

from tests.model.documents import Application, CreditMemo, Invoice, InvoiceLine
from tests.model.ledger import Ledger
from tests.model.settlement import apply_amount


def make_debit_memo(
    ledger: Ledger, memo: CreditMemo, lines: Sequence[InvoiceLine], source: str, day: date
) -> Invoice:
    """Posted, and never credited itself."""
    made = Invoice(
        ledger.mint("inv"),
        None,
        memo.account,
        memo.currency,
        "DEBIT_MEMO",
        day,
        list(lines),
        status="POSTED",
        source=source,
    )
    made.move("POSTING", made.total)
    ledger.invoices[made.handle] = made
    ledger.touched.add(made.handle)
    return made


def apply_to_debit_memo(
    ledger: Ledger, memo: CreditMemo, made: Invoice, operation: str, description: str | None
) -> Application | None:
    """Highest balance first on both sides; of a debit memo of 0 there is nothing to apply."""
    if made.balance == 0:
        return None
    return apply_amount(ledger, memo, made, made.balance, operation, "HIGHEST_FIRST", description=description)
