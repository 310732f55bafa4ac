"""The control room's first page, and the hourly series as pages."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import get_visible_or_404, signed_in
from assets.models import PowerPlant, Status
from energysys.clock import DAY, turkish_date, turkish_midnight
from energysys.htmx import wants_partial
from transparency import series
from transparency.charts import (
    CONSUMPTION_COLUMNS,
    GENERATION_COLUMNS,
    PRICE_COLUMNS,
    HourTable,
)
from transparency.series import Span

MAX_DAYS = 31
FIRST_YEAR, LAST_YEAR = 2000, 2100
NOT_ACTIVE_LISTED = 6


class DaysForm(forms.Form):
    """Turkish days from `start` to `end`, both included; without them today."""

    start = forms.DateField(
        label=gettext_lazy("first day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    end = forms.DateField(
        label=gettext_lazy("last day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: QueryDict, **kwargs: Any) -> None:
        data = data.copy()
        # The fields show the day that is meant when the address names none.
        if not data.get("start") and not data.get("end"):
            data["start"] = data["end"] = turkish_date(timezone.now()).isoformat()
        super().__init__(data, **kwargs)

    def clean(self) -> dict[str, Any]:
        days = self.cleaned_data
        if self.errors:
            return days
        days["start"] = days["start"] or days["end"]
        days["end"] = days["end"] or days["start"]
        for name in ("start", "end"):
            if not FIRST_YEAR <= days[name].year < LAST_YEAR:
                self.add_error(name, _("Choose a day from 2000 to 2099."))
        if self.errors:
            return days
        if days["end"] < days["start"]:
            self.add_error("end", _("The last day is before the first one."))
        elif days["end"] - days["start"] >= MAX_DAYS * DAY:
            self.add_error("end", _("Choose at most %(days)s days.") % {"days": MAX_DAYS})
        return days

    def span(self, at: dt.datetime) -> Span:
        """The chosen days; an empty span when the form has an error."""
        if not self.is_valid():
            today = turkish_midnight(turkish_date(at))
            return Span(today, today, at)
        start, end = self.cleaned_data["start"], self.cleaned_data["end"]
        return Span(turkish_midnight(start), turkish_midnight(end + DAY), at)


class GenerationForm(DaysForm):
    """The days and one plant of the person's; without a plant the sum of all."""

    plant = forms.ModelChoiceField(
        PowerPlant.objects.none(),
        label=gettext_lazy("plant"),
        required=False,
        to_field_name="eic",
        empty_label=gettext_lazy("All plants, sum"),
    )

    def __init__(self, data: QueryDict, *, plants: QuerySet[PowerPlant]) -> None:
        super().__init__(data)
        self.fields["plant"].queryset = plants  # type: ignore[attr-defined]


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Four figures and two pictures: load, best and worst plant, prices; curve and statuses."""
    now = timezone.now()
    today = turkish_midnight(turkish_date(now))
    yesterday = Span(today - DAY, today, now)
    plants = PowerPlant.objects.visible_to(signed_in(request)).with_availability(now)
    by_pk = {plant.pk: plant for plant in plants.order_by("name", "pk")}
    prices = series.prices(Span(yesterday.start, today + DAY, now))
    curve = HourTable(
        PRICE_COLUMNS, [row for row in prices if row.ts >= today], Span(today, today + DAY, now)
    )
    latest = series.latest_consumption(now)
    context = {
        "now": now,
        "consumption": latest,
        "forecast_error": latest and relative_error(latest),
        "ranking": ranking(yesterday, by_pk),
        "price_extremes": price_extremes(prices, yesterday),
        "today": curve,
        "today_extremes": curve.extremes("ptf"),
        "statuses": status_table(list(by_pk.values())),
    }
    return render(request, "transparency/dashboard.html", context)


def relative_error(hour: series.ConsumptionHour) -> float | None:
    """The forecast over the consumption of its hour, less one."""
    if not hour.actual_mwh or hour.forecast_mwh is None:
        return None
    return hour.forecast_mwh / hour.actual_mwh - 1


def ranking(day: Span, plants: dict[int, PowerPlant]) -> dict[str, Any]:
    """The plants truest to and farthest from their plan; empty without a plan."""
    ranked = series.rank_plants(day, list(plants))
    if not ranked:
        return {}
    best, worst = ranked[0], ranked[-1]
    return {
        "count": len(ranked),
        "best": {"plant": plants[best.plant_id], "day": best},
        "worst": {"plant": plants[worst.plant_id], "day": worst},
    }


def price_extremes(prices: Sequence[series.PriceHour], day: Span) -> list[dict[str, Any]]:
    """Lowest and highest hour of PTF and SMF, as far as they are published."""
    table = HourTable(PRICE_COLUMNS, [row for row in prices if row.ts < day.end], day)
    found = []
    for column in PRICE_COLUMNS:
        lowest, highest = table.extremes(column.name) or (None, None)
        found.append(
            {
                "label": column.label,
                "low": getattr(lowest, column.name, None),
                "low_at": getattr(lowest, "ts", None),
                "high": getattr(highest, column.name, None),
                "high_at": getattr(highest, "ts", None),
            }
        )
    return found


def status_table(plants: list[PowerPlant]) -> dict[str, Any]:
    """How many plants and MW are in each status, and the plants that need a look."""
    counts = Counter(plant.status for plant in plants)
    installed = sum(plant.installed_capacity_mw for plant in plants)
    failure = sum(plant.failure_mw for plant in plants)
    maintenance = sum(plant.maintenance_mw for plant in plants)
    return {
        "lines": [
            {
                "status": status,
                "count": counts[status],
                "share": f"{100 * counts[status] / (len(plants) or 1):.2f}%",
            }
            for status in Status
        ],
        "count": len(plants),
        "active": counts[Status.ACTIVE],
        "installed": installed,
        "available": installed - failure - maintenance,
        "failure": failure,
        "maintenance": maintenance,
        "not_active": sorted(
            (plant for plant in plants if plant.status != Status.ACTIVE),
            key=lambda plant: plant.available_mw - plant.installed_capacity_mw,
        )[:NOT_ACTIVE_LISTED],
    }


@require_safe
def prices(request: HttpRequest) -> HttpResponse:
    form = DaysForm(request.GET)
    span = form.span(timezone.now())
    table = HourTable(PRICE_COLUMNS, series.prices(span), span)
    return render_hours(request, "transparency/prices.html", form, table)


@require_safe
def consumption(request: HttpRequest) -> HttpResponse:
    form = DaysForm(request.GET)
    span = form.span(timezone.now())
    table = HourTable(CONSUMPTION_COLUMNS, series.consumption(span), span)
    return render_hours(request, "transparency/consumption.html", form, table)


@require_safe
def generation(request: HttpRequest) -> HttpResponse:
    """The hours of one plant, or the sum of all that the person may see."""
    plants = PowerPlant.objects.visible_to(signed_in(request)).order_by("name", "pk")
    form = GenerationForm(request.GET, plants=plants)
    span = form.span(timezone.now())
    plant = form.cleaned_data.get("plant")
    plant_ids = [plant.pk] if plant else list(plants.values_list("pk", flat=True))
    table = HourTable(GENERATION_COLUMNS, series.total_generation(span, plant_ids), span)
    return render_hours(
        request, "transparency/generation.html", form, table, plant=plant, plants=len(plant_ids)
    )


@require_safe
def plant_hours(request: HttpRequest, eic: str) -> HttpResponse:
    """The last 24 published hours, as the part of a plant's page that htmx asks for."""
    plant = get_visible_or_404(signed_in(request), PowerPlant.objects.all(), eic=eic)
    if not wants_partial(request):
        return redirect(reverse("transparency:generation", query={"plant": plant.eic}))
    now = timezone.now()
    end = now.replace(minute=0, second=0, microsecond=0)
    span = Span(end - DAY, end, now)
    table = HourTable(GENERATION_COLUMNS, series.plant_generation(span, plant.pk), span)
    context = {"table": table, "plant": plant, "totals": known_totals(table.rows)}
    return render(request, "transparency/_plant_hours.html", context)


def render_hours(
    request: HttpRequest, template: str, form: DaysForm, table: HourTable, **context: Any
) -> HttpResponse:
    context |= {"form": form, "table": table, "presets": presets(form, table.span.at)}
    if table.columns is GENERATION_COLUMNS:
        context["totals"] = known_totals(table.rows)
    elif table.columns is CONSUMPTION_COLUMNS:
        context["extremes"] = table.extremes("actual_mwh")
    else:
        context["extremes"] = table.extremes("ptf")
    return render(request, template, context)


def presets(form: DaysForm, at: dt.datetime) -> list[dict[str, Any]]:
    """Links to yesterday, today and tomorrow that keep the other filters."""
    today = turkish_date(at)
    days = ((_("Yesterday"), -1), (_("Today"), 0), (_("Tomorrow"), 1))
    chosen = (form.cleaned_data.get("start"), form.cleaned_data.get("end"))
    return [
        {
            "label": label,
            "day": (today + shift * DAY).isoformat(),
            "is_current": chosen == (today + shift * DAY,) * 2,
        }
        for label, shift in days
    ]


def known_totals(rows: Sequence[series.GenerationHour]) -> dict[str, float | None] | None:
    """Planned and actual energy of the hours whose actual is published."""
    known = [row for row in rows if row.actual_mwh is not None]
    planned = sum(row.planned_mwh or 0 for row in known)
    actual = sum(row.actual_mwh or 0 for row in known)
    if not known:
        return None
    deviation = actual / planned - 1 if planned else None
    return {"hours": len(known), "planned": planned, "actual": actual, "deviation": deviation}
