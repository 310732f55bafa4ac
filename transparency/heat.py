"""Prices as a table of days by hours, coloured in nine steps of one hue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from energysys.clock import HOUR
from energysys.templatetags.market import number
from transparency.screens import PriceScreen

STEPS = 9
HOURS = [f"{hour:02}" for hour in range(24)]


class HeatCell(NamedTuple):
    text: str
    css: str


class HeatDay(NamedTuple):
    day: dt.date
    cells: list[HeatCell]


def heat_map(screen: PriceScreen) -> Iterator[HeatDay]:
    """The days of the screen in the reader's zone; hours outside the span are empty."""
    values = dict(zip(screen.hours, screen.values[screen.heat_name], strict=True))
    column = screen.columns[0] if screen.heat_name == "ptf" else screen.columns[1]
    days: dict[dt.date, dict[int, dt.datetime]] = {}
    for ts in screen.hours:
        local = timezone.localtime(ts)
        days.setdefault(local.date(), {})[local.hour] = ts
    highest = max((v for v in values.values() if v is not None), default=0.0)
    for day, hours in days.items():
        cells = []
        for hour in range(24):
            if hour not in hours:
                cells.append(HeatCell("", "outside"))
                continue
            ts = hours[hour]
            value = values[ts]
            now = " now" if ts <= screen.at < ts + HOUR else ""
            if value is None:
                late = column.due_at is not None and column.due_at(ts) <= screen.at
                word = _("missing") if late else _("not yet")
                cells.append(HeatCell(word, ("missing" if late else "pending") + now))
                continue
            top = max(
                (c.try_per_mwh for c in screen.caps if c.start <= ts < c.end), default=highest
            )
            step = min(STEPS - 1, int(STEPS * value / top)) if top else 0
            cap = " cap" if screen.at_cap(ts, value) else ""
            cells.append(HeatCell(number(value, 0), f"q{step}{cap}{now}"))
        yield HeatDay(day, cells)
