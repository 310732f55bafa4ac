"""The first page, by role, and how it stays fresh.

It asks itself for news every few seconds; when nothing changed the answer is a bare 304, which
costs one query and leaves the hours alone.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Count, Sum
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
from incidents.models import PlantEvent
from transparency import series
from transparency.charts import Chart
from transparency.columns import SMF
from transparency.filters import GenerationForm, visible_scope
from transparency.generation import GenerationScreen
from transparency.lanes import lanes, lost_mwh
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
    draws_lanes = False

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
            lanes=lanes(self.events, start, end)[:LISTED_LANES] if self.draws_lanes else (),
        )

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

    @cached_property
    def events(self) -> list[PlantEvent]:
        """Standing events that touch today or come later, the next to start first."""
        events = PlantEvent.objects.visible_to(self.user).standing().overlapping(self.today, None)
        return list(events.select_related("plant").order_by("starts_at", "pk"))

    @cached_property
    def open_events(self) -> list[PlantEvent]:
        """Running events, the largest loss first, then the coming ones by their start."""
        running = [e for e in self.events if e.starts_at <= self.at and not self.is_over(e)]
        coming = [e for e in self.events if e.starts_at > self.at]
        return [*sorted(running, key=lambda e: (-e.affected_mw, e.pk)), *coming]

    def is_over(self, event: PlantEvent) -> bool:
        return event.ends_at is not None and event.ends_at <= self.at

    @property
    def running_count(self) -> int:
        return sum(e.starts_at <= self.at for e in self.open_events)

    @property
    def listed_events(self) -> list[PlantEvent]:
        return self.open_events[:LISTED_EVENTS]

    @cached_property
    def lost_mwh(self) -> float:
        """What the outages of today have taken so far, MW times hours."""
        return lost_mwh(self.events, self.today, self.at)

    @cached_property
    def expected_lost_mwh(self) -> float:
        """The same until the day ends, if no event changes."""
        return lost_mwh(self.events, self.today, self.today + DAY)

    @cached_property
    def statuses(self) -> dict[str, Any]:
        """How many plants and MW are in each status."""
        # The plugin does not see what `with_availability()` annotates.
        plants: Any = self.plants.with_availability(self.at)
        rows = (
            plants.values("status")
            .annotate(
                count=Count("pk"),
                installed=Sum("installed_capacity_mw"),
                failure=Sum("failure_mw"),
                maintenance=Sum("maintenance_mw"),
            )
            .order_by()
        )
        by_status = {row["status"]: row for row in rows}
        counts = Counter({status: row["count"] for status, row in by_status.items()})
        total = {
            name: sum(row[name] for row in by_status.values())
            for name in ("installed", "failure", "maintenance")
        }
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
    draws_lanes = True

    @cached_property
    def plant_rows(self) -> list[PlantRow]:
        """The plants that need a look first, then the largest."""
        plants = list(self.plants.with_availability(self.at).order_by("name", "pk"))
        plants.sort(key=lambda p: (p.status == Status.ACTIVE, -p.installed_capacity_mw))
        deviations = {day.plant_id: day.deviation for day in self.days}
        now = Span(self.hour, self.hour + HOUR, self.at)
        listed = plants[:LISTED_PLANTS]
        planned = {
            row.sums.key: row.sums.planned_mwh
            for row in series.generation_by_plant(now, visible_scope(self.user))
        }
        return [
            PlantRow(
                plant, planned.get(plant.pk), deviations.get(plant.pk), self.next_change(plant)
            )
            for plant in listed
        ]

    def next_change(self, plant: PowerPlant) -> str:
        """When the plant's next event begins or ends, in words; nothing if none does."""
        edges: list[tuple[dt.datetime, str]] = []
        for event in self.events:
            if event.plant_id == plant.pk:
                kind = event.get_event_type_display()
                if event.starts_at > self.at:
                    edges.append((event.starts_at, _("%(event)s begins") % {"event": kind}))
                elif event.ends_at and event.ends_at > self.at:
                    edges.append((event.ends_at, _("%(event)s ends") % {"event": kind}))
        if not edges:
            return ""
        at, words = min(edges)
        return f"{day_and_hour(at)} {words}"


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
