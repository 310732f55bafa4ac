"""The first page, by role, and how it stays fresh.

It asks itself for news every few seconds; when nothing changed the answer is a bare 304, which
costs one query and leaves the hours alone.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Case, Count, F, Q, Sum, When
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import Role, signed_in
from accounts.models import User
from accounts.versions import etag
from assets.models import PowerPlant, Status
from energysys.clock import DAY, HOUR, turkish_date, turkish_midnight
from energysys.htmx import wants_partial
from energysys.templatetags.market import day_and_hour
from incidents.models import PlantEvent, PlantEventQuerySet, lost_mwh_in
from transparency import series
from transparency.charts import Chart
from transparency.columns import SMF
from transparency.filters import GenerationForm, visible_scope
from transparency.generation import GenerationScreen
from transparency.lanes import lanes
from transparency.marks import Lane
from transparency.screens import ConsumptionScreen, PriceScreen
from transparency.series import Span

LISTED_PLANTS = 12
LISTED_EVENTS = 6
LISTED_LANES = 8
# The now-line and what is counted from now may be this old.
CLOCK_STEP = dt.timedelta(minutes=5)


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    user, at = signed_in(request), timezone.now()
    tag = etag(user, at, int(at.timestamp() // CLOCK_STEP.total_seconds()))
    partial = wants_partial(request)
    if partial and (unchanged := get_conditional_response(request, etag=tag)):
        return unchanged
    context = {"board": BOARDS[user.role](user, at), "etag": tag}
    template = "_dashboard" if partial else "dashboard"
    response = render(request, f"transparency/{template}.html", context)
    if partial:
        response["ETag"] = tag
    return response


class PlantRow(NamedTuple):
    """A plant of the list: its plan of this hour, yesterday's deviation, what changes next."""

    plant: PowerPlant
    planned_mwh: float | None
    deviation: float | None
    next_change: str


class Dashboard:
    """What every role sees: today's market, the fleet, and yesterday."""

    template: str

    def __init__(self, user: User, at: dt.datetime) -> None:
        self.user, self.at = user, at
        self.today = turkish_midnight(turkish_date(at))
        self.hour = at.replace(minute=0, second=0, microsecond=0)
        self.yesterday = Span(self.today - DAY, self.today, at)
        self.plants = PowerPlant.objects.visible_to(user)

    @cached_property
    def prices(self) -> PriceScreen:
        """Today and tomorrow; the rows of yesterday are read along."""
        screen = PriceScreen(Span(self.today, self.today + 2 * DAY, self.at))
        screen.rows = screen.read(Span(self.yesterday.start, self.today + 2 * DAY, self.at))
        return screen

    @cached_property
    def price_chart(self) -> Chart:
        """The prices over the outages, if these are shown, on one axis."""
        screen = self.prices
        start, end = screen.hours[0], screen.end
        return Chart(
            start,
            end,
            screen.lines(),
            self.at,
            "TL/MWh",
            places=2,
            unpublished_from=screen.unpublished_from(SMF),
            unpublished_label=_("SMF not yet published"),
            caps=screen.caps,
            lanes=self.lanes(start, end),
        )

    def lanes(self, start: dt.datetime, end: dt.datetime) -> Sequence[Lane]:
        return ()

    @cached_property
    def ptf_now(self) -> float | None:
        return getattr(self.prices.rows.get(self.hour), "ptf", None)

    @cached_property
    def next_capped(self) -> dt.datetime | None:
        """The next hour at the cap, as far as prices are known."""
        rows = self.prices.rows
        later = (ts for ts in self.prices.hours if ts >= self.hour and ts in rows)
        return next((ts for ts in later if self.prices.at_cap(ts, rows[ts].ptf)), None)

    @cached_property
    def capped_tomorrow(self) -> int:
        tomorrow = self.today + DAY
        return sum(
            self.prices.at_cap(ts, row.ptf)
            for ts, row in self.prices.rows.items()
            if ts >= tomorrow
        )

    @cached_property
    def smf(self) -> series.PriceHour | None:
        """The newest hour with an SMF."""
        known = [row for row in self.prices.rows.values() if row.smf is not None]
        return known[-1] if known else None

    @property
    def smf_gap(self) -> float | None:
        if self.smf is None or self.smf.smf is None or self.smf.ptf is None:
            return None
        return self.smf.smf - self.smf.ptf

    @cached_property
    def consumption(self) -> series.ConsumptionHour | None:
        return series.latest_consumption(self.at)

    @property
    def forecast_error(self) -> float | None:
        """The forecast over the consumption of its hour, less one."""
        hour = self.consumption
        if hour is None or not hour.actual_mwh or hour.forecast_mwh is None:
            return None
        return hour.forecast_mwh / hour.actual_mwh - 1

    @property
    def events(self) -> PlantEventQuerySet:
        """Standing events that touch today or come later."""
        events = PlantEvent.objects.visible_to(self.user).standing()
        return events.overlapping(self.today, None)

    @cached_property
    def open_events(self) -> list[PlantEvent]:
        """Running events, the largest loss first, then the coming ones by their start."""
        is_running = Q(starts_at__lte=self.at)
        events = self.events.overlapping(self.at, None).select_related("plant")
        return list(
            events.order_by(
                Case(When(is_running, then=0), default=1),
                Case(When(is_running, then=F("affected_mw"))).desc(nulls_last=True),
                "starts_at",
                "pk",
            )[:LISTED_EVENTS]
        )

    @cached_property
    def event_sums(self) -> dict[str, Any]:
        """How many events are open; what the outages of today took, and will have taken, MWh."""
        return self.events.aggregate(
            open=Count("pk", filter=Q(period__overlap=(self.at, None))),
            lost_mwh=lost_mwh_in(self.today, self.at),
            expected_mwh=lost_mwh_in(self.today, self.today + DAY),
        )

    @cached_property
    def statuses(self) -> dict[str, Any]:
        """How many plants and MW are in each status."""
        # The plugin does not see what `with_availability()` annotates.
        plants: Any = self.plants.with_availability(self.at)
        total = plants.aggregate(
            installed=Sum("installed_capacity_mw", default=Decimal(0)),
            failure=Sum("failure_mw", default=Decimal(0)),
            maintenance=Sum("maintenance_mw", default=Decimal(0)),
            **{status.value + "_count": Count("pk", filter=Q(status=status)) for status in Status},
        )
        counts = Counter({status: total.pop(status.value + "_count") for status in Status})
        available = total["installed"] - total["failure"] - total["maintenance"]
        return total | {
            "lines": [
                {
                    "status": status,
                    "count": counts[status],
                    "share": f"{100 * counts[status] / (counts.total() or 1):.2f}%",
                }
                for status in Status
            ],
            "count": counts.total(),
            "active": counts[Status.ACTIVE],
            "available": available,
            "available_share": available / total["installed"] if total["installed"] else None,
        }

    @cached_property
    def days(self) -> list[series.PlantDay]:
        """Yesterday of every plant with a plan, the truest to it first."""
        return series.rank_plants(self.yesterday, visible_scope(self.user))

    @cached_property
    def ranking(self) -> dict[str, Any]:
        """The plants truest to and farthest from their plan; empty without a plan."""
        if not self.days:
            return {}
        best, worst = self.days[0], self.days[-1]
        plants = self.plants.in_bulk([best.plant_id, worst.plant_id])
        return {
            "count": len(self.days),
            "best": {"plant": plants[best.plant_id], "day": best},
            "worst": {"plant": plants[worst.plant_id], "day": worst},
        }

    @cached_property
    def price_extremes(self) -> list[dict[str, Any]]:
        """Yesterday's lowest and highest hour of PTF and SMF, as far as they are published."""
        screen = PriceScreen(self.yesterday)
        screen.rows = self.prices.rows
        return [
            {"label": column.label, **(screen.extremes(column.name) or {})}
            for column in screen.columns
        ]


class SuperAdminDashboard(Dashboard):
    """The market, the whole fleet, and the runs of the engine."""

    template = "transparency/_board_super_admin.html"


class AdminDashboard(Dashboard):
    """The organization's plants, their events, and what these cost."""

    template = "transparency/_board_admin.html"

    def lanes(self, start: dt.datetime, end: dt.datetime) -> Sequence[Lane]:
        events = self.events.overlapping(start, end).select_related("plant")
        return lanes(events.order_by("starts_at", "pk"), start, end)[:LISTED_LANES]

    @cached_property
    def plant_rows(self) -> list[PlantRow]:
        """The plants that need a look first, then the largest."""
        plants: Any = self.plants.with_availability(self.at)
        is_active = Case(When(status=Status.ACTIVE, then=1), default=0)
        listed = list(plants.order_by(is_active, "-installed_capacity_mw", "name")[:LISTED_PLANTS])
        deviations = {day.plant_id: day.deviation for day in self.days}
        now = Span(self.hour, self.hour + HOUR, self.at)
        scope = series.PlantScope(["plant.id = ANY (%s)"], [[plant.pk for plant in listed]])
        planned = {
            row.sums.key: row.sums.planned_mwh for row in series.generation_by_plant(now, scope)
        }
        changes = self.next_changes(listed)
        return [
            PlantRow(
                plant,
                planned.get(plant.pk),
                deviations.get(plant.pk),
                changes.get(plant.pk, ""),
            )
            for plant in listed
        ]

    def next_changes(self, plants: Sequence[PowerPlant]) -> dict[int, str]:
        """When each plant's next event begins or ends, in words; without one it is left out."""
        edges: dict[int, list[tuple[dt.datetime, str]]] = {}
        for event in self.events.overlapping(self.at, None).filter(plant__in=plants):
            words = {"event": event.get_event_type_display()}
            own = edges.setdefault(event.plant_id, [])
            if event.starts_at > self.at:
                own.append((event.starts_at, _("%(event)s begins") % words))
            elif event.ends_at:
                own.append((event.ends_at, _("%(event)s ends") % words))
        return {
            plant: f"{day_and_hour(at)} {words}"
            for plant, own in edges.items()
            if own
            for at, words in [min(own)]
        }


class AnalystDashboard(Dashboard):
    """Prices, the error of the forecast, and how true the plants were to their plan."""

    template = "transparency/_board_analyst.html"

    @cached_property
    def demand(self) -> ConsumptionScreen:
        return ConsumptionScreen(Span(self.today, self.today + DAY, self.at))

    @cached_property
    def by_fuel(self) -> GenerationScreen:
        """Yesterday's plan and actual by fuel, and the address of the same view."""
        day = turkish_date(self.yesterday.start).isoformat()
        query = QueryDict(f"start={day}&end={day}&by=fuel")
        form = GenerationForm(query, user=self.user, at=self.at)
        return GenerationScreen(form.span(), form)

    def fuel_lines(self) -> Iterator[Any]:
        return self.by_fuel.table.lines()


BOARDS: dict[str, type[Dashboard]] = {
    Role.SUPER_ADMIN: SuperAdminDashboard,
    Role.ADMIN: AdminDashboard,
    Role.ANALYST: AnalystDashboard,
}
