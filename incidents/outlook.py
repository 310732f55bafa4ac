"""What lies ahead: what publishing a form will do, and the outages of the next days."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
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


def outages_ahead(now: dt.datetime) -> PlantEventQuerySet:
    """Standing events from now to the end of the 14th Turkish day; of all plants."""
    end = turkish_midnight(turkish_date(now)) + DAYS_AHEAD * DAY
    return PlantEvent.objects.standing().overlapping(now, end)


def outage_plan(plants: Iterable[PowerPlant], now: dt.datetime) -> dict[str, Any]:
    """The outages of the next 14 Turkish days, of scoped plants in their order."""
    start = turkish_midnight(turkish_date(now))
    own = defaultdict(list)
    for event in outages_ahead(now).filter(plant__in=list(plants)).order_by("starts_at", "pk"):
        own[event.plant_id].append(event)
    outlooks = []
    for plant in plants:
        found = own[plant.pk]
        steps = available_steps(plant.installed_capacity_mw, found, now, start + DAYS_AHEAD * DAY)
        outlooks.append(PlantOutlook(plant, list(lowest_by_day(steps)), found))
    days = [turkish_date(start + n * DAY) for n in range(DAYS_AHEAD)]
    return {"now": now, "outlooks": outlooks, "days": days, "first": days[0], "last": days[-1]}
