"""What the model says of a command: accepted, with the handles of what was made, or refused, with every code that holds."""

from dataclasses import dataclass, replace

# domain.md section 10, in the order of precedence of the published enum.
PRECEDENCE = (
    "INVALID_TEXT",
    "LIMIT_EXCEEDED",
    "NO_LINES",
    "DUPLICATE_LINE",
    "DUPLICATE_TARGET",
    "IDEMPOTENCY_KEY_REUSED",
    "EXTERNAL_REFERENCE_REUSED",
    "NUMBER_TAKEN",
    "NOT_FOUND",
    "VERSION_CONFLICT",
    "INVALID_STATUS",
    "INVALID_SOURCE",
    "NOT_EDITABLE",
    "SELF_APPROVAL",
    "LINE_NOT_ON_INVOICE",
    "ACCOUNT_MISMATCH",
    "CURRENCY_MISMATCH",
    "UNKNOWN_CURRENCY",
    "INVALID_REASON_CODE",
    "REASON_CODE_NOT_ALLOWED",
    "TEMPLATE_NOT_FOUND",
    "TEMPLATE_WRONG_TYPE",
    "INVALID_DATE",
    "PERIOD_CLOSED",
    "TOO_MANY_DECIMALS",
    "INVALID_AMOUNT",
    "NOT_NEGATIVE",
    "ALREADY_CONVERTED",
    "ACTIVE_SETTLEMENT",
    "HAS_APPLICATIONS",
    "HAS_REFUNDS",
    "HAS_CREDITS",
    "NOT_AN_APPLIED_ROW",
    "ALREADY_UNAPPLIED",
    "ALREADY_REVERSED",
    "TAX_NOT_ALLOWED",
    "TAX_ENGINE_NOT_CONFIGURED",
    "TAX_ENGINE_FAILED",
    "TAX_PENDING",
    "EXCEEDS_REMAINING_APPLICATION",
    "EXCEEDS_MEMO_BALANCE",
    "EXCEEDS_LINE_BALANCE",
    "EXCEEDS_CREDITABLE_AMOUNT",
    "EXCEEDS_CREDITABLE_TAX",
    "EXCEEDS_CREDITABLE_QUANTITY",
    "EXCEEDS_INVOICE_BALANCE",
    "NOTHING_CREDITABLE",
    "EXCEEDS_APPROVAL_LIMIT",
)


@dataclass(frozen=True)
class Item:
    """What became of one input of createDirectCreditMemos: DONE, SKIPPED or REFUSED; all codes that are true of it."""

    outcome: str
    memo: str | None = None
    application: str | None = None
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Accepted:
    """Handles of the records a command made, each kind in the order its payload shows them.

    A second delivery (same external reference, same content) and a replay (same idempotency key) name
    the records of the first; `further_applications` are of open credit on posting, and its payload does not show
    them; `duplicates` counts the second deliveries of createInvoices; `items` are the fates of
    createDirectCreditMemos.
    """

    accounts: tuple[str, ...] = ()
    invoices: tuple[str, ...] = ()
    credit_memos: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    further_applications: tuple[str, ...] = ()
    line_applications: tuple[str, ...] = ()
    payments: tuple[str, ...] = ()
    refunds: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    duplicates: int = 0
    second_delivery: bool = False
    replayed: bool = False


@dataclass(frozen=True)
class Refused:
    """All codes that are true of the command: the service's first code must be one of them."""

    codes: frozenset[str]

    @property
    def first(self) -> str:
        return min(self.codes, key=PRECEDENCE.index)


Outcome = Accepted | Refused


def refused(codes: set[str]) -> Refused:
    assert codes, "a refusal has a reason"
    assert codes <= set(PRECEDENCE), f"unknown codes in {codes}"
    return Refused(frozenset(codes))


def second_delivery(made: Accepted) -> Accepted:
    return replace(made, second_delivery=True)
