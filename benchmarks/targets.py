"""What is to be reached, and whether it is: computed from the numbers that were measured, wherever there are any."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.report import table
from benchmarks.served.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A fact, by its name, that is to be at least so much, or at most."""

    fact: str
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""

    def is_reached(self, value: float) -> bool:
        return (self.at_least is None or value >= self.at_least) and (
            self.at_most is None or value <= self.at_most
        )

    @property
    def bound(self) -> str:
        return (
            f"≥ {self.at_least:g}{self.unit}"
            if self.at_least is not None
            else f"≤ {self.at_most:g}{self.unit}"
        )


TARGETS: Sequence[Target] = (
    Target(fact="R1 / PostGraphile, 8 clients", at_least=2.0),
    Target(fact="R2 / PostGraphile, 8 clients", at_least=2.0),
    Target(fact="R2 / json_agg, 8 clients", at_least=0.6),
    Target(fact="W1 / PostGraphile, 8 clients", at_least=1.0),
    Target(fact="W1 / PostGraphile, 32 clients", at_least=1.0),
    Target(fact="W1 / pgbench, 8 clients", at_least=0.33),
    Target(fact="W1 / pgbench, 32 clients", at_least=0.33),
    Target(fact="W2 / pgbench, 8 clients", at_least=0.3),
    Target(fact="B / SQL in chunks of 500, posted", at_least=0.7),
    Target(fact="B / SQL in chunks of 500, applied", at_least=0.7),
    Target(fact="SQLite W1 / sqlite3", at_least=0.5),
    Target(fact="hot memo / no hot row, 32 clients", at_least=0.2),
    Target(fact="audit / SELECT", at_least=0.3),
    Target(fact="audit, memory", at_most=256, unit=" MiB"),
    Target(fact="R1, cost on books 100 times as large", at_most=1.3),
    Target(fact="W1, cost on books 100 times as large", at_most=1.3),
    Target(fact="start to first answer", at_most=2.0, unit=" s"),
    Target(fact="--help, CPU", at_most=0.3, unit=" s"),
    Target(fact="idle memory", at_most=120, unit=" MiB"),
    Target(fact="memory after R2 / before", at_most=1.1),
)


def table_of_targets(facts: Facts) -> str:
    """Every target with what was measured last."""
    return table(
        ("", "target", "measured", ""),
        ((each.fact, each.bound, *_standing(each, facts.get(each.fact))) for each in TARGETS),
    )


def _standing(target: Target, value: float | None) -> tuple[str, str]:
    if value is None:
        return "", "not measured"
    return f"{value:.2f}{target.unit}", "reached" if target.is_reached(value) else "**not reached**"
