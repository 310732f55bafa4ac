"""Pictures of hours: geometry for SVG, x in percent and y in pixels, and the same as data.

The template draws the SVG without a script; `static/charts.js` draws `data` on a canvas over it
where it can. An hour holds its value from its start to its end; where a value is missing the line
has a gap.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from energysys.clock import HOUR
from energysys.templatetags.market import clock, number, short_day
from transparency.caps import Cap
from transparency.marks import (
    BARS_HEIGHT,
    Bars,
    Block,
    Lane,
    Series,
    Tick,
    Values,
    block_data,
    rounded_up,
    unbroken,
    wall_clock,
)

HEIGHT = 220
LANE_HEIGHT = 28
PANEL_GAP = 26
GRID_LINES = 4
# Names that would touch are pushed this many pixels apart.
NAME_GAP = 14
# The share of a phone's chart that a label needs.
LABEL_SHARE = 0.3


@dataclass
class Chart:
    """Series over `[start, end)`, with the running instant and what is not published yet."""

    start: dt.datetime
    end: dt.datetime
    series: list[Series]
    now: dt.datetime
    unit: str
    places: int = 1
    stacked: bool = False
    unpublished_from: dt.datetime | None = None
    unpublished_label: str = ""
    caps: Sequence[Cap] = ()
    bars: Bars | None = None
    lanes: Sequence[Lane] = ()
    bands: Sequence[Block] = ()
    outline: Sequence[tuple[dt.datetime, float]] = ()
    outline_name: str = ""
    height: int = HEIGHT
    top: float = field(init=False)

    def __post_init__(self) -> None:
        self.top = rounded_up(max(self.highest(), *(cap.try_per_mwh for cap in self.caps), 0) or 1)
        below = [0.0] * self.hours
        for series in self.series:
            if self.stacked:
                above = [b + (v or 0.0) for b, v in zip(below, series.values, strict=True)]
                series.area = self.layer(series.values, below, above)
                below = above
            else:
                series.path, series.area = self.trace(series.values)
        self.place_names()
        for n, lane in enumerate(self.lanes):
            lane.y = n * LANE_HEIGHT
        for block in (*self.bands, *(block for lane in self.lanes for block in lane.blocks)):
            self.place_block(block)

    def highest(self) -> float:
        if self.stacked:
            sums = [sum(v or 0.0 for v in hour) for hour in zip(*self.values, strict=True)]
        else:
            sums = [v for values in self.values for v in values if v is not None]
        return max([*sums, *(mw for _at, mw in self.outline)], default=0.0)

    @property
    def values(self) -> list[Values]:
        return [series.values for series in self.series]

    @property
    def hours(self) -> int:
        """Hours in the span: the inner coordinates of the lines."""
        return max(1, int((self.end - self.start) / HOUR))

    @property
    def is_empty(self) -> bool:
        return all(value is None for values in self.values for value in values)

    def share(self, at: dt.datetime) -> float:
        return (at - self.start) / (self.end - self.start)

    def x(self, at: dt.datetime) -> str:
        return f"{100 * self.share(at):.3f}%"

    def y(self, value: float) -> float:
        return round(self.height * (1 - value / self.top), 1)

    def trace(self, values: Values) -> tuple[str, str]:
        """The stepped line, and the area between it and zero."""
        line, area = [], []
        for first, run in unbroken(values):
            steps = "".join(f"V{self.y(v)}H{first + n + 1}" for n, v in enumerate(run))
            line.append(f"M{first} {self.y(run[0])}{steps}")
            area.append(f"M{first} {self.height}{steps}V{self.height}Z")
        return "".join(line), "".join(area)

    def layer(self, values: Values, below: Sequence[float], above: Sequence[float]) -> str:
        """A stepped band between two sums, wherever the layer has a value."""
        paths = []
        for first, run in unbroken(values):
            last = first + len(run)
            up = "".join(f"V{self.y(above[n])}H{n + 1}" for n in range(first, last))
            down = "".join(f"V{self.y(below[n])}H{n}" for n in reversed(range(first, last)))
            paths.append(f"M{first} {self.y(below[first])}{up}{down}Z")
        return "".join(paths)

    def place_names(self) -> None:
        """Write each name at the end of its line or layer, never one over another."""
        taken: list[tuple[int, float]] = []
        free = math.inf
        below = 0.0
        for series in self.series:
            known = [n for n, value in enumerate(series.values) if value is not None]
            if not known:
                continue
            value = series.values[known[-1]] or 0.0
            if self.stacked:
                middle = self.y(below + value / 2) + 4
                below += value
                # A layer too thin to be seen needs no name at its edge; the table has it.
                if value < self.top / 400:
                    continue
                free = series.name_y = min(middle, free - NAME_GAP)
                series.name_x, series.name_anchor = "100%", "start"
                continue
            y = max(10.0, self.y(value) - 6)
            while any(abs(known[-1] - n) < 4 and abs(y - other) < NAME_GAP for n, other in taken):
                y += NAME_GAP
            taken.append((known[-1], y))
            series.name_x, series.name_y = f"{100 * (known[-1] + 1) / self.hours:.3f}%", y
            # A line that ends at the left edge has no room for its name there.
            if known[-1] / self.hours < 0.2:
                series.name_x = f"{100 * known[0] / self.hours:.3f}%"
                series.name_anchor = "start"

    def place_block(self, block: Block) -> None:
        since, until = max(block.start, self.start), min(block.end, self.end)
        share = max(0.0, (until - since) / (self.end - self.start))
        block.x, block.width = self.x(since), f"{100 * share:.3f}%"
        block.is_wide = share > 0.12

    @property
    def grid(self) -> list[tuple[float, str]]:
        step = self.top / GRID_LINES
        places = 0 if step >= 1 else 2
        return [(self.y(n * step), number(n * step, places)) for n in range(GRID_LINES + 1)]

    @property
    def ticks(self) -> Iterator[Tick]:
        """Times of day, or midnights once the span is longer than three days."""
        every = 3 if self.hours <= 24 else 6 if self.hours <= 72 else 24
        days = math.ceil(self.hours / 24)
        keep = max(1, math.ceil(days / 9)) if every == 24 else 1
        for n in range(0, self.hours, every * keep):
            at = self.start + n * HOUR
            is_day = timezone.localtime(at).hour == 0
            label = short_day(at) if is_day else clock(at)
            nth = n // (every * keep)
            is_minor = nth % 2 == 1 if every < 24 else days > 4 and nth % 3 != 0
            yield Tick(n, self.x(at), label, is_day, is_minor)

    @property
    def now_x(self) -> str | None:
        return self.x(self.now) if self.start <= self.now < self.end else None

    @property
    def now_anchor(self) -> str:
        """Near an edge the label is written towards the middle."""
        share = self.share(self.now)
        return "start" if share < 0.13 else "end" if share > 0.87 else "middle"

    @property
    def unpublished(self) -> tuple[str, str] | None:
        """Where the band between the last published hour and now begins, and its width."""
        since = self.unpublished_from
        if since is None or not self.start <= since < min(self.now, self.end):
            return None
        share = (min(self.now, self.end) - since) / (self.end - self.start)
        return self.x(since), f"{100 * share:.3f}%"

    @property
    def cap_lines(self) -> Iterator[dict[str, Any]]:
        for cap in self.caps:
            x1, x2 = self.x(cap.start), self.x(cap.end)
            at_start = {"label_x": x1, "label_dx": 4, "anchor": "start"}
            at_end = {"label_x": x2, "label_dx": -4, "anchor": "end"}
            yield {
                "x1": x1,
                "x2": x2,
                "y": self.y(cap.try_per_mwh),
                "label": cap_label(cap),
                **(at_start if self.ends_near_now(cap) else at_end),
            }

    def ends_near_now(self, cap: Cap) -> bool:
        """Whether the end of a cap's line has no room for its name, for the now-line is there."""
        return 0 <= self.share(cap.end) - self.share(self.now) < LABEL_SHARE

    @property
    def outline_path(self) -> str:
        """The dotted line of a capacity, bent at the very minute."""
        points = [
            (self.share(at) * self.hours, self.y(mw))
            for at, mw in self.outline
            if self.start <= at <= self.end
        ]
        if not points:
            return ""
        path = [f"M{points[0][0]:.3f} {points[0][1]}"]
        path += [f"H{x:.3f}V{y}" for x, y in points[1:]]
        return "".join(path)

    @property
    def bar_rectangles(self) -> list[dict[str, Any]]:
        return list(self.bars.drawn(self.hours)) if self.bars else []

    @property
    def bars_y(self) -> int:
        return self.height + PANEL_GAP

    @property
    def bars_middle(self) -> int:
        return self.bars_y + BARS_HEIGHT // 2

    @property
    def bars_end(self) -> int:
        return self.bars_y + BARS_HEIGHT

    @property
    def lanes_y(self) -> int:
        return (self.bars_end if self.bars else self.height) + PANEL_GAP // 2

    @property
    def total_height(self) -> int:
        """Down to where the times are written."""
        if self.lanes:
            return self.lanes_y + len(self.lanes) * LANE_HEIGHT
        return self.bars_end if self.bars else self.height

    @property
    def data(self) -> str:
        """All of it as JSON, in wall-clock milliseconds, with the words that are written."""
        given: dict[str, Any] = {
            "start": wall_clock(self.start),
            "hours": self.hours,
            "now": wall_clock(self.now) if self.now_x else None,
            "offset": offset(self.start),
            "unit": self.unit,
            "places": self.places,
            "top": self.top,
            "stacked": self.stacked,
            "height": self.height,
            "total": self.total_height,
            "ticks": [
                [wall_clock(self.start + t.hour * HOUR), t.label, t.is_day, t.is_minor]
                for t in self.ticks
            ],
            "series": [
                {
                    "name": series.name,
                    "css": series.css,
                    "filled": series.filled,
                    "values": [None if v is None else round(v, 3) for v in series.values],
                }
                for series in self.series
            ],
            "caps": [
                [
                    wall_clock(cap.start),
                    wall_clock(cap.end),
                    cap.try_per_mwh,
                    cap_label(cap),
                    self.ends_near_now(cap),
                ]
                for cap in self.caps
            ],
            "words": {"now": f"{_('now')} {clock(self.now)}", "pending": self.unpublished_label},
        }
        if self.unpublished and self.unpublished_from:
            until = min(self.now, self.end)
            given["unpublished"] = [wall_clock(self.unpublished_from), wall_clock(until)]
        if self.bars:
            given["bars"] = {
                "values": [None if v is None else round(v, 3) for v in self.bars.values],
                "top": self.bars.top,
                "above": self.bars.above,
                "below": self.bars.below,
                "css": self.bars.css,
                "y": self.bars_y,
                "height": BARS_HEIGHT,
            }
        if self.lanes:
            given["lanes"] = [
                {"name": lane.name, "blocks": [block_data(b) for b in lane.blocks]}
                for lane in self.lanes
            ]
            given["lanes_y"] = self.lanes_y
        if self.bands:
            given["bands"] = [block_data(block) for block in self.bands]
        if self.outline:
            given["outline"] = {
                "name": self.outline_name,
                "points": [[wall_clock(at), mw] for at, mw in self.outline],
            }
        return json.dumps(given, separators=(",", ":"))


def cap_label(cap: Cap) -> str:
    return _("cap %(price)s") % {"price": number(cap.try_per_mwh, 0)}


def offset(at: dt.datetime) -> str:
    """`+03:00`, or `UTC`."""
    text = timezone.localtime(at).strftime("%z")
    return f"{text[:3]}:{text[3:]}" if text != "+0000" else "UTC"
