"""A plant's hours with its outages in them: the chart, yesterday's figures, an event's cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from assets.availability import Step, available_steps
from assets.models import PowerPlant
from energysys.clock import DAY, HOUR, turkish_date, turkish_midnight
from energysys.templatetags.market import mw
from transparency import series
from transparency.charts import GENERATION_COLUMNS, HourTable, StepChart, rounded_up
from transparency.series import GenerationHour, Span

CENT = Decimal("0.01")
# Longer events are told by day.
HOURS_TOLD = 48


@dataclass(frozen=True)
class Band:
    """An event over the chart: x and width in percent."""

    event: Any
    x: str
    width: str
    label: str
    label_x: str


@dataclass
class OutageChart:
    """Plan and actual as steps, under the hatched bands of events and the capacity they leave."""

    plant: PowerPlant
    span: Span
    rows: Sequence[GenerationHour]
    events: Sequence[Any]

    @cached_property
    def table(self) -> HourTable:
        return HourTable(GENERATION_COLUMNS, self.rows, self.span)

    @cached_property
    def steps(self) -> list[Step]:
        standing = [event for event in self.events if not event.dismissed_at]
        return available_steps(
            self.plant.installed_capacity_mw, standing, self.span.start, self.span.end
        )

    @cached_property
    def lines(self) -> StepChart:
        chart = self.table.chart()
        if chart.top < float(self.plant.installed_capacity_mw):
            # The dotted line of available capacity must fit as well.
            chart.top = rounded_up(float(self.plant.installed_capacity_mw))
            for line in chart.lines:
                line.path, line.area = chart.trace(line.hours)
            chart.place_names()
        return chart

    @property
    def available_path(self) -> str:
        """The stepped line of available MW in hours from the start; it bends at the minute."""
        path = ""
        for step in self.steps:
            begin, until = ((at - self.span.start) / HOUR for at in (step.start, step.end))
            y = self.lines.y(float(step.available_mw))
            path += f"V{y}H{until:g}" if path else f"M{begin:g} {y}H{until:g}"
        return path

    @property
    def bands(self) -> Iterable[Band]:
        whole = self.span.end - self.span.start
        for event in self.events:
            start = max(event.starts_at, self.span.start)
            end = min(event.ends_at or self.span.end, self.span.end)
            if event.dismissed_at or end <= start:
                continue
            right = (end - self.span.start) / whole
            yield Band(
                event,
                x=f"{100 * (start - self.span.start) / whole:.3f}%",
                width=f"{100 * (end - start) / whole:.3f}%",
                label=f"{event.get_event_type_display()} {mw(event.affected_mw)} MW",
                label_x=f"{100 * right:.3f}%",
            )

    def as_json(self) -> dict[str, Any]:
        """For scripts; the shape is told in `transparency/_outage_chart.html`."""
        return {
            "start": self.span.start.isoformat(),
            "end": self.span.end.isoformat(),
            "now": self.span.at.isoformat(),
            "fuel": self.plant.fuel_type,
            "hours": [
                [row.ts.isoformat(), row.planned_mwh, row.actual_mwh, row.settlement_mwh]
                for row in self.rows
            ],
            "available": [
                [step.start.isoformat(), step.end.isoformat(), float(step.available_mw)]
                for step in self.steps
            ],
            "events": [
                {
                    "type": band.event.event_type,
                    "start": band.event.starts_at.isoformat(),
                    "end": band.event.ends_at and band.event.ends_at.isoformat(),
                    "mw": float(band.event.affected_mw),
                    "label": band.label,
                }
                for band in self.bands
            ],
        }


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
        total([getattr(row, column.name) for row in own]) for column in GENERATION_COLUMNS
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
    """Lost MWh times PTF of each hour from the start to the end, without one until `at`.

    Hours beyond tomorrow have no price yet and are left out.
    """
    published_until = turkish_midnight(turkish_date(at) + 2 * DAY)
    start = event.starts_at
    end = min(event.ends_at or max(at, start), published_until)
    if event.dismissed_at or end <= start:
        return Ticket([], False, 0, 0, None)
    first = start.replace(minute=0, second=0, microsecond=0)
    prices = {row.ts: row.ptf for row in series.prices(Span(first, end, at))}
    lines = []
    for n in range(-((first - end) // HOUR)):
        ts = first + n * HOUR
        covered = min(end, ts + HOUR) - max(start, ts)
        lost = event.affected_mw * int(covered.total_seconds()) / 3600
        ptf = prices.get(ts)
        price = None if ptf is None else Decimal(str(ptf))
        cost = None if price is None else (lost * price).quantize(CENT)
        lines.append(TicketLine(ts, int(covered.total_seconds() // 60), lost, price, cost))
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
