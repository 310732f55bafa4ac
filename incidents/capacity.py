"""How much of a plant is left for one more event."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import connection

from assets.models import PowerPlant


def free_mw(
    plant: PowerPlant, start: dt.datetime, end: dt.datetime | None, but: int | None
) -> Decimal:
    """MW that no standing event, but for the one with key `but`, takes anywhere in the period."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT incidents_busy_mw_v1(%s, tstzrange(%s, %s), %s)", [plant.pk, start, end, but]
        )
        (busy,) = cursor.fetchone()
    return plant.installed_capacity_mw - busy
