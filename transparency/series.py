"""The hourly series as published, for pages; `texts` has them as JSON and CSV.

Times are aware, spans half-open `[start, end)`. `at` is the instant whose publication state is
wanted: nobody but an operator at the command line passes `EVERYTHING`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

# With this clock every stored hour counts as published.
EVERYTHING = dt.datetime(9000, 1, 1, tzinfo=dt.UTC)
# As text is several times as fast as `to_char`.
TIME = "replace((ts AT TIME ZONE interval '03:00')::text, ' ', 'T') || '+03:00'"


@dataclass(frozen=True)
class Span:
    """`[start, end)` as seen at an instant."""

    start: dt.datetime
    end: dt.datetime
    at: dt.datetime

    @property
    def parameters(self) -> list[Any]:
        return [self.start, self.end, self.at]


class PriceHour(NamedTuple):
    """Prices of the hour from `ts`, TL/MWh."""

    ts: dt.datetime
    ptf: float | None
    smf: float | None


class ConsumptionHour(NamedTuple):
    """National consumption and forecast of the hour from `ts`, MWh."""

    ts: dt.datetime
    actual_mwh: float | None
    forecast_mwh: float | None


class GenerationHour(NamedTuple):
    """One plant's energy in the hour from `ts`, MWh."""

    ts: dt.datetime
    planned_mwh: float | None
    actual_mwh: float | None
    settlement_mwh: float | None


class EnergySums(NamedTuple):
    """Energy of a group of plants in an hour or a span, MWh; None where no plant has a value.

    `planned_known_mwh` is the plan of those hours only whose actual is there, so that a deviation
    compares like with like.
    """

    key: Any
    planned_mwh: float | None
    actual_mwh: float | None
    settlement_mwh: float | None
    planned_known_mwh: float | None

    @property
    def deviation_mwh(self) -> float | None:
        if self.actual_mwh is None or self.planned_known_mwh is None:
            return None
        return self.actual_mwh - self.planned_known_mwh

    @property
    def deviation(self) -> float | None:
        """The actual over the plan of the same hours, less one."""
        if self.deviation_mwh is None or not self.planned_known_mwh:
            return None
        return self.deviation_mwh / self.planned_known_mwh


def of_a_plant(row: GenerationHour) -> EnergySums:
    return EnergySums(*row, None if row.actual_mwh is None else row.planned_mwh)


class PlantDay(NamedTuple):
    """A plant's day: energy in MWh, and the actual over the plan, less one."""

    plant_id: int
    planned_mwh: float
    actual_mwh: float
    deviation: float


def prices(span: Span) -> list[PriceHour]:
    return [
        PriceHour(ts, as_float(ptf), as_float(smf))
        for ts, ptf, smf in fetch(
            "SELECT ts, ptf, smf FROM published_prices_v1(%s, %s, %s) ORDER BY ts", span.parameters
        )
    ]


def consumption(span: Span) -> list[ConsumptionHour]:
    return [
        ConsumptionHour(*row)
        for row in fetch(
            """SELECT ts, actual_mwh, forecast_mwh
               FROM published_consumption_v1(%s, %s, %s) ORDER BY ts""",
            span.parameters,
        )
    ]


def plant_generation(span: Span, plant_id: int) -> list[GenerationHour]:
    """The published hours of one plant that the caller has scoped."""
    return [
        GenerationHour(*row)
        for row in fetch(
            """SELECT ts, planned_mwh, actual_mwh, settlement_mwh
               FROM published_generation_v2(%s, %s, %s) WHERE plant_id = %s ORDER BY ts""",
            [*span.parameters, plant_id],
        )
    ]


def total_generation(span: Span, plant_ids: Sequence[int]) -> list[GenerationHour]:
    """The hourly sums of scoped plants; None where no plant has a value."""
    return [
        GenerationHour(*row)
        for row in fetch(
            """SELECT ts, sum(planned_mwh), sum(actual_mwh), sum(settlement_mwh)
               FROM published_generation_v2(%s, %s, %s) WHERE plant_id = ANY (%s)
               GROUP BY ts ORDER BY ts""",
            [*span.parameters, list(plant_ids)],
        )
    ]


SUMS = """sum(planned_mwh) AS planned, sum(actual_mwh) AS actual,
       sum(settlement_mwh) AS settled,
       sum(planned_mwh) FILTER (WHERE actual_mwh IS NOT NULL) AS planned_known"""


@dataclass(frozen=True)
class PlantScope:
    """Which plants count, as conditions on `plant`; made of what the person may see."""

    conditions: Sequence[str] = ()
    parameters: Sequence[Any] = ()

    def __str__(self) -> str:
        return " AND ".join(self.conditions) or "TRUE"


class PlantKeys(NamedTuple):
    """What a request names a plant by, and its primary key."""

    pk: int
    eic: str
    fuel_type: str
    organization: str


def plants(scope: PlantScope, eics: Sequence[str] = ()) -> list[PlantKeys]:
    """The plants in scope by primary key; of these the ones with the EICs, if there are any."""
    named = " AND plant.eic = ANY (%s)" if eics else ""
    return [
        PlantKeys(*row)
        for row in fetch(
            f"""SELECT plant.id, plant.eic, plant.fuel_type, organization.eic
                FROM assets_powerplant AS plant
                JOIN assets_organization AS organization ON organization.id = organization_id
                WHERE {scope}{named} ORDER BY plant.id""",
            [*scope.parameters, *([list(eics)] if eics else [])],
        )
    ]


def generation_by_fuel(span: Span, scope: PlantScope) -> dict[tuple[dt.datetime, str], EnergySums]:
    """Hourly sums of each fuel of the plants in scope."""
    rows = fetch(
        f"""SELECT ts, fuel_type, {SUMS}
            FROM published_generation_v2(%s, %s, %s)
            JOIN assets_powerplant AS plant ON plant.id = plant_id
            WHERE {scope}
            GROUP BY ts, fuel_type ORDER BY ts, fuel_type""",
        [*span.parameters, *scope.parameters],
    )
    return {(ts, fuel): EnergySums((ts, fuel), *sums) for ts, fuel, *sums in rows}


class PlantSums(NamedTuple):
    """A plant of the scope with the sums of its energy."""

    name: str
    eic: str
    fuel_type: str
    sums: EnergySums


def generation_by_plant(span: Span, scope: PlantScope) -> list[PlantSums]:
    """Every plant in scope by name, those without an hour too, with its sums over the span."""
    return [
        PlantSums(name, eic, fuel_type, EnergySums(key, *sums))
        for key, name, eic, fuel_type, *sums in fetch(
            f"""SELECT plant.id, name, eic, fuel_type, planned, actual, settled, planned_known
                FROM assets_powerplant AS plant
                LEFT JOIN (
                    SELECT plant_id, {SUMS} FROM published_generation_v2(%s, %s, %s)
                    WHERE plant_id = ANY (
                        ARRAY(SELECT plant.id FROM assets_powerplant AS plant WHERE {scope}))
                    GROUP BY plant_id
                ) AS hour ON plant_id = plant.id
                WHERE {scope} ORDER BY name, plant.id""",
            [*span.parameters, *scope.parameters, *scope.parameters],
        )
    ]


def latest_consumption(at: dt.datetime) -> ConsumptionHour | None:
    """The newest hour whose consumption is published, with the forecast of the same hour."""
    rows = fetch(
        """SELECT ts, actual_mwh, forecast_mwh
           FROM published_consumption_v1(%s::timestamptz - interval '2 days', %s, %s)
           WHERE actual_mwh IS NOT NULL ORDER BY ts DESC LIMIT 1""",
        [at, at, at],
    )
    return ConsumptionHour(*rows[0]) if rows else None


def rank_plants(span: Span, scope: PlantScope) -> list[PlantDay]:
    """Plants in scope with a plan in the span, the truest to it first.

    A plan below a hundredth of the capacity is none: any output is many times such a plan.
    """
    return [
        PlantDay(*row)
        for row in fetch(
            f"""SELECT plant_id, planned, actual, actual / planned - 1
                FROM (
                    SELECT plant_id, sum(planned_mwh) AS planned, sum(actual_mwh) AS actual,
                           count(*) * plant.installed_capacity_mw / 100 AS least
                    FROM published_generation_v2(%s, %s, %s)
                    JOIN assets_powerplant AS plant ON plant.id = plant_id
                    WHERE actual_mwh IS NOT NULL AND {scope}
                    GROUP BY plant_id, plant.installed_capacity_mw
                ) AS day
                WHERE planned >= least
                ORDER BY abs(actual / planned - 1), plant_id""",
            [*span.parameters, *scope.parameters],
        )
    ]


def as_float(value: Any) -> float | None:
    return None if value is None else float(value)


def fetch(query: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())
