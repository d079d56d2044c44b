"""What a mutation answers of its own writing is what the books say afterwards, and needs no reading."""

from pathlib import Path

import pytest
from graphql import GraphQLObjectType

from app.api.compiled.selection import DECLARED
from app.api.declarations import ColumnPlan, OutcomePlan
from app.api.schema import made_schema
from app.domain.entity import Settings
from app.domain.vocabulary import ApplicationLevel
from tests.api.examples import inputs_of, prepared
from tests.support.books import TestBooks
from tests.support.building import posted_invoice, posted_memo
from tests.support.sent import noting
from tests.support.service import SUCCESS, Service

SCHEMA = made_schema()._schema
WRITTEN = (
    "creditMemo { id balance applied updatedAt version } invoices { id balance }"
    " applications { id number amount creditMemoBalance appliedDate type invoice { id } creditMemo { balance } }"
)


def columns_of_documents(mutation: str) -> str:
    """Every document that the mutation's success names, with all that its row has; '' where it names none."""
    success = SCHEMA.get_type(SUCCESS[mutation])
    assert isinstance(success, GraphQLObjectType)
    parts = []
    for name, field in success.fields.items():
        plan = field.extensions[DECLARED].metadata.get("plan")
        if isinstance(plan, OutcomePlan):
            document = SCHEMA.get_type(plan.target)
            assert isinstance(document, GraphQLObjectType)
            columns = [
                each
                for each, definition in document.fields.items()
                if isinstance(definition.extensions[DECLARED].metadata.get("plan"), ColumnPlan)
            ]
            parts.append(f"{name} {{ {' '.join(columns)} }}")
    return " ".join(parts)


@pytest.mark.parametrize("mutation", sorted(each for each in SUCCESS if columns_of_documents(each)))
async def test_what_is_answered_at_once_is_what_a_replay_reads(
    books: TestBooks, tmp_path: Path, mutation: str
) -> None:
    selection = columns_of_documents(mutation)
    (tmp_path / "slow").mkdir()
    fast, slow = Service(books, tmp_path), Service(books, tmp_path / "slow", fast_path=False)
    input = inputs_of(await prepared(books, mutation))[mutation] | {"idempotencyKey": "once"}
    first = await fast.mutate(mutation, input, selection)
    again = await slow.mutate(mutation, input, selection)
    assert first == again | {"replayed": False}


@pytest.mark.parametrize(
    "entity_settings", [Settings(application_level=ApplicationLevel.INVOICE_LINE)], ids=["lines"]
)
async def test_an_answer_that_the_mutation_has_written_is_not_read(books: TestBooks, tmp_path: Path) -> None:
    memo, invoice = await posted_memo(books, "9.00"), await posted_invoice(books, "7.00")
    input = {
        "creditMemo": {"id": memo.id},
        "applications": [{"invoice": {"id": invoice.id}, "amount": "1.00"}],
    }
    service = Service(books, tmp_path)
    await service.read("{ entity { code } }")
    seen: list[str] = []
    with noting(seen.append):
        answer = await service.mutate("applyCreditMemo", input, WRITTEN)
    assert answer["creditMemo"]["balance"] == "8.00"
    assert "INSERT INTO" in seen[-1]
    seen.clear()
    with noting(seen.append):
        await service.mutate("applyCreditMemo", input, "creditMemo { account { number } }")
    assert "INSERT INTO" not in seen[-1]
