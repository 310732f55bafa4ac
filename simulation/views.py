"""The ledger of the engine and how real its market is, for Super Admins."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.generic import ListView, TemplateView

from accounts.access import Role, RolesMixin, signed_in
from accounts.versions import etag
from assets.models import PowerPlant
from simulation.models import SimulationRun
from simulation.realism import Verdict, make_report, seeds_of, stored_days
from simulation.realism_page import MOST_PLANT_HOURS, FigureRow, SpanForm, sections


class RunList(RolesMixin, ListView):
    roles = (Role.SUPER_ADMIN,)
    queryset = SimulationRun.objects.order_by("-started_at", "-pk")
    template_name = "simulation/runs.html"
    paginate_by = 50


class LatestRuns(RunList):
    """The newest runs, as the part of the first page that htmx asks for, again and again."""

    template_name = "simulation/_latest.html"
    paginate_by = 5

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        tag = etag(signed_in(request), timezone.now(), request.path)
        if unchanged := get_conditional_response(request, etag=tag):
            return unchanged
        self.extra_context = {"etag": tag, "now": timezone.now()}
        response = super().get(request, *args, **kwargs)
        response["ETag"] = tag
        return response


class Realism(RolesMixin, TemplateView):
    """The statistics of stored UTC days beside the real market's."""

    roles = (Role.SUPER_ADMIN,)
    template_name = "simulation/realism.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        stored = stored_days()
        if stored is None:
            return super().get_context_data(**kwargs)
        form = SpanForm(self.request.GET, stored)
        context = {"form": form, "stored": stored, **kwargs}
        if form.is_valid():
            context |= report_context(form.cleaned_data["start"], form.cleaned_data["end"])
        return super().get_context_data(**context)


def report_context(first: dt.date, last: dt.date) -> dict[str, Any]:
    """The report of those days, without the plants where they have too many hours to wait for."""
    plants = PowerPlant.objects.count()
    days = (last - first).days + 1
    with_plants = plants * days * 24 <= MOST_PLANT_HOURS
    report = make_report(first, last, with_plants=with_plants)
    shown = sections(report, with_plants)
    figures = [figure for section in shown for figure in section.figures]
    return {
        "report": report,
        "sections": shown,
        "plants": plants,
        "with_plants": with_plants,
        "seeds": seeds_of(first, last),
        "judged": sum(figure.is_judged for figure in figures),
        "in_band": sum(figure.verdict == Verdict.IN_BAND for figure in figures),
        "not_judged": sum(not figure.is_judged for figure in figures),
        "out": [
            FigureRow.of(figure) for figure in figures if figure.verdict == Verdict.OUT_OF_BAND
        ],
    }
