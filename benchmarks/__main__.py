"""The command line of `make bench`: what to measure, how large, how often; the tables go to docs/performance.md too."""

import asyncio
import sys
from argparse import ArgumentParser, Namespace

from app.cli.collecting import collect_seldom
from benchmarks.plot import draw
from benchmarks.registry import BENCHMARKS
from benchmarks.report import circumstances, write
from benchmarks.run import Options, Run
from benchmarks.served.facts import keep
from benchmarks.served.node import versions
from benchmarks.stand import Stand
from benchmarks.targets import table_of_targets

_DEFAULT = Options()


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    names = ", ".join(BENCHMARKS)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {names}; all when none is named")
    parser.add_argument(
        "--rounds",
        type=int,
        default=_DEFAULT.rounds,
        help="of each contender, in turn; medians are told (3)",
    )
    parser.add_argument("--show", action="store_true", help="leave docs/ as it is")
    requests = parser.add_argument_group("requests (R1, R2, W1, W2, hot and what they are part of)")
    requests.add_argument(
        "--books", type=float, default=_DEFAULT.books, help="size of the books: 1 is 20,000 invoices (1)"
    )
    requests.add_argument(
        "--clients", type=int, nargs="+", default=_DEFAULT.clients, help="that ask at once (1 8 32)"
    )
    requests.add_argument(
        "--audited-books", type=float, default=_DEFAULT.audited_books, help="those of audit (10)"
    )
    requests.add_argument("--seconds", type=float, default=_DEFAULT.seconds, help="of a turn (3)")
    requests.add_argument("--without-peer", action="store_true", help="leave PostGraphile out")
    jobs = parser.add_argument_group("direct credits (B)")
    jobs.add_argument("--invoices", type=int, default=_DEFAULT.invoices, help="beside the floor (10,000)")
    jobs.add_argument(
        "--sizes",
        type=int,
        nargs="*",
        default=_DEFAULT.sizes,
        help="of the service alone (1,000 10,000 100,000)",
    )
    jobs.add_argument(
        "--workers",
        type=int,
        nargs="+",
        default=_DEFAULT.workers,
        help="at the job, in one process: 1 2 measures both (1)",
    )
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(BENCHMARKS):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}: there are {names}")
    return arguments


def _options(arguments: Namespace) -> Options:
    return Options(
        invoices=arguments.invoices,
        sizes=tuple(arguments.sizes),
        workers=tuple(arguments.workers),
        rounds=arguments.rounds,
        books=arguments.books,
        audited_books=arguments.audited_books,
        clients=tuple(arguments.clients),
        seconds=arguments.seconds,
        with_peer=not arguments.without_peer,
    )


async def _main(arguments: Namespace) -> None:
    collect_seldom()
    with Stand() as stand:
        said = " ".join(sys.argv[1:])
        command = f'make bench ARGS="{said}"' if said else "make bench"
        async with Run(stand, _options(arguments)) as run:
            where = circumstances(command, [await stand.version(), *(versions() if run.has_peer() else ())])
            for name in arguments.names or BENCHMARKS:
                benchmark = BENCHMARKS[name]
                told = await benchmark.run(run)
                text = f"{told.text}\n\n{where}"
                sys.stdout.write(f"\n{name}: {benchmark.mark}\n\n{text}\n")
                sys.stdout.flush()
                if not arguments.show:
                    write(benchmark.mark, text)
                    facts = keep(told.facts)
                    write("targets", table_of_targets(facts))
                    draw(facts)


if __name__ == "__main__":
    asyncio.run(_main(_arguments()))
