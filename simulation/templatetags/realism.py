"""How a statistic is written: with as many decimals as its unit deserves."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from energysys.templatetags.market import number, percent

register = template.Library()

WITHOUT_DECIMALS = ("MWh/h", "TL/MWh")
SMALL_SHARE = 0.02


@register.filter
def figure(value: float | None, unit: str) -> str:
    """A share as percent, energy and prices whole, hours with one decimal, the rest with three."""
    if value is None:
        return "–"
    if unit == "share":
        return percent(value, 2 if abs(value) < SMALL_SHARE else 1)
    if unit in WITHOUT_DECIMALS:
        return number(value, 0)
    return number(value, 1 if unit == "h" else 3)


@register.filter
def unit_words(unit: str) -> str:
    """The unit beside a number; a share is written as percent, and ratios have none."""
    return {"MWh/h": "MWh", "TL/MWh": "TL/MWh", "h": _("h")}.get(unit, "")
