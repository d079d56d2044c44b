"""What a caller can ask for. GraphQL's input types are made from these classes, and so is the fingerprint of a call.

A field says what it means (its description is the schema's) and how long it may be; absent and null are the same.
"""

from app.domain.commands.applications import (
    ApplicationEntry,
    ApplyCreditMemo,
    ApplyCreditMemoLine,
    LineApplicationEntry,
    Unapplication,
    UnapplyCreditMemo,
    UnapplyCreditMemoLine,
    UpdateCreditMemoApplication,
)
from app.domain.commands.fields import (
    AccountReference,
    Command,
    CreditMemoReference,
    ExternalReference,
    InvoiceReference,
    Reference,
)
from app.domain.commands.ingestion import (
    AccountEntry,
    CreateInvoices,
    InvoiceEntry,
    InvoiceLineEntry,
    OrderItemEntry,
    PostInvoice,
    RecordPayment,
    ReversePayment,
    TaxItem,
    UpsertAccounts,
)
from app.domain.commands.memos import (
    CancelCreditMemo,
    ConvertNegativeInvoiceLines,
    CreateAndApplyCreditMemo,
    CreateCreditMemo,
    Integration,
    InvoiceCreditEntry,
    MemoHeader,
    MemoLineEntry,
    PostCreditMemo,
)

__all__ = [
    "AccountEntry",
    "AccountReference",
    "ApplicationEntry",
    "ApplyCreditMemo",
    "ApplyCreditMemoLine",
    "CancelCreditMemo",
    "Command",
    "ConvertNegativeInvoiceLines",
    "CreateAndApplyCreditMemo",
    "CreateCreditMemo",
    "CreateInvoices",
    "CreditMemoReference",
    "ExternalReference",
    "Integration",
    "InvoiceCreditEntry",
    "InvoiceEntry",
    "InvoiceLineEntry",
    "InvoiceReference",
    "LineApplicationEntry",
    "MemoHeader",
    "MemoLineEntry",
    "OrderItemEntry",
    "PostCreditMemo",
    "PostInvoice",
    "RecordPayment",
    "Reference",
    "ReversePayment",
    "TaxItem",
    "Unapplication",
    "UnapplyCreditMemo",
    "UnapplyCreditMemoLine",
    "UpdateCreditMemoApplication",
    "UpsertAccounts",
]
