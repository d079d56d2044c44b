"""What the current batch of an import found wrong, kept until the error report takes it over in the order of rows."""

from dataclasses import asdict
from pathlib import Path

import orjson

from app.loading.error_report import RefusedRow


class BatchFaults:
    """`FILE.progress.errors`: refused rows in the order in which they were found, which is not that of the file.

    A file, not a list: a process that died in the middle of a batch has sent a part of it, and the next one does not
    send that again. What is behind `size` on opening was written after the last step that is known, and is cut off.
    """

    def __init__(self, progress: Path, size: int) -> None:
        self._path = path_beside(progress)
        self._path.touch()
        self._file = self._path.open("r+b")
        self._file.truncate(size)
        self._file.seek(size)
        self.size = size

    def add(self, rows: list[RefusedRow]) -> None:
        """Behind those there are."""
        self.size += self._file.write(b"".join(orjson.dumps(asdict(row)) + b"\n" for row in rows))
        self._file.flush()

    def in_row_order(self) -> list[RefusedRow]:
        """All of them; what is wrong with one row stays in the order in which it was found."""
        self._file.seek(0)
        lines = self._file.read(self.size).splitlines()
        return sorted((RefusedRow(**orjson.loads(line)) for line in lines), key=lambda each: each.row)

    def forget(self) -> None:
        """For the next batch. The content stays until that overwrites it: whoever dies now will look for it once more."""
        self._file.seek(0)
        self.size = 0

    def close(self) -> None:
        self._file.close()

    def remove(self) -> None:
        """Once there is nothing to resume."""
        self.close()
        self._path.unlink(missing_ok=True)


def path_beside(progress: Path) -> Path:
    """Where the faults lie that belong to the progress file."""
    return progress.with_name(progress.name + ".errors")
