"""Damage to jobs, their items and the queue. A job has no number: its differences are named by its id."""

from tests.proof.damage import Damage, forged

FIRST = "(SELECT id FROM job WHERE refused > 0)"
CANCELED = "(SELECT id FROM job WHERE status = 'CANCELED')"
IMPORT = "(SELECT id FROM job WHERE kind = 'INVOICE_IMPORTS' AND status = 'DONE')"
MATCHED = "(SELECT id FROM job WHERE kind = 'AUTO_APPLICATIONS')"
RETRY = "(SELECT id FROM job WHERE retried_job_id IS NOT NULL)"


def item(position: int) -> str:
    """Of the first job: 0 and 2 are done, 1 is refused, 3 is skipped."""
    return f"job_id = {FIRST} AND position = {position}"


JOBS = [
    Damage(
        "a job counts an item twice",
        (f"UPDATE job SET done = done + 1, total = total + 1 WHERE id = {FIRST}",),
        finds=("jobs", "job_has_its_items", None, None),
        also={None: ["job_counts_its_outcomes"]},
    ),
    Damage(
        "an item's outcome is changed",
        (f"UPDATE job_item SET outcome = 'SKIPPED' WHERE {item(1)}",),
        finds=("jobs", "job_counts_its_outcomes", None, None),
        also={},
    ),
    Damage(
        "an item is removed",
        (f"DELETE FROM job_item WHERE job_id = {CANCELED}",),
        finds=("jobs", "job_has_its_items", None, None),
        also={},
    ),
    Damage(
        "a job is said to be done before its last item",
        (f"UPDATE job SET status = 'DONE' WHERE id = {CANCELED}",),
        finds=("jobs", "job_is_done_with_its_last_item", None, None),
        also={},
    ),
    Damage(
        "a job with work is not in the queue",
        (f"DELETE FROM job_queue WHERE job_id = {RETRY}",),
        finds=("jobs", "job_is_queued_while_it_has_work", None, None),
        also={},
    ),
    Damage(
        "a canceled job is in the queue",
        (f"UPDATE job_queue SET job_id = {CANCELED} WHERE job_id = {RETRY}",),
        finds=("jobs", "job_is_queued_while_it_has_work", None, None),
        also={None: ["job_is_queued_while_it_has_work"]},
    ),
    Damage(
        "an item that was done names no memo",
        (f"UPDATE job_item SET credit_memo_id = NULL, application_id = NULL WHERE {item(0)}",),
        finds=("jobs", "job_item_done_has_its_effect", None, "item 0"),
        also={},
    ),
    Damage(
        "an item names the memo of another invoice",
        (
            f"UPDATE job_item SET invoice_id = (SELECT id FROM invoice WHERE number = 'INV-J2') WHERE {item(0)}",
        ),
        finds=("jobs", "job_item_memo_is_of_its_invoice", None, "item 0"),
        also={},
    ),
    Damage(
        "two items name one memo",
        (
            *forged("job_item", item(0), id="'jit_forged'", position="4"),
            f"UPDATE job SET total = total + 1, done = done + 1 WHERE id = {FIRST}",
        ),
        finds=("jobs", "job_item_memo_is_its_own", None, "item 4"),
        also={},
    ),
    Damage(
        "an item of an import that was done names no invoice",
        (f"UPDATE job_item SET invoice_id = NULL WHERE job_id = {IMPORT} AND position = 0",),
        finds=("jobs", "job_item_done_has_its_effect", None, "item 0"),
        also={},
    ),
    Damage(
        "an account's item that was done has applied nothing",
        ("UPDATE credit_memo_application SET job_item_id = NULL WHERE job_item_id IS NOT NULL",),
        finds=("jobs", "job_item_done_has_its_applications", None, "item 0"),
        also={},
    ),
    Damage(
        "an application says that its memo names the invoice",
        (
            "UPDATE credit_memo_application SET auto_apply_rule = 'MATCH_REFERENCE' WHERE job_item_id IS NOT NULL",
        ),
        finds=("auto-apply", "application_is_what_its_rule_finds", None, "position 2"),
        also={},
    ),
    Damage(
        "an application says that it was found by equal balances",
        (
            "UPDATE credit_memo_application SET auto_apply_rule = 'MATCH_BALANCE' WHERE job_item_id IS NOT NULL",
        ),
        finds=("auto-apply", "application_is_what_its_rule_finds", None, "position 2"),
        also={},
    ),
    Damage(
        "an application that left something on both sides is said to have been found by a rule",
        (
            "UPDATE credit_memo_application SET auto_apply_rule = 'OLDEST_DUE', auto_apply_rank = 1"
            " WHERE number = 'CM-000007-2'",
        ),
        finds=("auto-apply", "application_is_what_its_rule_finds", None, "position 2"),
        also={},
    ),
    Damage(
        "an application is another account's item's",
        (
            f"UPDATE job_item SET account_id = (SELECT id FROM account WHERE number = 'IDLE') WHERE job_id = {MATCHED} AND position = 0",
        ),
        finds=("jobs", "application_is_of_its_items_account", None, "position 2"),
        also={},
    ),
    Damage(
        "an application is an item's that made nothing",
        (
            f"UPDATE credit_memo_application SET job_item_id = (SELECT id FROM job_item WHERE job_id = {MATCHED} AND position = 1) WHERE job_item_id IS NOT NULL",
        ),
        finds=("jobs", "job_item_done_has_its_applications", None, "item 0"),
        also={None: ["application_is_of_its_items_account", "job_item_done_has_its_applications"]},
    ),
    Damage(
        "two items of an import name one invoice",
        (
            f"UPDATE job_item SET invoice_id = (SELECT id FROM invoice WHERE number = 'INV-I1') WHERE job_id = {IMPORT} AND position = 1",
        ),
        finds=("jobs", "job_item_invoice_is_its_own", None, "item 1"),
        also={},
    ),
    Damage(
        "an item names another memo's application",
        (
            f"UPDATE job_item SET application_id = (SELECT id FROM credit_memo_application WHERE number = 'CM-000011-2') WHERE {item(0)}",
        ),
        finds=("jobs", "job_item_application_is_of_its_memo", None, "item 0"),
        also={},
    ),
    Damage(
        "a refused item keeps no reason",
        (f"UPDATE job_item SET violations = NULL WHERE {item(1)}",),
        finds=("jobs", "job_item_refused_has_its_reasons", None, "item 1"),
        also={},
    ),
    Damage(
        "a job retries one that is not there",
        (f"UPDATE job SET retried_job_id = 'job_none' WHERE id = {RETRY}",),
        finds=("8", "job_has_its_retried_job_id", None, None),
        also={},
    ),
    Damage(
        "an item is of no job",
        (f"UPDATE job_item SET job_id = 'job_none' WHERE job_id = {CANCELED}",),
        finds=("8", "job_item_has_its_job_id", None, "item 0"),
        also={None: ["job_has_its_items"]},
    ),
    Damage(
        "an item names an invoice that is not there",
        (f"UPDATE job_item SET invoice_id = 'inv_none' WHERE {item(3)}",),
        finds=("8", "job_item_has_its_invoice_id", None, "item 3"),
        also={},
    ),
    Damage(
        "an item names a memo that is not there",
        (f"UPDATE job_item SET credit_memo_id = 'cm_none' WHERE {item(0)}",),
        finds=("8", "job_item_has_its_credit_memo_id", None, "item 0"),
        also={None: ["job_item_application_is_of_its_memo"]},
    ),
    Damage(
        "an item names an application that is not there",
        (f"UPDATE job_item SET application_id = 'app_none' WHERE {item(0)}",),
        finds=("8", "job_item_has_its_application_id", None, "item 0"),
        also={},
    ),
    Damage(
        "an item names a command that is not in the log",
        (f"UPDATE job_item SET log_id = 'log_none' WHERE {item(3)}",),
        finds=("log", "job_item_has_its_log_id", None, "item 3"),
        also={},
    ),
]
