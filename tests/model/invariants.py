"""Section 3 checked on the documents the service shows, without the model: `observed` must hold the whole books."""

from collections import defaultdict
from fractions import Fraction

from tests.model.counting import LIVE_MEMO, counted_quantities, draws
from tests.model.money import ZERO
from tests.model.observed import Document, Observed, each, linked, money, nodes, summed


def invariants(observed: Observed) -> list[str]:
    """Every broken invariant as a sentence that begins with its number in section 3 and the document."""
    found = _Found()
    rows = [document for _, document in each(observed, "applications")]
    for handle, invoice in each(observed, "invoices"):
        own = [row for row in rows if linked(row, "invoice") == invoice["id"]]
        _totals(found, handle, invoice)
        _invoice_balance(found, handle, invoice, own)
        _invoice_lines(found, handle, invoice, own)
    for handle, memo in each(observed, "creditMemos"):
        own = [row for row in rows if linked(row, "creditMemo") == memo["id"]]
        _totals(found, handle, memo)
        _memo_balance(found, handle, memo, own)
        _memo_lines(found, handle, memo, own)
        _positions(found, handle, memo, own)
    _applications(found, observed, rows)
    _drawn(found, observed)
    found.sentences += counted_quantities(observed)
    _numbers(found, observed)
    return found.sentences


class _Found:
    def __init__(self) -> None:
        self.sentences: list[str] = []

    def unless(self, holds: bool, number: str, sentence: str) -> None:
        if not holds:
            self.sentences.append(f"{number}: {sentence}")


def _one_sign(amounts: list[Fraction]) -> bool:
    return not any(a > 0 for a in amounts) or not any(a < 0 for a in amounts)


def _totals(found: _Found, handle: str, document: Document) -> None:
    lines = nodes(document["lines"])
    pairs = (("chargeAmount", "amount"), ("taxAmount", "taxAmount"), ("totalAmount", "totalAmount"))
    for whole, part in pairs:
        found.unless(
            money(document, whole) == summed(lines, part), "0", f"{handle}.{whole} is not its lines'"
        )
    for line in lines:
        path, items = f"{handle} line {line['lineNumber']}", nodes(line["taxItems"])
        total = money(line, "amount") + money(line, "taxAmount")
        found.unless(
            money(line, "taxAmount") == summed(items, "amount"), "0", f"{path}: tax is not its items'"
        )
        found.unless(money(line, "totalAmount") == total, "0", f"{path}: total is not amount and tax")
        parts = [money(line, "amount"), *(money(item, "amount") for item in items)]
        found.unless(_one_sign(parts), "0", f"{path}: amount and tax items differ in sign")


def _impact(rows: list[Document]) -> Fraction:
    return summed(rows, "impactAmount")


def _line_rows(rows: list[Document]) -> list[Document]:
    return [line_row for row in rows for line_row in nodes(row["lineApplications"])]


def _header_applied(rows: list[Document]) -> Fraction:
    return -_impact([row for row in rows if row["level"] == "HEADER"])


def _memo_balance(found: _Found, handle: str, memo: Document, rows: list[Document]) -> None:
    total, balance = money(memo, "totalAmount"), money(memo, "balance")
    found.unless(money(memo, "applied") == -_impact(rows), "2", f"{handle}.applied is not its applications'")
    if memo["status"] not in LIVE_MEMO:
        found.unless(balance == 0, "1", f"{handle}: {memo['status']} with a balance")
        return
    sides = money(memo, "applied") + money(memo, "refunded") + balance
    found.unless(total == sides, "1", f"{handle}: total is not applied + refunded + balance")
    found.unless(0 <= balance <= total, "1", f"{handle}: balance {balance} outside 0..{total}")


def _memo_lines(found: _Found, handle: str, memo: Document, rows: list[Document]) -> None:
    lines = nodes(memo["lines"])
    for line in lines:
        path = f"{handle} line {line['lineNumber']}"
        own = [row for row in _line_rows(rows) if linked(row, "creditMemoLine") == line["id"]]
        found.unless(money(line, "applied") == -_impact(own), "2", f"{path}: applied is not its line rows'")
        if memo["status"] in LIVE_MEMO:
            rest = money(line, "totalAmount") - money(line, "applied")
            found.unless(money(line, "balance") == rest, "3a", f"{path}: balance is not total - applied")
            found.unless(
                _between(money(line, "balance"), money(line, "totalAmount")), "3a", f"{path}: out of range"
            )
    if memo["status"] in LIVE_MEMO:
        headers = summed(lines, "balance") - _header_applied(rows) - money(memo, "refunded")
        found.unless(money(memo, "balance") == headers, "3a", f"{handle}: lines do not carry the balance")


def _between(value: Fraction, bound: Fraction) -> bool:
    """0..bound on the bound's side of zero."""
    return min(bound, ZERO) <= value <= max(bound, ZERO)


def _invoice_balance(found: _Found, handle: str, invoice: Document, rows: list[Document]) -> None:
    credits, balance = money(invoice, "creditsApplied"), money(invoice, "balance")
    found.unless(credits == -_impact(rows), "3", f"{handle}.creditsApplied is not its applications'")
    if invoice["status"] == "VOIDED":
        found.unless(balance == 0, "3", f"{handle}: VOIDED with a balance")
        return
    due = money(invoice, "totalAmount") - money(invoice, "convertedAmount")
    found.unless(
        balance == due - credits - money(invoice, "paymentsApplied"),
        "3",
        f"{handle}: balance {balance} is not the sum",
    )
    open_negative = [
        line
        for line in nodes(invoice["lines"])
        if money(line, "totalAmount") < 0 and money(line, "balance") != 0
    ]
    is_negative = bool(open_negative) and due < 0
    if invoice["status"] == "POSTED" and not is_negative:
        found.unless(balance >= 0, "3", f"{handle}: balance {balance} below 0")


def _invoice_lines(found: _Found, handle: str, invoice: Document, rows: list[Document]) -> None:
    lines = nodes(invoice["lines"])
    found.unless(
        money(invoice, "convertedAmount") == summed(lines, "convertedAmount"),
        "3",
        f"{handle}: converted is not its lines'",
    )
    if invoice["status"] == "VOIDED":
        return
    for line in lines:
        path = f"{handle} line {line['lineNumber']}"
        own = [row for row in _line_rows(rows) if linked(row, "invoiceLine") == line["id"]]
        applied, total = money(line, "creditsApplied"), money(line, "totalAmount")
        found.unless(applied == -_impact(own), "3a", f"{path}: credits applied are not its line rows'")
        rest = total - money(line, "convertedAmount") - applied
        found.unless(
            money(line, "balance") == rest, "3a", f"{path}: balance {line['balance']} is not the sum"
        )
        found.unless(_between(money(line, "balance"), total), "3a", f"{path}: balance out of range")
        found.unless(total >= 0 or applied == 0, "3a", f"{path}: a negative line took credit")
    headers = summed(lines, "balance") - _header_applied(rows) - money(invoice, "paymentsApplied")
    found.unless(money(invoice, "balance") == headers, "3a", f"{handle}: lines do not carry the balance")


def _positions(found: _Found, handle: str, memo: Document, rows: list[Document]) -> None:
    """The applications of a memo, by their number, and its refunds chain its balance from one frozen value to the next."""
    by_position = sorted(rows, key=lambda row: int(row["number"].rpartition("-")[2]))
    positions = [int(row["number"].rpartition("-")[2]) for row in by_position]
    found.unless(len(set(positions)) == len(positions), "5", f"{handle}: positions {positions} repeat")
    prefix = {row["number"].rpartition("-")[0] for row in rows}
    found.unless(prefix <= {memo["number"]}, "5", f"{handle}: numbered after {prefix}, not {memo['number']}")
    if memo["status"] not in LIVE_MEMO:
        return
    refunds = nodes(memo["refunds"])
    found.unless(money(memo, "refunded") == -_impact(refunds), "1", f"{handle}.refunded is not its refunds'")
    balance = money(memo, "totalAmount")
    for row in sorted([*by_position, *refunds], key=_position_in_memo):
        balance += money(row, "impactAmount")
        frozen = money(row, "creditMemoBalance")
        found.unless(
            frozen == balance, "5", f"{row['number']}: frozen memo balance {frozen}, history says {balance}"
        )
    found.unless(money(memo, "balance") == balance, "5", f"{handle}: the last position is not the balance")


def _position_in_memo(row: Document) -> int:
    """A refund says it; an application's number ends with it."""
    said = row.get("creditMemoPosition")
    return int(row["number"].rpartition("-")[2]) if said is None else int(said)


def _applications(found: _Found, observed: Observed, rows: list[Document]) -> None:
    by_id = {row["id"]: row for row in rows}
    _undoing(found, rows, by_id, "associatedApplication")
    line_rows = _line_rows(rows)
    _undoing(found, line_rows, {row["id"]: row for row in line_rows}, "associatedLineApplication")
    for row in rows:
        path, parts = row["number"], nodes(row["lineApplications"])
        found.unless(
            row["creditMemo"]["currency"] == row["invoice"]["currency"], "8", f"{path}: two currencies"
        )
        if row["level"] == "HEADER":
            found.unless(not parts, "4", f"{path}: a header row with line rows")
            continue
        found.unless(
            money(row, "amount") == summed(parts, "amount"), "4", f"{path}: amount is not its line rows'"
        )
        if row["type"] == "APPLIED":
            remaining = money(row, "remainingAmount")
            found.unless(
                remaining == summed(parts, "remainingAmount"), "4", f"{path}: remaining is not its line rows'"
            )
        sequence = [part["sequence"] for part in parts]
        found.unless(
            sequence == list(range(1, len(parts) + 1)), "4", f"{path}: line rows numbered {sequence}"
        )
    _same_accounts(found, observed, rows)


def _same_accounts(found: _Found, observed: Observed, rows: list[Document]) -> None:
    """Where `account { id }` was selected on both documents."""
    documents = [document for kind in ("invoices", "creditMemos") for _, document in each(observed, kind)]
    accounts = {document["id"]: linked(document, "account") for document in documents}
    for row in rows:
        sides = {accounts.get(row["creditMemo"]["id"]), accounts.get(row["invoice"]["id"])} - {None}
        found.unless(len(sides) <= 1, "8", f"{row['number']}: two accounts")


def _undoing(found: _Found, rows: list[Document], by_id: dict[str, Document], link: str) -> None:
    """Section 3.6 for rows and for line rows, and the marks that follow from what remains."""
    undone: dict[str, Fraction] = defaultdict(Fraction)
    for row in rows:
        sign = -1 if row["type"] == "APPLIED" else 1
        found.unless(money(row, "amount") > 0, "2", f"{row['id']}: amount {row['amount']}")
        found.unless(money(row, "impactAmount") == sign * money(row, "amount"), "2", f"{row['id']}: impact")
        original = linked(row, link)
        found.unless(
            (original is None) == (row["type"] == "APPLIED"),
            "6",
            f"{row['id']}: {row['type']} and its original",
        )
        if original is not None:
            undone[original] += money(row, "amount")
            found.unless(
                by_id[original]["type"] == "APPLIED", "6", f"{row['id']} undoes what was not applied"
            )
            if "appliedDate" in row:
                inherits = row["appliedDate"] == by_id[original]["appliedDate"]
                found.unless(inherits, "6", f"{row['id']}: applied date is not its original's")
    for row in rows:
        if row["type"] != "APPLIED":
            found.unless(row["hasBeenUnapplied"] == "NA", "6", f"{row['id']}: mark {row['hasBeenUnapplied']}")
            continue
        remaining = money(row, "amount") - undone[row["id"]]
        found.unless(remaining >= 0, "6", f"{row['id']}: {-remaining} more unapplied than applied")
        found.unless(
            money(row, "remainingAmount") == remaining,
            "6",
            f"{row['id']}: remaining {row['remainingAmount']}",
        )
        mark = "YES" if remaining == 0 else "NO"
        found.unless(
            row["hasBeenUnapplied"] == mark, "6", f"{row['id']}: mark {row['hasBeenUnapplied']}, not {mark}"
        )
        if "unappliedDate" in row:
            is_dated = row["unappliedDate"] is not None
            found.unless(
                is_dated == (remaining == 0), "6", f"{row['id']}: unapplied date {row['unappliedDate']}"
            )


def _drawn(found: _Found, observed: Observed) -> None:
    """Section 3.7 from the memo lines that name a source."""
    amounts: dict[str, Fraction] = defaultdict(Fraction)
    taxes: dict[str, Fraction] = defaultdict(Fraction)
    for _, memo in each(observed, "creditMemos"):
        if draws(memo):
            for line in nodes(memo["lines"]):
                source = linked(line, "sourceInvoiceLine")
                if source is not None:
                    amounts[source] += money(line, "amount")
                    taxes[source] += money(line, "taxAmount")
    for handle, invoice in each(observed, "invoices"):
        drawn = ZERO
        for line in nodes(invoice["lines"]):
            path, source = f"{handle} line {line['lineNumber']}", line["id"]
            drawn += amounts[source] + taxes[source]
            found.unless(
                _between(amounts[source], money(line, "amount")), "7", f"{path}: drew {amounts[source]}"
            )
            found.unless(
                _between(taxes[source], money(line, "taxAmount")), "7", f"{path}: drew tax {taxes[source]}"
            )
            found.unless(money(line, "amountCredited") == amounts[source], "7", f"{path}: amount credited")
            found.unless(money(line, "taxCredited") == taxes[source], "7", f"{path}: tax credited")
        bound = max(ZERO, money(invoice, "totalAmount"))
        found.unless(0 <= drawn <= bound, "7", f"{handle}: {drawn} drawn of {bound}")
        found.unless(money(invoice, "creditedAmount") == drawn, "7", f"{handle}: credited amount")


def _numbers(found: _Found, observed: Observed) -> None:
    for kind in ("invoices", "creditMemos", "applications"):
        numbers = [
            (document.get("kind"), document["number"])
            for _, document in each(observed, kind)
            if document["number"] is not None
        ]
        found.unless(len(set(numbers)) == len(numbers), "9", f"{kind} share a number")
