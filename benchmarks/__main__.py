"""The command line of `make bench`: what to measure, how large, how often; the tables go to docs/performance.md too."""

import asyncio
import sys
from argparse import ArgumentParser, Namespace

from app.cli.collecting import collect_seldom
from benchmarks.direct_credits import measure
from benchmarks.hostile import of_hostile_requests
from benchmarks.report import circumstances, write
from benchmarks.stand import Stand

BENCHMARKS = ("B", "H")
ROUNDS_OF_A_REQUEST = 5


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all when none is named"
    )
    parser.add_argument("--invoices", type=int, default=10_000, help="beside the floor (10,000)")
    parser.add_argument(
        "--rounds", type=int, default=3, help="of each contender, in turn; medians are told (3)"
    )
    parser.add_argument(
        "--sizes", type=int, nargs="*", default=[1_000, 10_000], help="of the service alone (1,000 10,000)"
    )
    parser.add_argument(
        "--workers",
        type=int,
        nargs="+",
        default=[1],
        help="at the job, in one process: 1 2 measures both (1)",
    )
    parser.add_argument("--show", action="store_true", help="leave docs/performance.md as it is")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(BENCHMARKS):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}: there are {', '.join(BENCHMARKS)}")
    return arguments


async def _direct_credits(stand: Stand, arguments: Namespace) -> str:
    beside = await measure.beside_the_floor(stand, arguments.invoices, arguments.rounds, arguments.workers)
    parts = [measure.described(), beside]
    if arguments.sizes:
        grown = [
            await measure.as_the_books_grow(stand, engine, arguments.sizes, arguments.rounds)
            for engine in ("postgresql", "sqlite")
        ]
        parts += ["One worker alone, as the books grow:", *grown]
    return "\n\n".join(parts)


async def _main(arguments: Namespace) -> None:
    collect_seldom()
    with Stand() as stand:
        said = " ".join(sys.argv[1:])
        command = f'make bench ARGS="{said}"' if said else "make bench"
        where = circumstances(command, [await stand.version()])
        if not arguments.names or "B" in arguments.names:
            text = f"{await _direct_credits(stand, arguments)}\n\n{where}"
            sys.stdout.write(f"{text}\n")
            if not arguments.show:
                write("direct credits", text)
        if not arguments.names or "H" in arguments.names:
            text = f"{await of_hostile_requests(stand, ROUNDS_OF_A_REQUEST * arguments.rounds)}\n\n{where}"
            sys.stdout.write(f"{text}\n")
            if not arguments.show:
                write("hostile requests", text)


if __name__ == "__main__":
    asyncio.run(_main(_arguments()))
