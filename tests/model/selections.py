"""What to select of a document, and how: its lists are connections, read page by page."""

DOCUMENT_TYPES = {
    "accounts": "Account",
    "invoices": "Invoice",
    "creditMemos": "CreditMemo",
    "applications": "CreditMemoApplication",
}

FIELDS = {
    "Account": "id number name currency externalReference externalReferenceSource metadata version",
    "Invoice": """id number kind status currency chargeAmount taxAmount totalAmount balance creditsApplied
        paymentsApplied convertedAmount creditedAmount creditableAmount settlementStatus fullSettlementDate
        externalReference version account { id }""",
    "CreditMemo": """id number status source currency chargeAmount taxAmount totalAmount applied refunded balance
        externalReference externalReferenceSource reasonCode template description comment effectiveDate taxDate
        targetDate expiresOn taxStatus excludeFromAutoApply autoApplyUponPosting createdBy approvalRequestedBy
        approvedBy version account { id } invoice { id }""",
    "CreditMemoApplication": """id number type level amount impactAmount creditMemoBalance invoiceBalance date
        appliedDate unappliedDate effectiveDate description associatedApplication { id } hasBeenUnapplied
        remainingAmount allocationRule operation creditMemoPosition invoicePosition creditMemo { id number currency }
        invoice { id currency }""",
    "CreditMemoLineApplication": """id sequence type amount impactAmount creditMemoLineBalance invoiceLineBalance
        effectiveDate description creditMemoLine { id } invoiceLine { id } associatedLineApplication { id }
        hasBeenUnapplied remainingAmount""",
    "Payment": "id type amount impactAmount invoiceBalance invoicePosition paymentDate reversedPayment { id }",
    "BalanceEntry": "position kind impactAmount balanceBefore balanceAfter",
    "InvoiceLine": """id lineNumber amount taxAmount totalAmount balance creditsApplied convertedAmount amountCredited
        taxCredited creditableAmount creditableTax maximumApplicable quantity quantityCredited quantityCreditable
        taxItems { id amount creditedAmount creditableAmount convertedAmount }
        orderItem { id quantity quantityCredited }""",
    "CreditMemoLine": """id lineNumber amount taxAmount totalAmount balance applied sourceInvoiceLine { id } quantity
        sku description comment unitOfMeasure serviceStart serviceEnd taxOnly taxMode taxStrategy
        taxItems { id amount sourceTaxItem { id } } orderItem { id }""",
}

CONNECTIONS = {
    "Invoice": {
        "lines": FIELDS["InvoiceLine"],
        "applications": "id",
        "payments": FIELDS["Payment"],
        "balanceEntries": FIELDS["BalanceEntry"],
    },
    "CreditMemo": {
        "lines": FIELDS["CreditMemoLine"],
        "applications": "id",
        "balanceEntries": FIELDS["BalanceEntry"],
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
