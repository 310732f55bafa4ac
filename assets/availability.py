"""A plant's available capacity as steps that bend where an event starts or ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Protocol

from energysys.clock import DAY, turkish_date, turkish_midnight

DAYS_AHEAD = 14


class Outage(Protocol):
    """What an event takes, MW, in `[starts_at, ends_at)`; without an end for ever."""

    event_type: str
    affected_mw: Decimal
    starts_at: dt.datetime
    ends_at: dt.datetime | None


@dataclass(frozen=True)
class Step:
    """Capacity in `[start, end)`, MW."""

    start: dt.datetime
    end: dt.datetime
    installed_mw: Decimal
    failure_mw: Decimal
    maintenance_mw: Decimal

    @property
    def lost_mw(self) -> Decimal:
        return self.failure_mw + self.maintenance_mw

    @property
    def available_mw(self) -> Decimal:
        # A plant may have shrunk since one of its past events was reported.
        return max(Decimal(0), self.installed_mw - self.lost_mw)


def available_steps(
    installed_mw: Decimal, outages: Iterable[Outage], start: dt.datetime, end: dt.datetime
) -> list[Step]:
    """The capacity that standing events leave over in `[start, end)`, to the event's minute."""
    outages = list(outages)
    edges = {start, end}
    for outage in outages:
        edges |= {
            at for at in (outage.starts_at, outage.ends_at) if at is not None and start < at < end
        }
    times = sorted(edges)
    steps: list[Step] = []
    for begin, until in pairwise(times):
        lost = {"failure": Decimal(0), "maintenance": Decimal(0)}
        for outage in outages:
            if outage.starts_at <= begin and (outage.ends_at is None or outage.ends_at > begin):
                lost[outage.event_type] += outage.affected_mw
        steps.append(Step(begin, until, installed_mw, lost["failure"], lost["maintenance"]))
    return steps


@dataclass(frozen=True)
class LowestOfDay:
    """The step of a Turkish day in which the plant has least."""

    day: dt.date
    step: Step


def lowest_by_day(steps: Iterable[Step]) -> Iterator[LowestOfDay]:
    lowest: dict[dt.date, Step] = {}
    for step in steps:
        day = turkish_date(step.start)
        while turkish_midnight(day) < step.end:
            known = lowest.get(day)
            if known is None or step.available_mw < known.available_mw:
                lowest[day] = step
            day += DAY
    for day in sorted(lowest):
        yield LowestOfDay(day, lowest[day])
