"""Lists of organizations, plants, units and codes."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from energysys.clock import DAY, turkish_date
from energysys.testing import make_plant
from transparency.epias.registry import UNITS_FROM
from transparency.epias.tests.platform import Platform, past_day, stamp


@pytest.mark.parametrize("name", ["pp-list", "pp-list-for-date-range", "uevm-pp-list"])
def test_plants_are_named_by_key_and_eic(world, name):
    answer = Platform(world).read(name)

    plant = world.plant
    assert answer["items"] == [
        {"id": plant.pk, "name": plant.name, "eic": plant.eic, "shortName": plant.name}
    ]
    assert answer["page"]["total"] == 1


def test_organizations_that_generate_are_the_same_for_a_year_and_its_months(world):
    platform = Platform(world)
    rows = platform.items("gen-org")

    assert rows == [
        {
            "organizationId": world.organization.pk,
            "organizationName": world.organization.name,
            "organizationStatus": "Aktif",
            "organizationEtsoCode": world.organization.eic,
            "organizationShortName": world.organization.name,
        }
    ]
    year = {"startDate": stamp(dt.date(2026, 1, 1)), "endDate": stamp(dt.date(2026, 12, 31))}
    assert platform.items("gen-org", **year) == rows


def test_each_plant_is_one_unit_of_its_organization(world):
    wind = make_plant(world.organization, 3, fuel_type="wind", is_res=True)
    platform = Platform(world, "super_admin")
    day, organization = stamp(past_day()), world.organization.pk

    units = platform.items("gen-uevcb", startDate=day, organizationId=str(organization))

    assert units == [
        {"id": UNITS_FROM + plant.pk, "name": plant.name, "eic": plant.eic}
        for plant in (world.plant, wind)
    ]
    assert platform.items("mms-uevcb-list", powerPlantId=wind.pk) == units[1:]
    organizations = [world.other_organization.pk, organization, organization]
    bulk = platform.items("uevcb-list-bulk", organizationIds=organizations)
    assert [row for row in bulk if row["orgId"] == organization] == [
        {"id": unit["id"], "orgId": organization, "name": unit["name"], "eic": unit["eic"]}
        for unit in units
    ]
    assert len(bulk) == 3


def test_plants_of_market_messages_are_cut_to_an_organization(world):
    platform = Platform(world, "super_admin")

    everything = platform.items("mms-pp-list")
    own = platform.items("mms-pp-list", organizationId=world.organization.pk)

    assert [row["id"] for row in everything] == [world.plant.pk, world.other_plant.pk]
    assert [row["id"] for row in own] == [world.plant.pk]


def test_participants_and_their_codes(world):
    platform, organization = Platform(world), world.organization

    (participant,) = platform.items("market-participants")
    (code,) = platform.items("eic-x-org-list")

    assert (
        participant.items()
        >= {
            "id": organization.pk,
            "orgName": organization.name,
            "eicCode": organization.eic,
            "damEntry": True,
            "intraDayEntry": True,
        }.items()
    )
    assert set(participant) == {
        *("orgName", "orgCode", "eicCode", "damEntry", "intraDayEntry", "vepEntry"),
        *("yekgEntry", "legalStatus", "naturalGasMarketEntry", "id"),
    }
    assert code == {
        "organizationId": organization.pk,
        "organizationCode": organization.eic,
        "organizationName": organization.name,
        "organizationShortName": organization.name,
    }


def test_fixed_lists(world):
    platform = Platform(world)

    assert platform.items("region-list") == [{"regionId": 1, "regionShortName": "TR1"}]
    assert platform.items("mms-region-list") == platform.items("region-list")
    assert platform.items("mms-message-type-list") == [
        {"id": 0, "typeName": "Arıza"},
        {"id": 2, "typeName": "Bakım"},
    ]


def test_forms_begin_with_turkish_days(world):
    days = Platform(world).read("date-init")

    today = turkish_date(timezone.now())
    assert days["today"] == stamp(today)
    assert days["yesterday"] == stamp(today - DAY)
    assert days["tomorrow"] == stamp(today + DAY)
    assert days["thisMonth"] == stamp(today.replace(day=1))
    assert days["conciliationPeriod"] == stamp((today.replace(day=1) - DAY).replace(day=1))
    now = dt.datetime.fromisoformat(days["serverTime"])
    assert abs(timezone.now() - now) < dt.timedelta(minutes=1)
    assert days["serverTime"].endswith("+03:00")


def test_plants_in_the_support_scheme_are_a_bare_list(world):
    sun = make_plant(world.organization, 3, fuel_type="solar", is_res=True, is_yekdem=True)

    assert Platform(world).read("ren-pp-list") == [
        {"powerPlantId": sun.pk, "name": sun.name, "eic": sun.eic, "shortName": sun.name}
    ]
    assert Platform(world, "outsider").read("ren-pp-list") == []


def test_capacity_in_the_support_scheme_is_the_nations(world):
    scheme = {"is_res": True, "is_yekdem": True}
    make_plant(world.organization, 3, fuel_type="solar", **scheme)
    make_plant(
        world.other_organization,
        4,
        fuel_type="solar",
        installed_capacity_mw=Decimal("50.5"),
        **scheme,
    )
    make_plant(world.other_organization, 5, fuel_type="biomass", is_res=True)

    for role in ("super_admin", "analyst", "outsider"):
        assert Platform(world, role).read("ren-capacity") == {
            "installedCapacities": [
                {
                    "renewableEnergyType": "Güneş",
                    "licencedCapacity": 150.5,
                    "unlicencedCapacity": 0.0,
                    "total": 150.5,
                }
            ]
        }


def test_short_lists_have_pages_too(world):
    wind = make_plant(world.organization, 3, fuel_type="wind", is_res=True)
    sort = {"field": "name", "direction": "DESC"}

    answer = Platform(world).read("mms-pp-list", page={"number": 1, "size": 1, "sort": sort})

    assert [row["id"] for row in answer["items"]] == [wind.pk]
    assert answer["page"] == {"number": 1, "size": 1, "total": 2, "sort": sort}
