"""Generation and plans: what adds up, who sees what, and that the nation names no plant."""

import datetime as dt
from collections import defaultdict

import pytest
from django.db import connection
from django.utils import timezone

from energysys.clock import DAY, HOUR, turkish_date, turkish_midnight
from energysys.testing import ROLES, make_event, make_plant, organization_eic
from transparency.epias.generation import INJECTION, PLAN, REALTIME
from transparency.epias.registry import UNITS_FROM
from transparency.epias.tests.platform import Platform, past_day, stamp
from transparency.epias.tests.test_market import hours_of
from transparency.models import HourlyGeneration

PLANS = ("kgup", "kgup-v1", "kudup", "eak")
SERVICES = {
    "rt-gen": ("hour", "total", REALTIME, "totals"),
    "uevm": ("hour", "total", INJECTION, "totals"),
    "kgup": ("time", "toplam", PLAN, "totals"),
    "kgup-v1": ("time", "toplam", PLAN, "totals"),
    "kudup": ("time", "toplam", PLAN, "statistics"),
    "eak": ("time", "toplam", PLAN, "statistics"),
}
PLANT_KEY = {"rt-gen": "powerPlantId", "uevm": "powerplantId"}
NIGHT = range(4)


@pytest.fixture
def fleet(market):
    """Five plants of both organizations and four fuels."""
    make_plant(market.organization, 3, fuel_type="solar", is_res=True)
    make_plant(market.organization, 4, fuel_type="hydro_dam", is_res=True)
    make_plant(market.other_organization, 5, fuel_type="hard_coal")
    return market


def total_of(name):
    return SERVICES[name][1]


def totals(platform, name, **changes):
    return [row[total_of(name)] for row in platform.items(name, **changes)]


def added(lists):
    return [pytest.approx(sum(values), abs=1e-6) for values in zip(*lists, strict=True)]


@pytest.mark.parametrize("name", SERVICES)
def test_a_past_day_has_24_rows_with_every_source(fleet, name):
    label, total, sources, sums = SERVICES[name]

    answer = Platform(fleet).read(name)

    rows = answer["items"]
    assert [row["date"] for row in rows] == hours_of(past_day())
    assert [set(row) for row in rows] == [{"date", label, total, *sources}] * 24
    labels = [n if name == "uevm" else f"{n:02}:00" for n in range(24)]
    assert [row[label] for row in rows] == labels
    for row in rows:
        assert row[total] == pytest.approx(sum(row[source] for source in sources), abs=1e-9)
        assert row[total] > 0
    for column in (total, *sources):
        assert answer[sums][f"{column}Total"] == pytest.approx(sum(row[column] for row in rows))


def test_each_fuel_has_its_own_column(fleet):
    for name, coal, weather in (
        ("rt-gen", {"lignite", "blackCoal"}, {"sun", "dammedHydro"}),
        ("uevm", {"lignite", "stoneCoal"}, {"sun", "dam"}),
        ("kgup", {"linyit", "tasKomur"}, {"gunes", "barajli"}),
    ):
        noon = Platform(fleet).items(name)[12]
        # On some days there is no sun, or no water.
        assert coal <= {column for column in SERVICES[name][2] if noon[column]} <= coal | weather


@pytest.mark.parametrize("name", ["rt-gen", "uevm", "kgup"])
def test_there_is_no_sun_at_night(fleet, name):
    column = {"kgup": "gunes"}.get(name, "sun")
    rows = Platform(fleet).items(name)

    assert {rows[hour][column] for hour in NIGHT} == {0}


@pytest.mark.parametrize("name", SERVICES)
def test_the_nation_is_the_same_for_every_role(fleet, name):
    answers = [Platform(fleet, role).read(name) for role in ROLES]

    assert answers == answers[:1] * len(ROLES)


def test_the_nation_is_the_sum_of_all_plants(fleet):
    wanted: dict[dt.datetime, float] = defaultdict(float)
    midnight = turkish_midnight(past_day())
    stored = HourlyGeneration.objects.filter(ts__gte=midnight, ts__lt=midnight + DAY)
    for hour in stored:
        wanted[hour.ts] += hour.actual_mwh or 0

    assert totals(Platform(fleet), "rt-gen") == [
        pytest.approx(wanted[ts], abs=1e-6) for ts in sorted(wanted)
    ]


@pytest.mark.parametrize("name", PLANS)
def test_organizations_add_up_to_the_nation_and_units_to_their_organization(fleet, name):
    platform = Platform(fleet, "super_admin")
    day = stamp(past_day())
    by_organization = []
    for organization in platform.items("gen-org"):
        key = organization["organizationId"]
        units = platform.items("gen-uevcb", startDate=day, organizationId=key)
        of_units = [
            totals(platform, name, organizationId=key, uevcbId=unit["id"]) for unit in units
        ]
        by_organization.append(totals(platform, name, organizationId=str(key)))
        assert by_organization[-1] == added(of_units)

    assert len(by_organization) == 2
    assert totals(platform, name) == added(by_organization)


@pytest.mark.parametrize("name", PLANT_KEY)
def test_plants_add_up_to_the_nation(fleet, name):
    platform = Platform(fleet, "super_admin")

    plants = [
        totals(platform, name, **{PLANT_KEY[name]: str(plant["id"])})
        for plant in platform.items("pp-list")
    ]

    assert len(plants) == 5
    assert totals(platform, name) == added(plants)


def test_a_unit_may_be_asked_for_without_its_organization(fleet):
    platform = Platform(fleet)
    unit = UNITS_FROM + fleet.plant.pk

    alone = platform.read("kgup", uevcbId=unit)

    assert alone == platform.read("kgup", uevcbId=unit, organizationId=fleet.organization.pk)
    assert alone["items"][0]["toplam"] == alone["items"][0]["linyit"]


def test_many_at_once_are_the_same_as_one_by_one(fleet):
    platform = Platform(fleet)
    plants = platform.items("pp-list")
    units = [UNITS_FROM + plant["id"] for plant in plants]

    realised = platform.items("rt-gen-bulk", powerPlantIds=[str(row["id"]) for row in plants])
    planned = platform.items("dpp-bulk", uevcbIds=units)

    assert len(realised) == len(planned) == 24 * len(plants)
    for number, plant in enumerate(plants):
        own = slice(24 * number, 24 * (number + 1))
        name = f"{plant['name']}-{plant['eic']}-{plant['id']}"
        assert realised[own] == [
            row | {"powerPlantName": name}
            for row in platform.items("rt-gen", powerPlantId=plant["id"])
        ]
        unit = {
            "orgId": fleet.organization.pk,
            "uevcbId": units[number],
            "uevcbName": plant["name"],
        }
        assert planned[own] == [row | unit for row in platform.items("kgup", uevcbId=units[number])]


def test_an_empty_list_of_ids_has_no_rows(fleet):
    assert Platform(fleet).items("dpp-bulk", uevcbIds=[]) == []


def test_the_plan_differs_from_what_came(fleet):
    platform = Platform(fleet)

    assert totals(platform, "kgup") != totals(platform, "rt-gen") != totals(platform, "uevm")


def test_rows_come_when_their_values_are_published(fleet):
    today = turkish_date(timezone.now())
    coming = {"startDate": stamp(today), "endDate": stamp(today + 5 * DAY)}
    passed = (timezone.now() - turkish_midnight(today)) // HOUR

    seen = {name: len(Platform(fleet).items(name, **coming)) for name in SERVICES}

    assert {seen[name] for name in PLANS} == {48}
    assert seen["rt-gen"] in (passed, passed + 1)
    assert seen["uevm"] == 0


def test_an_organization_without_plants_has_no_rows(world):
    empty = type(world.organization).objects.create(name="Toros", eic=organization_eic(9))
    platform = Platform(world, "super_admin")

    assert platform.items("kgup", organizationId=empty.pk) == []
    assert empty.pk not in [row["organizationId"] for row in platform.items("gen-org")]
    assert empty.pk in [row["id"] for row in platform.items("market-participants")]


def test_available_capacity_lacks_what_events_take(fleet):
    noon = turkish_midnight(past_day()) + 12 * HOUR
    make_event(fleet.plant, affected_mw=40, starts_at=noon, ends_at=noon + dt.timedelta(minutes=90))
    make_event(
        fleet.plant,
        affected_mw=10,
        event_type="maintenance",
        starts_at=noon + HOUR,
        ends_at=noon + 3 * HOUR,
    )
    dismissed = make_event(fleet.plant, affected_mw=5, starts_at=noon, ends_at=noon + HOUR)
    type(dismissed).objects.filter(pk=dismissed.pk).update(dismissed_at=timezone.now())
    unit = UNITS_FROM + fleet.plant.pk

    available = totals(Platform(fleet), "eak", uevcbId=unit)
    nation = totals(Platform(fleet, "outsider"), "eak")

    assert available[11:16] == [100, 60, 70, 90, 100]
    assert [500 - mw for mw in nation] == [100 - mw for mw in available]


def test_an_open_event_takes_capacity_to_the_end_of_tomorrow(fleet):
    make_event(fleet.plant, starts_at=turkish_midnight(past_day()), affected_mw=100)
    until = stamp(turkish_date(timezone.now()) + 30 * DAY)

    available = totals(Platform(fleet), "eak", uevcbId=UNITS_FROM + fleet.plant.pk, endDate=until)

    assert available == [0] * 96


def test_an_invented_outage_takes_capacity_once_it_has_begun(fleet):
    """Before that nobody knows of it, and the nation's sum, which sees it, must not tell."""
    start = turkish_midnight(past_day()) + 12 * HOUR
    make_event(
        fleet.plant,
        affected_mw=40,
        invented_at=start,
        reported_at=start,
        starts_at=start,
        ends_at=start + HOUR,
    )

    def available(function, at):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT sum(available_mw) FROM {function}(%s, %s, %s)", [start, start + HOUR, at]
            )
            return cursor.fetchone()[0]

    for function in ("plant_availability_v3", "national_availability_v3"):
        assert available(function, start - HOUR) == 500
        assert available(function, start) == 460
