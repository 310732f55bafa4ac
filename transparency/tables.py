"""Tables of the hourly pages: what the screen shows is what the exports write, row for row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from django.utils.html import escape
from django.utils.translation import gettext as _

from energysys.clock import DAY, HOUR, turkish_date, turkish_midnight
from energysys.templatetags.market import number, signed
from transparency.charts import offset
from transparency.columns import Column
from transparency.series import Span

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

Values = Mapping[str, Sequence[float | None]]
Key = dt.datetime | str


class Cell(NamedTuple):
    """What a cell says; `tone` is set for a value that is not there."""

    value: float | None
    text: str
    tone: str = ""


class Line(NamedTuple):
    """A row: its key, its cells, and what else is to be seen of it; `hour` is a second key."""

    key: Key
    cells: list[Cell]
    link: str = ""
    css: str = ""
    is_now: bool = False
    new_day: bool = False
    hour: dt.datetime | None = None


class Head(NamedTuple):
    """A column's head as a link that sorts, and how the table is sorted by it now."""

    label: StrPromise | str
    unit: str
    sort: str
    aria_sort: str
    is_number: bool = True
    is_hour: bool = False


@dataclass
class Table:
    """Rows by hour, fuel or plant: `keys` names them, `values` holds a list for each column."""

    key_name: str
    key_label: StrPromise | str
    columns: Sequence[Column]
    keys: Sequence[Key]
    values: Values
    at: dt.datetime
    sort: str = ""
    link: Callable[[int], str] | None = None
    css: Sequence[str] = ()
    total: Line | None = field(default=None)

    # Whether each row names an hour beside its key.
    has_hours = False
    is_sortable = True

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def is_wide(self) -> bool:
        """Whether a phone shows a card for each row: the columns have no room beside each other."""
        return self.has_hours or len(self.columns) > 3

    @cached_property
    def labels(self) -> list[str]:
        """What a cell is called where it has no head above it."""
        return [escape(f"{column.label}, {column.unit}") for column in self.columns]

    @property
    def offset(self) -> str:
        """What the times of the table are away from UTC."""
        return offset(self.at)

    @cached_property
    def order(self) -> list[int]:
        """The rows as they are sorted; those without a value come last either way."""
        rows = range(len(self.keys))
        name = self.sort.removeprefix("-")
        backwards = self.sort.startswith("-")
        if name in self.values:
            column = self.values[name]
            known = [i for i in rows if column[i] is not None]
            known.sort(key=lambda i: column[i] or 0.0, reverse=backwards)
            return [*known, *(i for i in rows if column[i] is None)]
        return list(reversed(rows)) if backwards else list(rows)

    def heads(self) -> Iterator[Head]:
        yield self.head(self.key_name, self.key_label, "", is_number=False)
        for column in self.columns:
            yield self.head(column.name, column.label, column.unit)

    def head(
        self, name: str, label: StrPromise | str, unit: str, *, is_number: bool = True
    ) -> Head:
        now = self.sort or self.key_name
        up = now == name
        direction = "ascending" if up else "descending" if now == f"-{name}" else ""
        # A figure is sorted from the largest down first, a name or an hour from the first up.
        first, second = (f"-{name}", name) if is_number else (name, f"-{name}")
        return Head(
            label, unit, second if now == first else first, direction, is_number, name == "hour"
        )

    def line(self, row: int) -> Line:
        key = self.keys[row]
        cells = [self.cell(column, row) for column in self.columns]
        if isinstance(key, str):
            # One is longer in the making than the rest of its row, and a page shows a few only.
            link = self.link(row) if self.link else ""
            return Line(key, cells, link, self.css[row] if self.css else "")
        starts_day = key == turkish_midnight(turkish_date(key))
        return Line(key, cells, is_now=self.runs(key), new_day=starts_day)

    def runs(self, ts: dt.datetime) -> bool:
        return ts <= self.at < ts + HOUR

    def lines(self, rows: Sequence[int] | None = None) -> Iterator[Line]:
        for row in self.order if rows is None else rows:
            yield self.line(row)

    def cell(self, column: Column, row: int) -> Cell:
        value = self.values[column.name][row]
        if value is not None:
            return written(column, value)
        return self.absent(column, self.keys[row])

    def absent(self, column: Column, key: Key) -> Cell:
        """What stands for a value that is not there."""
        if column.due_at is None:
            return Cell(None, "–", "none")
        if isinstance(key, dt.datetime) and column.due_at(key) <= self.at:
            return Cell(None, _("missing"), "missing")
        return Cell(None, _("not yet"), "pending")


def written(column: Column, value: float) -> Cell:
    return Cell(value, (signed if column.signed else number)(value, column.places))


def hours_of(span: Span, first: dt.datetime | None, kept_from: dt.datetime) -> list[dt.datetime]:
    """Every hour of a span up to what can be published, whether it has a row or not.

    What lies before `kept_from` was removed on purpose and is no gap: there the list begins with
    the `first` row.
    """
    start = span.start
    if start < kept_from:
        start = min(max(start, first or span.end), max(start, kept_from))
    end = min(span.end, turkish_midnight(turkish_date(span.at) + 2 * DAY))
    return [start + n * HOUR for n in range(max(0, int((end - start) / HOUR)))]


def difference(left: Sequence[float | None], right: Sequence[float | None]) -> list[float | None]:
    return [None if a is None or b is None else a - b for a, b in zip(left, right, strict=True)]


def share(part: Sequence[float | None], whole: Sequence[float | None]) -> list[float | None]:
    """Percent that `part` is of `whole`; None where either is missing or the whole is zero."""
    return [None if a is None or not b else 100 * a / b for a, b in zip(part, whole, strict=True)]
