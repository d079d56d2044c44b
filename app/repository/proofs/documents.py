"""Status, settlement and numbers of documents (domain 2, invariant 9)."""

from app.repository.proofs.check import Check, Clauses, check
from app.repository.proofs.headers import HEADERS, INVOICES, MEMOS
from app.repository.proofs.sides import INVOICE, MEMO, SIDES, Side, last_position

SETTLED = (
    "CASE WHEN d.status <> 'DRAFT' AND d.balance = 0 THEN 'SETTLED'"
    " WHEN d.credits_applied = 0 AND d.payments_applied = 0 THEN 'NOT_SETTLED' ELSE 'PARTIALLY_SETTLED' END"
)
# Memos alone: only the service numbers them. Callers may number invoices themselves, and a hole among the numbers that
# they brought along is none of the sequence's.
GAPLESS = (
    "number_sequence q ON q.entity_id = d.entity_id AND q.kind = 'CREDIT_MEMO' AND q.gapless"
    " AND SUBSTR(d.number, 1, LENGTH(q.prefix)) = q.prefix"
    " AND LENGTH(d.number) > LENGTH(q.prefix)"
    " AND LTRIM(SUBSTR(d.number, LENGTH(q.prefix) + 1), '0123456789') = ''"
)
VALUE = (
    "CASE WHEN LTRIM(SUBSTR({0}.number, LENGTH(q.prefix) + 1), '0123456789') = ''"
    " THEN CAST(SUBSTR({0}.number, LENGTH(q.prefix) + 1) AS BIGINT) END"
)
NUMBERED = (
    f"(SELECT d.entity_id, d.id, d.number, q.next, {VALUE.format('d')} AS value,"
    f" LEAD({VALUE.format('d')}) OVER (ORDER BY {VALUE.format('d')}) AS following"
    f" FROM credit_memo d JOIN {GAPLESS} WHERE d.entity_id = :entity_id"
    # Before it, or under another prefix since, the sequence had promised nothing.
    f" AND COALESCE(q.gapless_from, 0) <= {VALUE.format('d')}) AS d"
)


def of_status(side: Side) -> list[Check]:
    """A posted document has a number, and one that was posted or given up knows when; given up, it holds nothing."""
    instants = {MEMO.word: ("CANCELED", "VOIDED"), INVOICE.word: ("VOIDED",)}[side.word]
    given_up = "d.status IN ('CANCELED', 'VOIDED')"
    return [
        check(
            f"{side.word}_given_up_has_no_balance",
            "status",
            f"the {side.word} is canceled or voided and has a balance",
            source=HEADERS[side.word],
            expected="0",
            found="d.balance",
            where=f"{given_up} AND d.balance <> 0",
            first_row=last_position("d"),
        ),
        check(
            f"{side.word}_posted_has_number_and_instant",
            "status",
            f"the {side.word} is posted without number or instant, or not posted and has one",
            source=HEADERS[side.word],
            currency="NULL",
            expected="d.status",
            found="CASE WHEN d.number IS NULL THEN 'no number' WHEN d.posted_at IS NULL THEN 'never posted'"
            " ELSE 'posted' END",
            where="(d.status IN ('POSTED', 'VOIDED') AND (d.number IS NULL OR d.posted_at IS NULL))"
            " OR (d.status IN ('DRAFT', 'PENDING_APPROVAL', 'CANCELED') AND d.posted_at IS NOT NULL)",
        ),
        check(
            f"{side.word}_was_posted_at_its_posting",
            "status",
            f"the {side.word} was posted at another instant than its history says",
            source=HEADERS[side.word],
            currency="NULL",
            expected="history.posted_at",
            found="d.posted_at",
            instants=True,
        ),
        check(
            f"{side.word}_given_up_has_its_instant",
            "status",
            f"the {side.word} is {' or '.join(instants).lower()} without an instant, or is not and has one",
            source=HEADERS[side.word],
            currency="NULL",
            expected="d.status",
            found=" || ', ' || ".join(
                f"CASE WHEN d.{each.lower()}_at IS NULL THEN 'never' ELSE 'once' END || ' {each.lower()}'"
                for each in instants
            ),
            where=" OR ".join(
                f"(d.status = '{each}') <> (d.{each.lower()}_at IS NOT NULL)" for each in instants
            ),
        ),
    ]


def unique_number(
    name: str, table: str, words: str, same: str = "", columns: str = "", of_row: Clauses | None = None
) -> Check:
    """Of documents that share a number (and `same`) the later one is named, with the one before."""
    source = (
        f"(SELECT o.entity_id, o.id, o.number{columns}, LAG(o.id) OVER (PARTITION BY o.number{same} ORDER BY o.id) AS first_id FROM {table} o"
        " WHERE o.entity_id = :entity_id AND o.number IS NOT NULL) AS d"
    )
    return check(
        name,
        "9",
        f"two {words} have one number",
        source=source,
        currency="NULL",
        expected="'a number of its own'",
        found="d.number",
        where="d.first_id IS NOT NULL",
        first_row="d.first_id",
        place="d.id",
        **(of_row or {}),
    )


DOCUMENTS = [
    *(each for side in SIDES for each in of_status(side)),
    check(
        "memo_tax_is_known_before_posting",
        "status",
        "the memo has left its draft, and its tax could not be calculated",
        source=MEMOS,
        currency="NULL",
        expected="'DRAFT or CANCELED'",
        found="d.status",
        where="d.tax_status = 'ERROR' AND d.status NOT IN ('DRAFT', 'CANCELED')",
    ),
    check(
        "settlement_status_follows_the_balance",
        "settlement",
        "the invoice's settlement status is not what its balance makes it",
        source=INVOICES,
        currency="NULL",
        expected=SETTLED,
        found="d.settlement_status",
        first_row=last_position("d"),
    ),
    check(
        "settlement_date_follows_the_status",
        "settlement",
        "a settled invoice has the date of its settlement, another none",
        source=INVOICES,
        currency="NULL",
        expected="CASE d.settlement_status WHEN 'SETTLED' THEN 'a date' ELSE 'none' END",
        found="CASE WHEN d.full_settlement_date IS NULL THEN 'none' ELSE 'a date' END",
        first_row=last_position("d"),
    ),
    unique_number("memo_number_is_unique", "credit_memo", "credit memos"),
    unique_number("invoice_number_is_unique", "invoice", "invoices of a kind", ", o.kind"),
    unique_number(
        "application_number_is_unique",
        "credit_memo_application",
        "applications",
        columns=", o.credit_memo_id",
        of_row={
            "document": "d.credit_memo_id",
            "number": "(SELECT m.number FROM credit_memo m"
            " WHERE m.entity_id = d.entity_id AND m.id = d.credit_memo_id)",
        },
    ),
    check(
        "gapless_numbers_have_no_gap",
        "9",
        "after this number of a gapless sequence one is missing",
        source=NUMBERED,
        currency="NULL",
        expected="d.value + 1",
        found="COALESCE(d.following, d.next)",
        where="d.value + 1 < COALESCE(d.following, d.next)",
        first_row="d.number",
    ),
]
