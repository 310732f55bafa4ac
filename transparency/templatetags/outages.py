"""What pages of lower apps show of the hours: they load it by name and import nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

from assets.models import PowerPlant
from energysys.clock import DAY, HOUR, turkish_date, turkish_midnight
from transparency import series
from transparency.generation import PlantHours
from transparency.losses import Loss, losses
from transparency.outages import Day, Ticket, cost_ticket, day_of
from transparency.series import Span, of_a_plant

register = template.Library()

# Choices of the plant page: days shown, and how many of them lie before today.
RANGES = {"2": 0, "4": 2, "7": 5}
AROUND = 6 * HOUR
LONGEST = 4 * DAY


@dataclass(frozen=True)
class PlantGeneration:
    """The chart of a plant's page, the range that is chosen, and yesterday."""

    screen: PlantHours
    days: str
    yesterday: Day


@register.simple_tag(takes_context=True)
def plant_generation(context: Context, plant: PowerPlant) -> PlantGeneration:
    now = timezone.now()
    today = turkish_midnight(turkish_date(now))
    days = context["request"].GET.get("days", "4")
    if days not in RANGES:
        days = "4"
    start, end = today - RANGES[days] * DAY, today + 2 * DAY
    read = series.plant_generation(Span(min(start, today - DAY), end, now), plant.pk)
    screen = PlantHours(Span(start, end, now), plant, events_of(plant, start, end))
    screen.rows = {row.ts: of_a_plant(row) for row in read}
    return PlantGeneration(screen, days, day_of(plant, read, turkish_date(today - DAY)))


@register.simple_tag
def event_hours(event: Any) -> PlantHours | None:
    """The hours around an event; None while none of them is published."""
    now = timezone.now()
    until = min(event.ends_at or now, now) + AROUND
    start = max(event.starts_at - AROUND, until - LONGEST)
    start, until = (at.replace(minute=0, second=0, microsecond=0) for at in (start, until))
    until = min(until, turkish_midnight(turkish_date(now) + 2 * DAY))
    if until <= start:
        return None
    events = events_of(event.plant, start, until)
    screen = PlantHours(Span(start, until, now), event.plant, events)
    return screen if screen.rows else None


@register.simple_tag
def ticket_of(event: Any) -> Ticket:
    return cost_ticket(event, timezone.now())


@register.simple_tag
def losses_of(events: Iterable[Any], at: dt.datetime) -> dict[int, Loss]:
    """What each event of a list took and cost, by its key."""
    return losses(list(events), at)


@register.filter
def of_event(lost: dict[int, Loss], event: Any) -> Loss:
    return lost[event.pk]


def events_of(plant: Any, start: dt.datetime, end: dt.datetime) -> list[Any]:
    return list(plant.events.standing().overlapping(start, end).order_by("starts_at", "pk"))
