"""Which of many events find no room beside each other; the database decides, this names them."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import Q

from incidents.models import PlantEvent, shortage

EVER = dt.datetime.max.replace(tzinfo=dt.UTC)


class Load:
    """MW that events take of one plant, a level for each span between two edges."""

    def __init__(self) -> None:
        self.edges = [dt.datetime.min.replace(tzinfo=dt.UTC), EVER]
        self.levels = [Decimal(0)]

    def most_mw(self, start: dt.datetime, end: dt.datetime) -> Decimal:
        """The most that is taken at any instant of `[start, end)`."""
        first = bisect_right(self.edges, start) - 1
        return max(self.levels[first : bisect_left(self.edges, end)])

    def take(self, mw: Decimal, start: dt.datetime, end: dt.datetime) -> None:
        first, last = self.edge(start), self.edge(end)
        self.levels[first:last] = [level + mw for level in self.levels[first:last]]

    def edge(self, at: dt.datetime) -> int:
        """The place of an edge, which is made where there is none."""
        place = bisect_left(self.edges, at)
        if self.edges[place] != at:
            self.edges.insert(place, at)
            self.levels.insert(place, self.levels[place - 1])
        return place


def crowded_out(events: Sequence[PlantEvent]) -> Mapping[int, ValidationError]:
    """The events, by their place, that do not fit beside the stored ones and those before them.

    Those that take no more than before always fit: the plant may have shrunk since.
    """
    loads = stored_loads(events)
    stored = PlantEvent.objects.in_bulk([event.pk for event in events if event.pk])
    exempt = [event.pk in stored and takes_no_more(event, stored[event.pk]) for event in events]
    refused = {}
    for place in sorted(range(len(events)), key=lambda place: not exempt[place]):
        event = events[place]
        load, end = loads[event.plant_id], event.ends_at or EVER
        free_mw = event.plant.installed_capacity_mw - load.most_mw(event.starts_at, end)
        if event.affected_mw > free_mw and not exempt[place]:
            refused[place] = ValidationError(shortage(free_mw))
        else:
            load.take(event.affected_mw, event.starts_at, end)
    return refused


def takes_no_more(event: PlantEvent, stored: PlantEvent) -> bool:
    return (
        event.affected_mw <= stored.affected_mw
        and stored.starts_at <= event.starts_at
        and (event.ends_at or EVER) <= (stored.ends_at or EVER)
        and (stored.invented_at is None or stored.changed_by_id is not None)
    )


def stored_loads(events: Sequence[PlantEvent]) -> dict[int, Load]:
    """What other reported events take of the plants, wherever one of `events` may need it."""
    loads: dict[int, Load] = defaultdict(Load)
    if not events:
        return loads
    ends = [event.ends_at for event in events]
    last = None if None in ends else max(end for end in ends if end)
    rivals = (
        PlantEvent.objects.standing()
        .filter(Q(invented_at=None) | Q(changed_by__isnull=False))
        .filter(plant__in={event.plant_id for event in events})
        .exclude(pk__in=[event.pk for event in events if event.pk])
        .overlapping(min(event.starts_at for event in events), last)
    )
    for plant, mw, start, end in rivals.values_list("plant", "affected_mw", "starts_at", "ends_at"):
        loads[plant].take(mw, start, end or EVER)
    return loads
