"""Turkish market time: +03:00 all year since 2016."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

ISTANBUL = ZoneInfo("Europe/Istanbul")
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def calendar_day(text: str) -> dt.date:
    """A day of this century from the command line; `ValueError` for anything else."""
    day = dt.date.fromisoformat(text)
    if not 2000 <= day.year < 2100:
        raise ValueError(text)
    return day


def turkish_date(at: dt.datetime) -> dt.date:
    return at.astimezone(ISTANBUL).date()


def turkish_midnight(day: dt.date) -> dt.datetime:
    """The first instant of a Turkish market day."""
    return dt.datetime.combine(day, dt.time(), ISTANBUL)


def utc_midnight(day: dt.date) -> dt.datetime:
    """The first instant of a UTC day, the unit of simulation and retention."""
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def utc_date(at: dt.datetime) -> dt.date:
    return at.astimezone(dt.UTC).date()
