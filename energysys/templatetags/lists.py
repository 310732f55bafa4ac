"""Heads of lists: columns that sort, facets that count, and what is filtered as chips."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import template
from django.template import Context

from energysys.templatetags.market import moment
from energysys.templatetags.shell import MARKS

register = template.Library()

DIRECTIONS = {"": "", "up": "ascending", "down": "descending"}


def address_with(context: Context, **changes: str | None) -> str:
    """The query of this page with some parameters changed or, with None, left out."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"{context['request'].path}?{query.urlencode()}"


@register.inclusion_tag("_sort.html", takes_context=True)
def sort_heading(
    context: Context, name: str, label: str, unit: str = "", number: bool = False
) -> dict[str, Any]:
    """A column's head that sorts by `name`: numbers and times from the highest at first."""
    current = context["request"].GET.get("sort", context.get("default_sort", ""))
    direction = {name: "up", f"-{name}": "down"}.get(current, "")
    first, second = (f"-{name}", name) if number else (name, f"-{name}")
    return {
        "name": name,
        "label": label,
        "unit": unit,
        "number": number,
        "direction": direction,
        "aria_sort": DIRECTIONS[direction],
        "address": address_with(context, sort=second if current == first else first),
    }


@register.inclusion_tag("_facets.html", takes_context=True)
def facet_links(context: Context, name: str, label: str) -> dict[str, Any]:
    """The facets of a list as links that keep every other filter."""
    return {
        "label": label,
        "facets": [
            {
                "facet": facet,
                "address": address_with(context, **{name: facet.value or None}),
                "has_mark": facet.value in MARKS,
            }
            for facet in context["facets"]
        ],
    }


@register.inclusion_tag("_chips.html", takes_context=True)
def filter_chips(context: Context, but: str = "") -> dict[str, Any]:
    """What the list is cut by, each a link that takes it away; names in `but` show elsewhere."""
    hidden = {"sort", "page", *but.split()}
    return {"chips": list(chips(context, hidden)), "path": context["request"].path}


def chips(context: Context, hidden: set[str]) -> Iterator[dict[str, Any]]:
    form = context["filter"].form
    for name, value in getattr(form, "cleaned_data", {}).items():
        if name in hidden or value in (None, ""):
            continue
        bound = form[name]
        if isinstance(value, str | bool):
            choices = dict(getattr(bound.field.widget, "choices", ()))
            value = choices.get(str(value).lower() if isinstance(value, bool) else value, value)
        elif isinstance(value, dt.datetime):
            value = moment(value)
        yield {
            "label": bound.label,
            "text": value,
            "address": address_with(context, **{name: None}),
        }
