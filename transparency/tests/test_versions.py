"""What changes an answer changes its version, and nothing else does."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.versions import etag, version
from energysys.clock import DAY, HOUR
from energysys.testing import make_event, make_plant, make_world
from incidents.services import dismiss_event, end_event
from simulation import engine
from simulation.models import RunKind, RunOutcome, SimulationRun
from transparency.models import WriteCounter
from transparency.tests.test_pages import publish

NOON = dt.datetime(2026, 3, 10, 9, 30, tzinfo=dt.UTC)


def run_failed():
    now = timezone.now()
    SimulationRun.objects.create(
        kind=RunKind.PRUNE,
        day=now.date(),
        started_at=now,
        finished_at=now,
        outcome=RunOutcome.FAILED,
    )


WRITES = {
    "an event is reported": lambda world: make_event(world.plant),
    "a plant is registered": lambda world: make_plant(world.organization, 9),
    "an organization is renamed": lambda world: (
        type(world.organization).objects.filter(pk=world.organization.pk).update(name="N")
    ),
    "a person gets another role": lambda world: (
        type(world.people["admin"]).objects.filter(username="nora").update(role="admin")
    ),
    "a price is imported": lambda world: publish(NOON, ptf=1),
    "consumption is imported": lambda world: publish(NOON, actual=1, forecast=1),
    "a day is simulated": lambda world: engine.simulate_day(NOON.date()),
    "a run fails": lambda world: run_failed(),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_write_changes_the_version(world, write):
    person = world.people["super_admin"]
    before = version(person, NOON)

    write(world)

    assert version(person, NOON) != before


def test_ending_and_dismissing_change_it(world):
    person = world.people["admin"]
    ended, dismissed = make_event(world.plant), make_event(world.plant)
    seen = [version(person, NOON)]

    end_event(ended, by=person)
    seen.append(version(person, NOON))
    dismiss_event(dismissed, by=person)
    seen.append(version(person, NOON))

    assert len(set(seen)) == 3


def test_reading_and_signing_in_change_nothing(client, world):
    person = world.people["admin"]
    before = version(person, NOON)

    client.force_login(person)
    client.get("/")

    assert version(person, NOON) == before


def test_time_alone_changes_it_on_the_hour_and_at_the_edges_of_an_event(world):
    person = world.people["admin"]
    make_event(world.plant, starts_at=NOON + HOUR / 4, ends_at=NOON + HOUR / 3)

    def at(share):
        return version(person, NOON + share * HOUR)

    assert at(0) == at(0.24)
    assert len({at(0.24), at(0.26), at(0.34), at(0.51)}) == 4
    assert at(0.34) == at(0.49)


def test_people_and_languages_do_not_share_an_etag(world):
    analyst, outsider = world.people["analyst"], world.people["outsider"]

    assert etag(analyst, NOON, "/") == etag(analyst, NOON, "/")
    assert (
        len({etag(analyst, NOON, "/"), etag(outsider, NOON, "/"), etag(analyst, NOON, "/x")}) == 3
    )


def test_writers_do_not_wait_for_each_other_and_none_is_lost(committed):
    """A report is counted while a run that is not committed yet holds a row of the counter."""
    world = make_world()
    with transaction.atomic():
        make_plant(world.organization, 8)
        own = writes()
        reporter = threading.Thread(target=report_and_close, args=(world.plant,))
        reporter.start()
        reporter.join(timeout=20)
        assert not reporter.is_alive()
        with_the_report = writes()

    assert own < with_the_report == writes()


def writes():
    return WriteCounter.objects.aggregate(total=Sum("writes"))["total"]


def report_and_close(plant):
    try:
        make_event(plant, starts_at=NOON - DAY, ends_at=NOON + DAY)
    finally:
        connection.close()
