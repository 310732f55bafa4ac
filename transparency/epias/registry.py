"""Organizations, plants and units, as far as the person may see them, by their numeric ids.

A plant's id is its primary key in all lists. Each plant is one unit (UEVÇB) with the plant's EIC;
unit ids start far above plant ids, so that one taken for the other is refused, not answered.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils import timezone

from assets.models import FuelType, Organization, PowerPlant, PowerPlantQuerySet
from energysys.clock import DAY, ISTANBUL, turkish_date, turkish_midnight
from transparency.epias.answers import Asked
from transparency.epias.errors import unknown
from transparency.epias.serializers import FAILURE, MAINTENANCE

UNITS_FROM = 3_000_000
UNIT_ID = f"plant.id + {UNITS_FROM}"
# Request key, lookup of plants, and what the ids start from.
FILTERS = (
    ("organizationId", "organization", 0),
    ("powerPlantId", "pk", 0),
    ("powerplantId", "pk", 0),
    ("uevcbId", "pk", UNITS_FROM),
)
REGIONS = [{"regionId": 1, "regionShortName": "TR1"}]
MESSAGE_TYPES = [
    {"id": FAILURE, "typeName": "Arıza"},
    {"id": MAINTENANCE, "typeName": "Bakım"},
]
RENEWABLES = {
    FuelType.WIND: "Rüzgar",
    FuelType.SOLAR: "Güneş",
    FuelType.HYDRO_DAM: "Barajlı",
    FuelType.HYDRO_RIVER: "Akarsu",
    FuelType.GEOTHERMAL: "Jeotermal",
    FuelType.BIOMASS: "Biyokütle",
}

Row = dict[str, Any]


def visible_plants(asked: Asked) -> PowerPlantQuerySet:
    plants: PowerPlantQuerySet = PowerPlant.objects.visible_to(asked.user)
    return plants.order_by("pk")


def visible_organizations(asked: Asked) -> Any:
    return Organization.objects.visible_to(asked.user).order_by("pk")


def narrowed_plants(asked: Asked) -> PowerPlantQuerySet:
    """The visible plants that the request's filters leave; 400 for an id that is not there."""
    plants = visible_plants(asked)
    for name, lookup, first in FILTERS:
        key = asked.wanted.get(name)
        if key is None:
            continue
        plants = plants.filter(**{lookup: key - first})
        if not plants.exists() and not is_organization_without_plants(asked, name, key):
            raise unknown(name, key)
    return plants


def is_organization_without_plants(asked: Asked, name: str, key: int) -> bool:
    return name == "organizationId" and visible_organizations(asked).filter(pk=key).exists()


def chosen_plants(asked: Asked) -> list[int] | None:
    """The keys of the plants that the request names; None when it names none: the nation."""
    if all(asked.wanted.get(name) is None for name, *_ in FILTERS):
        return None
    return list(narrowed_plants(asked).values_list("pk", flat=True))


def plants_of_keys(asked: Asked, name: str, first: int = 0) -> list[int]:
    """The keys of listed plants; 400 names those that are not there."""
    wanted = sorted({key - first for key in asked.wanted[name]})
    found = set(visible_plants(asked).filter(pk__in=wanted).values_list("pk", flat=True))
    if missing := [key + first for key in wanted if key not in found]:
        raise unknown(name, *missing)
    return wanted


def plants_of_units(asked: Asked, name: str) -> list[int]:
    return plants_of_keys(asked, name, UNITS_FROM)


def plant_rows(plants: PowerPlantQuerySet, key: str = "id") -> list[Row]:
    return [
        {key: plant.pk, "name": plant.name, "eic": plant.eic, "shortName": plant.name}
        for plant in plants
    ]


def unit_rows(plants: PowerPlantQuerySet) -> list[Row]:
    return [{"id": UNITS_FROM + plant.pk, "name": plant.name, "eic": plant.eic} for plant in plants]


# Services.


def plants(asked: Asked) -> list[Row]:
    """Plants; of an organization where one is named."""
    return plant_rows(narrowed_plants(asked))


def units(asked: Asked) -> list[Row]:
    """The units of an organization or of a plant."""
    return unit_rows(narrowed_plants(asked))


def units_of_organizations(asked: Asked) -> list[Row]:
    wanted = sorted(set(asked.wanted["organizationIds"]))
    found = set(visible_organizations(asked).filter(pk__in=wanted).values_list("pk", flat=True))
    if missing := [key for key in wanted if key not in found]:
        raise unknown("organizationIds", *missing)
    plants = visible_plants(asked).filter(organization__in=wanted)
    return [
        {"id": row["id"], "orgId": plant.organization_id, "name": row["name"], "eic": row["eic"]}
        for plant, row in zip(plants, unit_rows(plants), strict=True)
    ]


def organization_rows(organizations: Any) -> list[Row]:
    return [
        {
            "organizationId": organization.pk,
            "organizationName": organization.name,
            "organizationStatus": "Aktif",
            "organizationEtsoCode": organization.eic,
            "organizationShortName": organization.name,
        }
        for organization in organizations
    ]


def generating_organizations(asked: Asked) -> list[Row]:
    """Organizations with a plant. They have no history, so every range has the same."""
    return organization_rows(visible_organizations(asked).exclude(plants=None))


def organizations(asked: Asked) -> list[Row]:
    """All organizations: each takes part in the day-ahead market and bears its own balance."""
    return organization_rows(visible_organizations(asked))


def chosen_organizations(asked: Asked) -> Any:
    key = asked.wanted["organizationId"]
    organizations = visible_organizations(asked)
    if key is None:
        return organizations
    organizations = organizations.filter(pk=key)
    if not organizations:
        raise unknown("organizationId", key)
    return organizations


def market_participants(asked: Asked) -> list[Row]:
    return [
        {
            "orgName": organization.name,
            "orgCode": organization.eic,
            "eicCode": organization.eic,
            "damEntry": True,
            "intraDayEntry": True,
            "vepEntry": False,
            "yekgEntry": False,
            "legalStatus": "Anonim Şirket",
            "naturalGasMarketEntry": False,
            "id": organization.pk,
        }
        for organization in chosen_organizations(asked)
    ]


def organization_codes(asked: Asked) -> list[Row]:
    """Organizations by their EIC of type X."""
    return [
        {
            "organizationId": organization.pk,
            "organizationCode": organization.eic,
            "organizationName": organization.name,
            "organizationShortName": organization.name,
        }
        for organization in chosen_organizations(asked)
    ]


def yekdem_plants(asked: Asked) -> list[Row]:
    """Plants in the support scheme."""
    return plant_rows(visible_plants(asked).filter(is_yekdem=True), "powerPlantId")


def yekdem_capacity(asked: Asked) -> dict[str, list[Row]]:
    """The nation's capacity in the support scheme by fuel, MW; all of it is licensed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT fuel_type, installed_mw::float8 FROM yekdem_capacity_v1()")
        capacities = dict(cursor.fetchall())
    return {
        "installedCapacities": [
            {
                "renewableEnergyType": name,
                "licencedCapacity": capacities[fuel],
                "unlicencedCapacity": 0.0,
                "total": capacities[fuel],
            }
            for fuel, name in RENEWABLES.items()
            if fuel in capacities
        ]
    }


def regions(asked: Asked) -> list[Row]:
    return REGIONS


def message_types(asked: Asked) -> list[Row]:
    return MESSAGE_TYPES


def date_init(asked: Asked) -> Row:
    """Days that forms begin with, as instants of Turkish time."""
    today = turkish_date(asked.at)
    month = today.replace(day=1)
    before = (month - DAY).replace(day=1)
    days = {
        "today": today,
        "yesterday": today - DAY,
        "tomorrow": today + DAY,
        "thisMonth": month,
        "lastMonth": before,
        "conciliationPeriod": before,
    }
    stamps = {name: turkish_midnight(day).isoformat() for name, day in days.items()}
    now = timezone.localtime(asked.at, ISTANBUL).isoformat(timespec="seconds")
    return stamps | {"serverTime": now}
