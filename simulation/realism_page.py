"""What the page about realism shows: the span that is asked for, and its sections."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assets.models import FuelType
from energysys.clock import DAY
from simulation.figure_names import GROUPS, NAMES
from simulation.pictures import Range, ShapeChart, Share, shape_chart, sides
from simulation.realism import LEAST_PLANTS, LONGEST_DAYS, Figure, Report, Verdict

# What is computed while somebody waits; a year of the sandbox's plants is less.
MOST_PLANT_HOURS = 250_000
COUNTRY_GROUPS = ("cons", "fcst", "ptf", "smf")
# From here on a shape of the year means something.
YEAR_DAYS = 330


class SpanForm(forms.Form):
    """UTC days from `start` to `end`, both included."""

    start = forms.DateField(
        label=gettext_lazy("first UTC day"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    end = forms.DateField(
        label=gettext_lazy("last UTC day"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: QueryDict, stored: tuple[dt.date, dt.date]) -> None:
        data = data.copy()
        # Without days in the address the stored ones are meant.
        if not data.get("start") and not data.get("end"):
            data["start"], data["end"] = (day.isoformat() for day in stored)
        super().__init__(data)

    def clean(self) -> dict[str, Any]:
        days = self.cleaned_data
        for name in ("start", "end"):
            if name in days and not 2000 <= days[name].year < 2100:
                self.add_error(name, _("Choose a day from 2000 to 2099."))
        if self.errors:
            return days
        if days["end"] < days["start"]:
            self.add_error("end", _("The last day is before the first one."))
        elif days["end"] - days["start"] >= LONGEST_DAYS * DAY:
            self.add_error("end", _("Choose at most %(days)s days.") % {"days": LONGEST_DAYS})
        return days


@dataclass(frozen=True)
class FigureRow:
    """A statistic as a line of a table."""

    figure: Figure
    range: Range

    @classmethod
    def of(cls, figure: Figure) -> FigureRow:
        return cls(figure, Range.of(figure))

    @property
    def verdict_words(self) -> str:
        figure = self.figure
        if figure.verdict == Verdict.TOO_SHORT:
            return _("needs %(days)s days") % {"days": figure.least_days}
        if figure.verdict == Verdict.TOO_FEW and figure.group == "outage":
            return ngettext("only %(count)s outage", "only %(count)s outages", figure.sample) % {
                "count": figure.sample
            }
        if figure.verdict == Verdict.TOO_FEW:
            return _("fewer than %(count)s plants") % {"count": LEAST_PLANTS}
        return str(figure.verdict.label)

    @property
    def section_label(self) -> str:
        return str(GROUPS[self.figure.group])

    @property
    def fuel_label(self) -> str:
        return str(FuelType(self.figure.fuel).label) if self.figure.fuel else ""


@dataclass(frozen=True)
class Matrix:
    """What a group asks of several fuels: a column a fuel, a line a statistic."""

    figures: list[Figure]

    @property
    def fuels(self) -> list[tuple[str, str, int]]:
        """Each fuel with the hours, or outages, behind its figures."""
        samples: dict[str, int] = {}
        for figure in self.figures:
            samples[figure.fuel] = max(samples.get(figure.fuel, 0), figure.sample)
        return [(fuel, str(FuelType(fuel).label), size) for fuel, size in samples.items()]

    @property
    def lines(self) -> Iterator[tuple[str, list[FigureRow | None]]]:
        by_place = {(figure.kind, figure.fuel): figure for figure in self.figures}
        for kind in sorted({figure.kind for figure in self.figures}, key=list(NAMES).index):
            cells = [by_place.get((kind, fuel)) for fuel, *_rest in self.fuels]
            yield str(NAMES[kind]), [FigureRow.of(cell) if cell else None for cell in cells]


@dataclass(frozen=True)
class FuelBar:
    """A fuel's figure on the scale that all fuels of the picture share."""

    fuel: str
    figure: Figure
    real: float
    range: Range
    plants: int

    @property
    def label(self) -> str:
        return str(FuelType(self.fuel).label)


@dataclass(frozen=True)
class Section:
    """A group of statistics with its pictures."""

    report: Report
    name: str

    @property
    def title(self) -> str:
        return str(GROUPS[self.name])

    @cached_property
    def figures(self) -> list[Figure]:
        return [figure for figure in self.report.figures if figure.group == self.name]

    @property
    def alone(self) -> list[FigureRow]:
        """The figures that are no part of the matrix."""
        common = self.matrix.figures if self.matrix else []
        return [FigureRow.of(figure) for figure in self.figures if figure not in common]

    @cached_property
    def matrix(self) -> Matrix | None:
        """What is asked of more than one fuel."""
        kinds = Counter(figure.kind for figure in self.figures if figure.fuel)
        common = [figure for figure in self.figures if kinds[figure.kind] > 1]
        return Matrix(common) if common else None

    @property
    def judged(self) -> int:
        return sum(figure.is_judged for figure in self.figures)

    @property
    def in_band(self) -> int:
        return sum(figure.verdict == Verdict.IN_BAND for figure in self.figures)

    @property
    def value(self) -> dict[str, float]:
        """Simulated figures by the rest of their name, for sentences."""
        values = self.report.measured.values
        prefix = f"{self.name}."
        return {k.removeprefix(prefix): v for k, v in values.items() if k.startswith(prefix)}

    @property
    def usual(self) -> dict[str, float]:
        """What 2025 had in the months, kinds of day and hours of the span."""
        values = self.report.measured.values
        prefix = f"usual.{self.name}."
        return {k.removeprefix(prefix): v for k, v in values.items() if k.startswith(prefix)}

    @property
    def growth(self) -> float:
        """How much more a year consumes than the year before, as a share."""
        return float(self.report.calibration["usual.growth"].value)

    @property
    def charts(self) -> list[ShapeChart]:
        return list(charts_of(self.report, self.name))

    @property
    def sides(self) -> list[tuple[str, list[Share]]]:
        """Where SMF stands against PTF, simulated and real, a bar each."""
        figures = [figure for figure in self.figures if figure.kind in SIDES]
        if any(figure.simulated is None for figure in figures):
            return []
        return [
            (_("Simulated"), sides([figure.simulated or 0 for figure in figures])),
            ("2025", sides([figure.real for figure in figures])),
        ]

    @property
    def bars(self) -> list[FuelBar]:
        kind = {"gen": "gen.cf", "plan": "plan.dev_mae_over_mean"}.get(self.name)
        figures = [f for f in self.figures if f.kind == kind and f.simulated is not None]
        end = max((max(f.high, f.simulated or 0) for f in figures), default=1)
        return [self.bar(figure, end) for figure in figures]

    def bar(self, figure: Figure, end: float) -> FuelBar:
        # What the same months and hours had says more of a short span than the year.
        real = self.report.measured.values.get(f"usual.{figure.name}", figure.real)
        return FuelBar(
            figure.fuel,
            figure,
            real,
            Range.on_scale(figure, end, real, figure.fuel),
            self.report.plants(figure.fuel),
        )


SIDES = ("smf.share_above_ptf", "smf.share_equal_ptf", "smf.share_below_ptf")


def sections(report: Report, with_plants: bool) -> list[Section]:
    return [Section(report, name) for name in (GROUPS if with_plants else COUNTRY_GROUPS)]


def charts_of(report: Report, group: str) -> Iterator[ShapeChart]:
    """The shapes of a group of which hours are stored; of the year only when it is nearly whole."""
    yearly = report.days >= YEAR_DAYS
    shapes: list[tuple[str, str, str]] = []
    if group == "cons":
        shapes = hour_shapes(group, "actual")
        shapes += [("cons.month", _("Months"), "actual")] if yearly else []
    elif group == "ptf":
        shapes = hour_shapes(group, "ptf")
        shapes.append(("ptf.quantile_over_mean", _("Quantiles over the mean"), "ptf"))
        shapes += [("ptf.month", _("Months"), "ptf")] if yearly else []
    elif group == "gen":
        shapes = [(f"gen.{fuel}.hour", str(fuel.label), fuel) for fuel in FuelType]
    for name, title, css in shapes:
        if name in report.calibration and name in report.measured.shapes:
            yield shape_chart(report, name, title, css)


def hour_shapes(group: str, css: str) -> list[tuple[str, str, str]]:
    return [
        (f"{group}.hour.weekday", _("Weekdays by hour"), css),
        (f"{group}.hour.saturday", _("Saturdays by hour"), css),
        (f"{group}.hour.sunday", _("Sundays by hour"), css),
    ]
