"""The targets as a picture: how far each is reached, as bars beside a line at 1, written as SVG by hand."""

import math
from html import escape
from pathlib import Path

from benchmarks.served.facts import Facts
from benchmarks.targets import TARGETS, Target

PLOT = Path(__file__).parents[1] / "docs" / "performance.svg"
_ROW, _LEFT, _WIDTH, _TOP = 22, 300, 420, 40
_LOW, _HIGH = 0.125, 8.0
"""Ends of the scale, which is logarithmic: half as much as wanted is as far from the line as twice as much."""


def draw(facts: Facts) -> None:
    """Into the file that the page shows."""
    PLOT.write_text(drawn(facts), encoding="utf-8")


def drawn(facts: Facts) -> str:
    """The picture, as SVG."""
    measured = [(each, facts[each.fact]) for each in TARGETS if each.fact in facts]
    height = _TOP + _ROW * len(measured) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDTH + 90}" height="{height}"'
        ' font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{_LEFT}" y="16" font-size="13">measured ÷ target (for what is to be small: target ÷ measured)</text>',
        *(_gridline(value, height) for value in (0.125, 0.25, 0.5, 1, 2, 4, 8)),
    ]
    for place, (target, value) in enumerate(measured):
        parts += _bar(_TOP + place * _ROW, target, value)
    return "\n".join([*parts, "</svg>", ""])


def _gridline(value: float, height: int) -> str:
    x = _x(value)
    colour, width = ("#333", 1.5) if value == 1 else ("#ddd", 1)
    return (
        f'<line x1="{x:.1f}" y1="30" x2="{x:.1f}" y2="{height - 14}" stroke="{colour}" stroke-width="{width}"/>'
        f'<text x="{x:.1f}" y="{height - 2}" text-anchor="middle" fill="#666" font-size="10">{value:g}</text>'
    )


def _bar(y: int, target: Target, value: float) -> list[str]:
    share = value / target.at_least if target.at_least is not None else (target.at_most or 1) / value
    end = _x(share)
    fill = "#3a7d44" if target.is_reached(value) else "#c0392b"
    return [
        f'<text x="{_LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(target.fact)}</text>',
        f'<rect class="bar" x="{_LEFT}" y="{y + 3}" width="{max(1.0, end - _LEFT):.1f}" height="{_ROW - 8}" fill="{fill}"/>',
        f'<text x="{end + 4:.1f}" y="{y + 14}" font-size="11">{value:.2f}{target.unit} ({target.bound})</text>',
    ]


def _x(share: float) -> float:
    clipped = min(max(share, _LOW), _HIGH)
    return _LEFT + _WIDTH * math.log(clipped / _LOW) / math.log(_HIGH / _LOW)
