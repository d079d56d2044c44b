"""How far an import has come: a small file beside the imported one, replaced as a whole after each step."""

import hashlib
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from app.loading.deliveries import Place

CHUNK = 1 << 20


@dataclass(slots=True, kw_only=True)
class ImportProgress:
    """What an import needs to go on where it was.

    `place`: where the current batch begins. `pending`: which of its invoices are still to be sent, in the groups that
    they are sent in; None where it was not begun. `error_bytes`: how much of the error report is final.
    `batch_error_bytes`: how much of what the current batch found is, until the report takes it over.
    """

    content: str
    entity: str
    format: str
    batch: int
    place: Place = field(default_factory=Place)
    pending: list[list[int]] | None = None
    imported: int = 0
    known: int = 0
    refused: int = 0
    error_bytes: int = 0
    batch_error_bytes: int = 0


class ProgressFile:
    """`FILE.progress`; it goes away when the import is through."""

    def __init__(self, imported: Path) -> None:
        self.path = imported.with_name(imported.name + ".progress")

    def read(self) -> ImportProgress | None:
        """What was written last. Raises ValueError for a file that this program has not written."""
        try:
            content: dict[str, Any] = orjson.loads(self.path.read_bytes())
            return ImportProgress(**{**content, "place": Place(**content["place"])})
        except FileNotFoundError:
            return None
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise ValueError(f"{self.path} is no progress of an import") from error

    def write(self, progress: ImportProgress) -> None:
        """Whoever reads it finds the old content or the new, also after a crash."""
        new = self.path.with_name(self.path.name + ".new")
        with new.open("wb") as file:
            file.write(orjson.dumps(asdict(progress)))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


def hash_of(path: Path) -> str:
    """SHA-256 of the file's content, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
