"""The sandbox's organizations, plants, people and events."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.access import Role
from accounts.models import User
from assets.eic import PARTY, RESOURCE, make_eic
from assets.models import RENEWABLE_FUELS, FuelType, Organization, PowerPlant
from incidents.models import EventType, PlantEvent

F = FuelType
PLANTS: dict[str, list[tuple[str, FuelType, str]]] = {
    "Nova Enerji": [
        ("Nova İskenderun TES", F.IMPORTED_COAL, "1200"),
        ("Nova Marmara DGKÇS", F.NATURAL_GAS, "870"),
        ("Nova Artvin Barajı HES", F.HYDRO_DAM, "540"),
        ("Nova Çan TES", F.LIGNITE, "320"),
        ("Nova Karapınar GES", F.SOLAR, "210"),
        ("Nova Bandırma RES", F.WIND, "142.5"),
        ("Nova Murat HES", F.HYDRO_RIVER, "96"),
        ("Nova Alaşehir JES", F.GEOTHERMAL, "45"),
    ],
    "Bora Elektrik": [
        ("Bora Gelibolu RES", F.WIND, "180"),
        ("Bora Kırklareli DGKÇS", F.NATURAL_GAS, "620"),
        ("Bora Çatalağzı TES", F.HARD_COAL, "300"),
        ("Bora Melen HES", F.HYDRO_RIVER, "64"),
        ("Bora Bursa BES", F.BIOMASS, "24"),
        ("Bora Karaman GES", F.SOLAR, "120"),
    ],
    "Toros Üretim": [
        ("Toros Seyhan Barajı HES", F.HYDRO_DAM, "480"),
        ("Toros Ceyhan TES", F.IMPORTED_COAL, "660"),
        ("Toros Belen RES", F.WIND, "96"),
        ("Toros Mersin DGKÇS", F.NATURAL_GAS, "430"),
        ("Toros Göksu HES", F.HYDRO_RIVER, "58"),
        ("Toros Adana BES", F.BIOMASS, "18"),
    ],
    "Efes Güç": [
        ("Efes Soma TES", F.LIGNITE, "510"),
        ("Efes Çeşme RES", F.WIND, "124"),
        ("Efes Germencik JES", F.GEOTHERMAL, "68"),
        ("Efes Aliağa DGKÇS", F.NATURAL_GAS, "760"),
        ("Efes Denizli GES", F.SOLAR, "90"),
        ("Efes Adıgüzel Barajı HES", F.HYDRO_DAM, "62"),
    ],
}
# Its plants fail as its people report, and never by themselves.
WITHOUT_INVENTED_OUTAGES = "Nova Enerji"
PEOPLE: list[tuple[str, Role, str]] = [
    ("super_admin", Role.SUPER_ADMIN, ""),
    ("nova_admin", Role.ADMIN, "Nova Enerji"),
    ("nova_analyst1", Role.ANALYST, "Nova Enerji"),
    ("bora_admin", Role.ADMIN, "Bora Elektrik"),
    ("bora_analyst1", Role.ANALYST, "Bora Elektrik"),
]
# Plant, type, reason, MW, hours from now to report, start and end; no end: until somebody ends it.
FAILURE, MAINTENANCE = EventType.FAILURE, EventType.MAINTENANCE
EVENTS: list[tuple[str, EventType, str, str, float, float, float | None]] = [
    ("Nova Marmara DGKÇS", FAILURE, "GT-2 yatak titreşimi", "290", -4.7, -4.7, None),
    ("Nova Çan TES", MAINTENANCE, "Ünite 1 revizyonu", "160", -220, -34, 74),
    ("Nova Bandırma RES", MAINTENANCE, "T7–T12 trafo bakımı", "24", -60, -8, 1.5),
    ("Nova Artvin Barajı HES", MAINTENANCE, "Kapak onarımı", "135", -30, 29, 53),
    ("Nova Karapınar GES", FAILURE, "İnverter arızası", "42", -170, -170, -163.5),
    ("Nova Murat HES", FAILURE, "Yağ kaçağı", "48", -610, -610, -598),
    ("Nova Alaşehir JES", MAINTENANCE, "Kuyu temizliği", "15", -500, -430, -406),
    ("Bora Kırklareli DGKÇS", FAILURE, "Kazan besleme pompası", "155", -19, -19, 6),
    ("Bora Çatalağzı TES", MAINTENANCE, "Kazan temizliği", "150", -300, -50, 22),
    ("Bora Gelibolu RES", FAILURE, "Kanat hasarı", "9", -260, -260, -212),
    ("Bora Melen HES", MAINTENANCE, "Izgara temizliği", "20", -90, -66, -58),
    ("Toros Ceyhan TES", FAILURE, "Boru kaçağı", "330", -71, -71, -28),
    ("Toros Seyhan Barajı HES", MAINTENANCE, "Jeneratör bakımı", "160", -48, 41, 89),
    ("Toros Belen RES", FAILURE, "Şalt arızası", "48", -3, -3, None),
    ("Efes Soma TES", FAILURE, "Değirmen arızası", "170", -14, -14, 30),
    ("Efes Aliağa DGKÇS", MAINTENANCE, "Gaz türbini kontrolü", "380", -140, -96, -60),
    ("Efes Germencik JES", FAILURE, "Pompa arızası", "22", -350, -350, -339),
]


@transaction.atomic
def make_demo(password: str, now: dt.datetime) -> bool:
    """Make the demo in an empty database; return whether it was."""
    if Organization.objects.exists():
        return False
    organizations = {
        name: Organization.objects.create(
            name=name, eic=make_eic(PARTY, number), invents_outages=name != WITHOUT_INVENTED_OUTAGES
        )
        for number, name in enumerate(PLANTS, start=1)
    }
    PowerPlant.objects.bulk_create(
        PowerPlant(
            name=name,
            eic=make_eic(RESOURCE, 100 * number + place),
            organization=organizations[owner],
            fuel_type=fuel,
            installed_capacity_mw=Decimal(mw),
            is_res=fuel in RENEWABLE_FUELS,
            is_yekdem=fuel in RENEWABLE_FUELS and fuel != F.HYDRO_DAM,
        )
        for number, (owner, plants) in enumerate(PLANTS.items(), start=1)
        for place, (name, fuel, mw) in enumerate(plants, start=1)
    )
    make_people(password, organizations)
    make_events(now)
    return True


def make_people(password: str, organizations: dict[str, Organization]) -> None:
    for username, role, owner in PEOPLE:
        person = User(username=username, role=role, organization=organizations.get(owner))
        person.set_password(password)
        person.save()


def make_events(now: dt.datetime) -> None:
    plants = {plant.name: plant for plant in PowerPlant.objects.all()}
    admins = {user.organization_id: user for user in User.objects.filter(role=Role.ADMIN)}

    def hours(number: float) -> dt.datetime:
        return (now + dt.timedelta(hours=number)).replace(second=0, microsecond=0)

    def event(row: tuple[Any, ...]) -> PlantEvent:
        name, event_type, reason, mw, reported, start, end = row
        plant = plants[name]
        return PlantEvent(
            plant=plant,
            event_type=event_type,
            reason=reason,
            affected_mw=Decimal(mw),
            starts_at=hours(start),
            ends_at=None if end is None else hours(end),
            reported_at=hours(reported),
            reported_by=admins.get(plant.organization_id),
        )

    PlantEvent.objects.bulk_create(event(row) for row in EVENTS)


def set_passwords(password: str) -> None:
    """Give the demo's people this password unless they have it."""
    for person in User.objects.filter(username__in=[name for name, _, _ in PEOPLE]):
        if not person.check_password(password):
            person.set_password(password)
            person.save(update_fields=["password"])
