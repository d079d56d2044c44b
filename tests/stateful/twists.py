"""Rarer things that a caller can say of each mutation."""

import copy
from random import Random

from tests.model.books import Books
from tests.stateful.kinds_of_twists import (
    DAYS,
    INSTANTS,
    NUL,
    Command,
    Twist,
    another_invoice,
    applications,
    by_quantity,
    delivery,
    direct,
    field,
    invoices,
    lines,
    named_otherwise,
    odd_amount,
    repeated,
    version,
    without_amount,
)


def twisted(random: Random, books: Books, mutation: str, command: Command) -> Command:
    """The command with one or two twists of its mutation."""
    changed = copy.deepcopy(command)
    for _ in range(random.randint(1, 2)):
        random.choice(TWISTS[mutation])(random, books, changed)
    return changed


HEADER = (
    odd_amount,
    delivery(),
    delivery(),
    field("reasonCode", "GOODWILL", "OLD", "NONE", "x" * 41),
    field("taxStrategy", "COPY_FROM_INVOICE_LINE", "IGNORE", "MANUAL_OVERRIDE", "CALCULATE"),
    field("taxAutoCalculation", True, False),
    field("effectiveDate", *DAYS),
    field("comment", "seen", "x" * 256, NUL),
    field("taxDate", *DAYS),
    field("template", "PLAIN", "BILL", "NONE"),
    field("excludeFromAutoApply", True),
    field("autoApplyUponPosting", True),
    field("taxMode", "INCLUSIVE", "EXCLUSIVE", where=lines),
    field("taxOnly", True, where=lines),
    field("taxStrategy", "COPY_FROM_INVOICE_LINE", "IGNORE", "MANUAL_OVERRIDE", "CALCULATE", where=lines),
    field("taxItems", [{"amount": "0.01"}], [{"amount": "0.01", "name": "tax 0"}], [], where=lines),
    field("metadata", {"channel": "web", "weight": 2}),
    field("lines", []),
)
OF_AN_INVOICE = (
    repeated("lines"),
    without_amount,
    version("invoice"),
    named_otherwise("invoice"),
    field("quantity", "1", "0", "0.5", "-1", "1.0000001", "1000000", where=lines),
    field("taxAmount", "0.01", "0", "-0.01", "0.0001", where=lines),
    field("serviceEnd", "2026-01-20", "2025-12-31", where=lines),
    field("description", "mended", NUL, where=lines),
    field("sku", "OTHER", "x" * 256, where=lines),
)
UNAPPLY = (
    odd_amount,
    version("creditMemo"),
    version("invoice", name="expectedInvoiceVersion"),
    field("effectiveDate", *INSTANTS),
    field("description", "back", "x" * 1001, NUL),
)
TWISTS: dict[str, tuple[Twist, ...]] = {
    "upsertAccounts": (
        field("currency", "EUR", "XXX", where=lambda command: list(command["accounts"])),
        delivery(lambda command: list(command["accounts"])),
        repeated("accounts"),
        field("accounts", []),
    ),
    "createInvoices": (
        odd_amount,
        by_quantity,
        delivery(invoices),
        delivery(invoices),
        another_invoice,
        repeated("invoices"),
        named_otherwise("account", invoices),
        field("kind", "DEBIT_MEMO", "INVOICE", where=invoices),
        field("number", "N-1", "N-2", "N-3", where=invoices),
        field("currency", "EUR", "JPY", "XXX", where=invoices),
        field("invoiceDate", *DAYS, where=invoices),
        field("lines", [], where=invoices),
        field("lineNumber", 1, 2, 7, where=lines),
        field("serviceEnd", "2026-01-20", "2025-12-31", where=lines),
        field("taxAmount", "1", "0", where=lines),
        field("taxItems", [], None, where=lines),
        field("orderItem", {"externalReference": "order-1", "quantity": "10"}, where=lines),
        field("quantity", "3", "0", where=lines),
        field("taxExempt", True, where=lines),
        field("invoices", []),
    ),
    "postInvoice": (version("invoice"), named_otherwise("invoice")),
    "recordPayment": (
        odd_amount,
        delivery(),
        delivery(),
        version("invoice"),
        named_otherwise("invoice"),
        field("date", *DAYS),
        field("method", "WIRE", "x" * 256, NUL),
    ),
    "reversePayment": (version("invoice"), field("date", *DAYS)),
    "createCreditMemo": (
        *HEADER,
        by_quantity,
        without_amount,
        named_otherwise("account"),
        field("currency", "EUR", "JPY", "XXX"),
        field("serviceEnd", "2026-01-20", where=lines),
    ),
    "createAndApplyCreditMemo": (
        *HEADER,
        *OF_AN_INVOICE,
    ),
    "createCreditMemoFromInvoice": (
        *HEADER,
        *OF_AN_INVOICE,
        field("fullCredit", True),
        field("onTaxFailure", "DRAFT", "REFUSE"),
        field("amount", "0", where=lines),
    ),
    "createDirectCreditMemos": (
        odd_amount,
        repeated("creditMemos"),
        version("invoice", direct, "expectedInvoiceVersion"),
        named_otherwise("invoice", direct),
        field("reasonCode", "GOODWILL", "OLD", "Wallet Application", where=direct),
        field("calculateTax", True, False, where=direct),
        field("template", "PLAIN", "BILL", "NONE", where=direct),
        field("fullCredit", True, False, where=direct),
        field("lines", [], None, where=direct),
        field("autoApprove", True, False, None, where=direct),
        field("amount", "0", "-1", where=lines),
        field("invoiceLineId", "invl~1", "nothing~1", where=lines),
        field("atomic", True),
        field("creditMemos", []),
    ),
    "recalculateTax": (version("creditMemo"), named_otherwise("creditMemo")),
    "postCreditMemo": (version("creditMemo"), named_otherwise("creditMemo")),
    "approveCreditMemo": (version("creditMemo"), named_otherwise("creditMemo")),
    "rejectCreditMemo": (version("creditMemo"), named_otherwise("creditMemo")),
    "cancelCreditMemo": (version("creditMemo"), named_otherwise("creditMemo")),
    "applyCreditMemo": (
        odd_amount,
        repeated("applications"),
        version("creditMemo"),
        version("invoice", applications),
        named_otherwise("creditMemo"),
        named_otherwise("invoice", applications),
        field("effectiveDate", *INSTANTS, where=applications),
        field("description", "applied", "x" * 1001, NUL, where=applications),
        field("applications", []),
    ),
    "applyCreditMemoLine": (
        odd_amount,
        repeated("applications"),
        version("creditMemo"),
        version("invoice", applications),
        field("effectiveDate", *INSTANTS, where=applications),
        field("description", "applied", where=applications),
        field("applications", []),
    ),
    "unapplyCreditMemo": UNAPPLY,
    "unapplyCreditMemoLine": UNAPPLY,
    "convertNegativeInvoiceLines": (
        version("invoice"),
        named_otherwise("invoice"),
        field("effectiveDate", *DAYS),
        field("invoiceLineIds", [], ["nothing~1"]),
        field("description", "turned", NUL),
    ),
    "updateCreditMemoApplication": (
        version("creditMemo"),
        field("description", None, "x" * 1001, NUL),
    ),
}
