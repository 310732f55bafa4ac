"""Events on the time axis of a chart: lanes and bands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from energysys.templatetags.market import mw
from incidents.models import EventType, PlantEvent
from transparency.marks import Block, Lane


def clipped(
    event: PlantEvent, start: dt.datetime, end: dt.datetime
) -> tuple[dt.datetime, dt.datetime]:
    """The part of an event that lies in `[start, end)`; it is empty when the two are equal."""
    since = max(event.starts_at, start)
    return since, max(since, min(event.ends_at or end, end))


def block(event: PlantEvent, start: dt.datetime, end: dt.datetime) -> Block:
    since, until = clipped(event, start, end)
    failed = event.event_type == EventType.FAILURE
    words = _("Failure %(mw)s MW") if failed else _("Maintenance %(mw)s MW")
    return Block(event.event_type, since, until, words % {"mw": mw(event.affected_mw)})


def bands(events: Iterable[PlantEvent], start: dt.datetime, end: dt.datetime) -> list[Block]:
    """The events that touch `[start, end)`."""
    return [block(event, start, end) for event in events if touches(event, start, end)]


def touches(event: PlantEvent, start: dt.datetime, end: dt.datetime) -> bool:
    since, until = clipped(event, start, end)
    return since < until


def lanes(events: Iterable[PlantEvent], start: dt.datetime, end: dt.datetime) -> list[Lane]:
    """A lane for each plant with an event in `[start, end)`, the largest loss first."""
    found: dict[int, Lane] = {}
    largest: dict[int, Decimal] = {}
    for event in events:
        if touches(event, start, end):
            plant = event.plant
            lane = found.setdefault(plant.pk, Lane(plant.name, [], plant.get_absolute_url()))
            lane.blocks.append(block(event, start, end))
            largest[plant.pk] = max(largest.get(plant.pk, Decimal(0)), event.affected_mw)
    return [found[pk] for pk in sorted(found, key=lambda pk: (-largest[pk], found[pk].name))]
