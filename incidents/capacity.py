"""How much of a plant is left for one more event."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Count

from assets.availability import Step, available_steps
from assets.models import PowerPlant

OFFERED = 3
# An event without an end lasts longer than anything that is looked at.
FOR_EVER = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


def free_mw(
    plant: PowerPlant, start: dt.datetime, end: dt.datetime | None, but: int | None
) -> Decimal:
    """MW that no standing event, but for the one with key `but`, takes anywhere in the period.

    What the engine invented takes none: it yields to what people report.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT incidents_busy_mw_v2(%s, tstzrange(%s, %s), %s)", [plant.pk, start, end, but]
        )
        (busy,) = cursor.fetchone()
    return plant.installed_capacity_mw - busy


@dataclass
class Room:
    """What a plant has free in `[start, end)`, and who takes the rest; without an end for ever."""

    plant: PowerPlant
    start: dt.datetime
    end: dt.datetime | None
    but: int | None

    @cached_property
    def free_mw(self) -> Decimal:
        return max(Decimal(0), free_mw(self.plant, self.start, self.end, self.but))

    @cached_property
    def rivals(self) -> list[Any]:
        """The other events of that period; what the engine invented yields, so it is none."""
        events: Any = self.plant.events
        found = events.standing().filter(invented_at=None).exclude(pk=self.but)
        found = found.overlapping(self.start, self.end)
        return list(found.order_by("starts_at", "pk"))

    @cached_property
    def fullest(self) -> Step:
        """The first instant at which the others take most."""
        steps = available_steps(
            self.plant.installed_capacity_mw, self.rivals, self.start, self.end or FOR_EVER
        )
        return min(steps, key=lambda step: step.available_mw)

    @cached_property
    def usual_mw(self) -> list[Decimal]:
        """Amounts that events of this plant took before and that still fit, the commonest first."""
        events: Any = self.plant.events
        past = events.filter(affected_mw__lt=self.free_mw).order_by()
        past = past.values("affected_mw").annotate(times=Count("pk"))
        return [row["affected_mw"] for row in past.order_by("-times", "-affected_mw")[:OFFERED]]
