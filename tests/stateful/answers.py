"""What a mutation answers: which documents, and in which of them a preview may differ from the real call."""

from collections.abc import Iterator
from typing import Any

from tests.model.outcome import Accepted
from tests.model.selections import selection

Payload = dict[str, Any]

ACCOUNTS = {"accounts": "Account"}
INVOICE = {"invoice": "Invoice"}
INVOICES = {"invoices": "Invoice"}
MEMO = {"creditMemo": "CreditMemo"}
MEMOS = {"creditMemos": "CreditMemo"}
APPLICATION = {"application": "CreditMemoApplication"}
APPLICATIONS = {"applications": "CreditMemoApplication"}
PAYMENT = {"payment": "Payment"}
REFUND = {"refund": "Refund"}
DEBIT_MEMO = {"debitMemo": "Invoice"}
LINE_ROW = {"lineApplication": "CreditMemoLineApplication"}
LINE_ROWS = {"lineApplications": "CreditMemoLineApplication"}
MEMO_LINE = {"creditMemoLine": "CreditMemoLine"}

ANSWERS: dict[str, dict[str, str]] = {
    "upsertAccounts": ACCOUNTS,
    "createInvoices": INVOICES,
    "postInvoice": INVOICE | MEMO | APPLICATION,
    "recordPayment": PAYMENT | INVOICE,
    "reversePayment": PAYMENT | INVOICE,
    "writeOffInvoice": MEMO | APPLICATION | INVOICE,
    "writeOffCreditMemo": MEMO | DEBIT_MEMO | APPLICATION,
    "voidInvoice": MEMO | APPLICATION | INVOICE,
    "refundCreditMemo": REFUND | MEMO,
    "reverseRefund": REFUND | MEMO,
    "createCreditMemo": MEMO,
    "createAndApplyCreditMemo": MEMO | APPLICATION | INVOICE,
    "createCreditMemoFromInvoice": MEMO | APPLICATION | INVOICE,
    "createDirectCreditMemos": {},
    "postCreditMemo": MEMO | APPLICATION,
    "recalculateTax": MEMO,
    "approveCreditMemo": MEMO | APPLICATION,
    "rejectCreditMemo": MEMO,
    "cancelCreditMemo": MEMO,
    "updateCreditMemo": MEMO,
    "unpostCreditMemo": MEMO,
    "voidCreditMemo": MEMO,
    "reverseCreditMemo": MEMO | DEBIT_MEMO | APPLICATION,
    "applyCreditMemo": MEMO | APPLICATIONS | INVOICES,
    "applyCreditMemoLine": MEMO_LINE | MEMO | APPLICATIONS | LINE_ROWS | INVOICES,
    "autoApplyCredits": {"account": "Account"} | MEMOS | APPLICATIONS | INVOICES,
    "unapplyCreditMemo": APPLICATION | MEMO | INVOICE,
    "unapplyCreditMemoLine": LINE_ROW | APPLICATION | MEMO | INVOICE,
    "convertNegativeInvoiceLines": MEMO | INVOICE | APPLICATION,
    "updateCreditMemoApplication": APPLICATION,
}

IDS = frozenset({"id", "invoiceId", "creditMemoId", "applicationId", "jobId"})
INSTANTS = frozenset({"date", "appliedDate", "unappliedDate", "effectiveDate", "recordedAt", "endCursor"})
"""A preview's own; a cursor stands for the ids of its row."""

DIRECT_RESULTS = f"""done refused skipped job {{ id status total done refused skipped pending atomic }}
    results {{ id position outcome invoiceId applicationId recordedAt violations {{ code message path }}
    creditMemo {{ {selection("CreditMemo")} }} }}"""

ROLES = (
    ("accounts", "accounts", "accounts"),
    ("invoices", "invoices", "invoice"),
    ("invoices", "debitMemos", "debitMemo"),
    ("credit_memos", "creditMemos", "creditMemo"),
    ("applications", "applications", "application"),
    ("line_applications", "lineApplications", "lineApplication"),
    ("payments", "payments", "payment"),
    ("refunds", "refunds", "refund"),
)


def selection_of(mutation: str) -> str:
    """Every document of the answer with every field that the tests read."""
    if mutation == "createDirectCreditMemos":
        return DIRECT_RESULTS
    documents = " ".join(f"{name} {{ {selection(kind)} }}" for name, kind in ANSWERS[mutation].items())
    return f"created duplicates {documents}" if mutation == "createInvoices" else documents


def documents_of(mutation: str, payload: Payload) -> Iterator[tuple[str, Payload]]:
    """(type, document) for each document of the answer."""
    if mutation == "createDirectCreditMemos":
        yield from (("CreditMemo", item["creditMemo"]) for item in payload["results"] if item["creditMemo"])
    for name, kind in ANSWERS[mutation].items():
        shown = payload[name]
        for document in shown if isinstance(shown, list) else [shown]:
            if document is not None:
                yield kind, document


def records_made(
    mutation: str, outcome: Accepted, payload: Payload
) -> Iterator[tuple[tuple[str, ...], list[Payload]]]:
    """The model's handles beside the documents that the answer shows in their role."""
    if mutation == "createDirectCreditMemos":
        results = payload["results"]
        yield outcome.credit_memos, [item["creditMemo"] for item in results if item["creditMemo"]]
        applications = [item["applicationId"] for item in results if item["applicationId"]]
        yield outcome.applications, [{"id": application} for application in applications]
    for role, many, one in ROLES:
        if many in ANSWERS[mutation]:
            yield getattr(outcome, role), payload[many]
        elif one in ANSWERS[mutation]:
            yield getattr(outcome, role), [payload[one]] if payload[one] is not None else []


class PreviewComparison:
    """A dry run's payload against the real call's: ids of what was there are the same, new ones go one to one."""

    def __init__(self, known_ids: set[str]) -> None:
        self.known_ids = known_ids
        self.previewed: dict[str, str] = {}
        self.found: list[str] = []

    def compare(self, preview: Any, real: Any, path: str = "") -> None:
        name = path.rpartition(".")[2]
        if isinstance(preview, dict) and isinstance(real, dict) and preview.keys() == real.keys():
            for key in preview:
                if key not in {"dryRun"}:
                    self.compare(preview[key], real[key], f"{path}.{key}")
        elif isinstance(preview, list) and isinstance(real, list) and len(preview) == len(real):
            for place, (one, other) in enumerate(zip(preview, real, strict=True)):
                self.compare(one, other, f"{path}[{place}]")
        elif name in IDS and preview is not None and real is not None:
            self._compare_ids(preview, real, path)
        elif name in INSTANTS:
            if (preview is None) != (real is None):
                self.found.append(f"{path}: preview {preview}, real {real}")
        elif preview != real:
            self.found.append(f"{path}: preview {preview!r}, real {real!r}")

    def _compare_ids(self, preview: str, real: str, path: str) -> None:
        if preview in self.known_ids or real in self.known_ids:
            if preview != real:
                self.found.append(f"{path}: preview {preview}, real {real}")
        elif self.previewed.setdefault(preview, real) != real:
            self.found.append(
                f"{path}: preview {preview} stands for {self.previewed[preview]} and for {real}"
            )
