"""Hourly step charts as geometry for SVG: x in percent of the span, y in pixels.

The template draws them without a script. An hour holds its value from its start to its end; where
a value is missing the line has a gap.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from energysys.clock import HOUR, ISTANBUL
from energysys.templatetags.market import clock, number, short_day

HEIGHT = 220
GRID_LINES = 4
# Names that would touch are pushed this many pixels apart.
NAME_GAP = 14

Hours = Sequence[tuple[dt.datetime, float | None]]


@dataclass
class Line:
    """One series: `css` picks its colour, `name` stands beside its end."""

    name: str
    css: str
    hours: Hours
    filled: bool = False
    path: str = ""
    area: str = ""
    name_x: str = ""
    name_y: float = 0


@dataclass(frozen=True)
class Tick:
    position: str
    label: str


@dataclass
class StepChart:
    """Lines over `[start, end)`, with the running instant and what is not published yet."""

    start: dt.datetime
    end: dt.datetime
    lines: list[Line]
    now: dt.datetime
    unpublished_from: dt.datetime | None = None
    height: int = HEIGHT
    top: float = field(init=False)

    def __post_init__(self) -> None:
        values = [value for line in self.lines for _, value in line.hours if value is not None]
        self.top = rounded_up(max(values, default=0) or 1)
        for line in self.lines:
            line.path, line.area = self.trace(line.hours)
        self.place_names()

    @property
    def width(self) -> int:
        """Hours in the span: the inner coordinates of the lines."""
        return max(1, int((self.end - self.start) / HOUR))

    def x(self, at: dt.datetime) -> str:
        return f"{100 * ((at - self.start) / (self.end - self.start)):.3f}%"

    def y(self, value: float) -> float:
        return round(self.height * (1 - value / self.top), 1)

    def trace(self, hours: Hours) -> tuple[str, str]:
        """The stepped line, and the area between it and zero."""
        line, area = [], []
        for run in unbroken(hours):
            first = (run[0][0] - self.start) / HOUR
            steps = "".join(
                f"V{self.y(value)}H{(ts - self.start) / HOUR + 1:g}" for ts, value in run
            )
            line.append(f"M{first:g} {self.y(run[0][1])}{steps}")
            area.append(f"M{first:g} {self.height}{steps}V{self.height}Z")
        return "".join(line), "".join(area)

    def place_names(self) -> None:
        """Write each name above the end of its line, never one over another."""
        taken: list[tuple[dt.datetime, float]] = []
        for line in self.lines:
            known = [(ts, value) for ts, value in line.hours if value is not None]
            if not known:
                continue
            ts, value = known[-1]
            y = max(10.0, self.y(value) - 6)
            while any(abs(ts - at) < 4 * HOUR and abs(y - other) < NAME_GAP for at, other in taken):
                y += NAME_GAP
            taken.append((ts, y))
            line.name_x, line.name_y = self.x(ts + HOUR), y

    @property
    def grid(self) -> list[tuple[float, str]]:
        step = self.top / GRID_LINES
        places = 0 if step >= 1 else 2
        return [(self.y(n * step), number(n * step, places)) for n in range(GRID_LINES + 1)]

    @property
    def ticks(self) -> Iterator[Tick]:
        """Four times of day, or midnights once the span is longer than two days."""
        every = 6 if self.width <= 48 else 24 * math.ceil(self.width / 24 / 7)
        for n in range(0, self.width, every):
            at = self.start + n * HOUR
            is_midnight = at.astimezone(ISTANBUL).hour == 0
            yield Tick(self.x(at), short_day(at) if is_midnight else clock(at))

    @property
    def now_x(self) -> str | None:
        return self.x(self.now) if self.start <= self.now < self.end else None

    @property
    def unpublished(self) -> tuple[str, str] | None:
        """Where the band between the last published hour and now begins, and its width."""
        since = self.unpublished_from
        if since is None or not self.start <= since < min(self.now, self.end):
            return None
        share = (min(self.now, self.end) - since) / (self.end - self.start)
        return self.x(since), f"{100 * share:.3f}%"


def unbroken(hours: Hours) -> Iterator[list[tuple[dt.datetime, float]]]:
    """The runs of consecutive hours that have a value."""
    run: list[tuple[dt.datetime, float]] = []
    for ts, value in hours:
        if run and (value is None or ts - run[-1][0] != HOUR):
            yield run
            run = []
        if value is not None:
            run.append((ts, value))
    if run:
        yield run


def rounded_up(value: float) -> float:
    """The next number that four grid lines divide into readable ones."""
    scale = 10 ** math.floor(math.log10(value))
    return next(
        step * scale for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10) if step * scale >= value
    )
