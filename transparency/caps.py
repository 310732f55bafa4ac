"""The price cap, by the dated rule that the market is simulated with."""

from __future__ import annotations

import datetime as dt
import json
from typing import NamedTuple

from energysys.clock import turkish_midnight
from transparency.series import fetch

# Prices are written to the kuruş; half of one tells the cap from what is just below it.
HALF_A_KURUS = 0.005


class Cap(NamedTuple):
    """The highest price that may clear in `[start, end)`, TL/MWh."""

    start: dt.datetime
    end: dt.datetime
    try_per_mwh: float

    def holds(self, ts: dt.datetime, price: float | None) -> bool:
        """Whether a price of the hour from `ts` stands at this cap."""
        return (
            price is not None
            and self.start <= ts < self.end
            and price >= self.try_per_mwh - HALF_A_KURUS
        )


def price_caps(start: dt.datetime, end: dt.datetime) -> list[Cap]:
    """The caps in force in `[start, end)`, in order; none where the rule says nothing."""
    rows = fetch("SELECT value::text FROM simulation_parameter WHERE name = 'ptf.regime'", [])
    regimes = json.loads(rows[0][0]) if rows else []
    begins = [turkish_midnight(dt.date.fromisoformat(day)) for day, *_ in regimes]
    caps = []
    for begin, finish, (_day, _floor, cap, _level) in zip(
        begins, [*begins[1:], end], regimes, strict=True
    ):
        since, until = max(begin, start), min(max(finish, begin), end)
        if since < until:
            caps.append(Cap(since, until, float(cap)))
    return caps
