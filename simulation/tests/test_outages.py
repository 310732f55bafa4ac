"""The outages that the engine invents: when they come, who sees them, and to whom they yield."""

import datetime as dt
import random
import statistics
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from accounts.models import User
from assets.models import FuelType, Organization, PowerPlant
from energysys.clock import DAY, HOUR, utc_date, utc_midnight
from energysys.testing import make_event, make_plant, make_world, organization_eic
from incidents.models import EventType, PlantEvent
from simulation import engine
from simulation.models import Parameter
from simulation.tests.test_engine import checksum, forget_the_hours, hours_of, rows

DAY_ONE = dt.date(2026, 3, 10)
MIDNIGHT = utc_midnight(DAY_ONE)
WEEK = range(7)
SEED = 2026


def make_living(plants=50, fuel=None):
    """An organization whose plants of 100 MW, of `fuel` or of each, fail by themselves."""
    organization = Organization.objects.create(name="Yaşayan Enerji", eic=organization_eic(40))
    for place in range(plants):
        each = FuelType.values[place % len(FuelType.values)]
        make_plant(organization, 1000 + place, fuel_type=fuel or each)
    return organization


@pytest.fixture
def living(world):
    return make_living()


def episodes(ids, start, end):
    return rows(
        """SELECT plant_id, event_type, affected_mw, starts_at, ends_at
           FROM sim_outage_episodes_v1(%s, %s, %s, %s) ORDER BY plant_id, starts_at""",
        list(ids),
        start,
        end,
        SEED,
    )


def invented(**conditions):
    return PlantEvent.objects.standing().filter(invented_at__isnull=False, **conditions)


def told(events):
    fields = ("plant_id", "event_type", "affected_mw", "starts_at", "ends_at")
    return list(events.order_by("plant_id", "starts_at").values_list(*fields))


def simulate(days):
    for number in days:
        engine.simulate_day(DAY_ONE + number * DAY)


def whole_failure(hours=6):
    """An invented failure of a whole plant, of some hours within the simulated week."""
    span = {"starts_at__gte": MIDNIGHT + DAY, "ends_at__lt": MIDNIGHT + 6 * DAY}
    found = invented(affected_mw=100, event_type=EventType.FAILURE, **span).order_by("starts_at")
    return next(event for event in found if event.ends_at - event.starts_at > hours * HOUR)


def test_a_single_day_knows_the_outages_that_began_before_it(living):
    season = episodes(
        living.plants.values_list("pk", flat=True), MIDNIGHT - 90 * DAY, MIDNIGHT + 90 * DAY
    )
    *_, began, ended = max(season, key=lambda row: row[4] - row[3])
    day = utc_midnight(utc_date(began) + 2 * DAY)
    assert ended > day

    engine.simulate_day(utc_date(day), ahead=False)

    stored = told(invented())
    assert stored == [row for row in season if row[4] > day and row[3] < day + DAY]
    assert any(row[3] == began for row in stored)


def test_days_in_any_order_give_the_same_events_and_hours(living):
    days = list(range(6))
    random.Random(3).shuffle(days)
    simulate(days)
    shuffled, their_hours = told(invented()), checksum()
    forget_the_hours()

    simulate(range(6))

    assert told(invented()) == shuffled != []
    assert checksum() == their_hours


def test_an_outage_is_written_once(living):
    simulate(WEEK)
    before = rows("SELECT id, version, xmin FROM incidents_plantevent ORDER BY id")

    simulate(WEEK)

    assert rows("SELECT id, version, xmin FROM incidents_plantevent ORDER BY id") == before != []


def test_outages_of_a_plant_do_not_overlap(living):
    simulate(WEEK)

    assert invented().count() > 10
    for plant in living.plants.all():
        own = invented(plant=plant).order_by("starts_at")
        assert all(one.ends_at <= other.starts_at for one, other in pairwise(own))


def test_rates_durations_and_losses_are_those_of_the_calibration(world):
    """Twenty years of five plants of each fuel, against the figures of the parameter."""
    organization = make_living(50)
    years = 20
    kinds = Parameter.objects.get(name="outage").value
    ids_by_fuel = {
        fuel: list(organization.plants.filter(fuel_type=fuel).values_list("pk", flat=True))
        for fuel in FuelType.values
    }

    for fuel, ids in ids_by_fuel.items():
        kind = kinds[fuel]
        found = episodes(ids, MIDNIGHT, MIDNIGHT + years * 365.25 * DAY)
        hours = [(row[4] - row[3]) / HOUR for row in found]
        lost = [float(row[2]) / 100 for row in found]
        assert len(found) / years / len(ids) == pytest.approx(kind["per_year"], rel=0.15), fuel
        for rank, duration in zip(*kind["hours"], strict=True):
            shorter = sum(one <= duration for one in hours) / len(hours)
            assert shorter == pytest.approx(rank, abs=0.05), fuel
        assert sum(share > 0.95 for share in lost) / len(lost) == pytest.approx(
            kind["full"], abs=0.1
        ), fuel
        mean = kind["full"] + (1 - kind["full"]) * kind["partial_mean"]
        assert statistics.mean(lost) == pytest.approx(mean, abs=0.06), fuel


def test_what_nobody_can_know_yet_exists_for_nobody(committed):
    make_world()
    make_living()
    now = timezone.now()

    engine.simulate_day(utc_date(now))
    engine.simulate_day(utc_date(now) + DAY)

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FILTER (WHERE starts_at > %s), count(*)
               FROM incidents_plantevent""",
            [timezone.now()],
        )
        coming, stored = cursor.fetchone()
    assert coming > 0
    assert PlantEvent.objects.count() == stored - coming
    assert not PlantEvent.objects.filter(starts_at__gt=timezone.now()).exists()
    assert not rows("SELECT 1 FROM incidents_eventversion WHERE starts_at > clock_timestamp()")


def test_the_hours_follow_an_outage_and_no_plan_knows_a_failure(living):
    simulate(WEEK)
    event = whole_failure()
    first_whole_hour = event.starts_at.replace(minute=0) + HOUR

    lost = hours_of(event.plant, first_whole_hour, event.ends_at.replace(minute=0))

    assert len(lost) >= 5
    assert {actual for _, _, actual, _ in lost} == {0}
    PlantEvent.objects.filter(pk=event.pk).update(
        changed_by=somebody(), dismissed_at=timezone.now()
    )
    without = hours_of(event.plant, first_whole_hour, event.ends_at.replace(minute=0))
    assert [row[1] for row in without] == [row[1] for row in lost]
    assert any(actual for _, _, actual, _ in without)


def somebody():
    return User.objects.get(username="super")


def test_maintenance_begins_with_the_turkish_day_and_is_in_the_plans_after_it(living):
    ids = living.plants.values_list("pk", flat=True)
    drawn = episodes(ids, MIDNIGHT - 800 * DAY, MIDNIGHT)
    planned = [row for row in drawn if row[1] == "maintenance"]
    assert {(row[3] + 3 * HOUR).time() for row in planned} == {dt.time(0)}
    plant_id, _, lost_mw, start, end = max(planned, key=lambda row: row[4] - row[3])
    assert end - start > 30 * HOUR
    plant = PowerPlant.objects.get(pk=plant_id)
    living.invents_outages = False
    living.save()
    without = plans_and_outcomes(plant, start)
    forget_the_hours()
    living.invents_outages = True
    living.save()

    with_it = plans_and_outcomes(plant, start)

    left = 1 - float(lost_mw) / 100
    assert [row[2] for row in with_it] == pytest.approx(
        [row[2] * left for row in without], abs=0.002
    )
    # Nobody could plan for it before it began; the next Turkish day's plan contains it.
    first_day, next_day = slice(0, 24), slice(24, 30)
    assert [row[1] for row in with_it[first_day]] == [row[1] for row in without[first_day]]
    assert [row[1] for row in with_it[next_day]] == pytest.approx(
        [row[1] * left for row in without[next_day]], abs=0.002
    )


def plans_and_outcomes(plant, start):
    """The hours of the first Turkish day from `start`, and six of the next."""
    for number in range(3):
        engine.simulate_day(utc_date(start) + number * DAY)
    return hours_of(plant, start, start + 30 * HOUR)


def test_a_plant_registered_later_has_the_same_past(living):
    simulate(WEEK)
    late = [make_plant(living, 5000 + n, fuel_type=FuelType.LIGNITE) for n in range(9)]
    hours, outages = checksum(), told(invented())
    assert invented(plant__in=late).exists()
    forget_the_hours()

    simulate(WEEK)

    assert checksum() == hours
    assert told(invented()) == outages


def test_an_organization_that_switched_them_off_has_none(living):
    living.invents_outages = False
    living.save()

    simulate(WEEK)

    assert not invented().exists()


def test_switching_off_withdraws_what_has_not_started(committed):
    make_world()
    organization = make_living()
    today = utc_date(timezone.now())
    for day in (today - DAY, today, today + DAY):
        engine.simulate_day(day)
    started = told(invented())

    organization.invents_outages = False
    organization.save()

    assert told(invented()) == started != []
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM incidents_plantevent
               WHERE starts_at > %s AND dismissed_at IS NULL""",
            [timezone.now()],
        )
        assert cursor.fetchone() == (0,)


def test_another_seed_has_other_outages_and_withdraws_the_first(living):
    simulate(WEEK)
    before = told(invented())
    with connection.cursor() as cursor:
        cursor.execute("SELECT sim_set_seed_v2(7)")

    simulate([3])

    day = (MIDNIGHT + 3 * DAY, MIDNIGHT + 4 * DAY)
    overlapping = told(invented(period__overlap=day))
    assert overlapping
    assert not set(overlapping) & set(before)
    simulate(reversed(WEEK))
    ours, hours = told(invented()), checksum()
    forget_the_hours()
    simulate(WEEK)
    assert (told(invented()), checksum()) == (ours, hours)


def test_two_outages_never_hold_one_key(living):
    simulate([0])
    event = invented().first()

    with pytest.raises(Exception, match="event_is_invented_once"), transaction.atomic():
        make_event(
            event.plant,
            invented_at=event.invented_at,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            affected_mw=Decimal("0.001"),
        )


def test_every_database_agrees(living):
    """The figures hold on any PostgreSQL from 15 to 18; a new model brings new ones."""
    simulate(WEEK)

    events = rows(
        """SELECT md5(string_agg(concat_ws(',', plant.eic, event_type, reason,
                      trim_scale(affected_mw), extract(epoch FROM starts_at),
                      extract(epoch FROM ends_at)), E'\\n' ORDER BY plant.eic, starts_at))
           FROM incidents_plantevent AS event
           JOIN assets_powerplant AS plant ON plant.id = plant_id"""
    )[0][0]
    assert events == "4673248fd2817ff6930fa4f9f9b8636e"
    assert checksum() == "4b4af877f12fcd452b378d88815f59c0"


def test_what_was_withdrawn_before_it_started_never_was(committed):
    organization = make_living()
    make_world()
    for number in WEEK:
        engine.simulate_day(utc_date(timezone.now()) + (1 + number) * DAY)
    with connections["owner"].cursor() as cursor:
        # As if an outage of that day had been due a moment from now.
        cursor.execute(
            """UPDATE assets_organization SET invents_outages = false WHERE id = %s""",
            [organization.pk],
        )
        cursor.execute(
            """SELECT count(*) FROM incidents_plantevent
               WHERE invented_at > now() AND dismissed_at IS NOT NULL"""
        )
        (withdrawn,) = cursor.fetchone()
        cursor.execute("ALTER TABLE incidents_plantevent DISABLE TRIGGER USER")
        cursor.execute(
            """UPDATE incidents_plantevent
               SET reported_at = now() - interval '1 hour',
                   dismissed_at = now() - interval '2 hours'
               WHERE dismissed_at IS NOT NULL"""
        )
        cursor.execute("ALTER TABLE incidents_plantevent ENABLE TRIGGER USER")

    assert withdrawn > 0
    assert not PlantEvent.objects.exclude(dismissed_at=None).exists()
