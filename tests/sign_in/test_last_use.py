"""When a credential was used last is written beside everything else, and whatever becomes of it, the service goes on."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from app.domain.entity import Settings
from app.domain.vocabulary import CredentialKind
from app.repository.migrating import migrate
from app.repository.opening import open_database
from app.sign_in.gate import Gate
from tests.support.access import SEAL, key_of_api
from tests.support.books import open_books
from tests.support.stores import Place


async def test_a_last_use_that_cannot_be_written_ends_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "books.db"
    url = f"sqlite:///{file}"
    await migrate(url)
    database = open_database(url)
    try:
        key = await key_of_api(await open_books(database, Place("sqlite", url, url), Settings()))
        with sqlite3.connect(file) as connection:
            connection.execute(
                "CREATE TRIGGER refused BEFORE UPDATE OF last_used_at ON credential BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        gate = Gate(database, SEAL)
        assert await gate.holder(key.id, key.secret, CredentialKind.API_KEY) is not None
        keeping = asyncio.create_task(gate.keep_uses())
        await asyncio.sleep(0)
        keeping.cancel()
        await asyncio.wait((keeping,))
        assert keeping.cancelled()
    finally:
        await database.close()
    assert f"last use of {key.id} could not be written" in caplog.text
