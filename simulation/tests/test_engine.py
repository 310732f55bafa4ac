"""What the engine promises: determinism, locality, physics, publication of a whole day."""

import datetime as dt
import random
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from assets.models import FuelType, PowerPlant
from energysys.clock import DAY, HOUR, utc_date, utc_midnight
from energysys.testing import make_event, make_plant
from incidents.models import EventType, PlantEvent
from incidents.services import dismiss_event, end_event
from simulation import engine
from simulation.models import SimulationRun
from transparency.models import HourlyConsumption, HourlyGeneration, HourlyPrice

DAY_ONE = dt.date(2026, 3, 10)
MIDNIGHT = utc_midnight(DAY_ONE)


def rows(query, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()


def hours_of(plant, start, end):
    return rows(
        """SELECT ts, planned_mwh, actual_mwh, settlement_mwh FROM transparency_hourlygeneration
           WHERE plant_id = %s AND ts >= %s AND ts < %s ORDER BY ts""",
        plant.pk,
        start,
        end,
    )


def everything():
    """All hourly rows by EIC, with the place each is stored at: an untouched row keeps both."""
    return dict(
        (row[:2], row[2:])
        for row in rows(
            """SELECT plant.eic, ts, hour.tableoid, hour.ctid, planned_mwh, actual_mwh,
                      settlement_mwh
               FROM transparency_hourlygeneration AS hour
               JOIN assets_powerplant AS plant ON plant.id = plant_id
               UNION ALL SELECT 'price', ts, tableoid, ctid, ptf, smf, 0
               FROM transparency_hourlyprice
               UNION ALL SELECT 'load', ts, tableoid, ctid, actual_mwh, forecast_mwh, 0
               FROM transparency_hourlyconsumption"""
        )
    )


CHECKSUM = """
    SELECT md5(string_agg(line, E'\\n' ORDER BY line COLLATE "C")) FROM (
        SELECT concat_ws(',', plant.eic, extract(epoch FROM ts), planned_mwh, actual_mwh,
                         settlement_mwh) AS line
        FROM transparency_hourlygeneration AS hour
        JOIN assets_powerplant AS plant ON plant.id = plant_id
        UNION ALL SELECT concat_ws(',', extract(epoch FROM ts), ptf, smf)
        FROM transparency_hourlyprice
        UNION ALL SELECT concat_ws(',', extract(epoch FROM ts), actual_mwh, forecast_mwh)
        FROM transparency_hourlyconsumption
    ) AS everything"""


def checksum():
    return rows(CHECKSUM)[0][0]


def forget_the_hours():
    """Empty the hourly tables, as another database would start, within the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT delete_old_data('2100-01-01', 0)")


@pytest.fixture
def fleet(world):
    """A plant of every fuel, some of them under events known and unknown to the plan."""
    plants = [
        make_plant(world.organization, 100 + number, fuel_type=fuel)
        for number, fuel in enumerate(FuelType.values)
    ]
    make_event(plants[0], starts_at=MIDNIGHT + 5.5 * HOUR, ends_at=MIDNIGHT + 30 * HOUR)
    make_event(
        plants[1],
        event_type=EventType.MAINTENANCE,
        reported_at=MIDNIGHT - 40 * HOUR,
        starts_at=MIDNIGHT + 2 * HOUR,
        ends_at=None,
    )
    return plants


def test_a_run_writes_the_day_and_what_is_ahead(world):
    written = engine.simulate_day(DAY_ONE)

    until = MIDNIGHT + 69 * HOUR  # 21:00 UTC two days later: the end of a Turkish day
    realised = [row for row in hours_of(world.plant, MIDNIGHT, until) if row[2] is not None]
    assert len(realised) == 24
    assert len(hours_of(world.plant, MIDNIGHT - DAY, until + DAY)) == 69
    assert HourlyPrice.objects.filter(ptf__isnull=False).count() == 69
    assert HourlyPrice.objects.filter(smf__isnull=False).count() == 24
    assert HourlyConsumption.objects.filter(forecast_mwh__isnull=False).count() == 69
    assert HourlyConsumption.objects.filter(actual_mwh__isnull=False).count() == 24
    assert written == 2 * 69 + 2 * 69


def test_the_ledger_says_what_ran(world):
    engine.simulate_day(DAY_ONE)

    run = SimulationRun.objects.get()
    assert (run.kind, run.day, run.outcome, run.seed) == ("simulate", DAY_ONE, "succeeded", 2026)
    assert (run.scenario, run.scenario_name) == ({}, "")
    assert run.rows_written == 2 * 69 + 2 * 69
    assert run.duration_s > 0


def test_the_same_day_twice_writes_nothing(world):
    engine.simulate_day(DAY_ONE)
    before = everything()

    assert engine.simulate_day(DAY_ONE) == 0

    assert everything() == before


def test_days_in_any_order_give_one_checksum(fleet):
    days = [DAY_ONE + n * DAY for n in range(5)]
    for day in days:
        engine.simulate_day(day)
    in_order = checksum()
    forget_the_hours()
    random.Random(4).shuffle(days)

    for day in days:
        engine.simulate_day(day)

    assert checksum() == in_order


def test_every_database_agrees(fleet):
    """The figure holds on any PostgreSQL from 15 to 18; a new model brings a new one."""
    for day, _ in engine.simulate_days(DAY_ONE, DAY_ONE + DAY):
        assert day

    assert checksum() == "4fe12b326fb56328790e8954e528b0e1"


def test_a_range_gives_what_its_days_give(fleet):
    days = [DAY_ONE + n * DAY for n in range(4)]
    for day in days:
        engine.simulate_day(day)
    day_by_day = checksum()
    forget_the_hours()

    done = [day for day, _ in engine.simulate_days(days[0], days[-1])]

    assert done == days
    assert checksum() == day_by_day


def test_rows_do_not_depend_on_when_plants_and_events_came(world):
    """Registering and reporting after the simulation gives what simulating after them gives."""
    engine.simulate_day(DAY_ONE)
    plant = make_plant(world.organization, 50, fuel_type=FuelType.WIND)
    event = make_event(
        plant, starts_at=MIDNIGHT + 3.25 * HOUR, ends_at=MIDNIGHT + 9 * HOUR, reported_at=MIDNIGHT
    )
    PowerPlant.objects.filter(pk=plant.pk).update(installed_capacity_mw=80)
    afterwards = checksum()
    forget_the_hours()

    engine.simulate_day(DAY_ONE)

    assert event.pk
    assert checksum() == afterwards


def test_another_seed_gives_another_market(world):
    engine.simulate_day(DAY_ONE)
    first = checksum()
    forget_the_hours()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sim_national_hours_v2(%s, %s, 1)", [MIDNIGHT, MIDNIGHT + HOUR])
        one = cursor.fetchone()
        cursor.execute("SELECT sim_national_hours_v2(%s, %s, 2)", [MIDNIGHT, MIDNIGHT + HOUR])
        two = cursor.fetchone()

    assert first
    assert one != two


def test_national_series_do_not_know_the_plants(world):
    engine.simulate_day(DAY_ONE)
    before = rows("SELECT * FROM transparency_hourlyprice ORDER BY ts")
    forget_the_hours()
    for number in range(30, 40):
        make_plant(world.organization, number, installed_capacity_mw=5000)

    engine.simulate_day(DAY_ONE)

    assert rows("SELECT * FROM transparency_hourlyprice ORDER BY ts") == before


def test_a_failure_takes_its_share_of_each_hour_and_nothing_else(fleet, world):
    engine.simulate_day(DAY_ONE)
    plant = world.plant
    usual = {row[0]: row for row in hours_of(plant, MIDNIGHT, MIDNIGHT + DAY)}
    before = everything()

    make_event(
        plant,
        affected_mw=50,
        starts_at=MIDNIGHT + 10.25 * HOUR,
        ends_at=MIDNIGHT + 13.5 * HOUR,
        reported_at=MIDNIGHT + 10.5 * HOUR,
    )

    now = {row[0]: row for row in hours_of(plant, MIDNIGHT, MIDNIGHT + DAY)}
    shares = {10: 1 - 0.5 * 0.75, 11: 0.5, 12: 0.5, 13: 1 - 0.5 * 0.5}
    for hour in range(24):
        ts = MIDNIGHT + hour * HOUR
        assert now[ts][1] == usual[ts][1], "a failure never changes a plan"
        assert now[ts][2] == pytest.approx(usual[ts][2] * shares.get(hour, 1), abs=0.001)
        assert now[ts][3] == pytest.approx(usual[ts][3] * shares.get(hour, 1), abs=0.001)
    changed = {key for key, row in everything().items() if before[key] != row}
    assert changed == {(plant.eic, MIDNIGHT + hour * HOUR) for hour in shares}


def test_ending_an_event_gives_the_later_hours_back(world):
    engine.simulate_day(DAY_ONE)
    usual = hours_of(world.plant, MIDNIGHT, MIDNIGHT + DAY)
    event = make_event(world.plant, affected_mw=100, starts_at=MIDNIGHT + 6 * HOUR)
    lost = hours_of(world.plant, MIDNIGHT + 6 * HOUR, MIDNIGHT + DAY)
    assert [row[2] for row in lost] == [0] * 18

    end_event(event, by=world.people["admin"], at=MIDNIGHT + 8 * HOUR)

    now = hours_of(world.plant, MIDNIGHT, MIDNIGHT + DAY)
    assert [row[2] for row in now[6:8]] == [0, 0]
    assert now[8:] == usual[8:]
    assert now[:6] == usual[:6]


def test_an_open_ended_event_is_stored_at_once_where_nothing_is_simulated(world):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '5s'")

    for number in range(8):
        make_event(world.plant, affected_mw=1, starts_at=MIDNIGHT + number * HOUR)
        world.plant.save()

    assert not HourlyGeneration.objects.exists()


def test_dismissing_an_event_gives_every_hour_back(world):
    engine.simulate_day(DAY_ONE)
    before = checksum()
    event = make_event(world.plant, starts_at=MIDNIGHT + HOUR, reported_at=MIDNIGHT)

    dismiss_event(event, by=world.people["admin"])

    assert checksum() == before


@pytest.mark.parametrize(
    ("reported_at", "planned_days"),
    [
        # Turkish days begin at 21:00 UTC; the maintenance covers the 11th and the 12th.
        (MIDNIGHT + 20 * HOUR, (True, True)),
        (MIDNIGHT + 21 * HOUR, (False, True)),
        (MIDNIGHT + 45 * HOUR, (False, False)),
    ],
)
def test_a_plan_knows_the_maintenance_reported_before_its_day(world, reported_at, planned_days):
    engine.simulate_day(DAY_ONE)
    start, middle, end = (MIDNIGHT + n * HOUR for n in (21, 45, 69))
    usual = hours_of(world.plant, start, end)

    make_event(
        world.plant,
        event_type=EventType.MAINTENANCE,
        affected_mw=50,
        starts_at=start,
        ends_at=end,
        reported_at=reported_at,
    )

    for was, is_now in zip(usual, hours_of(world.plant, start, end), strict=True):
        is_planned = planned_days[was[0] >= middle]
        assert is_now[1] == pytest.approx(was[1] * (0.5 if is_planned else 1), abs=0.001)
        if was[2] is not None:
            assert is_now[2] == pytest.approx(was[2] * 0.5, abs=0.001)


def test_a_plan_keeps_the_maintenance_that_ended_early(world):
    """What was known at the plan's midnight stays in it; the later days learn of the end."""

    def plans():
        """Of today as far as its Turkish midnight, and of the day after tomorrow."""
        planned = [hour[1] for hour in hours_of(world.plant, start, start + 3 * DAY)]
        return planned[:21], planned[48:]

    today = utc_date(timezone.now())
    start = utc_midnight(today)
    for day in (today, today + DAY):
        engine.simulate_day(day)
    usual = plans()
    event = make_event(
        world.plant,
        event_type=EventType.MAINTENANCE,
        affected_mw=50,
        starts_at=start - 2 * DAY,
        ends_at=None,
        reported_at=start - 3 * DAY,
    )
    under_way = plans()

    end_event(event, by=world.people["admin"])

    assert under_way[0] != usual[0]
    assert under_way[1] != usual[1]
    assert plans() == (under_way[0], usual[1])


def test_a_bulk_of_events_is_recalculated_too(fleet, world):
    engine.simulate_day(DAY_ONE)

    PlantEvent.objects.bulk_create(
        PlantEvent(
            plant=plant,
            event_type=EventType.FAILURE,
            reason="storm",
            affected_mw=Decimal(50),
            starts_at=MIDNIGHT + 12 * HOUR,
            ends_at=MIDNIGHT + 14 * HOUR,
            reported_at=MIDNIGHT + 12 * HOUR,
        )
        for plant in fleet
    )
    afterwards = checksum()
    forget_the_hours()
    engine.simulate_day(DAY_ONE)

    assert checksum() == afterwards


def test_a_deleted_plant_takes_its_hours_along(world):
    engine.simulate_day(DAY_ONE)

    world.plant.delete()

    assert not HourlyGeneration.objects.filter(plant_id=world.plant.pk).exists()
    assert HourlyGeneration.objects.filter(plant_id=world.other_plant.pk).exists()


def test_the_market_is_physical(fleet):
    for day, _ in engine.simulate_days(DAY_ONE, DAY_ONE + 6 * DAY):
        assert day

    solar = next(plant for plant in fleet if plant.fuel_type == FuelType.SOLAR)
    by_hour = dict(
        rows(
            """SELECT extract(hour FROM ts AT TIME ZONE 'Europe/Istanbul')::int, sum(actual_mwh)
               FROM transparency_hourlygeneration WHERE plant_id = %s GROUP BY 1""",
            solar.pk,
        )
    )
    assert all(by_hour[hour] == 0 for hour in (22, 23, 0, 1, 2, 3, 4))
    assert by_hour[12] > by_hour[8] > 0
    assert rows(
        """SELECT bool_and(planned_mwh BETWEEN 0 AND 100 AND
                           coalesce(actual_mwh BETWEEN 0 AND 100, true))
           FROM transparency_hourlygeneration"""
    ) == [(True,)]
    assert rows(
        """SELECT bool_and(ptf BETWEEN 0 AND 3400 AND coalesce(smf BETWEEN 0 AND 3400, true)),
                  count(*) FILTER (WHERE smf > ptf) > 0, count(*) FILTER (WHERE smf < ptf) > 0,
                  count(*) FILTER (WHERE smf = ptf) > 0
           FROM transparency_hourlyprice"""
    ) == [(True, True, True, True)]
    assert rows("SELECT corr(actual_mwh, forecast_mwh) > 0.9 FROM transparency_hourlyconsumption")[
        0
    ][0]
