"""What each event of a list took, and what that was worth, in one query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from energysys.clock import HOUR
from incidents.models import PlantEvent
from transparency import series


@dataclass(frozen=True)
class Loss:
    """Duration, MWh and TL of an event: so far while it runs, else to its end.

    None for a duration and MWh without an end, and for the cost while no hour has a PTF.
    """

    duration: dt.timedelta | None
    lost_mwh: Decimal | None
    cost_try: Decimal | None
    priced_hours: int
    hours: int

    @property
    def is_partly_priced(self) -> bool:
        return 0 < self.priced_hours < self.hours


def losses(events: Sequence[PlantEvent], at: dt.datetime) -> dict[int, Loss]:
    """The losses by event; the cost is lost MWh times PTF, the sum of the event's ticket."""
    until = {event.pk: event.told_until(at) for event in events if not event.dismissed_at}
    priced = series.fetch(
        """SELECT event.id, count(*),
                  sum(round(event.affected_mw * trunc(extract(epoch FROM
                      least(price.ts + interval '1 hour', told.until)
                      - greatest(price.ts, event.starts_at))) * price.ptf / 3600, 2))
           FROM unnest(%s::bigint[], %s::timestamptz[]) AS told (id, until)
           JOIN incidents_plantevent AS event USING (id)
           JOIN published_prices_v1('-infinity', 'infinity', %s) AS price
             ON price.ts > event.starts_at - interval '1 hour' AND price.ts < told.until
           WHERE price.ptf IS NOT NULL
           GROUP BY event.id""",
        [list(until), list(until.values()), at],
    )
    known = {pk: (cost, hours) for pk, hours, cost in priced}
    return {event.pk: loss_of(event, known.get(event.pk), at) for event in events}


def loss_of(event: PlantEvent, priced: tuple[Decimal, int] | None, at: dt.datetime) -> Loss:
    duration, lost_mwh = event.duration_at(at), event.lost_mwh_at(at)
    if event.dismissed_at:
        return Loss(duration, lost_mwh, Decimal(0), 0, 0)
    first = event.starts_at.replace(minute=0, second=0, microsecond=0)
    hours = 0 if duration is None else -((first - event.starts_at - duration) // HOUR)
    cost_try, priced_hours = priced or (None, 0)
    return Loss(duration, lost_mwh, cost_try, priced_hours, hours)
