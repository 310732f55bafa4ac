"""The numbers of the model stand in a table, with unit and source, and not in functions."""

import json
import re
from importlib import resources

import pytest
from django.db import connections

from assets.models import FuelType, Organization, PowerPlant
from energysys.testing import organization_eic, plant_eic
from energysys.tests.test_architecture import RETIRED, sql_files
from simulation.models import Parameter

FRACTION = re.compile(r"(?<![\w.])\d+\.\d+")
# Halves, the mean length of a year, half a kuruş; the middle and ranges of 16 and 32 bits; sqrt(3).
MATHEMATICS = {
    "0.5",
    "365.25",
    "0.005",
    "32767.5",
    "131070.0",
    "65536.0",
    "4294967296.0",
    "1.7320508075688772",
}
SHAPES = json.loads(
    resources.files("simulation").joinpath("data", "shape_parameters.json").read_text("utf-8")
)
MARKET = """
    SELECT md5(string_agg(hour::text, '' ORDER BY ts)) FROM (
        -- The eve and the Sunday of a feast, a week with little spare capacity, a night of drought.
        SELECT * FROM sim_national_hours_v2('2025-03-28', '2025-04-02', 5)
        UNION ALL SELECT * FROM sim_national_hours_v2('2026-01-19', '2026-01-26', 5)
        UNION ALL SELECT * FROM sim_national_hours_v2('2026-09-01', '2026-09-02', 5, '{"shocks": [
            {"kind": "drought", "from": "2026-08-01", "to": "2026-09-30", "strength": 2}]}')
    ) AS hour"""
PLANTS = """
    SELECT md5(string_agg(concat_ws(',', ts, plant_id, planned_mwh, actual_mwh), ''
                          ORDER BY ts, plant_id))
    FROM transparency_hourlygeneration"""


def test_no_fraction_stands_in_a_function():
    found = {
        (path.name, number)
        for path, names in sql_files()
        if path.name.startswith("sim_") and not RETIRED.issuperset(names)
        for line in path.read_text(encoding="utf-8").splitlines()
        for number in FRACTION.findall(line.partition("--")[0])
        if number not in MATHEMATICS
    }

    assert found == set()


def test_every_parameter_has_unit_and_source(db):
    assert Parameter.objects.exists()
    assert not Parameter.objects.filter(unit="").exists()
    assert not Parameter.objects.filter(source="").exists()


def one(cursor, query, *parameters):
    cursor.execute(query, parameters)
    return cursor.fetchone()[0]


def change(cursor, name, value):
    cursor.execute(
        "UPDATE simulation_parameter SET value = %s WHERE name = %s", [json.dumps(value), name]
    )


def leaves(value, path=()):
    """The path to every number, or text, inside a value."""
    if not isinstance(value, list | dict):
        return [path]
    parts = enumerate(value) if isinstance(value, list) else value.items()
    return [leaf for key, part in parts for leaf in leaves(part, (*path, key))]


def nudged(value, path):
    """The value with the leaf at the path a hundredth larger, or a month later."""
    if path:
        copy = value.copy()
        copy[path[0]] = nudged(value[path[0]], path[1:])
        return copy
    return "2025-07-31" if isinstance(value, str) else value * 1.01


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_changed_shape_changes_the_market():
    """No number of the file is a leftover; the engine reads them anew at each run."""
    with connections["owner"].cursor() as cursor:
        # As in sim_simulate_day: compiling would take longer than running.
        cursor.execute("SET LOCAL jit = off")
        usual = one(cursor, MARKET)
        still = []
        # A character is the plants' (below), and a middle matters in two months only.
        for name in SHAPES.keys() - {"plant.character", "calendar.month_middles"}:
            for path in leaves(SHAPES[name]["value"]):
                change(cursor, name, nudged(SHAPES[name]["value"], path))
                if one(cursor, MARKET) == usual:
                    still.append((name, path))
            change(cursor, name, SHAPES[name]["value"])
        assert one(cursor, MARKET) == usual

    assert still == []


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_changed_character_changes_the_plants():
    organization = Organization(name="Nova Enerji", eic=organization_eic(1), invents_outages=False)
    organization.save(using="owner")
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET LOCAL energysys.tenant = 'all'")
        for number, mw in ((1, 50), (2, 2000)):
            PowerPlant(
                name=f"Plant {number}",
                eic=plant_eic(number),
                organization=organization,
                fuel_type=FuelType.WIND,
                installed_capacity_mw=mw,
            ).save(using="owner")
        seen = []
        for path in ([], ["volatility_span"], ["least_size"]):
            value = SHAPES["plant.character"]["value"]
            change(cursor, "plant.character", nudged(value, path) if path else value)
            cursor.execute("SELECT simulate_daily_energy_data('2026-03-10')")
            seen.append(one(cursor, PLANTS))

    assert len(set(seen)) == 3


def test_what_no_function_reads_is_gone(db):
    unread = ["smf.imbalance_mwh", "solar.cloud_sd"]
    sources = "".join(path.read_text(encoding="utf-8") for path, _ in sql_files())

    assert not [name for name in unread if name in sources]
    assert not Parameter.objects.filter(name__in=unread).exists()
