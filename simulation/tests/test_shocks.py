"""Shocks: each kind moves what it should, that way, on its days, over its ramp, nowhere else."""

import datetime as dt
import json

import pytest
from django.db import connection

from assets.models import FuelType
from energysys.clock import DAY, turkish_midnight, utc_midnight
from energysys.testing import make_plant
from simulation import engine
from simulation.models import Parameter
from simulation.tests.test_scenarios import set_in_sql

# A season for each kind, long enough for its ramp, and what it does then to the mean of the middle
# days: 1 more, -1 less, 0 exactly the same. Fuels are what plants of a fuel follow in the hour.
SHOCKS = {
    "cold_snap": (
        ("2026-01-19", "2026-01-30"),
        {"demand": 1, "ptf": 1, "gas": 1, "dam": 1, "solar": -1, "wind": 0, "river": 0},
    ),
    "heat_wave": (
        ("2026-07-06", "2026-07-19"),
        {"demand": 1, "ptf": 1, "gas": 1, "dam": 1, "river": -1, "wind": -1, "solar": 0},
    ),
    "drought": (
        ("2026-03-10", "2026-05-10"),
        {"demand": 0, "ptf": 1, "gas": 1, "dam": -1, "river": -1, "wind": 0, "solar": 0},
    ),
    "gas_shortage": (
        ("2026-01-12", "2026-01-25"),
        {"demand": 0, "ptf": 1, "gas": -1, "dam": 1, "river": 0, "wind": 0, "solar": 0, "coal": 0},
    ),
    "wind_lull": (
        ("2026-02-02", "2026-02-15"),
        {"demand": 0, "ptf": 1, "gas": 1, "dam": 1, "wind": -1, "river": 0, "solar": 0},
    ),
    "coal_outage": (
        ("2026-02-02", "2026-02-15"),
        {"demand": 0, "ptf": 1, "gas": 1, "coal": -1, "river": 0, "wind": 0, "solar": 0},
    ),
}
COUNTRY = """
    SELECT ts, actual_mwh AS demand, forecast_mwh AS forecast, ptf, smf, actual_drivers[1] AS wind,
           actual_drivers[8] AS solar, actual_drivers[15] AS river, actual_drivers[16] AS gas,
           actual_drivers[17] AS dam, actual_drivers[18] AS coal, planned_drivers, spreads
    FROM sim_national_hours_v2(%s, %s, 2026, %s)"""


@pytest.fixture(autouse=True)
def uncompiled(db):
    """As in sim_simulate_day: compiling would take longer than running."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")


def shock(kind, strength=1.0, **days):
    (first, last), _ = SHOCKS[kind]
    return {"kind": kind, "from": first, "to": last, "strength": strength} | days


def country(first, last, *shocks):
    """The country's hours of the Turkish days, both included, a dict an hour."""
    scenario = json.dumps({"name": "x", "shocks": shocks} if shocks else {})
    start, end = turkish_midnight(first), turkish_midnight(last + DAY)
    with connection.cursor() as cursor:
        cursor.execute(COUNTRY, [start, end, scenario])
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def mean(hours, name):
    return sum(float(hour[name]) for hour in hours) / len(hours)


def days_of(kind):
    (first, last), _ = SHOCKS[kind]
    return dt.date.fromisoformat(first), dt.date.fromisoformat(last)


def middle_of(kind):
    """The four days in the middle, where the shock has all of its strength."""
    first, last = days_of(kind)
    middle = first + (last - first) // 2
    return middle - DAY, middle + 2 * DAY


def factors(first, last, *shocks):
    """What the shocks do at noon of each day: factors, for the wind a shift; a dict by day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM sim_shock_hours_v2(%s, %s, %s) WHERE local_hour = 12",
            [first, last, json.dumps({"shocks": shocks})],
        )
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return {row["day"]: row for row in rows}


def test_every_kind_is_tested():
    assert SHOCKS.keys() == Parameter.objects.get(name="scenario.effects").value.keys()


@pytest.mark.parametrize("kind", SHOCKS)
def test_each_kind_moves_what_it_should(kind):
    _, directions = SHOCKS[kind]
    usual = country(*middle_of(kind))
    shocked = country(*middle_of(kind), shock(kind))

    for name, direction in directions.items():
        before, after = mean(usual, name), mean(shocked, name)
        if direction:
            assert direction * (after - before) > 0.004 * before, name
        else:
            assert [hour[name] for hour in shocked] == [hour[name] for hour in usual], name


@pytest.mark.parametrize("kind", SHOCKS)
def test_a_stronger_shock_does_more(kind):
    _, directions = SHOCKS[kind]
    middle = middle_of(kind)
    runs = [country(*middle), *(country(*middle, shock(kind, s)) for s in (0.5, 1, 1.5))]

    for name, direction in directions.items():
        steps = [direction * mean(run, name) for run in runs]
        assert steps == sorted(steps), name


@pytest.mark.parametrize("kind", SHOCKS)
def test_nothing_moves_outside_its_turkish_days(kind):
    first, last = days_of(kind)
    usual = country(first - 2 * DAY, last + 2 * DAY)
    shocked = country(first - 2 * DAY, last + 2 * DAY, shock(kind))

    start, end = turkish_midnight(first), turkish_midnight(last + DAY)
    changed = {hour["ts"] for before, hour in zip(usual, shocked, strict=True) if before != hour}
    assert start <= min(changed) < start + DAY
    assert end - DAY <= max(changed) < end
    assert len(changed) > 0.9 * (end - start) / dt.timedelta(hours=1)


@pytest.mark.parametrize("kind", SHOCKS)
def test_a_shock_comes_and_goes_over_its_ramp(kind):
    effects = Parameter.objects.get(name="scenario.effects").value[kind]
    ramp = effects.pop("ramp_days")
    first, last = days_of(kind)
    length = (last - first).days + 1
    by_day = factors(first - 3 * DAY, last + 3 * DAY, shock(kind, 0.8))

    shares = {
        number: max(0, min(1, (number + 1) / ramp, (length - number) / ramp))
        for number in range(-3, length + 3)
    }
    assert max(shares.values()) == 1
    for number, share in shares.items():
        row = by_day[first + number * DAY]
        for name in ("demand", "solar", "hydro", "gas", "coal", "price", "wind"):
            effect = effects.get(name, 0)
            effect = effect[12] if isinstance(effect, list) else effect
            usual = 0 if name == "wind" else 1
            assert row[name] == pytest.approx(usual + 0.8 * effect * share), (name, number)


def test_a_heat_wave_is_felt_in_the_afternoon():
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT demand FROM sim_shock_hours_v2('2026-07-12', '2026-07-12', %s)
               ORDER BY local_hour""",
            [json.dumps({"shocks": [shock("heat_wave")]})],
        )
        demand = [factor for (factor,) in cursor.fetchall()]

    assert len(demand) == 24
    assert max(demand) == max(demand[13:17]) == pytest.approx(1.12)
    assert min(demand) == min(demand[:7]) == pytest.approx(1.04)


def test_shocks_that_meet_multiply():
    day = dt.date(2026, 1, 25)
    cold = shock("cold_snap")
    gas = shock("gas_shortage", **{"from": "2026-01-15", "to": "2026-02-05"})

    both = factors(day, day, cold, gas, cold)[day]

    assert both["demand"] == pytest.approx(1.08**2)
    assert both["gas"] == pytest.approx(0.94**2 * 0.55)
    assert both["price"] == pytest.approx(1.05)


def test_a_gas_shortage_caps_what_gas_plants_give():
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT sim_interpolate_v1(
                   0.55 * sim_number_v1('gas.limits', '1'),
                   sim_numbers_v1('plant.natural_gas', 'response', '0'),
                   sim_numbers_v1('plant.natural_gas', 'response', '1'))"""
        )
        cap = cursor.fetchone()[0]
    usual = country(*middle_of("gas_shortage"))
    shocked = country(*middle_of("gas_shortage"), shock("gas_shortage"))

    assert sum(hour["gas"] > cap + 1e-6 for hour in usual) > 24
    assert max(hour["gas"] for hour in shocked) == pytest.approx(cap, abs=1e-8)


@pytest.mark.parametrize("kind", SHOCKS)
def test_prices_stay_between_floor_and_cap(kind):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(price_floor), max(price_cap) FROM sim_calendar_v2(%s, %s)", middle_of(kind)
        )
        floor, cap = cursor.fetchone()

    for hour in country(*middle_of(kind), shock(kind, 2)):
        assert floor <= hour["ptf"] <= cap
        assert floor <= hour["smf"] <= cap


FOLLOWERS = [
    ("cold_snap", FuelType.NATURAL_GAS, 1),
    ("cold_snap", FuelType.SOLAR, -1),
    ("heat_wave", FuelType.NATURAL_GAS, 1),
    ("heat_wave", FuelType.WIND, -1),
    ("drought", FuelType.HYDRO_DAM, -1),
    ("drought", FuelType.HYDRO_RIVER, -1),
    ("drought", FuelType.NATURAL_GAS, 1),
    ("gas_shortage", FuelType.NATURAL_GAS, -1),
    ("gas_shortage", FuelType.HYDRO_DAM, 1),
    ("wind_lull", FuelType.WIND, -1),
    ("wind_lull", FuelType.NATURAL_GAS, 1),
    ("coal_outage", FuelType.IMPORTED_COAL, -1),
    ("coal_outage", FuelType.NATURAL_GAS, 1),
]


@pytest.mark.parametrize(("kind", "fuel", "direction"), FOLLOWERS)
def test_registered_plants_follow(world, kind, fuel, direction):
    for number in range(8):
        make_plant(world.organization, 100 + number, fuel_type=fuel, installed_capacity_mw=200)
    day, _ = middle_of(kind)
    usual = generation(day, fuel)
    set_in_sql({"name": kind, "shocks": [shock(kind)]})
    shocked = generation(day, fuel)

    for before, after in zip(usual, shocked, strict=True):
        assert direction * (after - before) > 0.02 * before


def generation(day, fuel):
    """Planned and actual MWh of all plants of the fuel in the UTC day."""
    engine.simulate_day(day, ahead=False)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT sum(planned_mwh), sum(actual_mwh) FROM transparency_hourlygeneration
               JOIN assets_powerplant AS plant ON plant.id = plant_id
               WHERE fuel_type = %s AND ts >= %s AND ts < %s""",
            [fuel, utc_midnight(day), utc_midnight(day + DAY)],
        )
        return cursor.fetchone()


def test_plants_do_not_feel_a_shock_of_another_day(world):
    make_plant(world.organization, 100, fuel_type=FuelType.HYDRO_RIVER)
    first, _ = days_of("drought")
    # Its last hours are those of the next Turkish day.
    engine.simulate_day(first - 2 * DAY, ahead=False)

    set_in_sql({"name": "Drought", "shocks": [shock("drought")]})

    assert engine.simulate_day(first - 2 * DAY, ahead=False) == 0
    assert engine.simulate_day(first - DAY, ahead=False) > 0
