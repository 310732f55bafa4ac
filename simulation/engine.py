"""The engine in the database, one Python function per SQL function."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from energysys.clock import DAY, utc_date
from simulation.models import RunKind, RunOutcome, Settings, SimulationRun


def simulate_day(day: dt.date, *, ahead: bool = True) -> int:
    """Simulate a UTC day, with `ahead` also what is known ahead of its end; the rows written."""
    return call("SELECT sim_simulate_day_v2(%s, %s)", day, ahead)


def catch_up_day(day: dt.date) -> int:
    """Simulate a UTC day unless the ledger has it; the rows written."""
    return call("SELECT sim_catch_up_day_v2(%s)", day)


def delete_old_data(at: dt.datetime) -> int:
    """Drop the UTC days past retention at `at`; the days dropped."""
    return call("SELECT delete_old_data(%s, %s)", at, settings.RETENTION_DAYS)


def simulate_days(first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, int]]:
    """Simulate UTC days, both ends included, a transaction each; yield every day when done.

    What lies ahead of a day is the next day's own business, but for the last.
    """
    for number in range((last - first).days + 1):
        day = first + number * DAY
        yield day, simulate_day(day, ahead=day == last)


def catch_up(at: dt.datetime) -> int:
    """Simulate every day within retention, and the present one, that the ledger lacks.

    Safe to run twice and by two at once. A day that fails is entered as failed and raised.
    """
    today = utc_date(at)
    written = 0
    for age in range(settings.RETENTION_DAYS, -1, -1):
        day = today - age * DAY
        with entered_when_failed(RunKind.SIMULATE, day):
            written += catch_up_day(day)
    return written


def prune(at: dt.datetime) -> int:
    """What the nightly task does; the days dropped."""
    with entered_when_failed(RunKind.PRUNE, utc_date(at)):
        return delete_old_data(at)


class entered_when_failed:
    """Enters a failed run in the ledger, since its own entry went with its transaction."""

    def __init__(self, kind: RunKind, day: dt.date) -> None:
        self.kind = kind
        self.day = day

    def __enter__(self) -> None:
        self.started_at = timezone.now()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Exception):
            market = Settings.objects.get() if self.kind == RunKind.SIMULATE else None
            SimulationRun.objects.create(
                kind=self.kind,
                day=self.day,
                started_at=self.started_at,
                finished_at=timezone.now(),
                seed=market.seed if market else None,
                scenario=market.scenario if market else None,
                outcome=RunOutcome.FAILED,
                detail=f"{type(error).__name__}: {error}"[:2000],
            )


def call(query: str, *parameters: Any) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return int(cursor.fetchone()[0])
