"""The frame of every page: navigation, icons, status marks and form fields."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.apps import apps
from django.forms import BaseForm, BoundField
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import pgettext_lazy
from lucide.templatetags.lucide import lucide

from energysys.clock import HOUR, ISTANBUL
from energysys.packages import package_address
from energysys.templatetags.market import reads_utc

register = template.Library()

# SMF is published 4 hours after the end of its hour.
SMF_FOLLOWS_START_AFTER = 5 * HOUR

# Colour and shape never stand alone: `_status.html` always writes the word as well.
MARKS = {
    "active": ("good", "circle"),
    "failure": ("fail", "triangle"),
    "maintenance": ("maint", "diamond"),
    "running": ("live", "circle"),
    "planned": ("quiet", "diamond_open"),
    "ended": ("quiet", "check"),
    "dismissed": ("quiet", "cross"),
    "delivered": ("good", "check"),
    "waiting": ("quiet", "diamond_open"),
    "failing": ("maint", "triangle"),
    "given_up": ("fail", "cross"),
    "succeeded": ("good", "check"),
    "failed": ("fail", "cross"),
    "in_band": ("good", "check"),
    "out_of_band": ("fail", "cross"),
    "too_short": ("quiet", "diamond_open"),
    "too_few": ("quiet", "diamond_open"),
    "missing": ("quiet", "diamond_open"),
}


@register.simple_tag
def package(name: str) -> str:
    """The address of a file of an npm package, or nothing where it is not installed."""
    return package_address(name)


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """A decorative Lucide icon; the text beside it says what it means."""
    kwargs: dict[str, Any] = {"class": "i", "aria_hidden": "true", "stroke_width": "1.75"}
    return SafeString(lucide(name, size=size, **kwargs))


# What a plant is; an event's type is called otherwise in Turkish.
PLANT_WORDS = {
    "active": pgettext_lazy("plant status", "Active"),
    "failure": pgettext_lazy("plant status", "Failure"),
    "maintenance": pgettext_lazy("plant status", "Maintenance"),
}


@register.inclusion_tag("_status.html")
def plant_status(value: str, chip: bool = False) -> dict[str, Any]:
    return status(value, str(PLANT_WORDS[value]), chip)


@register.inclusion_tag("_status.html")
def status(value: str, label: str, chip: bool = False) -> dict[str, Any]:
    tone, shape = MARKS[value]
    return {"tone": tone, "shape": shape, "label": label, "chip": chip}


# A running event shows its type, any other one its state.
@register.inclusion_tag("_status.html")
def event_mark(event: Any, chip: bool = False) -> dict[str, Any]:
    state = event.state
    if state == "running":
        return status(event.event_type, event.get_event_type_display(), chip)
    return status(state.value, state.label, chip)


@register.inclusion_tag("_field.html")
def field(bound: BoundField, unit: str = "", note: str = "") -> dict[str, Any]:
    """A labelled field with its hint and errors; `note` stands beside the label."""
    return {"field": bound, "unit": unit, "note": note}


@register.simple_tag
def wrong_fields(form: BaseForm) -> list[BoundField]:
    """The fields with an error, in the order of the form."""
    return [bound for bound in form.visible_fields() if bound.errors]


@register.inclusion_tag("_nav_link.html", takes_context=True)
def nav_link(
    context: Context, name: str, icon_name: str, label: str, also: str = "", count: int = 0
) -> dict[str, Any]:
    """A link of the navigation; current on its own page and on those named in `also`."""
    match = context["request"].resolver_match
    here = match.view_name if match else ""
    return {
        "url": reverse(name),
        "icon_name": icon_name,
        "label": label,
        "count": count,
        "is_current": here in (name, *also.split()),
    }


@register.simple_tag(takes_context=True)
def running_event_count(context: Context) -> int:
    """How many events of the reader's plants run now, as far as the page does not know."""
    if "running_events" in context:
        return int(context["running_events"])
    events = apps.get_model("incidents", "PlantEvent")._default_manager.all()
    count: int = events.visible_to(context["request"].user).running_at(timezone.now()).count()
    return count


@register.inclusion_tag("_clock.html")
def shell_clock() -> dict[str, Any]:
    """Now on both clocks, and what the market publishes on the next full hour."""
    now = timezone.now()
    is_utc = reads_utc()
    other = ISTANBUL if is_utc else dt.UTC
    publication = now.replace(minute=0, second=0, microsecond=0) + HOUR
    return {
        "now": now,
        # What a script keeps going: the reader's clock first.
        "zones": ("UTC", "Europe/Istanbul") if is_utc else ("Europe/Istanbul", "UTC"),
        "other_time": f"{now.astimezone(other):%H:%M}",
        "other_name": "TRT" if is_utc else "UTC",
        "publication": publication,
        "smf": publication - SMF_FOLLOWS_START_AFTER,
    }


@register.filter
def initials(username: str) -> str:
    """Up to two letters for the round mark of a person: `nova_admin` is NA."""
    words = username.replace("_", " ").replace(".", " ").replace("-", " ").split()
    return "".join(word[0] for word in words[:2]).upper()
