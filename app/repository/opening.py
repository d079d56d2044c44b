"""The one place where the engines part ways."""

from sqlalchemy import make_url

from app.repository.database import Database


def open_database(url: str) -> Database:
    """The database behind `sqlite:///path` or `postgresql://…`; the driver is chosen here.

    ValueError for anything else. Only the engine that is asked for is loaded: the other's driver need not be installed.
    """
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        from app.repository.sqlite import SqliteDatabase

        return SqliteDatabase(parsed)
    if backend == "postgresql":
        from app.repository.postgresql import PostgresqlDatabase

        return PostgresqlDatabase(parsed)
    raise ValueError(f"no engine for {backend!r}: use sqlite:///path or postgresql://user@host/name")
