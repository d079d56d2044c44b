"""Sections 2 and 3.7 of quantities and of tax items, checked on what the service shows, without the model."""

from collections import defaultdict
from fractions import Fraction

from tests.model.money import ZERO
from tests.model.observed import Document, Observed, each, linked, nodes

LIVE_MEMO = frozenset({"DRAFT", "PENDING_APPROVAL", "POSTED"})


def draws(memo: Document) -> bool:
    """Whether the memo counts against what is creditable on its invoice (section 3.7)."""
    is_live = memo["status"] in LIVE_MEMO and not memo["reversed"]
    return is_live and memo["source"] != "NEGATIVE_LINES"


def counted_quantities(observed: Observed) -> list[str]:
    """What memo lines count and take is what lines, tax items and order items show, and never more than was charged."""
    counted: dict[str, Fraction] = defaultdict(Fraction)
    taken: dict[str, Fraction] = defaultdict(Fraction)
    for line in _drawing_lines(observed):
        counted[linked(line, "sourceInvoiceLine") or ""] += Fraction(line["quantity"] or 0)
        for item in nodes(line["taxItems"]):
            taken[linked(item, "sourceTaxItem") or ""] += Fraction(item["amount"])
    found: list[str] = []
    of_order: dict[str, Fraction] = defaultdict(Fraction)
    orders: dict[str, set[Fraction]] = defaultdict(set)
    for handle, invoice in each(observed, "invoices"):
        for line in nodes(invoice["lines"]):
            path, quantity = f"{handle} line {line['lineNumber']}", Fraction(line["quantity"] or 0)
            credited = counted[line["id"]]
            if Fraction(line["quantityCredited"]) != credited:
                found.append(
                    f"7: {path}: quantity credited {line['quantityCredited']}, memos count {credited}"
                )
            if not min(quantity, ZERO) <= credited <= max(quantity, ZERO):
                found.append(f"7: {path}: {credited} counted of {quantity}")
            found += _taxes(path, line, taken)
            if line["orderItem"]:
                of_order[line["orderItem"]["id"]] += credited
                orders[line["orderItem"]["id"]].add(Fraction(line["orderItem"]["quantityCredited"]))
    found += [
        f"2: {order}: quantity credited {shown}, its lines' {of_order[order]}"
        for order, shown in orders.items()
        if shown != {of_order[order]}
    ]
    return found


def _drawing_lines(observed: Observed) -> list[Document]:
    memos = [memo for _, memo in each(observed, "creditMemos")]
    return [
        line
        for memo in memos
        if draws(memo)
        for line in nodes(memo["lines"])
        if linked(line, "sourceInvoiceLine")
    ]


def _taxes(path: str, line: Document, taken: dict[str, Fraction]) -> list[str]:
    found = []
    for item in nodes(line["taxItems"]):
        amount, credited = Fraction(item["amount"]), taken[item["id"]]
        if Fraction(item["creditedAmount"]) != credited:
            found.append(f"7: {path}: tax credited {item['creditedAmount']}, memos took {credited}")
        if not min(amount, ZERO) <= credited <= max(amount, ZERO):
            found.append(f"7: {path}: tax {credited} taken of {amount}")
    return found
