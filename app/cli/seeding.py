"""seed: the sample books."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.awaiting import awaited
from app.cli.configured import configured, open_books
from app.cli.terminal import CommandFailed, progress_bar, say

if TYPE_CHECKING:
    from app.loading.sample import Loaded, Sample
    from app.repository.database import Database

SEEDS = Path(__file__).parents[2] / "seeds"

Files = Annotated[
    list[Path] | None,
    typer.Option(
        "--file",
        exists=True,
        dir_okay=False,
        metavar="FILE",
        help="A sample file; may be given again. Default: all of seeds/.",
    ),
]


def seed(file: Files = None) -> None:
    """Load sample books. Loading twice changes nothing; an interrupted load goes on where it was."""
    files = file or sample_files()
    if not files:
        raise CommandFailed(f"there are no sample files in {SEEDS}: name one with --file")
    settings = configured()

    async def load() -> None:
        from app.loading.sample import read_sample

        async with open_books(settings) as database:
            for each in files:
                sample = read_sample(each)
                loaded = await _load(database, sample)
                print(f"{sample.code}: {loaded.done} steps done, {loaded.repeated} were done before")

    awaited(load())


def sample_files() -> list[Path]:
    """The sample files of the project; none where only the package is installed."""
    return sorted(SEEDS.glob("*.json"))


async def seed_where_missing(database: "Database", files: list[Path]) -> None:
    """Load the samples into a database without entities, and go on with one whose load was interrupted."""
    from app.loading.sample import is_half_loaded, read_sample
    from app.repository.entities import entities

    is_empty = not await entities(database)
    for each in files:
        sample = read_sample(each)
        if is_empty or await is_half_loaded(database, sample):
            loaded = await _load(database, sample)
            say(f"Sample books: {loaded.entity.name} ({sample.code})")


async def _load(database: "Database", sample: "Sample") -> "Loaded":
    from app.loading.sample import load_sample

    with progress_bar() as bar:
        task = bar.add_task(sample.code, total=len(sample.steps))
        return await load_sample(database, sample, lambda done, _: bar.update(task, completed=done))
