"""A made-up national fleet with the country's fuel mix; the same arguments give the same fleet."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db import transaction

from assets.eic import PARTY, RESOURCE, make_eic
from assets.models import RENEWABLE_FUELS, FuelType, Organization, PowerPlant
from simulation.models import Parameter

# Out of the way of what people and the sandbox register.
FIRST_NUMBER = 36**5
# Roughly how many licensed plants of each fuel the country has among a hundred.
PLANT_SHARES = {
    FuelType.NATURAL_GAS: 14,
    FuelType.HYDRO_DAM: 13,
    FuelType.HYDRO_RIVER: 22,
    FuelType.WIND: 20,
    FuelType.SOLAR: 9,
    FuelType.LIGNITE: 6,
    FuelType.HARD_COAL: 2,
    FuelType.IMPORTED_COAL: 4,
    FuelType.GEOTHERMAL: 4,
    FuelType.BIOMASS: 6,
}
NAMES = {
    FuelType.NATURAL_GAS: "DGKÇS",
    FuelType.HYDRO_DAM: "Barajı HES",
    FuelType.HYDRO_RIVER: "HES",
    FuelType.WIND: "RES",
    FuelType.SOLAR: "GES",
    FuelType.LIGNITE: "TES",
    FuelType.HARD_COAL: "TES",
    FuelType.IMPORTED_COAL: "TES",
    FuelType.GEOTHERMAL: "JES",
    FuelType.BIOMASS: "BES",
}


@transaction.atomic
def make_fleet(plants: int, organizations: int) -> int:
    """Make what is missing of that fleet; return how many plants that were."""
    owners = [
        Organization(name=f"Filo Enerji {n:03d}", eic=make_eic(PARTY, FIRST_NUMBER + n))
        for n in range(1, organizations + 1)
    ]
    Organization.objects.bulk_create(owners, ignore_conflicts=True)
    eics = [owner.eic for owner in owners]
    keys = dict(Organization.objects.filter(eic__in=eics).values_list("eic", "pk"))
    before = PowerPlant.objects.count()
    PowerPlant.objects.bulk_create(
        fleet_plants(plants, [keys[eic] for eic in eics]), ignore_conflicts=True, batch_size=2000
    )
    return PowerPlant.objects.count() - before


def fleet_plants(plants: int, owner_keys: list[int]) -> Iterator[PowerPlant]:
    fleet_mw = Parameter.objects.get(name="capacity").value
    number = 0
    for fuel, count in counts(plants).items():
        for place, mw in enumerate(split(fleet_mw[fuel], count), start=1):
            number += 1
            yield PowerPlant(
                name=f"Filo {FuelType(fuel).value.replace('_', ' ')} {place:03d} {NAMES[fuel]}",
                eic=make_eic(RESOURCE, FIRST_NUMBER + number),
                organization_id=owner_keys[number % len(owner_keys)],
                fuel_type=fuel,
                installed_capacity_mw=mw,
                is_res=fuel in RENEWABLE_FUELS,
                is_yekdem=fuel in RENEWABLE_FUELS and number % 2 == 0,
            )


def counts(plants: int) -> dict[FuelType, int]:
    """So many plants of each fuel; every fuel has one, the largest fractions round up."""
    spare = plants - len(PLANT_SHARES)
    shares = {fuel: spare * share / 100 for fuel, share in PLANT_SHARES.items()}
    whole = {fuel: int(share) for fuel, share in shares.items()}
    by_fraction = sorted(shares, key=lambda fuel: (whole[fuel] - shares[fuel], fuel))
    up = set(by_fraction[: spare - sum(whole.values())])
    return {fuel: 1 + whole[fuel] + (fuel in up) for fuel in PLANT_SHARES}


def split(total_mw: float, count: int) -> Iterator[Decimal]:
    """Capacities that add up to the fleet's, from large to small as real fleets are."""
    weights = [1 / (place + count / 8) for place in range(count)]
    kilowatts = round(total_mw * 1000)
    given = 0
    for place in range(count):
        share = kilowatts * sum(weights[: place + 1]) / sum(weights)
        until = kilowatts if place == count - 1 else round(share)
        yield Decimal(until - given) / 1000
        given = until
