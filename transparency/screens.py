"""Prices and consumption of a span as table, chart, figures and freshness."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from energysys.clock import DAY, HOUR, turkish_date, turkish_midnight
from transparency import series
from transparency.caps import Cap, price_caps
from transparency.charts import Chart
from transparency.columns import (
    CONSUMPTION,
    CONSUMPTION_COLUMNS,
    ERROR,
    ERROR_SHARE,
    PRICE_COLUMNS,
    PRICE_GAP,
    SMF,
    Column,
)
from transparency.filters import SHIFTS, RangeForm
from transparency.marks import Bars, Series
from transparency.publication import Freshness, freshness
from transparency.series import Span
from transparency.tables import Table, difference, hours_of, share

Values = Sequence[float | None]
BEFORE = {"day": gettext_lazy("day before"), "week": gettext_lazy("week before")}


def kept_from(at: dt.datetime) -> dt.datetime:
    """Nothing before this is kept on purpose, but what was imported or simulated again."""
    return turkish_midnight(turkish_date(at) - settings.RETENTION_DAYS * DAY)


class Screen:
    """Hours of a span as table and chart; on a page `form` chose them and says what else is set."""

    name: str
    columns: Sequence[Column]
    derived: Sequence[Column] = ()

    def __init__(self, span: Span, form: RangeForm | None = None) -> None:
        self.span = span
        self.at = span.at
        self.chosen: dict[str, Any] = form.cleaned_data if form else {}
        self.shift = SHIFTS.get(self.chosen.get("compare", ""), dt.timedelta())

    def read(self, span: Span) -> Mapping[dt.datetime, Any]:
        """The rows of a span by hour."""
        raise NotImplementedError

    @cached_property
    def rows(self) -> Mapping[dt.datetime, Any]:
        """The rows of the span and, before them, of the hours they are compared with."""
        if self.span.start >= self.span.end:
            return {}
        return self.read(Span(self.span.start - self.shift, self.span.end, self.at))

    @cached_property
    def hours(self) -> list[dt.datetime]:
        first = next((ts for ts in self.rows if ts >= self.span.start), None)
        return hours_of(self.span, first, kept_from(self.at))

    @property
    def first_is_later(self) -> bool:
        """Whether the span begins with hours that are no longer kept."""
        return bool(self.hours) and self.hours[0] > self.span.start

    def value(self, column: Column, ts: dt.datetime) -> float | None:
        raise NotImplementedError

    def base(self, column: Column, shift: dt.timedelta = dt.timedelta()) -> list[float | None]:
        return [self.value(column, ts - shift) for ts in self.hours]

    @cached_property
    def values(self) -> dict[str, Values]:
        """A list of values for each column, one for every hour."""
        found: dict[str, Values] = {column.name: self.base(column) for column in self.columns}
        if self.shift:
            compared = self.compared
            found["before"] = self.base(compared, self.shift)
            found["change"] = difference(found[compared.name], found["before"])
        return found

    @property
    def compared(self) -> Column:
        """The column that a comparison is about."""
        return self.columns[0]

    @cached_property
    def comparison(self) -> list[Column]:
        if not self.shift:
            return []
        column, shift = self.compared, self.shift
        due_at = column.due_at
        words = BEFORE[self.chosen["compare"]]
        before = replace(
            column,
            name="before",
            label=format_lazy("{}, {}", column.label, words),
            css="echo",
            filled=False,
            due_at=(lambda ts: due_at(ts - shift)) if due_at else None,
        )
        change = Column("change", gettext_lazy("Change"), column.unit, signed=True)
        return [before, change]

    @cached_property
    def table(self) -> Table:
        return Table(
            "hour",
            gettext_lazy("Hour"),
            [*self.columns, *self.derived, *self.comparison],
            self.hours,
            self.values,
            self.at,
            self.chosen.get("sort", ""),
        )

    @cached_property
    def freshness(self) -> list[Freshness]:
        return [
            freshness(column.label, column.due_at, self.hours, self.values[column.name], self.at)
            for column in self.columns
            if column.due_at
        ]

    @property
    def late(self) -> list[Freshness]:
        return [found for found in self.freshness if found.is_late]

    def lines(self) -> list[Series]:
        drawn = [*self.comparison[:1], *self.columns]
        return [
            Series(str(column.label), column.css, self.values[column.name], column.filled)
            for column in drawn
        ]

    def unpublished_from(self, column: Column) -> dt.datetime | None:
        """The end of the column's last known hour."""
        known = [
            ts
            for ts, value in zip(self.hours, self.values[column.name], strict=True)
            if value is not None
        ]
        return known[-1] + HOUR if known else None

    @property
    def end(self) -> dt.datetime:
        return self.hours[-1] + HOUR

    def extremes(self, name: str) -> dict[str, Any] | None:
        """The lowest and the highest value of a column, each with its first hour."""
        known = [
            (value, ts)
            for value, ts in zip(self.values[name], self.hours, strict=True)
            if value is not None
        ]
        if not known:
            return None
        low, high = min(known), max(known, key=lambda pair: (pair[0], -pair[1].timestamp()))
        return {"low": low[0], "low_at": low[1], "high": high[0], "high_at": high[1]}


class PriceScreen(Screen):
    name = "prices"
    columns = PRICE_COLUMNS
    derived = (PRICE_GAP,)

    def read(self, span: Span) -> Mapping[dt.datetime, series.PriceHour]:
        return {row.ts: row for row in series.prices(span)}

    def value(self, column: Column, ts: dt.datetime) -> float | None:
        return getattr(self.rows.get(ts), column.name, None)

    @cached_property
    def values(self) -> dict[str, Values]:
        found = super().values
        return {**found, "gap": difference(found["smf"], found["ptf"])}

    @cached_property
    def caps(self) -> list[Cap]:
        return price_caps(self.hours[0], self.end) if self.hours else []

    def at_cap(self, ts: dt.datetime, price: float | None) -> bool:
        return any(cap.holds(ts, price) for cap in self.caps)

    @cached_property
    def chart(self) -> Chart:
        bars = Bars(
            self.values["gap"],
            "TL/MWh",
            _("SMF above PTF: deficit"),
            _("SMF below PTF: surplus"),
        )
        return Chart(
            self.hours[0],
            self.end,
            self.lines(),
            self.at,
            "TL/MWh",
            places=2,
            unpublished_from=self.unpublished_from(SMF),
            unpublished_label=_("SMF not yet published"),
            caps=self.caps,
            bars=bars,
        )

    @cached_property
    def figures(self) -> dict[str, Any]:
        """Plain means of the hours, the cap, the lowest hour, and the system's direction."""
        ptf = [value for value in self.values["ptf"] if value is not None]
        gaps = [value for value in self.values["gap"] if value is not None]
        smf = [value for value in self.values["smf"] if value is not None]
        capped = sum(
            self.at_cap(ts, value) for ts, value in zip(self.hours, self.values["ptf"], strict=True)
        )
        return {
            "hours": len(self.hours),
            "ptf_hours": len(ptf),
            "ptf_mean": sum(ptf) / len(ptf) if ptf else None,
            "capped": capped,
            "capped_share": capped / len(ptf) if ptf else None,
            "cap": self.caps[-1].try_per_mwh if self.caps else None,
            "smf_hours": len(smf),
            "smf_mean": sum(smf) / len(smf) if smf else None,
            "gap_mean": sum(gaps) / len(gaps) if gaps else None,
            "deficit": sum(gap > 0 for gap in gaps),
            "surplus": sum(gap < 0 for gap in gaps),
        }

    @cached_property
    def ptf_extremes(self) -> dict[str, Any] | None:
        return self.extremes("ptf")

    @property
    def heat_name(self) -> str:
        return self.chosen.get("heat") or "ptf"


class ConsumptionScreen(Screen):
    name = "consumption"
    columns = CONSUMPTION_COLUMNS
    derived = (ERROR, ERROR_SHARE)

    def read(self, span: Span) -> Mapping[dt.datetime, series.ConsumptionHour]:
        return {row.ts: row for row in series.consumption(span)}

    def value(self, column: Column, ts: dt.datetime) -> float | None:
        return getattr(self.rows.get(ts), f"{column.name}_mwh", None)

    @cached_property
    def values(self) -> dict[str, Values]:
        found = super().values
        error = difference(found["forecast"], found["actual"])
        return {**found, "error": error, "error_share": share(error, found["actual"])}

    @cached_property
    def chart(self) -> Chart:
        bars = Bars(
            self.values["error"],
            "MWh",
            _("forecast too high"),
            _("forecast too low"),
            css=("plan", "actual"),
        )
        return Chart(
            self.hours[0],
            self.end,
            self.lines(),
            self.at,
            "MWh",
            unpublished_from=self.unpublished_from(CONSUMPTION),
            unpublished_label=_("consumption not yet published"),
            bars=bars,
        )

    @cached_property
    def figures(self) -> dict[str, Any]:
        """The sum, the mean absolute error of the forecast in percent (MAPE), and its bias."""
        actual = [value for value in self.values["actual"] if value is not None]
        shares = [value for value in self.values["error_share"] if value is not None]
        errors = [value for value in self.values["error"] if value is not None]
        worst = max(
            (
                (abs(value), value, ts)
                for value, ts in zip(self.values["error_share"], self.hours, strict=True)
                if value is not None
            ),
            default=None,
        )
        return {
            "hours": len(self.hours),
            "actual_hours": len(actual),
            "total": sum(actual) if actual else None,
            "mape": sum(map(abs, shares)) / len(shares) / 100 if shares else None,
            "bias": sum(errors) / len(errors) if errors else None,
            "worst": worst and worst[1] / 100,
            "worst_at": worst and worst[2],
        }

    @cached_property
    def actual_extremes(self) -> dict[str, Any] | None:
        return self.extremes("actual")
