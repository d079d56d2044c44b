"""A worker's share of a job: in whose name it acts, and how many of the job's items it takes at a time."""

from dataclasses import dataclass

from app.domain.actor import Actor

FIRST_SIZE = 16
LARGEST_SIZE = 500


@dataclass(slots=True)
class Share:
    """The size of the next chunk follows those before it."""

    actor: Actor
    size: int = FIRST_SIZE
    failures: int = 0
    """Chunks in which an item failed."""

    def note_done(self, claimed: int, held: float, failures: int) -> None:
        """A chunk of so many items held its locks for so long, 1.0 as long as it should; it began after so many failures.

        The next at most doubles. A chunk that took much too long is cut down at once; one that was not full says nothing
        about a larger one, and one that began before another one failed says nothing about where the failing item is.
        """
        if failures != self.failures:
            return
        fitting = int(claimed / max(held, 0.5))
        most = LARGEST_SIZE if claimed >= self.size else self.size
        self.size = max(1, min(fitting, most))

    def note_failure(self, claimed: int) -> None:
        """One of so many items makes the transaction fail: it is in one half of them or in the other."""
        self.failures += 1
        self.size = max(1, claimed // 2)
