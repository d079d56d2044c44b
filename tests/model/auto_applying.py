"""Section 4.11: open credit finds what is owed, looked for again before each single application.

Also on posting of an invoice (section 9), where the entity has it so.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import TypeVar

from tests.model.applying import default_rule
from tests.model.documents import Account, Application, CreditMemo, Invoice
from tests.model.ledger import Command, Ledger
from tests.model.money import DECIMALS_OF_CURRENCY
from tests.model.outcome import Accepted, Outcome, refused
from tests.model.reading import check_period, check_texts, read_date, read_instant
from tests.model.settlement import apply_amount

D = TypeVar("D", CreditMemo, Invoice)
DEFAULT_RULES = ("MATCH_REFERENCE", "MATCH_BALANCE", "OLDEST_DUE")


def auto_apply_credits(ledger: Ledger, command: Command) -> Outcome:
    codes: set[str] = set()
    check_texts(command, codes)
    _check_rules(command, codes)
    effective = read_instant(command.get("effectiveDate"))
    check_period(ledger, effective, codes)
    currency = command.get("currency")
    if currency is not None and currency not in DECIMALS_OF_CURRENCY:
        codes.add("UNKNOWN_CURRENCY")
    account = ledger.find_account(command["account"])
    if account is None:
        return refused(codes | {"NOT_FOUND"})
    memos = _named(command.get("creditMemos"), ledger.find_memo, ledger.memos, account, codes)
    invoices = _named(command.get("invoices"), ledger.find_invoice, ledger.invoices, account, codes)
    if codes:
        return refused(codes)
    rows = _applied(
        ledger,
        [memo for memo in memos if memo.account == account.handle and currency in (None, memo.currency)],
        [
            invoice
            for invoice in invoices
            if invoice.account == account.handle and currency in (None, invoice.currency)
        ],
        command.get("rules") or DEFAULT_RULES,
        command.get("precedence") == "EXPIRING_FIRST",
        "AUTO_APPLY_CREDITS",
        command.get("allocation"),
        effective,
        command.get("description"),
    )
    return Accepted(
        credit_memos=tuple(dict.fromkeys(row.memo for row in rows)),
        applications=tuple(row.handle for row in rows),
        invoices=tuple(dict.fromkeys(row.invoice for row in rows)),
    )


def use_open_credit(ledger: Ledger, invoice: Invoice, operation: str) -> tuple[str, ...]:
    """What the account has goes to the invoice that was posted just now, by the rules that nobody has to name."""
    if not ledger.entity.uses_credit_on_posting:
        return ()
    memos = [memo for memo in ledger.memos.values() if memo.account == invoice.account]
    rows = _applied(ledger, memos, [invoice], DEFAULT_RULES, False, operation)
    return tuple(row.handle for row in rows)


def _check_rules(command: Command, codes: set[str]) -> None:
    rules = command.get("rules")
    if rules == []:
        codes.add("NO_LINES")
    if rules and len(set(rules)) < len(rules):
        codes.add("DUPLICATE_TARGET")


def _named(
    references: Sequence[Command] | None,
    find: Callable[[Command], D | None],
    every: Mapping[str, D],
    account: Account,
    codes: set[str],
) -> list[D]:
    if references is None:
        return list(every.values())
    if not references:
        codes.add("NO_LINES")
    found = [find(reference) for reference in references]
    known = [each for each in found if each is not None]
    if len(known) < len(found):
        codes.add("NOT_FOUND")
    if len({each.handle for each in known}) < len(known):
        codes.add("DUPLICATE_TARGET")
    if any(each.status != "POSTED" for each in known):
        codes.add("INVALID_STATUS")
    if any(each.account != account.handle for each in known):
        codes.add("ACCOUNT_MISMATCH")
    return known


def _applied(
    ledger: Ledger,
    memos: Iterable[CreditMemo],
    invoices: Sequence[Invoice],
    rules: Sequence[str],
    expiring_first: bool,
    operation: str,
    allocation: str | None = None,
    effective: datetime | None = None,
    description: str | None = None,
) -> list[Application]:
    """Currency by currency, rule by rule, memo by memo, invoice by invoice."""
    usable = [memo for memo in memos if _is_usable(ledger, memo)]
    in_turn = sorted(usable, key=lambda memo: _turn(ledger, memo, expiring_first))
    rows = []
    for currency in sorted({memo.currency for memo in in_turn}):
        for rank, rule in enumerate(rules, start=1):
            for memo in [each for each in in_turn if each.currency == currency]:
                while memo.balance > 0 and (invoice := _next(rule, memo, invoices)):
                    amount = min(memo.balance, invoice.balance)
                    spread = allocation or default_rule(ledger, memo, invoice)
                    row = apply_amount(
                        ledger, memo, invoice, amount, operation, spread, effective, description
                    )
                    row.auto_apply = (rule, rank)
                    rows.append(row)
    return rows


def _is_usable(ledger: Ledger, memo: CreditMemo) -> bool:
    expires_on = read_date(memo.words.get("expiresOn"))
    is_expired = expires_on is not None and expires_on < ledger.today
    return memo.status == "POSTED" and not is_expired and not memo.words.get("excludeFromAutoApply")


def _turn(ledger: Ledger, memo: CreditMemo, expiring_first: bool) -> tuple[date, date, bool, str]:
    """One without a date of its own has the day of its posting; one without a number was made just now."""
    expiry = (read_date(memo.words.get("expiresOn")) or date.max) if expiring_first else date.min
    return expiry, memo.effective_date or ledger.today, memo.number is None, memo.number or ""


def _next(rule: str, memo: CreditMemo, invoices: Sequence[Invoice]) -> Invoice | None:
    """The invoice that the rule finds for what is left of the memo; of several the one due first."""
    able = [
        invoice
        for invoice in invoices
        if invoice.status == "POSTED" and invoice.currency == memo.currency and invoice.balance > 0
    ]
    if rule == "MATCH_REFERENCE":
        able = [invoice for invoice in able if invoice.handle == memo.invoice]
    elif rule == "MATCH_BALANCE":
        able = [invoice for invoice in able if invoice.balance == memo.balance]
    elif rule == "HIGHEST_BALANCE":
        highest = max((invoice.balance for invoice in able), default=Fraction(0))
        able = [invoice for invoice in able if invoice.balance == highest]
    return min(able, key=lambda each: (each.due_date or each.date, each.number or ""), default=None)
