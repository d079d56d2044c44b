"""When the open credit of an account may be applied by rules (domain 4.11)."""

from collections.abc import Sequence

from app.domain.available_credit import planned_for
from app.domain.commands import (
    AutoApplyCredits,
    AutoApplyOptions,
    CreditMemoReference,
    InvoiceReference,
    SubmitAutoApplications,
)
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.entity import Account
from app.domain.facts import Facts
from app.domain.invoice import Invoice
from app.domain.settling import chosen_allocation
from app.domain.violation import Path, Violation, under
from app.domain.vocabulary import Operation, ViolationCode
from app.validation.documents import (
    account_of,
    asked_of,
    not_found,
    violations_of_currency,
    violations_of_day,
    violations_of_invoice_life,
    violations_of_memo_life,
    violations_of_no_lines,
)
from app.validation.pairing import violations_of_pair_count
from app.validation.repeated import violations_of_twice


def violations_of_auto_apply(command: AutoApplyCredits, facts: Facts, at: Path = ()) -> list[Violation]:
    """Documents of the account, where some are named, and no more of them than one call matches.

    An account without open credit, or that owes nothing, breaks no rule: there is nothing to apply. `at`: where in the
    input the command stands, for one among many.
    """
    account, violations = account_of(facts, (*at, "account"), command.account)
    violations += under(at, violations_of_options(command, facts))
    if account is None:
        return violations
    violations += _violations_of_named_memos(command.credit_memos, facts, account, (*at, "credit_memos"))
    violations += _violations_of_named_invoices(command.invoices, facts, account, (*at, "invoices"))
    violations += _violations_of_count(facts, account, (*at, "account"))
    return violations or _violations_of_pairs(command, facts, at)


def violations_of_submitted_accounts(command: SubmitAutoApplications, facts: Facts) -> list[Violation]:
    """A list or all accounts; none twice, for what is left of an account after its turn is not another item's."""
    violations = violations_of_options(command, facts)
    if command.accounts is None:
        return violations if command.all_accounts else [_no_accounts(), *violations]
    path: Path = ("accounts",)
    if command.all_accounts:
        message = "Either a list is given or all accounts, not both."
        return [Violation(code=ViolationCode.DUPLICATE_TARGET, message=message, path=path), *violations]
    violations += violations_of_no_lines(command.accounts, path)
    return violations + violations_of_twice(
        (facts.named[*path, place], (*path, place))
        for place in range(len(command.accounts))
        if (*path, place) in facts.named
    )


def violations_of_options(options: AutoApplyOptions, facts: Facts) -> list[Violation]:
    """At least one rule, none twice; a currency that there is; a date in no closed period."""
    violations = violations_of_day(options.effective_date, facts.settings, ("effective_date",))
    if options.currency is not None:
        violations += violations_of_currency(options.currency, ("currency",))
    if options.rules is None:
        return violations
    path: Path = ("rules",)
    violations += violations_of_no_lines(options.rules, path)
    return violations + violations_of_twice((each, (*path, n)) for n, each in enumerate(options.rules))


def _no_accounts() -> Violation:
    message = "Name accounts, or ask for all accounts."
    return Violation(code=ViolationCode.NO_LINES, message=message, path=("accounts",))


def _violations_of_named_memos(
    references: Sequence[CreditMemoReference] | None, facts: Facts, account: Account, path: Path
) -> list[Violation]:
    """Each is posted and the account's; one that is excluded, expired or used up has nothing to give, and may be named."""
    violations: list[Violation] = []
    found = []
    for place, reference in enumerate(references or ()):
        memo = facts.named_record(CreditMemo, *path, place)
        if memo is None:
            violations.append(not_found("credit memo", (*path, place), asked_of(reference)))
            continue
        found.append((memo.id, (*path, place)))
        violations += violations_of_memo_life(memo, Operation.APPLY_CREDIT_MEMO, (*path, place))
        violations += _violations_of_account("credit memo", memo, account, (*path, place))
    return _of_list(references, path) + violations + violations_of_twice(found)


def _violations_of_named_invoices(
    references: Sequence[InvoiceReference] | None, facts: Facts, account: Account, path: Path
) -> list[Violation]:
    violations: list[Violation] = []
    found = []
    for place, reference in enumerate(references or ()):
        invoice = facts.named_record(Invoice, *path, place)
        if invoice is None:
            violations.append(not_found("invoice", (*path, place), asked_of(reference)))
            continue
        found.append((invoice.id, (*path, place)))
        violations += violations_of_invoice_life(invoice, Operation.APPLY_CREDIT_MEMO, (*path, place))
        violations += _violations_of_account("invoice", invoice, account, (*path, place))
    return _of_list(references, path) + violations + violations_of_twice(found)


def _of_list(references: Sequence[object] | None, path: Path) -> list[Violation]:
    return [] if references is None else violations_of_no_lines(references, path)


def _violations_of_account(
    what: str, document: CreditMemo | Invoice, account: Account, path: Path
) -> list[Violation]:
    if document.account_id == account.id:
        return []
    return [
        Violation(
            code=ViolationCode.ACCOUNT_MISMATCH,
            message=f"The {what} belongs to another account.",
            path=path,
            asked=document.account_id,
            allowed=account.id,
            ids=(document.id,),
        )
    ]


def _violations_of_count(facts: Facts, account: Account, path: Path) -> list[Violation]:
    """Of each side by itself: every document that is matched is locked meanwhile."""
    limit = facts.limits.open_documents
    sides = (facts.of(CreditMemo, "account_id", account.id), facts.of(Invoice, "account_id", account.id))
    count = max(len(side) for side in sides)
    if count <= limit:
        return []
    return [
        Violation(
            code=ViolationCode.LIMIT_EXCEEDED,
            message="The account has more open documents than one call matches: name some of them, or submit a job.",
            path=path,
            asked=f"{limit + 1} or more",
            allowed=str(limit),
            ids=(account.id,),
        )
    ]


def _violations_of_pairs(command: AutoApplyCredits, facts: Facts, at: Path) -> list[Violation]:
    """Of the first application that settles too many lines; each by itself, on the balances before the first."""
    for each in planned_for(command, facts, at):
        memo = facts.get(CreditMemo, each.credit_memo_id)
        giving = (line.balance for line in facts.of(CreditMemoLine, "credit_memo_id", memo.id))
        rule = chosen_allocation(command.allocation, memo, each.invoice_id, facts)
        if found := violations_of_pair_count(rule, giving, facts, each.invoice_id, (*at, "account")):
            return found
    return []
