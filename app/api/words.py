"""The closed word lists as GraphQL enums, every value described in the field's terms."""

from enum import StrEnum

import strawberry

from app.domain import vocabulary as v

_WORDS: dict[type[StrEnum], tuple[str, dict[str, str]]] = {
    v.ApplicationLevel: (
        "What credit settles (Salesforce: credit application level).",
        {"INVOICE": "Whole invoices.", "INVOICE_LINE": "Invoice lines."},
    ),
    v.AllocationRule: (
        "How an amount is spread over lines when the caller names no pairs.",
        {
            "HIGHEST_FIRST": "Highest balance first, ties by line number (Salesforce).",
            "PROPORTIONAL": "In proportion to the balances, largest remainder (Zuora: Proration).",
            "SOURCE_LINE": "Each memo line to the invoice line it was drawn from, the rest HIGHEST_FIRST.",
            "OLDEST_SERVICE_FIRST": "Invoice lines by start of service; memo lines HIGHEST_FIRST.",
        },
    ),
    v.TaxStrategy: (
        "Where the tax of a memo line comes from (Salesforce: taxStrategy).",
        {
            "CALCULATE": "From the entity's tax engine.",
            "COPY_FROM_INVOICE_LINE": "The invoice line's tax in cumulative proportion to what is credited.",
            "MANUAL_OVERRIDE": "The tax items given, each within what is left on its source.",
            "IGNORE": "No tax.",
        },
    ),
    v.TaxMode: (
        "Whether a credited amount contains its tax (Zuora: taxMode).",
        {"EXCLUSIVE": "The tax comes on top of the amount.", "INCLUSIVE": "The amount contains its tax."},
    ),
    v.TaxRateType: (
        "How a tax rate is meant (Zuora: taxRateType).",
        {"PERCENTAGE": "A share of the amount.", "FLAT_FEE": "A fixed amount."},
    ),
    v.TaxStatus: (
        "Whether a memo's tax is known (Zuora: taxStatus).",
        {
            "NOT_APPLICABLE": "The memo has no tax.",
            "COMPLETE": "The tax is final.",
            "ERROR": "The tax could not be calculated.",
        },
    ),
    v.InvoiceKind: (
        "What a document that a buyer owes is.",
        {"INVOICE": "An invoice.", "DEBIT_MEMO": "A debit memo: it raises what the buyer owes."},
    ),
    v.InvoiceSource: (
        "Who made an invoice or debit memo.",
        {
            "INGESTED": "The billing system.",
            "CREDIT_MEMO_REVERSAL": "This service, reversing a credit memo.",
            "CREDIT_MEMO_WRITE_OFF": "This service, writing off the rest of a credit memo.",
        },
    ),
    v.InvoiceStatus: (
        "Where an invoice is in its life.",
        {
            "DRAFT": "Can still change; nothing can be applied to it.",
            "POSTED": "Final: it can be paid, and credit can be applied to it.",
            "VOIDED": "Taken back whole.",
        },
    ),
    v.SettlementStatus: (
        "How far an invoice is settled (Salesforce: SettlementStatus).",
        {
            "NOT_SETTLED": "Nothing is applied or paid.",
            "PARTIALLY_SETTLED": "Something is applied or paid.",
            "SETTLED": "Its balance is 0.",
        },
    ),
    v.CreditMemoStatus: (
        "Where a credit memo is in its life.",
        {
            "DRAFT": "Not final: it reserves what it draws, and cannot be applied.",
            "PENDING_APPROVAL": "Waits for somebody with a higher limit; reserves like a draft.",
            "POSTED": "Final: it can be applied (Conga: approved).",
            "CANCELED": "A draft that was given up.",
            "VOIDED": "Taken back after posting.",
        },
    ),
    v.CreditMemoSource: (
        "What gave rise to a credit memo (Salesforce: SourceAction).",
        {
            "STANDALONE": "An account, without an invoice.",
            "INVOICE": "Lines of an invoice.",
            "NEGATIVE_LINES": "Negative invoice lines that were converted.",
            "INVOICE_WRITE_OFF": "An invoice that was written off.",
            "INVOICE_VOID": "An invoice that was voided.",
        },
    ),
    v.AccountingCodeType: (
        "What accounting keeps apart in what the service posts (Zuora: type of an accounting code).",
        {
            "ACCOUNTS_RECEIVABLE": "What buyers owe: one side of every entry.",
            "REVENUE": "Revenue that credit takes back.",
            "SALES_TAX_PAYABLE": "Tax that is not owed to the state any more.",
            "BAD_DEBT": "Invoices written off.",
            "CREDIT_WRITE_OFF": "Credit that its buyer will not use.",
            "REFUND_CLEARING": "Credit that is paid back, until the payment is booked.",
        },
    ),
    v.TransferStatus: (
        "Whether accounting has taken a memo (Zuora: transferredToAccounting).",
        {
            "NO": "Not yet.",
            "PROCESSING": "It is being transferred.",
            "YES": "It has been taken.",
            "ERROR": "The transfer failed.",
            "IGNORE": "It is not to be transferred.",
        },
    ),
    v.EInvoiceStatus: (
        "Where a memo's e-invoice file stands (Zuora: einvoiceStatus).",
        {
            "PROCESSING": "It is being made.",
            "SUCCESS": "It has been made.",
            "FAILED": "It could not be made.",
        },
    ),
    v.ApplicationType: (
        "What a row of the application history did (Salesforce: Type).",
        {"APPLIED": "Credit was applied.", "UNAPPLIED": "An earlier application was taken back."},
    ),
    v.SettledLevel: (
        "What an application moved.",
        {"HEADER": "The balances of memo and invoice only.", "LINE": "Balances of lines as well."},
    ),
    v.HasBeenUnapplied: (
        "Whether an application was taken back (Salesforce: HasBeenUnapplied).",
        {
            "NA": "Not applicable: the row is itself UNAPPLIED.",
            "NO": "Something of it remains applied.",
            "YES": "Nothing of it remains applied.",
        },
    ),
    v.AutoApplyRule: (
        "The rule by which credit found its invoice.",
        {
            "MATCH_REFERENCE": "The invoice that the memo names.",
            "MATCH_BALANCE": "An invoice with the same balance.",
            "OLDEST_DUE": "The invoice due first.",
            "HIGHEST_BALANCE": "The invoice with the highest balance.",
        },
    ),
    v.MemoPrecedence: (
        "Which open memo is used before another.",
        {
            "OLDEST_FIRST": "The oldest by memo date, then by number.",
            "EXPIRING_FIRST": "The one that expires first, those that never do last; then the oldest.",
        },
    ),
    v.PaymentType: (
        "What a payment row did.",
        {"RECEIVED": "A payment was received.", "REVERSED": "An earlier payment was taken back."},
    ),
    v.RefundType: (
        "What a refund row did.",
        {"REFUNDED": "Credit was paid back.", "REVERSED": "An earlier refund was taken back, or failed."},
    ),
    v.ChangeKind: (
        "How a document's history went on.",
        {
            "CREATED": "The document was made.",
            "CHANGED": "The document was changed.",
            "ADOPTED": "Its history begins here: it is older than histories are.",
        },
    ),
    v.AsOfBasis: (
        "What counts as having been, at an instant of the past.",
        {
            "RECORDED_AT": "What had been recorded.",
            "EFFECTIVE_DATE": "What had taken effect: applications by effective date, documents by their own, whatever"
            " else by when it was recorded.",
        },
    ),
    v.BalanceEntryKind: (
        "Why a document's balance moved.",
        {
            "POSTING": "The document was posted.",
            "UNPOSTING": "It became a draft again.",
            "APPLICATION": "Credit was applied.",
            "UNAPPLICATION": "Credit was taken back.",
            "PAYMENT": "A payment was received.",
            "PAYMENT_REVERSAL": "A payment was taken back.",
            "CONVERSION": "Negative lines were converted to credit.",
            "CONVERSION_REVERSAL": "A conversion was taken back.",
            "REFUND": "Credit was refunded.",
            "REFUND_REVERSAL": "A refund was taken back.",
            "VOID": "The document was voided.",
        },
    ),
    v.TaxEngineKind: (
        "What calculates tax for the entity (strategy CALCULATE).",
        {
            "BUILT_IN": "The entity's own tax rates.",
            "CALLBACK": "A server that the entity names (Conga: tax callback).",
        },
    ),
    v.OnTaxFailure: (
        "What becomes of a memo whose tax cannot be calculated.",
        {
            "REFUSE": "Nothing is made.",
            "DRAFT": "A draft with tax status ERROR, not postable until recalculateTax succeeds.",
        },
    ),
    v.TemplateType: (
        "What kind of document a template is for (Conga: template type).",
        {
            "CREDIT_MEMO": "Credit memos.",
            "DEBIT_MEMO": "Debit memos.",
            "INVOICE": "Invoices.",
        },
    ),
    v.SequenceKind: (
        "The documents that the service numbers.",
        {
            "CREDIT_MEMO": "Credit memos.",
            "DEBIT_MEMO": "Debit memos.",
            "INVOICE": "Invoices that come without a number of their own.",
            "REFUND": "Refunds.",
        },
    ),
    v.JobKind: (
        "What a job does with each of its items.",
        {
            "DIRECT_CREDIT_MEMOS": "Makes a credit memo from an invoice (Conga: direct credit memos).",
            "NEGATIVE_LINE_CONVERSIONS": "Converts the negative lines of an invoice.",
            "INVOICE_IMPORTS": "Takes in an invoice of a file, which the terminal reads.",
            "INVOICE_WRITE_OFFS": "Writes off what an invoice owes.",
            "AUTO_APPLICATIONS": "Applies an account's open credit to what it owes, by rules.",
        },
    ),
    v.JobStatus: (
        "Where a job is.",
        {
            "SUBMITTING": "The file whose invoices are its items is still being read; nothing is taken in before its end.",
            "QUEUED": "No worker has begun it.",
            "RUNNING": "Workers are at it.",
            "CANCELED": "It was stopped; what is done stays, and it can be resumed.",
            "DONE": "Every item has its outcome.",
        },
    ),
    v.JobItemOutcome: (
        "What became of a job's item.",
        {
            "PENDING": "It is still to be done.",
            "DONE": "It was done.",
            "SKIPPED": "There was nothing to do, or it was a preview; of an import: the invoice was delivered before.",
            "REFUSED": "It broke a rule; the violations say which.",
        },
    ),
    v.CredentialKind: (
        "How a caller of the API shows who it is.",
        {
            "API_KEY": "A key that is sent with every request.",
            "OAUTH_CLIENT": "An id and a secret, for which `/oauth/token` gives tokens (RFC 6749, client credentials).",
        },
    ),
    v.AccessAction: (
        "What was done to a credential, its roles, or a role.",
        {
            "CREATED": "It was made.",
            "CHANGED": "It was changed.",
            "GRANTED": "It got other roles here, or became good in other entities.",
            "SECRET_REPLACED": "It got another secret; the old one is good for nothing.",
            "REVOKED": "It is good for nothing any more: a credential of this entity anywhere, another one here.",
        },
    ),
    v.Operation: (
        "The commands that change the books.",
        {each.value: f"{each.value.replace('_', ' ').capitalize()}." for each in v.Operation},
    ),
    v.ViolationCode: (
        "Why a command was refused; the order here is the order of precedence.",
        {
            "INVALID_TEXT": "A text has a character that no database keeps, a name is empty, metadata is not made of scalars, or a text is not what its field takes.",
            "LIMIT_EXCEEDED": "A text, a list or the work is larger than its limit.",
            "NO_LINES": "At least one line (invoice, application) is needed.",
            "DUPLICATE_LINE": "A line is named twice.",
            "DUPLICATE_TARGET": "An invoice, an account or another key is named twice.",
            "IDEMPOTENCY_KEY_REUSED": "The idempotency key was used for another request.",
            "EXTERNAL_REFERENCE_REUSED": "The external reference stands for a document with other content.",
            "NUMBER_TAKEN": "Another document of the kind has the number, or may have it.",
            "NAME_TAKEN": "The name is taken, or kept for the service itself.",
            "NOT_FOUND": "There is no such document here.",
            "VERSION_CONFLICT": "The document has changed since it was read.",
            "INVALID_STATUS": "The document is in another state than it must be.",
            "INVALID_SOURCE": "What gave rise to the document does not allow it.",
            "NOT_EDITABLE": "The field does not change any more, or not in a memo of this source.",
            "SELF_APPROVAL": "Whoever made the memo, edited it last or asked for its approval does not approve it.",
            "LINE_NOT_ON_INVOICE": "The line belongs to another invoice.",
            "ACCOUNT_MISMATCH": "Memo and invoice belong to different accounts.",
            "CURRENCY_MISMATCH": "Memo and invoice have different currencies.",
            "UNKNOWN_CURRENCY": "It is no ISO 4217 currency with a minor unit.",
            "INVALID_REASON_CODE": "The entity has no such active reason code.",
            "REASON_CODE_NOT_ALLOWED": "Direct credit memos may not have the reason code.",
            "TEMPLATE_NOT_FOUND": "The entity has no such active template.",
            "TEMPLATE_WRONG_TYPE": "The template is for another kind of document, or memos have it already.",
            "INVALID_DATE": "The date lies before what it follows.",
            "PERIOD_CLOSED": "The books are closed through that date.",
            "TOO_MANY_DECIMALS": "The number has more decimals than are kept; nothing is rounded on the way in.",
            "INVALID_AMOUNT": "The amount is missing, of the wrong sign, too large, or does not add up.",
            "NOT_NEGATIVE": "Only negative lines are converted.",
            "ALREADY_CONVERTED": "The line has been converted.",
            "ACTIVE_SETTLEMENT": "Credit or payments are on the invoice.",
            "HAS_APPLICATIONS": "Credit of the memo is applied; of unposting: or was.",
            "HAS_REFUNDS": "Credit of the memo is refunded; of unposting: or was.",
            "HAS_CREDITS": "Memos have drawn from the invoice, drafts included.",
            "NOT_AN_APPLIED_ROW": "Only an APPLIED row can be unapplied.",
            "ALREADY_UNAPPLIED": "Nothing of the application remains applied.",
            "ALREADY_REVERSED": "The payment, refund or memo has been reversed.",
            "TAX_NOT_ALLOWED": "The tax given or asked for does not fit the line or its strategy.",
            "TAX_ENGINE_NOT_CONFIGURED": "The entity has no tax engine to calculate with.",
            "TAX_ENGINE_FAILED": "The tax engine gave no answer, or none that can be used.",
            "TAX_PENDING": "The memo's tax is not known yet; recalculateTax tries again.",
            "EXCEEDS_REMAINING_APPLICATION": "Less than that remains applied.",
            "EXCEEDS_MEMO_BALANCE": "The memo's balance is less.",
            "EXCEEDS_LINE_BALANCE": "The line's balance is less.",
            "EXCEEDS_CREDITABLE_AMOUNT": "Less is left to credit.",
            "EXCEEDS_CREDITABLE_TAX": "Less tax is left to credit.",
            "EXCEEDS_CREDITABLE_QUANTITY": "Less quantity is left to credit.",
            "EXCEEDS_INVOICE_BALANCE": "The invoice's balance is less.",
            "NOTHING_CREDITABLE": "The credit comes to nothing.",
            "EXCEEDS_APPROVAL_LIMIT": "The total is above what the caller may post, or approve.",
            "EXCEEDS_OWN_ACCESS": "It would allow what the caller may not do.",
            "INTERNAL_ERROR": "The service itself failed at an item of a job; its log says how.",
        },
    ),
}


def describe_words() -> None:
    """Make the domain's enums GraphQL enums; KeyError for a word that has no description."""
    for words, (description, texts) in _WORDS.items():
        definition = strawberry.enum(words, description=description).__strawberry_definition__  # type: ignore[attr-defined]
        for value in definition.values:
            value.description = texts[value.value]


describe_words()
