"""What a chart draws: lines and layers, bars, outages in lanes or bands, ticks.

Geometry for SVG, x in percent and y in pixels; `transparency.charts` puts the marks together.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from energysys.templatetags.market import day_and_hour

BARS_HEIGHT = 84

Values = Sequence[float | None]


@dataclass
class Series:
    """One line or layer: `css` picks its colour, `name` stands beside it."""

    name: str
    css: str
    values: Values
    filled: bool = False
    path: str = ""
    area: str = ""
    name_x: str = ""
    name_y: float = 0
    name_anchor: str = "end"


@dataclass
class Bars:
    """Signed hourly values under the lines, with what above and below zero means."""

    values: Values
    unit: str
    above: str
    below: str
    css: tuple[str, str] = ("smf", "ptf")
    top: float = 1.0

    def __post_init__(self) -> None:
        self.top = rounded_up(max((abs(v) for v in self.values if v is not None), default=0) or 1)

    def drawn(self, hours: int) -> Iterator[dict[str, Any]]:
        """Each bar as a rectangle around the middle line."""
        half = BARS_HEIGHT / 2
        for n, value in enumerate(self.values):
            if value:
                height = max(1.0, round(half * abs(value) / self.top, 1))
                y = half - height if value > 0 else half
                yield {
                    "x": f"{100 * (n + 0.15) / hours:.3f}%",
                    "width": f"{70 / hours:.3f}%",
                    "y": round(y, 1),
                    "height": height,
                    "css": self.css[0] if value > 0 else self.css[1],
                }


@dataclass
class Block:
    """An outage in a lane or over a chart: its kind, its span, its words."""

    kind: str
    start: dt.datetime
    end: dt.datetime
    label: str
    x: str = ""
    width: str = ""
    is_wide: bool = True


@dataclass
class Lane:
    name: str
    blocks: list[Block]
    link: str = ""
    y: int = 0


@dataclass(frozen=True)
class Tick:
    """A label under the axis, `hour` hours from its start; on a phone a minor one is left out."""

    hour: int
    position: str
    label: str
    is_day: bool = False
    is_minor: bool = False


def block_data(block: Block) -> dict[str, Any]:
    return {
        "kind": block.kind,
        "start": wall_clock(block.start),
        "end": wall_clock(block.end),
        "label": block.label,
        "when": f"{day_and_hour(block.start)} → {day_and_hour(block.end)}",
    }


def wall_clock(at: dt.datetime) -> int:
    """Milliseconds that read, in UTC, what the clock on the reader's wall shows."""
    local = timezone.localtime(at)
    return int(local.replace(tzinfo=dt.UTC).timestamp() * 1000)


def unbroken(values: Values) -> Iterator[tuple[int, list[float]]]:
    """The runs of consecutive hours that have a value, each with its first hour."""
    run: list[float] = []
    for n, value in enumerate(values):
        if value is None and run:
            yield n - len(run), run
            run = []
        if value is not None:
            run.append(value)
    if run:
        yield len(values) - len(run), run


def rounded_up(value: float) -> float:
    """The next number that four grid lines divide into readable ones."""
    scale = 10 ** math.floor(math.log10(value))
    return next(
        step * scale
        for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 4.8, 6, 8, 10)
        if step * scale >= value
    )
