"""What lies ahead: what publishing a form will do, and the outages of the next days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from assets.availability import DAYS_AHEAD, LowestOfDay, available_steps, lowest_by_day
from assets.models import PowerPlant
from energysys.clock import DAY, HOUR, turkish_date, turkish_midnight
from incidents.models import PlantEvent, PlantEventQuerySet

if TYPE_CHECKING:
    from incidents.forms import EventForm


@dataclass(frozen=True)
class Consequences:
    """MW free before and after, MWh lost and hours recalculated until the end, delay so far."""

    event_type: str
    free_mw: Decimal
    left_mw: Decimal
    lost_mwh: Decimal | None
    hours: int | None
    delay: dt.timedelta | None


def consequences(form: EventForm, now: dt.datetime) -> Consequences | None:
    """What the form as filled in so far would do; None while that is unclear."""
    source = form.cleaned_data if form.is_bound else form.initial
    wish, room = source.get("affected_mw"), form.room
    if room is None or not wish or wish > room.free_mw:
        return None
    lost = hours = None
    if room.end:
        lost = wish * int((room.end - room.start).total_seconds()) / 3600
        first = room.start.replace(minute=0, second=0, microsecond=0)
        hours = -((first - room.end) // HOUR)
    return Consequences(
        event_type=source.get("event_type") or "failure",
        free_mw=room.free_mw,
        left_mw=room.free_mw - wish,
        lost_mwh=lost,
        hours=hours,
        delay=now - room.start if now - room.start >= dt.timedelta(minutes=1) else None,
    )


@dataclass(frozen=True)
class PlantOutlook:
    """A plant's lowest available capacity on each day, and what takes the rest."""

    plant: PowerPlant
    days: list[LowestOfDay]
    events: list[PlantEvent]


def outage_plan(events: PlantEventQuerySet, now: dt.datetime) -> dict[str, Any]:
    """The standing events of the next 14 Turkish days, by plant."""
    start = turkish_midnight(turkish_date(now))
    end = start + DAYS_AHEAD * DAY
    ahead = events.standing().overlapping(now, end)
    rows = []
    for plant, own in groupby(
        ahead.order_by("plant__name", "plant_id", "starts_at", "pk"), lambda event: event.plant
    ):
        found = list(own)
        steps = available_steps(plant.installed_capacity_mw, found, now, end)
        rows.append(PlantOutlook(plant, list(lowest_by_day(steps)), found))
    days = [turkish_date(start + n * DAY) for n in range(DAYS_AHEAD)]
    return {"now": now, "outlooks": rows, "days": days, "first": days[0], "last": days[-1]}
