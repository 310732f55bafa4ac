"""The table of every plant and hour: read only as far as it is shown or written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from django.utils.translation import gettext_lazy

from transparency.columns import Column, energy_of
from transparency.series import (
    EnergySums,
    GenerationHour,
    PlantScope,
    Span,
    fetch,
    of_a_plant,
)
from transparency.tables import Head, Line, Table, written

# Plants whose hours are in memory together while a file is written.
PLANTS_AT_ONCE = 100


class ScopedPlant(NamedTuple):
    """A plant of the scope."""

    key: int
    name: str
    fuel_type: str


def plants_by_name(scope: PlantScope) -> list[ScopedPlant]:
    """Every plant in scope."""
    query = f"SELECT id, name, fuel_type FROM assets_powerplant AS plant WHERE {scope}"
    return [ScopedPlant(*row) for row in fetch(f"{query} ORDER BY name, id", scope.parameters)]


def hours_of_plants(
    span: Span, plant_ids: Sequence[int]
) -> dict[tuple[int, dt.datetime], EnergySums]:
    """The published hours of plants that the caller has scoped, by plant and hour."""
    rows = fetch(
        """SELECT plant_id, ts, planned_mwh, actual_mwh, settlement_mwh
           FROM published_generation_v2(%s, %s, %s) WHERE plant_id = ANY (%s)""",
        [*span.parameters, list(plant_ids)],
    )
    return {(plant, ts): of_a_plant(GenerationHour(ts, *row)) for plant, ts, *row in rows}


class PlantHourTable(Table):
    """A row for each plant, by name, and each of the hours, by time."""

    has_hours = True
    is_sortable = False

    def __init__(
        self,
        span: Span,
        plants: Sequence[ScopedPlant],
        hours: Sequence[dt.datetime],
        columns: Sequence[Column],
    ) -> None:
        super().__init__("plant_hour", gettext_lazy("Plant"), columns, (), {}, span.at)
        self.span, self.plants, self.hours = span, plants, hours

    def __len__(self) -> int:
        return len(self.plants) * len(self.hours)

    @property
    def order(self) -> Sequence[int]:  # type: ignore[override]
        return range(len(self))

    def heads(self) -> Iterator[Head]:
        plant, *columns = super().heads()
        yield from (plant, self.head("hour", gettext_lazy("Hour"), "", is_number=False), *columns)

    def lines(self, rows: Sequence[int] | None = None) -> Iterator[Line]:
        wanted = self.order if rows is None else rows
        if not wanted:
            return
        at_once = PLANTS_AT_ONCE * len(self.hours)
        for _block, some in groupby(wanted, lambda row: row // at_once):
            yield from self.read(list(some))

    def read(self, rows: Sequence[int]) -> Iterator[Line]:
        pairs = [divmod(row, len(self.hours)) for row in rows]
        keys = [self.plants[n].key for n in range(pairs[0][0], pairs[-1][0] + 1)]
        found = hours_of_plants(self.span, keys)
        for plant, hour in pairs:
            ts = self.hours[hour]
            yield self.line_of(self.plants[plant], ts, found.get((self.plants[plant].key, ts)))

    def line_of(self, plant: ScopedPlant, ts: dt.datetime, sums: EnergySums | None) -> Line:
        cells = []
        for column in self.columns:
            value = energy_of(sums, column)
            cells.append(self.absent(column, ts) if value is None else written(column, value))
        is_first = ts == self.hours[0]
        return Line(plant.name, cells, "", plant.fuel_type, self.runs(ts), is_first, ts)
