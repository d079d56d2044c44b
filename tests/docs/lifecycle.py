"""The diagrams and tables of the lives of memos and invoices, from the table that the rules obey."""

from collections.abc import Sequence

from app.domain.lifecycle import INVOICE_LIFE, MEMO_LIFE, Transition
from app.domain.vocabulary import CreditMemoStatus, InvoiceStatus, Operation, ViolationCode
from app.use_cases.verbs import VERBS
from tests.docs.refusals import mutations_by_code
from tests.docs.sample_service import ROOT

PAGE = ROOT / "docs" / "lifecycle.md"
Life = Sequence[Transition[CreditMemoStatus]] | Sequence[Transition[InvoiceStatus]]
OF_STATE = (
    ViolationCode.INVALID_STATUS,
    ViolationCode.INVALID_SOURCE,
    ViolationCode.NOT_EDITABLE,
    ViolationCode.SELF_APPROVAL,
    ViolationCode.INVALID_DATE,
    ViolationCode.PERIOD_CLOSED,
    ViolationCode.ALREADY_CONVERTED,
    ViolationCode.ACTIVE_SETTLEMENT,
    ViolationCode.HAS_APPLICATIONS,
    ViolationCode.HAS_REFUNDS,
    ViolationCode.HAS_CREDITS,
    ViolationCode.ALREADY_UNAPPLIED,
    ViolationCode.ALREADY_REVERSED,
    ViolationCode.TAX_PENDING,
    ViolationCode.EXCEEDS_MEMO_BALANCE,
    ViolationCode.EXCEEDS_INVOICE_BALANCE,
    ViolationCode.EXCEEDS_CREDITABLE_AMOUNT,
    ViolationCode.EXCEEDS_APPROVAL_LIMIT,
)
"""The refusals that say where a document is in its life; the others are about the input."""


def diagram(life: Life) -> str:
    """A mermaid state diagram: an arrow for each way from one state to another, with all commands that take it."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for each in life:
        way = (each.before.value if each.before else "[*]", each.mark.upper() or each.after.value)
        arrows.setdefault(way, []).append(mutation(each.operation))
    marked = {each.mark: each.after.value for each in life if each.mark}
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{status}, {mark}" as {mark.upper()}' for mark, status in marked.items()]
    lines += [
        f"    {before} --> {after}: {'<br>'.join(dict.fromkeys(named))}"
        for (before, after), named in arrows.items()
    ]
    return "\n".join([*lines, "```"])


def transitions(life: Life) -> str:
    """A row for each command and way: guard, refusals, and what takes it back."""
    codes = _codes_by_mutation()
    rows = [
        "| Command | From | To | Where | Refused with | Taken back by |",
        "|---|---|---|---|---|---|",
    ]
    for each in life:
        name = mutation(each.operation)
        back = ", ".join(f"`{mutation(other)}`" for other in each.undone_by) or "*final*"
        to = f"{each.after}, {each.mark}" if each.mark else each.after
        refused = ", ".join(f"`{code}`" for code in codes[name])
        rows.append(f"| `{name}` | {each.before or '–'} | {to} | {each.guard} | {refused} | {back} |")
    return "\n".join(rows)


def mutation(operation: Operation) -> str:
    """The operation's name in the schema."""
    name = VERBS[operation].command.__name__
    return name[0].lower() + name[1:]


def _codes_by_mutation() -> dict[str, list[ViolationCode]]:
    """In the order of precedence."""
    refused_by = mutations_by_code()
    names = [mutation(operation) for operation in VERBS]
    return {name: [code for code in OF_STATE if name in refused_by[code]] for name in names}


TABLES = {
    "life of a memo": diagram(MEMO_LIFE),
    "transitions of a memo": transitions(MEMO_LIFE),
    "life of an invoice": diagram(INVOICE_LIFE),
    "transitions of an invoice": transitions(INVOICE_LIFE),
}
