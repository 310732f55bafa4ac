"""Hours and days of the transparency pages, as short as their reader can do with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from django import template
from django.utils import timezone

from energysys.templatetags.market import clock, day_and_hour, hour
from transparency.tables import Cell, Line

register = template.Library()


@register.filter
def near(at: dt.datetime, now: dt.datetime) -> str:
    """A time of the running day by its clock alone, any other with its day."""
    is_today = timezone.localtime(at).date() == timezone.localtime(now).date()
    return clock(at) if is_today else day_and_hour(at)


@register.filter
def day_hour(at: dt.datetime) -> str:
    """`22 Nov 12:00–13:00`: an hour with its day."""
    return f"{day_and_hour(at).rsplit(' ', 1)[0]} {hour(at)}"


@register.filter
def beside(line: Line, labels: Sequence[str]) -> Iterator[tuple[str, Cell]]:
    """The cells of a row, each with the name of its column."""
    return zip(labels, line.cells, strict=True)
