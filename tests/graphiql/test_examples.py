"""Every example of GraphiQL works on the sample books as `make run` loads them."""

import asyncio
import json
from pathlib import Path
from typing import Any

from app.api.graphiql.page import EXAMPLES
from tests.docs.sample_service import SampleService, load_samples, sample_service
from tests.support.stores import Store


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
            await service.answer(example["query"], await with_ids(service, example)) for example in examples
        ]


def test_every_example_is_answered_without_an_error_or_a_refusal(
    store: Store, runner: asyncio.Runner, tmp_path: Path
) -> None:
    for answer in runner.run(answers(store.migrated().url, tmp_path)):
        text = json.dumps(answer)
        assert "errors" not in answer, text
        assert all(found is not None for found in answer["data"].values()), text
        assert all("violations" not in found for found in answer["data"].values()), text


def test_the_mutations_among_the_examples_keep_nothing() -> None:
    for example in json.loads(EXAMPLES.read_text(encoding="utf-8")):
        if example["query"].startswith("mutation"):
            assert example["variables"]["input"]["dryRun"] is True
