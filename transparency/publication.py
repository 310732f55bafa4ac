"""When a value is due, and how fresh a published series is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from energysys.clock import DAY, HOUR, turkish_date, turkish_midnight

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

DueRule = Callable[[dt.datetime], dt.datetime]


def day_ahead(ts: dt.datetime) -> dt.datetime:
    """Due when the Turkish day before that of the hour begins."""
    return turkish_midnight(turkish_date(ts) - DAY)


def after_hours(hours: int) -> DueRule:
    """Due that many hours after the end of its hour."""
    return lambda ts: ts + (1 + hours) * HOUR


def when_the_day_has_ended(ts: dt.datetime) -> dt.datetime:
    return turkish_midnight(turkish_date(ts) + DAY)


class Freshness(NamedTuple):
    """Up to when a series is there, since when, how many due hours it lacks, when more comes.

    `expected` is when the next hour is due, or was, if it is late.
    """

    label: StrPromise | str
    until: dt.datetime | None
    published_at: dt.datetime | None
    gaps: int
    expected: dt.datetime | None
    is_late: bool

    @property
    def waits(self) -> bool:
        """Nothing is there, and nothing had to be."""
        return self.until is None and not self.gaps


def freshness(
    label: StrPromise | str,
    due_at: DueRule,
    hours: Sequence[dt.datetime],
    values: Sequence[object],
    at: dt.datetime,
) -> Freshness:
    """The freshness at `at` of a series with these hours and values; None is no value."""
    known = [ts for ts, value in zip(hours, values, strict=True) if value is not None]
    missing = [ts for ts, value in zip(hours, values, strict=True) if value is None]
    last = known[-1] if known else None
    after = [ts for ts in missing if last is None or ts > last]
    overdue = [ts for ts in missing if due_at(ts) <= at]
    expected = due_at(after[0]) if after else None
    return Freshness(
        label,
        last + HOUR if last else None,
        due_at(last) if last else None,
        len(overdue),
        expected,
        expected is not None and expected <= at,
    )
