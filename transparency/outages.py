"""A plant's day in figures, and what an event cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from assets.models import PowerPlant
from energysys.clock import DAY, HOUR, turkish_date, turkish_midnight
from transparency import series
from transparency.series import GenerationHour, Span

CENT = Decimal("0.01")
# Longer events are told by day.
HOURS_TOLD = 48


@dataclass(frozen=True)
class Day:
    """A plant's energy of one day, MWh; None while nothing of it is published."""

    planned: float | None
    actual: float | None
    settled: float | None
    deviation: float | None
    use: float | None


def day_of(plant: PowerPlant, rows: Sequence[GenerationHour], day: dt.date) -> Day:
    """The sums of a Turkish day, the actual over the plan less one, and the share of capacity."""
    own = [row for row in rows if turkish_date(row.ts) == day]
    planned, actual, settled = (
        total([getattr(row, name) for row in own])
        for name in ("planned_mwh", "actual_mwh", "settlement_mwh")
    )
    hours = sum(row.actual_mwh is not None for row in own)
    comparable = total([row.planned_mwh for row in own if row.actual_mwh is not None])
    return Day(
        planned,
        actual,
        settled,
        actual / comparable - 1 if actual is not None and comparable else None,
        actual / hours / float(plant.installed_capacity_mw) if actual is not None else None,
    )


def total(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


@dataclass(frozen=True)
class TicketLine:
    """Capacity lost in an hour or a day, MWh, and what it was worth at PTF, TL; None: no PTF."""

    start: dt.datetime
    minutes: int
    lost_mwh: Decimal
    ptf: Decimal | None
    cost: Decimal | None


@dataclass(frozen=True)
class Ticket:
    """An event's lost capacity priced at PTF, as far as prices are known."""

    lines: list[TicketLine]
    by_day: bool
    hours: int
    priced_hours: int
    dearest: TicketLine | None

    @property
    def cost(self) -> Decimal | None:
        known = [line.cost for line in self.lines if line.cost is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def lost_mwh(self) -> Decimal:
        return sum((line.lost_mwh for line in self.lines), Decimal(0))


def cost_ticket(event: Any, at: dt.datetime) -> Ticket:
    """Lost MWh times PTF of each hour from the start to the end, while it runs until `at`.

    Hours beyond tomorrow have no price yet and are left out.
    """
    published_until = turkish_midnight(turkish_date(at) + 2 * DAY)
    start = event.starts_at
    end = min(event.told_until(at) or start, published_until)
    if event.dismissed_at or end <= start:
        return Ticket([], False, 0, 0, None)
    first = start.replace(minute=0, second=0, microsecond=0)
    prices = {row.ts: row.ptf for row in series.prices(Span(first, end, at))}
    lines = []
    for n in range(-((first - end) // HOUR)):
        ts = first + n * HOUR
        covered = min(end, ts + HOUR) - max(start, ts)
        mw_seconds = event.affected_mw * int(covered.total_seconds())
        ptf = prices.get(ts)
        price = None if ptf is None else Decimal(str(ptf))
        cost = None if price is None else (mw_seconds * price / 3600).quantize(CENT, ROUND_HALF_UP)
        lines.append(
            TicketLine(ts, int(covered.total_seconds() // 60), mw_seconds / 3600, price, cost)
        )
    priced = [line for line in lines if line.cost is not None]
    by_day = len(lines) > HOURS_TOLD
    return Ticket(
        daily(lines) if by_day else lines,
        by_day,
        len(lines),
        len(priced),
        max(priced, key=lambda line: line.cost or Decimal(0), default=None),
    )


def daily(lines: Sequence[TicketLine]) -> list[TicketLine]:
    """The lines of each Turkish day as one; its price is the mean of what the MWh were worth."""
    days: dict[dt.date, list[TicketLine]] = {}
    for line in lines:
        days.setdefault(turkish_date(line.start), []).append(line)
    summed = []
    for day, own in sorted(days.items()):
        priced = [line for line in own if line.cost is not None]
        lost = sum((line.lost_mwh for line in own), Decimal(0))
        cost = sum((line.cost or Decimal(0) for line in priced), Decimal(0)) if priced else None
        worth = sum((line.lost_mwh for line in priced), Decimal(0))
        mean = (cost / worth).quantize(CENT) if cost is not None and worth else None
        minutes = sum(line.minutes for line in own)
        summed.append(TicketLine(turkish_midnight(day), minutes, lost, mean, cost))
    return summed
