"""Books that were written past the service, with what it would have beside them: chains of changes, and log numbers."""

from app.jobs.sequencer import Sequencer
from app.migrations.adopting import adopt_documents
from app.repository.migrating import migration_engine
from app.repository.opening import open_database
from benchmarks.stand import Place


async def adopt(place: Place, entity_id: int) -> None:
    """Begin the chain of every document as it stands, and number the log: no sequencer has that to do later."""
    engine = migration_engine(place.owner_url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(adopt_documents, entity_id)
    finally:
        await engine.dispose()
    await number_log(place)


async def number_log(place: Place) -> None:
    """Give every entry of the log that has none its number."""
    database = open_database(place.url)
    try:
        await Sequencer(database).work_off()
    finally:
        await database.close()
