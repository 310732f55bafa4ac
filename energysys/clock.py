"""Turkish market time: +03:00 all year since 2016."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentTypeError
from zoneinfo import ZoneInfo

ISTANBUL = ZoneInfo("Europe/Istanbul")
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def calendar_day(text: str) -> dt.date:
    """A day of this century from the command line; `ArgumentTypeError` for anything else."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = dt.date.min
    if not 2000 <= day.year < 2100:
        raise ArgumentTypeError(f"{text} is no day from 2000 to 2099, such as 2026-11-22")
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
