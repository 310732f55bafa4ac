"""Pictures of the simulated market beside the real one: geometry for server-made SVG.

Positions along x are percents, those along y pixels, as in `transparency.charts`.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from django.utils import dates
from django.utils.translation import gettext as _

from energysys.clock import DAY, HOUR
from energysys.templatetags.market import percent
from simulation.realism import QUANTILES, Figure, Report
from transparency.charts import Chart
from transparency.marks import Series, Tick

# The places of a shape stand as hours on the axis of a step chart, whatever they are.
ORIGIN = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
SHAPE_HEIGHT = 140


class ShapeChart(Chart):
    """Two shapes over the same places, with a label at some of them."""

    def __init__(self, title: str, lines: list[Series], labels: dict[int, str]) -> None:
        self.title = title
        self.labels = labels
        places = max(len(line.values) for line in lines)
        end = ORIGIN + places * HOUR
        super().__init__(ORIGIN, end, lines, end, "", height=SHAPE_HEIGHT)

    @property
    def ticks(self) -> Iterator[Tick]:
        for place, label in self.labels.items():
            yield Tick(place, self.x(ORIGIN + place * HOUR), label)

    @property
    def data(self) -> str:
        """Nothing: its places are no hours, so no script may read them as such."""
        return ""


def shape_chart(report: Report, name: str, title: str, css: str = "actual") -> ShapeChart:
    """The simulated shape over the real one; which line is whose, a key says."""
    lines = [
        Series("", css, report.shape(name), filled=True),
        Series("", "plan", real_shape(report, name)),
    ]
    return ShapeChart(title, lines, labels_of(name))


def real_shape(report: Report, name: str) -> list[float]:
    """The shape of the year 2025, or of the span's months in it where they are known."""
    year = report.real_shape(name)
    usual = report.measured.shapes.get(f"usual.{name}", {})
    if usual:
        return [usual.get(place, value) for place, value in enumerate(year)]
    fuel = name.removeprefix("gen.").removesuffix(".hour")
    row = report.calibration.get(f"usual.cf.{fuel}") or report.calibration.get(
        f"usual.level.{fuel}"
    )
    if not row:
        return year
    days = [report.first + n * DAY for n in range(report.days)]
    hours = [fmean(row.value[day.month - 1][hour] for day in days) for hour in range(24)]
    level = fmean(hours)
    return [hour / level for hour in hours]


def labels_of(name: str) -> dict[int, str]:
    if name == "ptf.quantile_over_mean":
        return {place: percent(at / 100, 0) for place, at in enumerate(QUANTILES) if place % 2 == 0}
    if name.endswith(".month"):
        return {month: str(dates.MONTHS_3[month + 1]).capitalize() for month in range(0, 12, 3)}
    return {hour: f"{hour:02d}:00" for hour in range(0, 24, 6)}


@dataclass(frozen=True)
class Range:
    """A band, the real value in it and the simulated one, as percents of a scale."""

    low: str
    width: str
    real: str
    simulated: str | None
    css: str

    @classmethod
    def on_scale(
        cls, figure: Figure, end: float, real: float | None = None, css: str = "plan"
    ) -> Range:
        """On a scale from zero to `end`; `real` stands for the figure's own real value."""
        return cls.placed(figure, 0, end, figure.real if real is None else real, css)

    @classmethod
    def of(cls, figure: Figure) -> Range:
        """The band from a fifth to four fifths of the width, whatever it means."""
        size = (figure.high - figure.low) or 1
        start = figure.low - size / 3
        return cls.placed(figure, start, figure.high + size / 3, figure.real, figure.verdict)

    @classmethod
    def placed(cls, figure: Figure, start: float, end: float, real: float, css: str) -> Range:
        def share(value: float) -> float:
            place = (value - start) / (end - start)
            return min(1, max(0, place)) if math.isfinite(place) else 0.5

        low, high = share(figure.low), share(figure.high)
        found = figure.simulated
        return cls(
            low=in_percent(low),
            width=in_percent(high - low),
            real=in_percent(share(real)),
            # What lies beyond the scale stands at its edge, still in sight.
            simulated=None if found is None else in_percent(0.02 + 0.96 * share(found)),
            css=css,
        )


def in_percent(share: float) -> str:
    return f"{100 * share:.2f}%"


@dataclass(frozen=True)
class Share:
    """A part of a bar: where it begins, how wide it is, what it says."""

    css: str
    label: str
    share: float
    start: float

    @property
    def x(self) -> str:
        return in_percent(self.start)

    @property
    def width(self) -> str:
        return in_percent(self.share)


def sides(shares: Sequence[float]) -> list[Share]:
    """SMF above, equal to and below PTF, in the colours of deficit and surplus."""
    words = (("above", _("above")), ("equal", _("equal")), ("below", _("below")))
    return [
        Share(css, label, share, sum(shares[:place]))
        for place, ((css, label), share) in enumerate(zip(words, shares, strict=True))
    ]
