"""Prices as a table of days by hours: prices in nine steps of one hue, SMF − PTF in two hues."""

from __future__ import annotations

import datetime as dt
import math
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from energysys.clock import HOUR
from energysys.templatetags.market import number, signed
from transparency.columns import PRICE_GAP, PTF, SMF, Column
from transparency.screens import PriceScreen

STEPS = 9
# On either side of zero, where the system is in balance.
SIDE_STEPS = 4
HOURS = [f"{hour:02}" for hour in range(24)]
COLUMNS = {"ptf": PTF, "smf": SMF, "gap": PRICE_GAP}


class HeatCell(NamedTuple):
    text: str
    css: str


class HeatDay(NamedTuple):
    day: dt.date
    cells: list[HeatCell]


class HeatMap:
    """The days of the screen in the reader's zone; hours outside the span are empty."""

    hours = HOURS

    def __init__(self, screen: PriceScreen) -> None:
        self.screen = screen
        self.column: Column = COLUMNS[screen.heat_name]
        self.values = dict(zip(screen.hours, screen.values[self.column.name], strict=True))
        known = [value for value in self.values.values() if value is not None]
        self.highest = max(map(abs, known), default=0.0)

    @property
    def is_difference(self) -> bool:
        return self.column is PRICE_GAP

    def days(self) -> list[HeatDay]:
        days: dict[dt.date, dict[int, dt.datetime]] = {}
        for ts in self.screen.hours:
            local = timezone.localtime(ts)
            days.setdefault(local.date(), {})[local.hour] = ts
        return [
            HeatDay(day, [self.cell(hours.get(hour)) for hour in range(24)])
            for day, hours in days.items()
        ]

    def cell(self, ts: dt.datetime | None) -> HeatCell:
        if ts is None:
            return HeatCell("", "outside")
        value = self.values[ts]
        now = " now" if ts <= self.screen.at < ts + HOUR else ""
        if value is None:
            # The difference is due when the later of the two is.
            due_at = (self.column if self.column.due_at else SMF).due_at
            late = due_at is not None and due_at(ts) <= self.screen.at
            word = _("missing") if late else _("not yet")
            return HeatCell(word, ("missing" if late else "pending") + now)
        if self.is_difference:
            return HeatCell(signed(value, 0), f"{self.side(value)}{now}")
        caps = (cap.try_per_mwh for cap in self.screen.caps if cap.start <= ts < cap.end)
        top = max(caps, default=self.highest)
        step = min(STEPS - 1, int(STEPS * value / top)) if top else 0
        cap = " cap" if self.screen.at_cap(ts, value) else ""
        return HeatCell(number(value, 0), f"q{step}{cap}{now}")

    def side(self, value: float) -> str:
        """How far from zero, measured by the farthest hour shown, and to which side."""
        if not round(value, self.column.places):
            return "q0"
        step = math.ceil(SIDE_STEPS * abs(value) / self.highest)
        return f"{'up' if value > 0 else 'down'}{step}"

    @property
    def scale(self) -> list[str]:
        """The steps from the lowest to the highest, as the cells have them."""
        if not self.is_difference:
            return [f"q{step}" for step in range(STEPS)]
        steps = range(1, SIDE_STEPS + 1)
        return [*(f"down{n}" for n in reversed(steps)), "q0", *(f"up{n}" for n in steps)]

    @property
    def ends(self) -> tuple[str, str]:
        """What the two ends of the scale stand for, TL/MWh."""
        if self.is_difference:
            return signed(-self.highest, 0), signed(self.highest, 0)
        caps = self.screen.caps
        return "0", number(caps[-1].try_per_mwh if caps else self.highest, 0)
