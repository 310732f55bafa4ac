"""The columns of the hourly pages: what each says, in which unit, and when it is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from transparency.publication import (
    DueRule,
    after_hours,
    day_ahead,
    when_the_day_has_ended,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

    from transparency.series import EnergySums

PRICE, ENERGY, SHARE = "TL/MWh", "MWh", "%"


@dataclass(frozen=True)
class Column:
    """One column: its key in the address, its name, its unit and when its values are due.

    Without `due_at` it is worked out from others, and is empty where they are. `css` picks the
    colour of its line in the chart; without it, it is not drawn.
    """

    name: str
    label: StrPromise | str
    unit: str
    due_at: DueRule | None = None
    css: str = ""
    filled: bool = False
    signed: bool = False

    @property
    def places(self) -> int:
        return {PRICE: 2, ENERGY: 1, SHARE: 2}[self.unit]


PTF = Column("ptf", "PTF", PRICE, day_ahead, "ptf", filled=True)
SMF = Column("smf", "SMF", PRICE, after_hours(4), "smf")
PRICE_COLUMNS = (PTF, SMF)
PRICE_GAP = Column("gap", _("SMF − PTF"), PRICE, signed=True)

CONSUMPTION = Column("actual", _("Consumption"), ENERGY, after_hours(2), "actual", filled=True)
FORECAST = Column("forecast", _("Forecast"), ENERGY, day_ahead, "plan")
CONSUMPTION_COLUMNS = (CONSUMPTION, FORECAST)
ERROR = Column("error", _("Forecast error"), ENERGY, signed=True)
ERROR_SHARE = Column("error_share", _("Forecast error"), SHARE, signed=True)

PLANNED = Column("planned", _("Planned (KGÜP)"), ENERGY, day_ahead, "plan")
ACTUAL = Column("actual", _("Actual"), ENERGY, after_hours(0), "actual", filled=True)
SETTLED = Column("settled", _("Settled (UEVM)"), ENERGY, when_the_day_has_ended, "settled")
GENERATION_COLUMNS = (PLANNED, ACTUAL, SETTLED)
DEVIATION = Column("deviation", _("Deviation from plan"), ENERGY, signed=True)
DEVIATION_SHARE = Column("deviation_share", _("Deviation from plan"), SHARE, signed=True)
SUMMED = {
    "planned": "planned_mwh",
    "actual": "actual_mwh",
    "settled": "settlement_mwh",
    "deviation": "deviation_mwh",
}


def energy_of(sums: EnergySums | None, column: Column) -> float | None:
    """The value of a column of summed energy; shares in percent."""
    if sums is None:
        return None
    if column is DEVIATION_SHARE:
        return None if sums.deviation is None else 100 * sums.deviation
    value: float | None = getattr(sums, SUMMED[column.name])
    return value
