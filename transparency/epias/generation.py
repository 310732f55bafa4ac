"""Generation and plans by fuel: the nation's, an organization's, a plant's or a unit's, in MWh.

The nation is the sum of all plants that the market has; see `national_generation_v2`. Everything
else is what the person may see. An hour in which a value is not published has no row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assets.models import FuelType
from transparency.epias import registry
from transparency.epias.answers import Asked, Rows
from transparency.epias.market import HOUR
from transparency.series import TIME

F = FuelType
# Our fuel of each column; columns without one exist on the platform and are always 0 here.
REALTIME = {
    "naturalGas": F.NATURAL_GAS,
    "dammedHydro": F.HYDRO_DAM,
    "lignite": F.LIGNITE,
    "river": F.HYDRO_RIVER,
    "importCoal": F.IMPORTED_COAL,
    "wind": F.WIND,
    "sun": F.SOLAR,
    "fueloil": None,
    "geothermal": F.GEOTHERMAL,
    "asphaltiteCoal": None,
    "blackCoal": F.HARD_COAL,
    "biomass": F.BIOMASS,
    "naphta": None,
    "lng": None,
    "importExport": None,
    "wasteheat": None,
}
INJECTION = {
    "naturalGas": F.NATURAL_GAS,
    "dam": F.HYDRO_DAM,
    "lignite": F.LIGNITE,
    "river": F.HYDRO_RIVER,
    "importedCoal": F.IMPORTED_COAL,
    "sun": F.SOLAR,
    "wind": F.WIND,
    "fueloil": None,
    "geothermal": F.GEOTHERMAL,
    "asphaltite": None,
    "stoneCoal": F.HARD_COAL,
    "biomass": F.BIOMASS,
    "naphtha": None,
    "lng": None,
    "internationalImport": None,
    "internationalExport": None,
    "other": None,
}
PLAN = {
    "dogalgaz": F.NATURAL_GAS,
    "ruzgar": F.WIND,
    "linyit": F.LIGNITE,
    "tasKomur": F.HARD_COAL,
    "ithalKomur": F.IMPORTED_COAL,
    "fuelOil": None,
    "jeotermal": F.GEOTHERMAL,
    "barajli": F.HYDRO_DAM,
    "nafta": None,
    "biokutle": F.BIOMASS,
    "akarsu": F.HYDRO_RIVER,
    "gunes": F.SOLAR,
    "diger": None,
}

HOUR_NUMBER = "extract(hour FROM ts AT TIME ZONE 'Europe/Istanbul')::integer"
NATION = "FROM national_generation_v2(%s, %s, %s)"
PLANTS = """FROM published_generation_v2(%s, %s, %s)
            JOIN assets_powerplant AS plant ON plant.id = plant_id WHERE plant_id = ANY (%s)"""


@dataclass(frozen=True)
class Service:
    """Which value it tells, in which columns, and where the sums over the answer stand."""

    measure: str
    sources: Mapping[str, FuelType | None]
    label: tuple[str, str]
    total: str
    sums_name: str
    always_zero: Sequence[str] = ()
    nation: str = NATION
    plants: str = PLANTS

    def rows(
        self, asked: Asked, plants: Sequence[int] | None, each: dict[str, str] | None = None
    ) -> Rows:
        """Hours of the nation, or of plants together; with `each` those columns of every plant."""
        each = each or {}
        columns = {"date": TIME, self.label[0]: self.label[1], self.total: self.sum_of("TRUE")}
        columns |= {
            name: self.sum_of(f"fuel_type = '{fuel}'") if fuel else "0::numeric"
            for name, fuel in self.sources.items()
        }
        measures = [self.total, *self.sources]
        sums = {f"{name}Total": f'coalesce(sum("{name}"), 0)' for name in measures}
        sums |= dict.fromkeys(self.always_zero, "0")
        values = ", ".join(f'{value} AS "{name}"' for name, value in (columns | each).items())
        group = "ts, plant.id" if each else "ts"
        return Rows(
            f"""SELECT {values}, {group} {self.nation if plants is None else self.plants}
                GROUP BY {group} HAVING bool_and({self.measure} IS NOT NULL)""",
            asked.span.parameters if plants is None else [*asked.span.parameters, plants],
            [*columns, *each],
            measures,
            hidden=("id", "ts") if each else ("ts",),
            order="id, ts" if each else "ts",
            sums={} if each else sums,
            sums_name=self.sums_name,
        )

    def sum_of(self, condition: str) -> str:
        # Stored values have three decimals: rounded there, a sum of floats is exact.
        total = f"sum({self.measure}) FILTER (WHERE {condition})"
        return f"trim_scale(round(coalesce({total}, 0)::numeric, 3))"


REALTIME_GENERATION = Service(
    "actual_mwh",
    REALTIME,
    ("hour", HOUR),
    "total",
    "totals",
    always_zero=("gasOilTotal", "nuclearTotal"),
)
INJECTION_QUANTITY = Service("settlement_mwh", INJECTION, ("hour", HOUR_NUMBER), "total", "totals")
FINAL_PLAN = Service("planned_mwh", PLAN, ("time", HOUR), "toplam", "totals")
SETTLEMENT_PLAN = Service("planned_mwh", PLAN, ("time", HOUR), "toplam", "statistics")
AVAILABLE_CAPACITY = Service(
    "available_mw",
    PLAN,
    ("time", HOUR),
    "toplam",
    "statistics",
    nation="FROM national_availability_v3(%s, %s, %s)",
    plants="""FROM plant_availability_v3(%s, %s, %s)
              JOIN assets_powerplant AS plant ON plant.id = plant_id WHERE plant_id = ANY (%s)""",
)


def rt_gen(asked: Asked) -> Rows:
    """Realised generation, once its hour has ended."""
    return REALTIME_GENERATION.rows(asked, registry.chosen_plants(asked))


def uevm(asked: Asked) -> Rows:
    """Settled generation, once its Turkish day has ended."""
    return INJECTION_QUANTITY.rows(asked, registry.chosen_plants(asked))


def kgup(asked: Asked) -> Rows:
    """The final day-ahead plan, to the end of tomorrow; also its first version: they are one."""
    return FINAL_PLAN.rows(asked, registry.chosen_plants(asked))


def kudup(asked: Asked) -> Rows:
    """The plan that settlement goes by: nobody changes the final plan within the day."""
    return SETTLEMENT_PLAN.rows(asked, registry.chosen_plants(asked))


def eak(asked: Asked) -> Rows:
    """The capacity that is not lost to failures and maintenance, MW."""
    return AVAILABLE_CAPACITY.rows(asked, registry.chosen_plants(asked))


def dpp_bulk(asked: Asked) -> Rows:
    """The final plan of each of many units on one day."""
    plants = registry.plants_of_units(asked, "uevcbIds")
    each = {
        "orgId": "plant.organization_id",
        "uevcbId": registry.UNIT_ID,
        "uevcbName": "plant.name",
    }
    return FINAL_PLAN.rows(asked, plants, each)


def rt_gen_bulk(asked: Asked) -> Rows:
    """The realised generation of each of many plants on one day."""
    plants = registry.plants_of_keys(asked, "powerPlantIds")
    name = "plant.name || '-' || plant.eic || '-' || plant.id"
    return REALTIME_GENERATION.rows(asked, plants, {"powerPlantName": name})
