"""`python -m tests.docs.write`: bring what is generated in README.md and docs/ up to date."""

import asyncio
import tempfile
from pathlib import Path

from app.repository.migrating import migrate
from tests.docs.configuration import TABLES, with_tables
from tests.docs.markdown import with_texts
from tests.docs.refusals import CATALOGUE, catalogue
from tests.docs.tour import TOUR, toured


async def _tour() -> str:
    """The tour with the answers of today."""
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite:///{directory}/books.db"
        await migrate(url)
        page = TOUR.read_text(encoding="utf-8")
        return with_texts(page, await toured(page, url, Path(directory)))


if __name__ == "__main__":
    CATALOGUE.write_text(catalogue(), encoding="utf-8")
    for page in TABLES:
        page.write_text(with_tables(page), encoding="utf-8")
    TOUR.write_text(asyncio.run(_tour()), encoding="utf-8")
