"""Sums that a process keeps follow every change at once."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from energysys.clock import DAY, HOUR, turkish_date, utc_date
from simulation import engine
from transparency import series
from transparency.kept import kept
from transparency.series import PlantScope, Span


@pytest.fixture
def simulated(client, world):
    engine.simulate_day(utc_date(timezone.now()))
    client.force_login(world.people["admin"])
    return world


def page(client, **query):
    address = reverse("transparency:generation")
    with CaptureQueriesContext(connection) as queries:
        table = client.get(address, query).context["table"]
    reads = [query for query in queries if "published_generation" in query["sql"]]
    return [[cell.value for cell in line.cells] for line in table.lines()], len(reads)


@pytest.mark.parametrize(("by", "reads"), [("fuel", 1), ("plant", 2)])
def test_sums_are_read_once_until_somebody_writes(client, simulated, by, reads):
    today = turkish_date(timezone.now())
    days = {"start": (today - DAY).isoformat(), "end": today.isoformat()}
    first, read_first = page(client, by=by, **days)
    again, read_again = page(client, by=by, **days)
    assert (read_first, read_again) == (reads, 0)
    assert first == again
    assert any(value for line in first for value in line)

    engine.simulate_day(utc_date(timezone.now()) - DAY)
    changed, read_now = page(client, by=by, **days)
    assert read_now == reads
    assert changed != first


def test_people_and_choices_do_not_share_sums(client, simulated):
    own, _reads = page(client, by="plant")
    _other, read = page(client, by="plant", fuel_type="wind")
    assert read == 2

    client.force_login(simulated.people["outsider"])
    theirs, read = page(client, by="plant")
    assert read == 2
    assert theirs != own


def test_an_hour_later_what_was_kept_is_not_shown(simulated):
    now = timezone.now().replace(minute=30)
    asked = []

    def read(span, scope):
        asked.append(span.at)
        return series.generation_by_fuel(span, scope)

    for at in (now, now + dt.timedelta(minutes=1)):
        kept("same", read, Span(now - HOUR, now, at), PlantScope())
    kept("an hour later", read, Span(now - HOUR, now, now + HOUR), PlantScope())
    assert asked == [now, now + HOUR]
