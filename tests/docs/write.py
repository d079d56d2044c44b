"""`python -m tests.docs.write`: bring what is generated in README.md and docs/ up to date."""

import asyncio
import tempfile
from pathlib import Path

from app.repository.migrating import migrate
from tests.docs.configuration import TABLES, with_tables
from tests.docs.markdown import with_texts
from tests.docs.refusals import CATALOGUE, catalogue
from tests.docs.sample_service import load_samples
from tests.docs.tour import RUN, toured


async def _answered(page: str) -> str:
    """The page with the answers of today."""
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite:///{directory}/books.db"
        await migrate(url)
        await load_samples(url)
        return with_texts(page, await toured(page, url, Path(directory)))


if __name__ == "__main__":
    CATALOGUE.write_text(catalogue(), encoding="utf-8")
    for page in TABLES:
        page.write_text(with_tables(page), encoding="utf-8")
    for path in RUN:
        path.write_text(asyncio.run(_answered(path.read_text(encoding="utf-8"))), encoding="utf-8")
