"""Jobs: what they count is what became of their items, and each item that was done has an effect of its own."""

from app.repository.proofs.check import Check, check, summed

OUTCOMES = ("DONE", "REFUSED", "SKIPPED")
JOBS = "job d" + summed(
    "t",
    "i.job_id",
    "job_item i WHERE i.entity_id = :entity_id",
    items="COUNT(*)",
    last_position="MAX(i.position)",
    **{each.lower(): f"SUM(CASE WHEN i.outcome = '{each}' THEN 1 ELSE 0 END)" for each in OUTCOMES},
)
COUNTED = "d.done || ' done, ' || d.refused || ' refused, ' || d.skipped || ' skipped'"
FOUND = " || ', ' || ".join(f"COALESCE(t.{each.lower()}, 0) || ' {each.lower()}'" for each in OUTCOMES)
QUEUED = "EXISTS (SELECT 1 FROM job_queue q WHERE q.entity_id = d.entity_id AND q.job_id = d.id)"
HAS_WORK = "d.status IN ('QUEUED', 'RUNNING')"
ITEMS = (
    "job_item d LEFT JOIN job j ON j.entity_id = d.entity_id AND j.id = d.job_id"
    " LEFT JOIN credit_memo m ON m.entity_id = d.entity_id AND m.id = d.credit_memo_id"
    " LEFT JOIN credit_memo_application a ON a.entity_id = d.entity_id AND a.id = d.application_id"
)
"""The item d and its job j; the memo m and the application a that it names."""
MAKES_INVOICES = "COALESCE(j.kind, '') = 'INVOICE_IMPORTS'"
GOES_OVER_ACCOUNTS = "COALESCE(j.kind, '') = 'AUTO_APPLICATIONS'"
MADE_FOR_ITEMS = summed(
    "t",
    "a.job_item_id",
    "credit_memo_application a WHERE a.entity_id = :entity_id AND a.job_item_id IS NOT NULL",
    applications="COUNT(*)",
)


def _of_job(name: str, message: str, *, expected: str, found: str, where: str | None = None) -> Check:
    return check(
        name,
        "jobs",
        message,
        source=JOBS,
        number="NULL",
        currency="NULL",
        expected=expected,
        found=found,
        where=where,
    )


def _naming_the_same(column: str, rows: str = "") -> str:
    """Items of which an earlier one names the same thing: d, and its last such one, earlier."""
    return (
        "(SELECT i.entity_id, i.job_id, i.position, LAG(i.job_id || ', item ' || i.position)"
        f" OVER (PARTITION BY i.{column} ORDER BY i.id) AS earlier FROM job_item i{rows}"
        f" WHERE i.entity_id = :entity_id AND i.{column} IS NOT NULL) AS d"
    )


def _of_item(name: str, message: str, *, expected: str, found: str, where: str, source: str = ITEMS) -> Check:
    return check(
        name,
        "jobs",
        message,
        source=source,
        document="d.job_id",
        number="NULL",
        currency="NULL",
        expected=expected,
        found=found,
        where=where,
        first_row="'item ' || d.position",
        place="d.position",
    )


JOB_CHECKS = [
    _of_job(
        "job_has_its_items",
        "the job's items are not numbered from 0 up to its total",
        expected="d.total || ' items'",
        found="COALESCE(t.items, 0) || ' items up to ' || COALESCE(t.last_position, -1)",
        where="COALESCE(t.items, 0) <> d.total OR COALESCE(t.last_position, -1) <> d.total - 1",
    ),
    _of_job(
        "job_counts_its_outcomes",
        "the job's counts are not the outcomes of its items",
        expected=FOUND,
        found=COUNTED,
    ),
    _of_job(
        "job_is_done_with_its_last_item",
        "the job is done while items are left, or not done although none is",
        expected="CASE WHEN d.done + d.refused + d.skipped = d.total THEN 'DONE' ELSE 'QUEUED, RUNNING or CANCELED' END",
        found="d.status",
        where="d.status <> 'SUBMITTING' AND (d.done + d.refused + d.skipped = d.total) <> (d.status = 'DONE')",
    ),
    _of_job(
        "job_is_queued_while_it_has_work",
        "the job has work and no worker will find it, or it stands in the queue without work",
        expected=f"CASE WHEN {HAS_WORK} THEN 'queued' ELSE 'not queued' END",
        found=f"CASE WHEN {QUEUED} THEN 'queued' ELSE 'not queued' END",
    ),
    _of_item(
        "job_item_done_has_its_effect",
        "the item was done and names nothing that it made, or names a memo although it was not done",
        expected=f"CASE WHEN d.outcome = 'DONE' THEN CASE WHEN {MAKES_INVOICES} THEN 'an invoice' ELSE 'a memo' END"
        " ELSE 'no memo' END",
        found=f"COALESCE(CASE WHEN {MAKES_INVOICES} AND d.outcome = 'DONE' THEN d.invoice_id ELSE d.credit_memo_id END,"
        " 'none')",
        where=f"NOT {GOES_OVER_ACCOUNTS} AND CASE WHEN {MAKES_INVOICES} AND d.outcome = 'DONE' THEN d.invoice_id IS NULL"
        " ELSE (d.outcome = 'DONE') <> (d.credit_memo_id IS NOT NULL) END",
    ),
    _of_item(
        "job_item_done_has_its_applications",
        "the account's item was done and nothing was applied for it, or something was although it was not done",
        source=f"{ITEMS}{MADE_FOR_ITEMS}",
        expected="CASE WHEN d.outcome = 'DONE' THEN 'applications' ELSE 'none' END",
        found="COALESCE(t.applications, 0) || ' applications'",
        where=f"CASE WHEN {GOES_OVER_ACCOUNTS} AND d.outcome = 'DONE' THEN t.applications IS NULL"
        " ELSE t.applications IS NOT NULL END",
    ),
    _of_item(
        "job_item_invoice_is_its_own",
        "an earlier item of an import names the same invoice as the one it made",
        source=_naming_the_same(
            "invoice_id",
            " JOIN job j ON j.entity_id = i.entity_id AND j.id = i.job_id"
            " AND j.kind = 'INVOICE_IMPORTS' AND i.outcome = 'DONE'",
        ),
        expected="d.earlier",
        found="d.job_id || ', item ' || d.position",
        where="d.earlier IS NOT NULL",
    ),
    _of_item(
        "job_item_memo_is_of_its_invoice",
        "the item's memo was not made from the item's invoice",
        expected="d.invoice_id",
        found="COALESCE(m.invoice_id, 'none')",
        where="m.id IS NOT NULL AND d.invoice_id IS NOT NULL"
        " AND (m.invoice_id IS NULL OR m.invoice_id <> d.invoice_id)",
    ),
    _of_item(
        "job_item_memo_is_its_own",
        "an earlier item names the same memo",
        source=_naming_the_same("credit_memo_id"),
        expected="d.earlier",
        found="d.job_id || ', item ' || d.position",
        where="d.earlier IS NOT NULL",
    ),
    _of_item(
        "job_item_application_is_of_its_memo",
        "the item's application is another memo's",
        expected="COALESCE(d.credit_memo_id, 'none')",
        found="a.credit_memo_id",
        where="a.id IS NOT NULL AND (d.credit_memo_id IS NULL OR a.credit_memo_id <> d.credit_memo_id)",
    ),
    _of_item(
        "job_item_refused_has_its_reasons",
        "the item was refused and keeps no violation, or keeps one although it was done",
        expected="CASE WHEN d.outcome = 'REFUSED' THEN 'violations' ELSE 'no violations' END",
        found="CASE WHEN d.violations IS NULL THEN 'none' ELSE 'some' END",
        where="(d.outcome = 'REFUSED' AND d.violations IS NULL)"
        " OR (d.outcome IN ('DONE', 'PENDING') AND d.violations IS NOT NULL)",
    ),
]
