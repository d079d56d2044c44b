"""What a proof reads: every invariant as a statement that finds where the books break it, and how much was read."""

from sqlalchemy import text

from app.repository.proofs.applications import APPLICATIONS
from app.repository.proofs.approvals import APPROVALS
from app.repository.proofs.auto_applications import AUTO_APPLICATIONS
from app.repository.proofs.causes import CAUSES
from app.repository.proofs.check import Check
from app.repository.proofs.documents import DOCUMENTS
from app.repository.proofs.drawing import DRAWING
from app.repository.proofs.invoice_balances import INVOICE_BALANCES
from app.repository.proofs.jobs import JOB_CHECKS
from app.repository.proofs.journal import JOURNAL
from app.repository.proofs.line_chains import LINE_CHAINS
from app.repository.proofs.line_codes import LINE_CODES
from app.repository.proofs.log_order import LOG_ORDER
from app.repository.proofs.made_together import MADE_TOGETHER
from app.repository.proofs.memo_balances import MEMO_BALANCES
from app.repository.proofs.positions import POSITIONS
from app.repository.proofs.references import REFERENCES
from app.repository.proofs.refunds import REFUNDS
from app.repository.proofs.sources import SOURCES
from app.repository.proofs.sweep import Sweep, sweeps
from app.repository.proofs.taken_back import TAKEN_BACK
from app.repository.proofs.totals import TOTALS

__all__ = ["CHECKS", "COUNTS", "SWEEPS", "Check", "Sweep"]

CHECKS: tuple[Check, ...] = (
    *TOTALS,
    *MEMO_BALANCES,
    *INVOICE_BALANCES,
    *POSITIONS,
    *CAUSES,
    *LINE_CHAINS,
    *APPLICATIONS,
    *REFUNDS,
    *MADE_TOGETHER,
    *TAKEN_BACK,
    *DRAWING,
    *SOURCES,
    *DOCUMENTS,
    *APPROVALS,
    *REFERENCES,
    *LOG_ORDER,
    *JOURNAL,
    *LINE_CODES,
    *JOB_CHECKS,
    *AUTO_APPLICATIONS,
)

SWEEPS = sweeps(CHECKS)

COUNTED = (
    "credit_memo",
    "credit_memo_line",
    "invoice",
    "invoice_line",
    "credit_memo_application",
    "credit_memo_line_application",
    "payment",
    "refund",
    "balance_entry",
    "journal_entry",
)
COUNTS = text(
    "SELECT "
    + ", ".join(
        f"(SELECT COUNT(*) FROM {table} d WHERE d.entity_id = :entity_id) AS {table}" for table in COUNTED
    )
)
"""One row: how many rows of each table the proof covers."""
