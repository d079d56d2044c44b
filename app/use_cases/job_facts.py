"""What is judged of a job that is steered, retried or still being submitted: the job, locked."""

from app.domain.facts import Facts
from app.domain.job import Job
from app.repository.books import Books


async def facts_of_job(books: Books, job_id: str) -> Facts:
    """The job among the facts, if the entity has it; what its workers count waits until the commit."""
    return books.facts(await books.settings(), await books.lock(Job, [job_id]))
