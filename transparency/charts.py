"""Hours as tables and step charts; a chart is geometry for SVG: x in percent, y in pixels.

The template draws them without a script. An hour holds its value from its start to its end; where
a value is missing the line has a gap.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from energysys.clock import DAY, HOUR, ISTANBUL, turkish_date, turkish_midnight
from energysys.templatetags.market import clock, number, short_day
from transparency.series import Span

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

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
    name_anchor: str = "end"


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
            # A line that ends at the left edge has no room for its name there.
            if (ts - self.start) / (self.end - self.start) < 0.2:
                line.name_x, line.name_anchor = self.x(known[0][0]), "start"

    @property
    def grid(self) -> list[tuple[float, str]]:
        step = self.top / GRID_LINES
        places = 0 if step >= 1 else 2
        return [(self.y(n * step), number(n * step, places)) for n in range(GRID_LINES + 1)]

    @property
    def ticks(self) -> Iterator[Tick]:
        """Four times of day, or at most four midnights once the span is longer than a day."""
        every = 6 if self.width <= 24 else 24 * math.ceil(self.width / 24 / 4)
        for n in range(0, self.width, every):
            at = self.start + n * HOUR
            yield Tick(self.x(at), clock(at) if self.width <= 24 else short_day(at))

    @property
    def now_x(self) -> str | None:
        return self.x(self.now) if self.start <= self.now < self.end else None

    @property
    def now_anchor(self) -> str:
        """Near an edge the label is written towards the middle."""
        share = (self.now - self.start) / (self.end - self.start)
        return "start" if share < 0.1 else "end" if share > 0.9 else "middle"

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
        step * scale
        for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 4.8, 6, 8, 10)
        if step * scale >= value
    )


DueRule = Callable[[dt.datetime, dt.datetime], bool]


def day_ahead(ts: dt.datetime, at: dt.datetime) -> bool:
    return ts < turkish_midnight(turkish_date(at) + 2 * DAY)


def after_hours(hours: int) -> DueRule:
    """Due that many hours after the end of its hour."""
    return lambda ts, at: ts + (1 + hours) * HOUR <= at


def when_the_day_has_ended(ts: dt.datetime, at: dt.datetime) -> bool:
    return turkish_date(ts) < turkish_date(at)


@dataclass(frozen=True)
class Column:
    """A series of a page: the attribute of its rows, how it is written, when it must be there."""

    name: str
    label: StrPromise | str
    unit: str
    css: str
    is_due: DueRule
    filled: bool = False

    @property
    def places(self) -> int:
        return 2 if self.unit == "TL/MWh" else 1


PRICE_COLUMNS = (
    Column("ptf", "PTF", "TL/MWh", "ptf", day_ahead, filled=True),
    Column("smf", "SMF", "TL/MWh", "smf", after_hours(4)),
)
CONSUMPTION_COLUMNS = (
    Column("actual_mwh", _("Consumption"), "MWh", "actual", after_hours(2), filled=True),
    Column("forecast_mwh", _("Forecast"), "MWh", "plan", day_ahead),
)
GENERATION_COLUMNS = (
    Column("planned_mwh", _("Planned (KGÜP)"), "MWh", "plan", day_ahead),
    Column("actual_mwh", _("Actual"), "MWh", "actual", after_hours(0), filled=True),
    Column("settlement_mwh", _("Settled (UEVM)"), "MWh", "settled", when_the_day_has_ended),
)


class Freshness(NamedTuple):
    """Up to which hour a series is there, and how many due hours before now it lacks."""

    label: StrPromise | str
    last: dt.datetime | None
    gaps: int


@dataclass(frozen=True)
class HourTable:
    """Every hour of a span, those without a row too, so that a gap is seen as one."""

    columns: Sequence[Column]
    rows: Sequence[Any]
    span: Span

    @cached_property
    def end(self) -> dt.datetime:
        """Nothing later than tomorrow is published, so nothing later is listed."""
        tomorrow_ends = turkish_midnight(turkish_date(self.span.at) + 2 * DAY)
        return max(self.span.start, min(self.span.end, tomorrow_ends))

    @cached_property
    def by_hour(self) -> dict[dt.datetime, Any]:
        return {row.ts: row for row in self.rows}

    @cached_property
    def hours(self) -> list[dt.datetime]:
        return [self.span.start + n * HOUR for n in range(int((self.end - self.span.start) / HOUR))]

    def values(self, column: Column) -> list[tuple[dt.datetime, float | None]]:
        return [(ts, getattr(self.by_hour.get(ts), column.name, None)) for ts in self.hours]

    def lines(self) -> Iterator[dict[str, Any]]:
        """The table's lines; each cell says its value, its decimals and whether it is due."""
        at = self.span.at
        for ts in self.hours:
            row = self.by_hour.get(ts)
            cells = [(getattr(row, c.name, None), c.places, c.is_due(ts, at)) for c in self.columns]
            starts_day = ts.astimezone(ISTANBUL).hour == 0
            yield {"ts": ts, "cells": cells, "is_now": ts <= at < ts + HOUR, "new": starts_day}

    def freshness(self) -> Iterator[Freshness]:
        for column in self.columns:
            values = self.values(column)
            known = [ts for ts, value in values if value is not None]
            gaps = sum(value is None and column.is_due(ts, self.span.at) for ts, value in values)
            yield Freshness(column.label, known[-1] if known else None, gaps)

    def chart(self) -> StepChart:
        lines = [Line(str(c.label), c.css, self.values(c), c.filled) for c in self.columns]
        # The band says what is awaited of the series that comes latest in the running day.
        late = next((c for c in self.columns if c.is_due is not day_ahead), None)
        known = [ts for ts, value in self.values(late) if value is not None] if late else []
        unpublished_from = known[-1] + HOUR if known else None
        return StepChart(self.span.start, self.end, lines, self.span.at, unpublished_from)

    def extremes(self, name: str) -> tuple[Any, Any] | None:
        """The first rows with the lowest and with the highest value."""
        known = [row for row in self.rows if getattr(row, name) is not None]
        if not known:
            return None
        return min(known, key=attrgetter(name)), max(known, key=attrgetter(name))
