"""A bare connection with the service's rights, for statements that the service itself never sends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.support.stores import Place


@asynccontextmanager
async def service_connection(place: Place, entity_id: int | None) -> AsyncIterator[AsyncConnection]:
    """Statement by statement, each its own transaction; on PostgreSQL in the entity's books, if one is named."""
    engine = place.as_service()
    try:
        async with engine.connect() as connection:
            if place.engine == "postgresql" and entity_id is not None:
                await run(connection, f"SELECT set_config('app.entity_id', '{entity_id}', false)")
            yield connection
    finally:
        await engine.dispose()


@asynccontextmanager
async def owner_connection(place: Place) -> AsyncIterator[AsyncConnection]:
    """Whoever owns the tables; on PostgreSQL a superuser, whom no policy stops."""
    engine = place.as_owner()
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


async def run(connection: AsyncConnection, sql: str) -> Any:
    return await connection.execute(text(sql.replace(":", "\\:")))


async def refused(connection: AsyncConnection, sql: str) -> str:
    """The database's reason for refusing the statement; it fails the test when the statement is accepted."""
    try:
        await run(connection, sql)
    except DBAPIError as error:
        return str(error.orig)
    pytest.fail(f"accepted: {sql}")
