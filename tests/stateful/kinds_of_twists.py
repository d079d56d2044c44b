"""Kinds of twists: each changes a plausible command so that another rule has a word in it."""

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from tests.model.books import Books

Command = dict[str, Any]
Twist = Callable[[Random, Books, Command], None]

NUL = "half\0"
DAYS = ("2026-01-15", "2026-02-28", "2026-03-01", "2031-05-05")
INSTANTS = ("2026-01-15T12:00:00Z", "2026-03-01T00:00:00+02:00", "2031-05-05T05:05:05.5Z")


def amounts_in(value: Any) -> Iterator[Command]:
    """Every object with an amount, at any depth."""
    if isinstance(value, dict):
        if isinstance(value.get("amount"), str):
            yield value
        for inner in value.values():
            yield from amounts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from amounts_in(inner)


def odd_amount(random: Random, _: Books, command: Command) -> None:
    """Zeros behind the last decimal, minus nothing, less than nothing, more than any document holds."""
    holders = list(amounts_in(command))
    if not holders:
        return
    holder = random.choice(holders)
    amount = holder["amount"]
    plain = amount if "." in amount else f"{amount}.0"
    choices = [f"{plain}0", f"{plain}00000", "-0", "-1", "0.001", "9999999999999", "10000000000000"]
    holder["amount"] = random.choice(choices)


def version(
    kind: str,
    where: Callable[[Command], list[Command]] = lambda command: [command],
    name: str = "expectedVersion",
) -> Twist:
    """The version that was read, or one before or after it."""

    def twist(random: Random, books: Books, command: Command) -> None:
        for holder in where(command):
            reference = holder.get(kind)
            handle = reference.get("id") if isinstance(reference, dict) else _side_of(books, kind, holder)
            known = books.versions.get(handle) if handle else None
            if known is not None:
                holder[name] = known + random.choice([0, 0, 1, -1])

    return twist


def _side_of(books: Books, kind: str, command: Command) -> str | None:
    """The memo or the invoice that a line, an application, a line application or a payment belongs to."""
    if "invoiceLineId" in command:
        taker = books.find_invoice_line(command["invoiceLineId"])
        return taker[0].handle if taker else None
    if "paymentId" in command:
        payment = books.payments.get(command["paymentId"])
        return payment.invoice if payment else None
    if "refundId" in command:
        refund = books.refunds.get(command["refundId"])
        return refund.memo if refund else None
    if "creditMemoLineId" in command:
        found = books.find_memo_line(command["creditMemoLineId"])
        return found[0].handle if found else None
    handle = command.get("applicationId")
    if handle is None:
        line_row = books.find_line_application(command.get("lineApplicationId", ""))
        handle = line_row.application if line_row else None
    row = books.applications.get(handle) if handle else None
    if row is None:
        return None
    return row.memo if kind == "creditMemo" else row.invoice


def named_otherwise(
    kind: str, where: Callable[[Command], list[Command]] = lambda command: [command]
) -> Twist:
    """By number or by external reference in place of its id."""

    def twist(random: Random, books: Books, command: Command) -> None:
        for holder in where(command):
            handle = holder[kind].get("id")
            names: list[Command] = [{"number": "NO-SUCH-1"}]
            names += [{"number": number} for number in [_number_of(books, kind, handle)] if number]
            names += [
                {"externalReference": {"reference": reference, **({"source": source} if source else {})}}
                for source, reference in _references_of(books, kind, handle)
            ]
            holder[kind] = random.choice(names[1:] or names)

    return twist


def _number_of(books: Books, kind: str, handle: str | None) -> str | None:
    by_kind: dict[str, dict[str, Any]] = {
        "account": dict(books.accounts),
        "invoice": dict(books.invoices),
        "creditMemo": dict(books.memos),
    }
    found = by_kind[kind].get(handle or "")
    return str(found.number) if found and found.number else None


def _references_of(books: Books, kind: str, handle: str | None) -> list[tuple[str, str]]:
    if kind == "account":
        account = books.accounts.get(handle) if handle else None
        return [(account.external[0] or "", account.external[1])] if account and account.external else []
    wanted = {"invoice": "invoice", "creditMemo": "memo"}[kind]
    return [
        (source or "", reference)
        for (kept, source, reference), (_, made) in books.deliveries.items()
        if kept == wanted and handle in (made.invoices if kind == "invoice" else made.credit_memos)
    ]


def field(
    name: str, *values: Any, where: Callable[[Command], list[Command]] = lambda command: [command]
) -> Twist:
    """One of the values in the field, of the command or of one of its parts."""

    def twist(random: Random, _: Books, command: Command) -> None:
        holders = where(command)
        if holders:
            random.choice(holders)[name] = random.choice(values)

    return twist


def repeated(name: str) -> Twist:
    """An item of the list twice."""

    def twist(random: Random, _: Books, command: Command) -> None:
        if command.get(name):
            command[name].append(copy.deepcopy(random.choice(command[name])))

    return twist


def delivery(where: Callable[[Command], list[Command]] = lambda command: [command]) -> Twist:
    """An external reference, at times one that was used before."""

    def twist(random: Random, _: Books, command: Command) -> None:
        for holder in where(command):
            holder["externalReference"] = f"ref-{random.randint(1, 6)}"
            if random.randint(0, 2):
                holder["externalReferenceSource"] = "netsuite"

    return twist


def invoices(command: Command) -> list[Command]:
    return list(command["invoices"])


def lines(command: Command) -> list[Command]:
    holders = command.get("invoices") or command.get("creditMemos") or [command]
    return [line for holder in holders for line in holder.get("lines") or []]


def direct(command: Command) -> list[Command]:
    return list(command["creditMemos"])


def applications(command: Command) -> list[Command]:
    return list(command["applications"])


def by_quantity(random: Random, _: Books, command: Command) -> None:
    """Quantity times price in place of an amount, or beside it."""
    for line in lines(command):
        line["quantity"] = random.choice(["1", "2.5", "0.333333", "0", "-1", "1.0000001"])
        line["unitPrice"] = random.choice(["10", "0.015", "3.3333333333"])
        if random.randint(0, 3):
            line.pop("amount", None)


def another_invoice(_: Random, __: Books, command: Command) -> None:
    """Two invoices in one call."""
    if not command["invoices"]:
        return
    first = command["invoices"][0]
    command["invoices"].append({**copy.deepcopy(first), "invoiceDate": "2026-03-02"})


def without_amount(random: Random, _: Books, command: Command) -> None:
    """Nothing said of the money, which a tax-only line alone may do."""
    if lines(command):
        random.choice(lines(command)).pop("amount", None)
