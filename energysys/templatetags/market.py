"""How figures, times and states of the market are written in the reader's language."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.utils import dateformat, formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

register = template.Library()

MINUS = "\N{MINUS SIGN}"
Number = int | float | Decimal


@register.filter
def number(value: Number | None, places: int = 2) -> str:
    """`1,234.56` or `1.234,56`; nothing for None."""
    if value is None:
        return ""
    text = formats.number_format(f"{value:.{places}f}", places, force_grouping=True)
    # What rounds to zero has no sign.
    if not text.strip("-0.,"):
        text = text.removeprefix("-")
    return text.replace("-", MINUS)


@register.filter
def mw(value: Number | None) -> str:
    """Megawatts with as many decimals as were given, and no more."""
    if value is None:
        return ""
    exact = Decimal(str(value)).normalize()
    exponent = exact.as_tuple().exponent
    return number(exact, max(0, -int(exponent)))


@register.filter
def mw_sum(value: Number | None) -> str:
    """Megawatts of several plants: more than one decimal says nothing of a fleet."""
    return "" if value is None else mw(round(Decimal(str(value)), 1))


@register.filter
def signed(value: Number | None, places: int = 2) -> str:
    text = number(value, places)
    return text if value is None or value <= 0 or not text.strip("0.,") else f"+{text}"


@register.filter
def percent(share: Number | None, places: int = 1) -> str:
    """A share as percent: `86.2%` or `%86,2`."""
    if share is None:
        return ""
    text = number(share * 100, places)
    sign = MINUS if text.startswith(MINUS) else ""
    return sign + pgettext("percent", "{number}%").format(number=text.removeprefix(MINUS))


@register.filter
def signed_percent(share: Number | None, places: int = 1) -> str:
    text = percent(share, places)
    return text if share is None or round(float(share), places + 2) <= 0 else f"+{text}"


def written(at: dt.date, form: str) -> str:
    """A date or a time by a format string; times on the reader's clock."""
    local = timezone.localtime(at) if isinstance(at, dt.datetime) else at
    return dateformat.format(local, form)


def reads_utc() -> bool:
    """Whether the reader's clock is UTC, and not Turkish time."""
    return timezone.get_current_timezone_name() == "UTC"


@register.simple_tag
def clock_zone() -> str:
    """What stands beside every time: `TRT +03:00` or `UTC`."""
    return "UTC" if reads_utc() else "TRT +03:00"


@register.simple_tag
def clock_offset_minutes() -> int:
    """How far the reader's clock is ahead of UTC, for scripts."""
    return 0 if reads_utc() else 180


@register.filter
def moment(at: dt.datetime | None) -> str:
    """`22 Nov 2026 16:24` or `22.11.2026 16:24`; nothing for None."""
    return written(at, pgettext("date format", "j M Y H:i")) if at else ""


@register.filter
def day_and_hour(at: dt.datetime | None) -> str:
    """`22 Nov 16:00` or `22.11. 16:00`."""
    return written(at, pgettext("date format", "j M H:i")) if at else ""


@register.filter
def clock(at: dt.datetime) -> str:
    return written(at, "H:i")


@register.filter
def hour(at: dt.datetime) -> str:
    """An hour from its start to its end."""
    return f"{clock(at)}–{clock(at + dt.timedelta(hours=1))}"


@register.filter
def short_day(at: dt.date) -> str:
    return written(at, pgettext("date format", "D j M"))


@register.filter
def weekday(at: dt.date) -> str:
    """`Sun 22` or `Paz 22`, where the month is clear."""
    return written(at, "D j")


@register.filter
def long_day(at: dt.date) -> str:
    return written(at, pgettext("date format", "l, j F Y"))


@register.filter
def duration(span: dt.timedelta) -> str:
    """`4 h 42 min`, `9 h`, or `3 d 4 h` from two days on."""
    minutes = int(span.total_seconds() // 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:
        return _("%(days)s d %(hours)s h") % {"days": hours // 24, "hours": hours % 24}
    if hours and not minutes:
        return _("%(hours)s h") % {"hours": hours}
    if not hours:
        return _("%(minutes)s min") % {"minutes": minutes}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}


@register.inclusion_tag("_value.html")
def value(given: Number | None, places: int, is_due: bool) -> dict[str, Any]:
    """A cell's figure; without one it says whether it is missing or not published yet."""
    return {"text": number(given, places), "is_due": is_due}


@register.inclusion_tag("_capacity.html")
def capacity_bar(
    installed: Number, failure: Number = 0, maintenance: Number = 0, large: bool = False
) -> dict[str, Any]:
    """What is left of a capacity, then what failures and maintenance take of it."""
    whole = float(installed) or 1.0
    free = (whole - float(failure) - float(maintenance)) / whole
    shares = {"free": free, "failed": float(failure) / whole, "kept": float(maintenance) / whole}
    # Attributes of SVG take a point whatever the language.
    widths = {name: f"{100 * share:.2f}%" for name, share in shares.items() if share > 0}
    starts = {"failed_x": free, "kept_x": free + shares["failed"]}
    return {
        "widths": widths,
        "large": large,
        "label": _("%(mw)s MW available") % {"mw": mw(round(whole * free, 3))},
        **{name: f"{100 * share:.2f}%" for name, share in starts.items()},
    }


@register.inclusion_tag("_event_bar.html")
def event_bar(event: Any) -> dict[str, Any]:
    """The share of its plant that an event takes: hatched while it matters, grey afterwards."""
    share = float(event.affected_mw) / (float(event.plant.installed_capacity_mw) or 1.0)
    hatch = {"failure": "hatch-fail", "maintenance": "hatch-maint"}[event.event_type]
    matters = event.state in ("running", "planned")
    return {"width": f"{100 * min(1.0, share):.1f}%", "hatch": hatch if matters else ""}


@register.inclusion_tag("_day_bar.html")
def day_bar(installed: Number, failure: Number = 0, maintenance: Number = 0) -> dict[str, Any]:
    """The same upright, for one day of many: what is taken stands above what is left."""
    whole = float(installed) or 1.0
    failed, kept = (min(1.0, float(lost) / whole) for lost in (failure, maintenance))
    lost = min(1.0, failed + kept)
    return {
        "failed": f"{100 * failed:.1f}%" if failed else "",
        "kept": f"{100 * kept:.1f}%" if kept else "",
        "kept_y": f"{100 * failed:.1f}%",
        "free": f"{100 * (1 - lost):.1f}%" if lost < 1 else "",
        "free_y": f"{100 * lost:.1f}%",
    }
