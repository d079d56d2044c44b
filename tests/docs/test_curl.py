"""The requests that the pages send by curl answer what the pages say."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

from tests.docs.sample_service import ROOT, sample_service
from tests.support.stores import Place, Store

BODY = re.compile(r"-d '(\{.*\})'")


def test_the_first_look_and_the_beginning_of_the_tour_work(
    store: Store, samples: Place, runner: asyncio.Runner, tmp_path: Path
) -> None:
    queries = [
        json.loads(body)["query"]
        for page in ("README.md", "docs/tour.md")
        for body in BODY.findall((ROOT / page).read_text(encoding="utf-8"))
    ]

    async def answers() -> list[dict[str, Any]]:
        async with sample_service(store.copied(samples).url, tmp_path) as service:
            return [await service.answer(query, {}) for query in queries]

    memo, entity = runner.run(answers())
    assert memo["data"]["creditMemo"]["totalAmount"] == "54.13"
    assert memo["data"]["creditMemo"]["taxAmount"] == "4.13"
    assert entity["data"]["entity"]["code"] == "harbor-tools"
