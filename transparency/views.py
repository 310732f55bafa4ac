"""The hourly series as pages, and as files of the same rows."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import signed_in
from assets.models import PowerPlant
from energysys.htmx import wants_partial
from transparency.exports import file_of
from transparency.filters import ConsumptionForm, GenerationForm, PriceForm, RangeForm
from transparency.generation import GenerationScreen
from transparency.heat import HeatMap
from transparency.screens import ConsumptionScreen, PriceScreen, Screen

PAGE_ROWS = 200
LISTED_NAMES = 20


@require_safe
def prices(request: HttpRequest) -> HttpResponseBase:
    form = PriceForm(request.GET, user=signed_in(request), at=timezone.now())
    screen = PriceScreen(form.span(), form)
    return answer(request, screen, form, heat=HeatMap(screen))


@require_safe
def consumption(request: HttpRequest) -> HttpResponseBase:
    form = ConsumptionForm(request.GET, user=signed_in(request), at=timezone.now())
    return answer(request, ConsumptionScreen(form.span(), form), form)


@require_safe
def generation(request: HttpRequest) -> HttpResponseBase:
    form = GenerationForm(request.GET, user=signed_in(request), at=timezone.now())
    return answer(request, GenerationScreen(form.span(), form), form)


def answer(
    request: HttpRequest, screen: Screen, form: RangeForm, **context: Any
) -> HttpResponseBase:
    """The page, its part that htmx swaps, or the file that the address asks for."""
    wanted = form.cleaned_data.get("format")
    if wanted and form.is_valid():
        days = (form.cleaned_data["start"], form.cleaned_data["end"])
        name = "-".join([screen.name, *(day.isoformat() for day in days)])
        return file_of(screen.table, name, wanted)
    page = Paginator(screen.table.order, PAGE_ROWS).get_page(request.GET.get("page"))
    context |= {"screen": screen, "form": form, "table": screen.table, "page_obj": page}
    context["lines"] = list(screen.table.lines(list(page.object_list)))
    template = "_screen" if wants_partial(request) else screen.name
    response = render(request, f"transparency/{template}.html", context)
    if wants_partial(request) and form.is_valid():
        # The address of the view itself, without the empty fields of the form.
        response["HX-Push-Url"] = request.path + form.query()
    return response


@require_safe
def plant_names(request: HttpRequest) -> HttpResponse:
    """Names to pick from while a plant is typed into one of the filter's fields."""
    typed = [text.strip() for text in request.GET.getlist("add") + request.GET.getlist("versus")]
    text = max(typed, key=len, default="")
    plants = PowerPlant.objects.visible_to(signed_in(request)).filter(name__icontains=text)
    names = plants.order_by("name", "pk").values_list("name", flat=True)[:LISTED_NAMES]
    return render(request, "transparency/_plant_names.html", {"names": names})
