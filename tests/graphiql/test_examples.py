"""Every example of GraphiQL works on the sample books as `make run` loads them."""

import asyncio
import json
from pathlib import Path
from typing import Any

from graphql import OperationDefinitionNode, OperationType, parse

from app.api.graphiql.page import EXAMPLES
from tests.docs.sample_service import SampleService, load_samples, sample_service
from tests.support.stores import Store


def operations_of(example: dict[str, Any]) -> list[Any]:
    """The operations of a tab, in the order in which a visitor finds them."""
    document = parse(example["query"])
    return [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]


async def with_ids(service: SampleService, example: dict[str, Any]) -> dict[str, Any]:
    """The example's variables, with the ids that these books have, as the page finds them."""
    text = json.dumps(example.get("variables", {}))
    for name, wanted in example.get("ids", {}).items():
        found: Any = (await service.answer(wanted["query"], {}))["data"]
        for key in wanted["path"]:
            found = found[key]
        text = text.replace(json.dumps(name), json.dumps(found))
    variables: dict[str, Any] = json.loads(text)
    return variables


async def answers(url: str, directory: Path) -> list[dict[str, Any]]:
    await load_samples(url)
    async with sample_service(url, directory) as service:
        examples = json.loads(EXAMPLES.read_text(encoding="utf-8"))
        return [
            await service.answer(
                example["query"], await with_ids(service, example), operation=operation.name.value
            )
            for example in examples
            for operation in operations_of(example)
        ]


def test_every_example_is_answered_without_an_error_or_a_refusal(
    store: Store, runner: asyncio.Runner, tmp_path: Path
) -> None:
    for answer in runner.run(answers(store.migrated().url, tmp_path)):
        text = json.dumps(answer)
        assert "errors" not in answer, text
        assert all(found is not None for found in answer["data"].values()), text
        assert all("violations" not in found for found in answer["data"].values()), text


def test_a_tab_with_several_operations_begins_with_how_to_run_one_of_them() -> None:
    for example in json.loads(EXAMPLES.read_text(encoding="utf-8")):
        number = len(operations_of(example))
        begins = example["query"].startswith(f"# {number} operations: Run asks which one.\n")
        assert begins is (number > 1), example["title"]


def test_the_mutations_among_the_examples_keep_nothing_or_the_same_however_often_they_are_run() -> None:
    for example in json.loads(EXAMPLES.read_text(encoding="utf-8")):
        for operation in operations_of(example):
            if operation.operation is OperationType.MUTATION:
                [variable] = operation.variable_definitions
                input = example["variables"][variable.variable.name.value]
                assert input.get("dryRun") is True or "idempotencyKey" in input
