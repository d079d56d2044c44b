"""From the environment to open books."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.cli.terminal import CommandFailed

if TYPE_CHECKING:
    from app.repository.database import Database
    from app.repository.entities import Entity
    from app.settings import Settings


def configured(**given: Any) -> "Settings":
    """The settings of the environment, with what the command line says above them."""
    from app.settings import SettingsError, read_settings

    if urlsplit(given.get("database_url") or "").password:
        raise CommandFailed(
            "others see a password in the list of processes: CREDIT_MEMO_DATABASE_URL takes one, --database-url does not"
        )
    try:
        return read_settings(**given)
    except SettingsError as error:
        raise CommandFailed(str(error)) from error


async def require_migrated(settings: "Settings") -> None:
    """Raises CommandFailed unless the database is there and has the newest tables."""
    from app.repository.lookups import file_of
    from app.repository.migrating import is_up_to_date

    url = settings.database_url.get_secret_value()
    file = file_of(url)
    try:
        is_ready = (file is None or file.exists()) and await is_up_to_date(url)
    except OSError as error:
        raise silent(error) from error
    if not is_ready:
        where = f" {file}" if file else ""
        raise CommandFailed(f"the database{where} is not migrated: `python -m app migrate` does it")


@asynccontextmanager
async def open_books(settings: "Settings") -> AsyncIterator["Database"]:
    """The migrated database, closed again at the end."""
    from app.repository.opening import open_database

    await require_migrated(settings)
    database = open_database(settings.database_url.get_secret_value())
    try:
        yield database
    finally:
        await database.close()


async def bring_up_to_date(settings: "Settings") -> str:
    """Migrate, and make the folder of a database file first; returns the revision."""
    from app.repository.lookups import file_of
    from app.repository.migrating import migrate

    if file := file_of(settings.migration_address):
        make_private_folder(file.parent)
    try:
        return await migrate(settings.migration_address)
    except OSError as error:
        raise silent(error) from error


async def entity_of(database: "Database", code: str) -> "Entity":
    """Raises CommandFailed with the codes there are."""
    from app.repository.entities import entities

    known = await entities(database)
    for entity in known:
        if entity.code == code:
            return entity
    there = f"there are {', '.join(each.code for each in known)}" if known else "there is none yet"
    raise CommandFailed(f"there is no entity {code!r}: {there}")


def silent(error: OSError) -> CommandFailed:
    """What is said of a database that does not answer."""
    return CommandFailed(f"the database does not answer: {error.strerror or error}")


def make_private_folder(folder: Path) -> None:
    """Only its owner may look inside; one that exists is left as it is."""
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
