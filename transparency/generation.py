"""What the page about generation shows: by hour, by fuel or by plant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.versions import version
from assets.availability import available_steps
from assets.models import FuelType, PowerPlant
from incidents.models import PlantEvent
from transparency import series
from transparency.charts import Chart
from transparency.columns import (
    ACTUAL,
    DEVIATION,
    DEVIATION_SHARE,
    GENERATION_COLUMNS,
    PLANNED,
    SETTLED,
    Column,
    energy_of,
)
from transparency.filters import GenerationForm
from transparency.kept import kept
from transparency.lanes import bands
from transparency.marks import Bars, Series
from transparency.plant_rows import PlantHourTable
from transparency.screens import Screen
from transparency.series import EnergySums, Span, of_a_plant
from transparency.tables import Cell, Line, Table, difference, written

Values = Sequence[float | None]
# From steady to volatile: what the weather moves most lies on top.
STACK = (
    FuelType.BIOMASS,
    FuelType.GEOTHERMAL,
    FuelType.HARD_COAL,
    FuelType.IMPORTED_COAL,
    FuelType.LIGNITE,
    FuelType.NATURAL_GAS,
    FuelType.HYDRO_DAM,
    FuelType.HYDRO_RIVER,
    FuelType.WIND,
    FuelType.SOLAR,
)
GROUP_COLUMNS = (PLANNED, ACTUAL, DEVIATION, DEVIATION_SHARE, SETTLED)


def added(parts: Iterable[EnergySums], key: Any) -> EnergySums:
    """The sums of several; None where none of them has a value."""
    columns = zip(*(part[1:] for part in parts), strict=True)
    sums = [
        None if all(value is None for value in column) else sum(v or 0.0 for v in column)
        for column in columns
    ]
    return EnergySums(key, *(sums or [None] * 4))


class GenerationHours(Screen):
    """Planned, actual and settled energy by hour, and the deviation where there are both."""

    name = "generation"
    columns = GENERATION_COLUMNS
    derived: Sequence[Column] = (DEVIATION, DEVIATION_SHARE)

    def value(self, column: Column, ts: dt.datetime) -> float | None:
        return energy_of(self.rows.get(ts), column)

    @property
    def compared(self) -> Column:
        return ACTUAL

    @cached_property
    def values(self) -> dict[str, Values]:
        return super().values | {
            "deviation": self.base(DEVIATION),
            "deviation_share": self.base(DEVIATION_SHARE),
        }

    @cached_property
    def total(self) -> EnergySums:
        """The sums over the hours shown."""
        return added([self.rows[ts] for ts in self.hours if ts in self.rows], "")

    @property
    def known_hours(self) -> int:
        return sum(value is not None for value in self.values["actual"])

    @cached_property
    def chart(self) -> Chart:
        """Planned, actual and settled, with the deviation under them."""
        bars = Bars(
            self.values["deviation"],
            "MWh",
            _("more than planned"),
            _("less than planned"),
            css=("actual", "plan"),
        )
        return Chart(self.hours[0], self.end, self.lines(), self.at, "MWh", bars=bars)


class PlantHours(GenerationHours):
    """One plant's hours, with its events as bands and the capacity that they leave."""

    derived = (DEVIATION,)

    def __init__(self, span: Span, plant: PowerPlant, events: Sequence[PlantEvent]) -> None:
        super().__init__(span)
        self.plant, self.events = plant, events

    def read(self, span: Span) -> Mapping[dt.datetime, EnergySums]:
        return {row.ts: of_a_plant(row) for row in series.plant_generation(span, self.plant.pk)}

    @cached_property
    def chart(self) -> Chart:
        start, end = self.hours[0], self.end
        lines = self.lines()
        for line in lines:
            if line.filled:
                line.css = self.plant.fuel_type
        steps = available_steps(self.plant.installed_capacity_mw, self.events, start, end)
        outline = [(step.start, float(step.available_mw)) for step in steps]
        return Chart(
            start,
            end,
            lines,
            self.at,
            "MWh",
            unpublished_from=self.unpublished_from(ACTUAL),
            unpublished_label=_("not yet published"),
            bands=bands(self.events, start, end),
            outline=[*outline, (end, outline[-1][1])] if outline else [],
            outline_name=_("Available capacity, MW"),
        )


class GenerationScreen(GenerationHours):
    """Sums of the chosen plants, by hour, fuel or plant."""

    def __init__(self, span: Span, form: GenerationForm) -> None:
        super().__init__(span, form)
        self.form = form

    @cached_property
    def by_hour_and_fuel(self) -> Mapping[tuple[dt.datetime, str], EnergySums]:
        if self.span.start >= self.span.end:
            return {}
        span = Span(self.span.start - self.shift, self.span.end, self.at)
        if self.chosen.get("by") == "plant_hour":
            # Its table takes two queries, and asking what is known would be one more.
            return series.generation_by_fuel(span, self.form.scope())
        return kept(self.version, series.generation_by_fuel, span, self.form.scope())

    @cached_property
    def version(self) -> str:
        return version(self.form.user, self.at)

    @cached_property
    def rows(self) -> Mapping[dt.datetime, EnergySums]:
        by_hour: dict[dt.datetime, list[EnergySums]] = {}
        for (ts, _fuel), sums in self.by_hour_and_fuel.items():
            by_hour.setdefault(ts, []).append(sums)
        return {ts: added(parts, ts) for ts, parts in by_hour.items()}

    @cached_property
    def shown(self) -> dict[tuple[dt.datetime, str], EnergySums]:
        """What lies in the span itself, without the hours of a comparison."""
        start = self.span.start
        return {key: sums for key, sums in self.by_hour_and_fuel.items() if key[0] >= start}

    @cached_property
    def versus(self) -> PowerPlant | None:
        found: PowerPlant | None = self.chosen.get("versus")
        return found

    @cached_property
    def values(self) -> dict[str, Values]:
        found = super().values
        if self.versus:
            other = {
                row.ts: row.actual_mwh for row in series.plant_generation(self.span, self.versus.pk)
            }
            found["before"] = [other.get(ts) for ts in self.hours]
            found["change"] = difference(found["actual"], found["before"])
        return found

    @cached_property
    def comparison(self) -> list[Column]:
        if not self.versus:
            return super().comparison
        label = format_lazy("{}, {}", ACTUAL.label, str(self.versus))
        other = Column("before", label, ACTUAL.unit, ACTUAL.due_at, "echo")
        change = Column("change", gettext_lazy("Difference"), ACTUAL.unit, signed=True)
        return [other, change]

    @cached_property
    def table(self) -> Table:
        by = self.chosen.get("by")
        if by == "fuel":
            return self.fuel_table
        if by == "plant_hour":
            return self.plant_hour_table
        return self.plant_table if by == "plant" else super().table

    @cached_property
    def fuels(self) -> list[EnergySums]:
        """The sums of each fuel over the span, in the order of the stack."""
        by_fuel: dict[str, list[EnergySums]] = {}
        for (_ts, fuel), sums in self.shown.items():
            by_fuel.setdefault(fuel, []).append(sums)
        return [added(by_fuel[fuel], fuel) for fuel in STACK if fuel in by_fuel]

    @cached_property
    def fuel_table(self) -> Table:
        labels = [str(FuelType(sums.key).label) for sums in self.fuels]

        def link(row: int) -> str:
            return self.form.query(fuel_type=self.fuels[row].key, by=[])

        css = [sums.key for sums in self.fuels]
        return self.group_table("fuel", gettext_lazy("Fuel"), self.fuels, labels, link, css)

    @cached_property
    def plant_table(self) -> Table:
        plants = kept(self.version, series.generation_by_plant, self.span, self.form.scope())
        groups = [plant.sums for plant in plants]
        labels = [plant.name for plant in plants]

        def link(row: int) -> str:
            return self.form.query(plant=plants[row].eic, by=[])

        css = [plant.fuel_type for plant in plants]
        return self.group_table("plant", gettext_lazy("Plant"), groups, labels, link, css)

    @cached_property
    def plant_hour_table(self) -> Table:
        table = PlantHourTable(self.span, self.form.scoped_plants, self.hours, GROUP_COLUMNS)
        table.total = self.total_line(table)
        return table

    def group_table(
        self,
        name: str,
        label: Any,
        groups: Sequence[EnergySums],
        keys: Sequence[str],
        link: Callable[[int], str],
        css: Sequence[str],
    ) -> Table:
        values = {
            column.name: [energy_of(group, column) for group in groups] for column in GROUP_COLUMNS
        }
        table = Table(
            name, label, GROUP_COLUMNS, keys, values, self.at, self.sort_for(name), link, css
        )
        if groups:
            table.total = self.total_line(table)
        return table

    def total_line(self, table: Table) -> Line:
        """The sums over all rows; what none of them has is as absent as there."""
        cells = []
        for column in GROUP_COLUMNS:
            value = energy_of(self.total, column)
            none = Cell(None, "–", "none")
            cells.append(none if value is None else written(column, value))
        return Line(_("Sum"), cells)

    def sort_for(self, name: str) -> str:
        """The wanted order, if the rows of this table can be put into it."""
        sort: str = self.chosen.get("sort", "")
        known = {name, *(column.name for column in GROUP_COLUMNS)}
        return sort if sort.removeprefix("-") in known else ""

    @cached_property
    def stack(self) -> Chart:
        """The actual of each fuel, hour by hour, on top of each other."""
        layers = []
        for sums in self.fuels:
            hourly = [
                getattr(self.shown.get((ts, sums.key)), "actual_mwh", None) for ts in self.hours
            ]
            layers.append(Series(str(FuelType(sums.key).label), sums.key, hourly))
        return Chart(self.hours[0], self.end, layers, self.at, "MWh", stacked=True)

    @property
    def has_several_fuels(self) -> bool:
        return len(self.fuels) > 1

    @cached_property
    def leading(self) -> dict[str, Any] | None:
        """The fuel with the most energy, and its share of all."""
        known = [sums for sums in self.fuels if sums.actual_mwh is not None]
        total = self.total.actual_mwh
        if not known or not total:
            return None
        first = max(known, key=lambda sums: sums.actual_mwh or 0.0)
        return {
            "fuel": FuelType(first.key).label,
            "actual": first.actual_mwh,
            "share": (first.actual_mwh or 0.0) / total,
        }

    @cached_property
    def farthest(self) -> dict[str, Any] | None:
        """The fuel that is farthest from its plan in MWh."""
        known = [sums for sums in self.fuels if sums.deviation_mwh is not None]
        if not known:
            return None
        sums = max(known, key=lambda sums: abs(sums.deviation_mwh or 0.0))
        return {
            "fuel": FuelType(sums.key).label,
            "mwh": sums.deviation_mwh,
            "share": sums.deviation,
        }
