"""How near the simulated market comes to the real one: its statistics beside the calibration.

PostgreSQL computes the statistics (`realism_*_v1`); the real figures, their bands and shapes are
rows of `CalibrationFigure`. Unpublished hours count, imported ones do not: this is for operators.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from statistics import fmean
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from assets.models import FuelType
from energysys.clock import DAY, utc_date, utc_midnight
from simulation.figure_names import GROUPS, NAMES
from simulation.models import CalibrationFigure, RunKind, RunOutcome, SimulationRun

COUNTRY = ("realism_consumption_v1", "realism_prices_v1")
PLANTS = ("realism_generation_v1", "realism_plants_v1", "realism_outages_v1")
# Fewer plants of a fuel, or events, are single cases and not a fleet.
LEAST_PLANTS = 5
LEAST_EVENTS = 30
LONGEST_DAYS = 366
BY_FUEL = ("gen", "plan", "plant", "outage")
QUANTILES = (1, 5, 10, 25, 50, 75, 90, 95, 99)


class Verdict(models.TextChoices):
    IN_BAND = "in_band", _("In band")
    OUT_OF_BAND = "out_of_band", _("Out of band")
    TOO_SHORT = "too_short", _("Span too short")
    TOO_FEW = "too_few", _("Too few to judge")
    MISSING = "missing", _("Nothing stored")


@dataclass(frozen=True)
class Figure:
    """A simulated statistic beside the real one; `sample` counts hours, of outages events."""

    name: str
    simulated: float | None
    real: float
    low: float
    high: float
    least_days: int
    sample: int
    unit: str
    source: str
    verdict: Verdict

    @property
    def is_judged(self) -> bool:
        return self.verdict in (Verdict.IN_BAND, Verdict.OUT_OF_BAND)

    @property
    def group(self) -> str:
        return self.name.split(".")[0]

    @property
    def fuel(self) -> str:
        """The fuel type of a statistic by fuel, else nothing."""
        return self.name.split(".")[1] if self.group in BY_FUEL else ""

    @property
    def label(self) -> str:
        return str(NAMES[self.kind])

    @property
    def kind(self) -> str:
        """The name without the fuel."""
        return self.name.replace(f".{self.fuel}.", ".") if self.fuel else self.name


@dataclass(frozen=True)
class Measured:
    """What PostgreSQL found: statistics and shapes by name, with the rows behind each."""

    values: dict[str, float]
    shapes: dict[str, dict[int, float]]
    samples: dict[str, int]

    def days(self, name: str) -> int:
        """Whole days of stored hours behind the statistic's series."""
        group, second, *_rest = name.split(".")
        total = {
            "cons": "cons.mean_mwh",
            "fcst": "fcst.mape",
            "ptf": "ptf.mean",
            "smf": "smf.min",
            "settle": "settle.ratio",
        }.get(group, f"gen.{second}.cf")
        return self.samples.get(total, 0) // 24


@dataclass(frozen=True)
class Report:
    """The statistics of the UTC days from `first` to `last`, both included."""

    first: dt.date
    last: dt.date
    measured: Measured
    calibration: dict[str, CalibrationFigure]

    @cached_property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @cached_property
    def figures(self) -> list[Figure]:
        banded = (row for row in self.calibration.values() if row.has_band)
        return sorted((self.compare(row) for row in banded), key=place_on_the_page)

    def compare(self, row: CalibrationFigure) -> Figure:
        value = self.measured.values.get(row.name)
        low, high = row.band
        return Figure(
            name=row.name,
            simulated=value,
            real=row.value,
            low=low,
            high=high,
            least_days=row.least_days,
            sample=self.measured.samples.get(row.name, 0) if value is not None else 0,
            unit=row.unit,
            source=row.source,
            verdict=self.judge(row, value),
        )

    def judge(self, row: CalibrationFigure, value: float | None) -> Verdict:
        group, second, *_rest = row.name.split(".")
        days = self.days if group == "outage" else self.measured.days(row.name)
        if 0 < days < row.least_days:
            return Verdict.TOO_SHORT
        if value is None:
            return Verdict.MISSING
        if group in BY_FUEL and group != "outage" and self.plants(second) < LEAST_PLANTS:
            return Verdict.TOO_FEW
        if group == "outage" and self.measured.samples[row.name] < LEAST_EVENTS:
            return Verdict.TOO_FEW
        low, high = row.band
        return Verdict.IN_BAND if low <= value <= high else Verdict.OUT_OF_BAND

    def plants(self, fuel: str) -> int:
        return int(self.measured.values.get(f"gen.{fuel}.plants", 0))

    def count(self, verdict: Verdict) -> int:
        return sum(figure.verdict == verdict for figure in self.figures)

    @property
    def judged(self) -> int:
        return sum(figure.is_judged for figure in self.figures)

    def real_shape(self, name: str) -> list[float]:
        return list(self.calibration[name].value)

    def shape(self, name: str) -> list[float | None]:
        """The simulated shape at the places of the real one; None where hours are missing."""
        found = self.measured.shapes.get(name, {})
        return [found.get(place) for place in places_of(name)]

    def as_json(self) -> dict[str, Any]:
        return {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            **{verdict.value: self.count(verdict) for verdict in Verdict},
            "figures": [
                {k: v for k, v in asdict(figure).items() if k != "source"}
                for figure in self.figures
            ],
        }


def place_on_the_page(figure: Figure) -> tuple[int, int, int]:
    fuel = FuelType.values.index(figure.fuel) if figure.fuel else 0
    return list(GROUPS).index(figure.group), fuel, list(NAMES).index(figure.kind)


def places_of(name: str) -> Sequence[int]:
    """Where the figures of a shape stand: percents, months from January, or hours."""
    if name == "ptf.quantile_over_mean":
        return QUANTILES
    return range(12 if name.endswith(".month") else 24)


def make_report(first: dt.date, last: dt.date, *, with_plants: bool = True) -> Report:
    """Measure the hours of those UTC days, at once when only the country is wanted."""
    measured = measure(utc_midnight(first), utc_midnight(last + DAY), with_plants)
    calibration = {row.name: row for row in CalibrationFigure.objects.all()}
    for name, shape in measured.shapes.items():
        if name in calibration:
            add_distance(measured, name, shape, calibration[name].value)
    return Report(first, last, measured, calibration)


def add_distance(
    measured: Measured, name: str, shape: Mapping[int, float], real: Sequence[float]
) -> None:
    """The root mean square difference of a whole shape from the real one."""
    statistic = re.sub(r"\.(hour|month)\b", r".\1_shape_rmse", name)
    places = places_of(name)
    if statistic == name or any(shape.get(place) is None for place in places):
        return
    squares = [(shape[place] - there) ** 2 for place, there in zip(places, real, strict=True)]
    measured.values[statistic] = math.sqrt(fmean(squares))
    measured.samples[statistic] = measured.samples[name]


def measure(start: dt.datetime, end: dt.datetime, with_plants: bool) -> Measured:
    found = Measured({}, {}, {})
    with connection.cursor() as cursor:
        for function in (*COUNTRY, *(PLANTS if with_plants else ())):
            cursor.execute(f"SELECT * FROM {function}(%s, %s)", [start, end])
            for name, place, value, sample in cursor.fetchall():
                if place is not None:
                    found.shapes.setdefault(name, {})[place] = value
                elif value is not None:
                    found.values[name] = float(value)
                # Of a shape's places the hours add up.
                others = found.samples.get(name, 0) if place is not None else 0
                found.samples[name] = others + int(sample or 0)
    return found


def stored_days() -> tuple[dt.date, dt.date] | None:
    """The first and last UTC day with simulated hours, at most a year back from the last."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT min(ts), max(ts) FROM transparency_hourlyconsumption
               WHERE actual_mwh IS NOT NULL AND NOT imported"""
        )
        first, last = cursor.fetchone()
    if first is None:
        return None
    return max(utc_date(first), utc_date(last) - (LONGEST_DAYS - 1) * DAY), utc_date(last)


def seeds_of(first: dt.date, last: dt.date) -> list[int]:
    """The seeds that the ledger names for those days."""
    runs = SimulationRun.objects.filter(
        kind=RunKind.SIMULATE, outcome=RunOutcome.SUCCEEDED, day__range=(first, last)
    )
    seeds = runs.order_by("seed").values_list("seed", flat=True).distinct()
    return [seed for seed in seeds if seed is not None]
