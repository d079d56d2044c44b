"""The closed word lists of the books. A database stores the value, GraphQL shows the name: they are the same word."""

from enum import StrEnum


class ApplicationLevel(StrEnum):
    """What credit settles: whole invoices, or invoice lines (Salesforce: credit application level)."""

    INVOICE = "INVOICE"
    INVOICE_LINE = "INVOICE_LINE"


class AllocationRule(StrEnum):
    """How an amount is spread over lines when the caller names no pairs."""

    HIGHEST_FIRST = "HIGHEST_FIRST"
    PROPORTIONAL = "PROPORTIONAL"
    SOURCE_LINE = "SOURCE_LINE"
    OLDEST_SERVICE_FIRST = "OLDEST_SERVICE_FIRST"


class TaxStrategy(StrEnum):
    """Where the tax of a memo line comes from (Salesforce: taxStrategy)."""

    CALCULATE = "CALCULATE"
    COPY_FROM_INVOICE_LINE = "COPY_FROM_INVOICE_LINE"
    MANUAL_OVERRIDE = "MANUAL_OVERRIDE"
    IGNORE = "IGNORE"


class TaxMode(StrEnum):
    """Whether a credited amount is meant without its tax or contains it (Zuora: taxMode)."""

    EXCLUSIVE = "EXCLUSIVE"
    INCLUSIVE = "INCLUSIVE"


class TaxRateType(StrEnum):
    PERCENTAGE = "PERCENTAGE"
    FLAT_FEE = "FLAT_FEE"


class TaxStatus(StrEnum):
    NOT_APPLICABLE = "NOT_APPLICABLE"
    COMPLETE = "COMPLETE"
    ERROR = "ERROR"


class TaxEngineKind(StrEnum):
    """What calculates tax for the entity: its own rates, or a server that it names (Conga: tax callback)."""

    BUILT_IN = "BUILT_IN"
    CALLBACK = "CALLBACK"


class OnTaxFailure(StrEnum):
    """What becomes of a memo whose tax cannot be calculated."""

    REFUSE = "REFUSE"
    DRAFT = "DRAFT"


class TemplateType(StrEnum):
    """What kind of document a template is for (Conga: template type)."""

    CREDIT_MEMO = "CREDIT_MEMO"
    DEBIT_MEMO = "DEBIT_MEMO"
    INVOICE = "INVOICE"


class InvoiceKind(StrEnum):
    """A debit memo raises what the buyer owes; credit is applied to it as to an invoice."""

    INVOICE = "INVOICE"
    DEBIT_MEMO = "DEBIT_MEMO"


class InvoiceSource(StrEnum):
    """Who made the invoice: the billing system, or this service when it took a memo back."""

    INGESTED = "INGESTED"
    CREDIT_MEMO_REVERSAL = "CREDIT_MEMO_REVERSAL"
    CREDIT_MEMO_WRITE_OFF = "CREDIT_MEMO_WRITE_OFF"


class InvoiceStatus(StrEnum):
    DRAFT = "DRAFT"
    POSTED = "POSTED"
    VOIDED = "VOIDED"


class SettlementStatus(StrEnum):
    NOT_SETTLED = "NOT_SETTLED"
    PARTIALLY_SETTLED = "PARTIALLY_SETTLED"
    SETTLED = "SETTLED"


class CreditMemoStatus(StrEnum):
    DRAFT = "DRAFT"
    PENDING_APPROVAL = "PENDING_APPROVAL"
    POSTED = "POSTED"
    CANCELED = "CANCELED"
    VOIDED = "VOIDED"


class CreditMemoSource(StrEnum):
    """What gave rise to the memo (Salesforce: SourceAction)."""

    STANDALONE = "STANDALONE"
    INVOICE = "INVOICE"
    NEGATIVE_LINES = "NEGATIVE_LINES"
    INVOICE_WRITE_OFF = "INVOICE_WRITE_OFF"
    INVOICE_VOID = "INVOICE_VOID"


class TransferStatus(StrEnum):
    """Whether accounting has taken the memo (Zuora: transferredToAccounting)."""

    NO = "NO"
    PROCESSING = "PROCESSING"
    YES = "YES"
    ERROR = "ERROR"
    IGNORE = "IGNORE"


class EInvoiceStatus(StrEnum):
    PROCESSING = "PROCESSING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"


class ApplicationType(StrEnum):
    """Salesforce: CreditMemoInvApplication.Type."""

    APPLIED = "APPLIED"
    UNAPPLIED = "UNAPPLIED"


class SettledLevel(StrEnum):
    """Whether an application moved document headers only, or lines as well."""

    HEADER = "HEADER"
    LINE = "LINE"


class HasBeenUnapplied(StrEnum):
    """Salesforce: CreditMemoInvApplication.HasBeenUnapplied."""

    NA = "NA"
    NO = "NO"
    YES = "YES"


class AutoApplyRule(StrEnum):
    """The rule by which credit found its invoice."""

    MATCH_REFERENCE = "MATCH_REFERENCE"
    MATCH_BALANCE = "MATCH_BALANCE"
    OLDEST_DUE = "OLDEST_DUE"
    HIGHEST_BALANCE = "HIGHEST_BALANCE"


class MemoPrecedence(StrEnum):
    """Which open memo is used before another."""

    OLDEST_FIRST = "OLDEST_FIRST"
    EXPIRING_FIRST = "EXPIRING_FIRST"


class PaymentType(StrEnum):
    RECEIVED = "RECEIVED"
    REVERSED = "REVERSED"


class RefundType(StrEnum):
    REFUNDED = "REFUNDED"
    REVERSED = "REVERSED"


class BalanceEntryKind(StrEnum):
    """Why a document's balance moved."""

    POSTING = "POSTING"
    UNPOSTING = "UNPOSTING"
    APPLICATION = "APPLICATION"
    UNAPPLICATION = "UNAPPLICATION"
    PAYMENT = "PAYMENT"
    PAYMENT_REVERSAL = "PAYMENT_REVERSAL"
    CONVERSION = "CONVERSION"
    CONVERSION_REVERSAL = "CONVERSION_REVERSAL"
    REFUND = "REFUND"
    REFUND_REVERSAL = "REFUND_REVERSAL"
    VOID = "VOID"


class AccountingCodeType(StrEnum):
    """What accounting keeps apart in what the service posts (Zuora: type of an accounting code)."""

    ACCOUNTS_RECEIVABLE = "ACCOUNTS_RECEIVABLE"
    REVENUE = "REVENUE"
    SALES_TAX_PAYABLE = "SALES_TAX_PAYABLE"
    BAD_DEBT = "BAD_DEBT"
    CREDIT_WRITE_OFF = "CREDIT_WRITE_OFF"
    REFUND_CLEARING = "REFUND_CLEARING"


class AsOfBasis(StrEnum):
    """What counts as having been, at an instant of the past."""

    RECORDED_AT = "RECORDED_AT"
    EFFECTIVE_DATE = "EFFECTIVE_DATE"


class ChangeKind(StrEnum):
    """How a document's history went on: it was made, changed, or taken over from the time before histories."""

    CREATED = "CREATED"
    CHANGED = "CHANGED"
    ADOPTED = "ADOPTED"


class SequenceKind(StrEnum):
    """The documents that the service numbers."""

    CREDIT_MEMO = "CREDIT_MEMO"
    DEBIT_MEMO = "DEBIT_MEMO"
    INVOICE = "INVOICE"
    REFUND = "REFUND"


class JobKind(StrEnum):
    """What a job does with each of its items."""

    DIRECT_CREDIT_MEMOS = "DIRECT_CREDIT_MEMOS"
    NEGATIVE_LINE_CONVERSIONS = "NEGATIVE_LINE_CONVERSIONS"
    INVOICE_IMPORTS = "INVOICE_IMPORTS"
    AUTO_APPLICATIONS = "AUTO_APPLICATIONS"
    INVOICE_WRITE_OFFS = "INVOICE_WRITE_OFFS"


class JobStatus(StrEnum):
    """SUBMITTING while a file is read into it; QUEUED until a worker begins; CANCELED jobs can be resumed; DONE is for
    good.
    """

    SUBMITTING = "SUBMITTING"
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    CANCELED = "CANCELED"
    DONE = "DONE"


class JobItemOutcome(StrEnum):
    """What became of an item: SKIPPED had nothing to do, REFUSED broke a rule, PENDING is still to be done."""

    PENDING = "PENDING"
    DONE = "DONE"
    SKIPPED = "SKIPPED"
    REFUSED = "REFUSED"


class CredentialKind(StrEnum):
    """How a caller of the API shows who it is."""

    API_KEY = "API_KEY"
    OAUTH_CLIENT = "OAUTH_CLIENT"


class AccessAction(StrEnum):
    """What was done to a credential, its grant in an entity, or a role."""

    CREATED = "CREATED"
    CHANGED = "CHANGED"
    GRANTED = "GRANTED"
    SECRET_REPLACED = "SECRET_REPLACED"
    REVOKED = "REVOKED"


class Operation(StrEnum):
    """The commands that change the books; the kind of a log entry and the maker of an application."""

    REGISTER_ENTITY = "REGISTER_ENTITY"
    SIGN_IN = "SIGN_IN"
    NUMBER_LOG_ENTRIES = "NUMBER_LOG_ENTRIES"
    UPSERT_ACCOUNTS = "UPSERT_ACCOUNTS"
    CREATE_INVOICES = "CREATE_INVOICES"
    POST_INVOICE = "POST_INVOICE"
    RECORD_PAYMENT = "RECORD_PAYMENT"
    REVERSE_PAYMENT = "REVERSE_PAYMENT"
    REFUND_CREDIT_MEMO = "REFUND_CREDIT_MEMO"
    REVERSE_REFUND = "REVERSE_REFUND"
    CREATE_CREDIT_MEMO = "CREATE_CREDIT_MEMO"
    CREATE_AND_APPLY_CREDIT_MEMO = "CREATE_AND_APPLY_CREDIT_MEMO"
    CREATE_CREDIT_MEMO_FROM_INVOICE = "CREATE_CREDIT_MEMO_FROM_INVOICE"
    CREATE_DIRECT_CREDIT_MEMOS = "CREATE_DIRECT_CREDIT_MEMOS"
    SUBMIT_DIRECT_CREDIT_MEMOS = "SUBMIT_DIRECT_CREDIT_MEMOS"
    SUBMIT_NEGATIVE_LINE_CONVERSIONS = "SUBMIT_NEGATIVE_LINE_CONVERSIONS"
    SUBMIT_AUTO_APPLICATIONS = "SUBMIT_AUTO_APPLICATIONS"
    WRITE_OFF_INVOICES = "WRITE_OFF_INVOICES"
    SUBMIT_INVOICE_WRITE_OFFS = "SUBMIT_INVOICE_WRITE_OFFS"
    SUBMIT_INVOICE_IMPORT = "SUBMIT_INVOICE_IMPORT"
    WORK_ON_JOB = "WORK_ON_JOB"
    CANCEL_JOB = "CANCEL_JOB"
    RESUME_JOB = "RESUME_JOB"
    RETRY_JOB = "RETRY_JOB"
    RECALCULATE_TAX = "RECALCULATE_TAX"
    UPDATE_ENTITY_SETTINGS = "UPDATE_ENTITY_SETTINGS"
    CONFIGURE_TAX_ENGINE = "CONFIGURE_TAX_ENGINE"
    UPSERT_TAX_RATES = "UPSERT_TAX_RATES"
    UPSERT_REASON_CODES = "UPSERT_REASON_CODES"
    UPSERT_TEMPLATES = "UPSERT_TEMPLATES"
    UPDATE_NUMBER_SEQUENCES = "UPDATE_NUMBER_SEQUENCES"
    UPDATE_ACCOUNTING_CODES = "UPDATE_ACCOUNTING_CODES"
    MARK_JOURNAL_TRANSFERRED = "MARK_JOURNAL_TRANSFERRED"
    POST_CREDIT_MEMO = "POST_CREDIT_MEMO"
    APPROVE_CREDIT_MEMO = "APPROVE_CREDIT_MEMO"
    REJECT_CREDIT_MEMO = "REJECT_CREDIT_MEMO"
    CANCEL_CREDIT_MEMO = "CANCEL_CREDIT_MEMO"
    UPDATE_CREDIT_MEMO = "UPDATE_CREDIT_MEMO"
    UNPOST_CREDIT_MEMO = "UNPOST_CREDIT_MEMO"
    VOID_CREDIT_MEMO = "VOID_CREDIT_MEMO"
    REVERSE_CREDIT_MEMO = "REVERSE_CREDIT_MEMO"
    WRITE_OFF_CREDIT_MEMO = "WRITE_OFF_CREDIT_MEMO"
    WRITE_OFF_INVOICE = "WRITE_OFF_INVOICE"
    VOID_INVOICE = "VOID_INVOICE"
    APPLY_CREDIT_MEMO = "APPLY_CREDIT_MEMO"
    APPLY_CREDIT_MEMO_LINE = "APPLY_CREDIT_MEMO_LINE"
    AUTO_APPLY_CREDITS = "AUTO_APPLY_CREDITS"
    UNAPPLY_CREDIT_MEMO = "UNAPPLY_CREDIT_MEMO"
    UNAPPLY_CREDIT_MEMO_LINE = "UNAPPLY_CREDIT_MEMO_LINE"
    CONVERT_NEGATIVE_INVOICE_LINES = "CONVERT_NEGATIVE_INVOICE_LINES"
    UPDATE_CREDIT_MEMO_APPLICATION = "UPDATE_CREDIT_MEMO_APPLICATION"
    CREATE_API_KEY = "CREATE_API_KEY"
    CREATE_OAUTH_CLIENT = "CREATE_OAUTH_CLIENT"
    REPLACE_CREDENTIAL_SECRET = "REPLACE_CREDENTIAL_SECRET"
    UPDATE_CREDENTIAL_ROLES = "UPDATE_CREDENTIAL_ROLES"
    REVOKE_CREDENTIAL = "REVOKE_CREDENTIAL"
    SHARE_CREDENTIAL = "SHARE_CREDENTIAL"
    UPSERT_ROLES = "UPSERT_ROLES"


class ViolationCode(StrEnum):
    """Why a command was refused. Order here is the order of precedence: the most basic reason first."""

    INVALID_TEXT = "INVALID_TEXT"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    NO_LINES = "NO_LINES"
    DUPLICATE_LINE = "DUPLICATE_LINE"
    DUPLICATE_TARGET = "DUPLICATE_TARGET"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    EXTERNAL_REFERENCE_REUSED = "EXTERNAL_REFERENCE_REUSED"
    NUMBER_TAKEN = "NUMBER_TAKEN"
    NAME_TAKEN = "NAME_TAKEN"
    NOT_FOUND = "NOT_FOUND"
    VERSION_CONFLICT = "VERSION_CONFLICT"
    INVALID_STATUS = "INVALID_STATUS"
    INVALID_SOURCE = "INVALID_SOURCE"
    NOT_EDITABLE = "NOT_EDITABLE"
    SELF_APPROVAL = "SELF_APPROVAL"
    LINE_NOT_ON_INVOICE = "LINE_NOT_ON_INVOICE"
    ACCOUNT_MISMATCH = "ACCOUNT_MISMATCH"
    CURRENCY_MISMATCH = "CURRENCY_MISMATCH"
    UNKNOWN_CURRENCY = "UNKNOWN_CURRENCY"
    INVALID_REASON_CODE = "INVALID_REASON_CODE"
    REASON_CODE_NOT_ALLOWED = "REASON_CODE_NOT_ALLOWED"
    TEMPLATE_NOT_FOUND = "TEMPLATE_NOT_FOUND"
    TEMPLATE_WRONG_TYPE = "TEMPLATE_WRONG_TYPE"
    INVALID_DATE = "INVALID_DATE"
    PERIOD_CLOSED = "PERIOD_CLOSED"
    TOO_MANY_DECIMALS = "TOO_MANY_DECIMALS"
    INVALID_AMOUNT = "INVALID_AMOUNT"
    NOT_NEGATIVE = "NOT_NEGATIVE"
    ALREADY_CONVERTED = "ALREADY_CONVERTED"
    ACTIVE_SETTLEMENT = "ACTIVE_SETTLEMENT"
    HAS_APPLICATIONS = "HAS_APPLICATIONS"
    HAS_REFUNDS = "HAS_REFUNDS"
    HAS_CREDITS = "HAS_CREDITS"
    NOT_AN_APPLIED_ROW = "NOT_AN_APPLIED_ROW"
    ALREADY_UNAPPLIED = "ALREADY_UNAPPLIED"
    ALREADY_REVERSED = "ALREADY_REVERSED"
    TAX_NOT_ALLOWED = "TAX_NOT_ALLOWED"
    TAX_ENGINE_NOT_CONFIGURED = "TAX_ENGINE_NOT_CONFIGURED"
    TAX_ENGINE_FAILED = "TAX_ENGINE_FAILED"
    TAX_PENDING = "TAX_PENDING"
    EXCEEDS_REMAINING_APPLICATION = "EXCEEDS_REMAINING_APPLICATION"
    EXCEEDS_MEMO_BALANCE = "EXCEEDS_MEMO_BALANCE"
    EXCEEDS_LINE_BALANCE = "EXCEEDS_LINE_BALANCE"
    EXCEEDS_CREDITABLE_AMOUNT = "EXCEEDS_CREDITABLE_AMOUNT"
    EXCEEDS_CREDITABLE_TAX = "EXCEEDS_CREDITABLE_TAX"
    EXCEEDS_CREDITABLE_QUANTITY = "EXCEEDS_CREDITABLE_QUANTITY"
    EXCEEDS_INVOICE_BALANCE = "EXCEEDS_INVOICE_BALANCE"
    NOTHING_CREDITABLE = "NOTHING_CREDITABLE"
    EXCEEDS_APPROVAL_LIMIT = "EXCEEDS_APPROVAL_LIMIT"
    EXCEEDS_OWN_ACCESS = "EXCEEDS_OWN_ACCESS"
    INTERNAL_ERROR = "INTERNAL_ERROR"
