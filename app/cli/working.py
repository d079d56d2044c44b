"""work: a process that does nothing but jobs, and numbers the logs."""

import signal
from typing import Annotated

import typer

from app.cli.awaiting import awaited
from app.cli.collecting import keep_what_is_loaded
from app.cli.configured import configured, open_books
from app.cli.terminal import say


def work(
    workers: Annotated[
        int,
        typer.Option(
            metavar="NUMBER", min=1, max=16, help="Workers in this process; several help on PostgreSQL."
        ),
    ] = 1,
    until_done: Annotated[
        bool, typer.Option("--until-done", help="End when no job can be worked on any more.")
    ] = False,
    database_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Default: CREDIT_MEMO_DATABASE_URL or sqlite:///var/books.db."),
    ] = None,
) -> None:
    """Work on submitted jobs, and number the logs, of all entities, until SIGINT or SIGTERM.

    Any number of these processes may run, beside the service and its own workers. Killed in the middle, one leaves
    nothing behind: what it had in hand is taken up by another.
    """
    settings = configured(database_url=database_url)

    async def run() -> None:
        import asyncio

        from app.jobs.sequencer import Sequencer
        from app.jobs.worker import Worker
        from app.outside.asking import ask_outside

        async with open_books(settings) as database:
            ask = ask_outside(settings.callback_networks)
            worker = Worker(database, poll_seconds=settings.poll_seconds, ask=ask)
            sequencer = Sequencer(database)
            loop = asyncio.get_running_loop()

            def stop() -> None:
                worker.stop()
                sequencer.stop()

            for each in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(each, stop)
            keep_what_is_loaded()
            say("Working on jobs.")
            async with asyncio.TaskGroup() as group:
                if not until_done:
                    group.create_task(sequencer.run())
                for _ in range(workers):
                    group.create_task(worker.work_off() if until_done else worker.run())
            if until_done:
                await sequencer.work_off()

    awaited(run())
