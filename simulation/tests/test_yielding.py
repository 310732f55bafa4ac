"""The engine's own outages yield to what people report, and come back when that is withdrawn."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from assets.models import FuelType, PowerPlant
from energysys.clock import DAY, HOUR, utc_date
from energysys.testing import make_world
from incidents.capacity import free_mw
from incidents.models import EventType, PlantEvent
from incidents.services import dismiss_event, end_event, report_event, update_event
from simulation import engine
from simulation.tests.test_engine import checksum, forget_the_hours, hours_of
from simulation.tests.test_outages import (
    DAY_ONE,
    MIDNIGHT,
    WEEK,
    episodes,
    invented,
    make_living,
    simulate,
    told,
    whole_failure,
)


@pytest.fixture
def living(world):
    return make_living()


def report(plant, mw, start, end=None, *, by=None, **changes):
    event = PlantEvent(
        plant=plant,
        event_type=EventType.FAILURE,
        reason="turbine trip",
        affected_mw=Decimal(mw),
        starts_at=start,
        ends_at=end,
        **changes,
    )
    return report_event(event, by=by)


def busy_mw(plant, at):
    return sum(event.affected_mw for event in plant.events.running_at(at))


def test_a_report_takes_the_mw_it_needs_from_its_start_on(living, world):
    simulate(WEEK)
    event = whole_failure()
    plant, end = event.plant, event.ends_at
    start = event.starts_at + 2 * HOUR
    before = hours_of(plant, MIDNIGHT, start.replace(minute=0))

    report(plant, 30, start, start + HOUR, by=world.people["super_admin"])

    assert told(invented(plant=plant, invented_at=event.invented_at)) == [
        (plant.pk, "failure", Decimal(100), event.starts_at, start),
        (plant.pk, "failure", Decimal(70), start, start + HOUR),
        (plant.pk, "failure", Decimal(100), start + HOUR, end),
    ]
    assert hours_of(plant, MIDNIGHT, start.replace(minute=0)) == before
    for at in (event.starts_at, start, start + HOUR):
        assert busy_mw(plant, at) == 100


def test_a_report_may_take_all(living, world):
    simulate(WEEK)
    event = whole_failure()

    assert free_mw(event.plant, event.starts_at, None, None) == 100
    report(event.plant, 100, event.starts_at, by=world.people["super_admin"])

    assert not invented(plant=event.plant, invented_at=event.invented_at).exists()
    with pytest.raises(ValidationError, match="0 MW"):
        report(event.plant, 1, event.starts_at, by=world.people["super_admin"])


def test_dismissing_a_report_brings_the_outage_back(living, world):
    simulate(WEEK)
    event = whole_failure()
    outages, hours = told(invented()), checksum()
    mine = report(event.plant, 80, event.starts_at + HOUR, by=world.people["super_admin"])
    assert checksum() != hours

    dismiss_event(mine, by=world.people["super_admin"])

    assert told(invented()) == outages
    assert checksum() == hours


def test_hours_do_not_depend_on_whether_the_report_or_the_day_came_first(living, world):
    simulate(WEEK)
    event = whole_failure()
    mine = report(event.plant, 60, event.starts_at + HOUR, by=world.people["super_admin"])
    afterwards, outages = checksum(), told(invented())
    forget_the_hours()
    assert told(invented()) == outages

    simulate(reversed(WEEK))

    assert mine.pk
    assert checksum() == afterwards
    assert told(invented()) == outages


def test_a_plant_may_shrink_below_its_invented_outages(living):
    simulate(WEEK)
    event = whole_failure()

    PowerPlant.objects.filter(pk=event.plant_id).update(installed_capacity_mw=40)

    assert invented(plant=event.plant, invented_at=event.invented_at).get().affected_mw == 40


def test_what_a_person_changed_stays_as_they_left_it(living, world):
    simulate(WEEK)
    event = whole_failure()
    event.ends_at = event.starts_at + 3 * HOUR
    event.affected_mw = Decimal(55)
    changed = update_event(event, by=world.people["super_admin"])

    simulate(WEEK)

    changed.refresh_from_db()
    assert (changed.affected_mw, changed.ends_at) == (55, event.starts_at + 3 * HOUR)
    assert not invented(invented_at=event.invented_at).exclude(pk=event.pk).exists()
    with pytest.raises(ValidationError, match="45 MW"):
        report(event.plant, 46, event.starts_at, by=world.people["super_admin"])


def test_what_a_person_dismissed_does_not_come_again(living, world):
    simulate(WEEK)
    event = whole_failure()
    dismiss_event(event, by=world.people["super_admin"])

    simulate(WEEK)

    assert not invented(plant=event.plant, invented_at=event.invented_at).exists()


def test_a_running_one_can_be_ended(world):
    make_living(200, fuel=FuelType.IMPORTED_COAL)
    now = timezone.now()
    engine.simulate_day(utc_date(now))
    running = invented(period__contains=now).first()

    ended = end_event(running, by=world.people["super_admin"])

    assert ended.ends_at
    assert now <= ended.ends_at <= timezone.now()


def test_reports_and_days_at_once_never_block_each_other_for_good(committed):
    """Twenty reports while the same days are simulated: nobody is refused, no MW is given twice."""
    person = make_world().people["super_admin"]
    organization = make_living()
    simulate(WEEK)
    plants = list(organization.plants.order_by("pk"))

    def report_one(number):
        start = MIDNIGHT + number * 5 * HOUR
        try:
            report(plants[number % 10], 20, start, start + 9 * HOUR, by=person)
        finally:
            connection.close()

    def simulate_again(day):
        try:
            engine.simulate_day(DAY_ONE + day * DAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        work = [pool.submit(report_one, number) for number in range(20)]
        work += [pool.submit(simulate_again, day) for day in WEEK]
        for job in work:
            job.result(timeout=120)

    assert PlantEvent.objects.filter(invented_at=None).count() == 20
    hours = checksum()
    simulate(WEEK)
    assert checksum() == hours
    for plant in plants[:10]:
        for number in range(7 * 24):
            assert busy_mw(plant, MIDNIGHT + number * HOUR) <= 100


def partial_maintenance(plants):
    """A maintenance of a part of a plant, drawn for years past, that lasts into a second day."""
    drawn = episodes(plants.values_list("pk", flat=True), MIDNIGHT - 1500 * DAY, MIDNIGHT)
    found = [
        row
        for row in drawn
        if row[1] == "maintenance" and row[2] < 100 and row[4] - row[3] > 30 * HOUR
    ]
    plant_id, _, lost_mw, start, end = found[0]
    return PowerPlant.objects.get(pk=plant_id), lost_mw, start, end


def test_no_report_of_a_failure_changes_the_plan_of_a_maintenance(living, world):
    plant, lost_mw, start, end = partial_maintenance(living.plants)
    for number in range(4):
        engine.simulate_day(utc_date(start) + number * DAY)
    before = hours_of(plant, start, start + 3 * DAY)

    mine = report(plant, 100, start, end, by=world.people["super_admin"])
    during = hours_of(plant, start, start + 3 * DAY)
    dismiss_event(mine, by=world.people["super_admin"])

    assert 0 < lost_mw < 100
    assert [row[1] for row in during] == [row[1] for row in before]
    assert hours_of(plant, start, start + 3 * DAY) == before


def test_plans_do_not_remember_another_seed(living):
    _, _, start, _ = partial_maintenance(living.plants)
    days = [utc_date(start) + number * DAY for number in range(4)]
    for seed in (7, 2026):
        with connection.cursor() as cursor:
            cursor.execute("SELECT sim_set_seed_v2(%s)", [seed])
        for day in days:
            engine.simulate_day(day)
    used = checksum()
    forget_the_hours()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sim_set_seed_v2(8)")
    for day in days:
        engine.simulate_day(day)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sim_set_seed_v2(2026)")

    for day in days:
        engine.simulate_day(day)

    assert checksum() == used


def test_a_report_changes_the_market_that_is_stored(living, world):
    simulate(WEEK)
    plant = living.plants.first()
    before = hours_of(plant, MIDNIGHT, MIDNIGHT + 7 * DAY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sim_set_seed_v2(7)")

    mine = report(plant, Decimal("0.001"), MIDNIGHT + DAY, by=world.people["super_admin"])
    dismiss_event(mine, by=world.people["super_admin"])

    assert hours_of(plant, MIDNIGHT, MIDNIGHT + 7 * DAY) == before
