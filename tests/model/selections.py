"""What to select of a document, and how: its lists are connections, read page by page."""

DOCUMENT_TYPES = {
    "accounts": "Account",
    "invoices": "Invoice",
    "creditMemos": "CreditMemo",
    "applications": "CreditMemoApplication",
}

FIELDS = {
    "Account": "id number name currency externalReference externalReferenceSource metadata version",
    "Invoice": """id number kind source status currency chargeAmount taxAmount totalAmount balance creditsApplied
        paymentsApplied convertedAmount creditedAmount creditableAmount settlementStatus fullSettlementDate
        externalReference version account { id }""",
    "CreditMemo": """id number status source currency chargeAmount taxAmount totalAmount applied refunded balance
        externalReference externalReferenceSource reasonCode template description comment effectiveDate taxDate
        targetDate expiresOn taxStatus excludeFromAutoApply autoApplyUponPosting reversed createdBy approvalRequestedBy
        approvedBy version account { id } invoice { id }""",
    "CreditMemoApplication": """id number type level amount impactAmount creditMemoBalance invoiceBalance date
        appliedDate unappliedDate effectiveDate description associatedApplication { id } hasBeenUnapplied
        remainingAmount allocationRule autoApplyRule autoApplyRank operation creditMemoPosition invoicePosition creditMemo { id number currency }
        invoice { id currency }""",
    "CreditMemoLineApplication": """id sequence type amount impactAmount creditMemoLineBalance invoiceLineBalance
        effectiveDate description creditMemoLine { id } invoiceLine { id } associatedLineApplication { id }
        hasBeenUnapplied remainingAmount""",
    "Payment": "id type amount impactAmount invoiceBalance invoicePosition paymentDate reversedPayment { id }",
    "Refund": """id number type amount impactAmount creditMemoBalance creditMemoPosition refundDate
        reversedRefund { id }""",
    "BalanceEntry": "position kind impactAmount balanceBefore balanceAfter",
    "JournalEntry": "debitCode creditCode amount",
    "InvoiceLine": """id lineNumber amount taxAmount totalAmount balance creditsApplied convertedAmount amountCredited
        taxCredited creditableAmount creditableTax maximumApplicable quantity quantityCredited quantityCreditable
        taxItems { id amount creditedAmount creditableAmount convertedAmount }
        orderItem { id quantity quantityCredited }""",
    "CreditMemoLine": """id lineNumber amount taxAmount totalAmount balance applied sourceInvoiceLine { id } quantity
        sku description comment unitOfMeasure serviceStart serviceEnd accountingCode taxOnly taxMode taxStrategy removed
        taxItems { id amount sourceTaxItem { id } } orderItem { id }""",
}

CONNECTIONS = {
    "Invoice": {
        "lines": FIELDS["InvoiceLine"],
        "applications": "id",
        "payments": FIELDS["Payment"],
        "balanceEntries": FIELDS["BalanceEntry"],
        "journalEntries": FIELDS["JournalEntry"],
    },
    "CreditMemo": {
        "lines": FIELDS["CreditMemoLine"],
        "applications": "id",
        "refunds": FIELDS["Refund"],
        "balanceEntries": FIELDS["BalanceEntry"],
        "journalEntries": FIELDS["JournalEntry"],
    },
    "CreditMemoApplication": {"lineApplications": FIELDS["CreditMemoLineApplication"]},
}

PAGE_SIZE = 8
"""Small, so that a document with some history already has several pages."""


def connection(name: str, fields: str, arguments: str = "", size: int = PAGE_SIZE) -> str:
    """The first page of a connection, or the one that `arguments` ask for."""
    page = f"first: {size}{', ' + arguments if arguments else ''}"
    return f"{name}({page}) {{ nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} }}"


def selection(document_type: str) -> str:
    """A document with the first page of each of its connections."""
    connections = CONNECTIONS.get(document_type, {})
    return " ".join(
        [FIELDS[document_type], *(connection(name, fields) for name, fields in connections.items())]
    )
