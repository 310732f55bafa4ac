"""Lists of organizations and plants, and a plant's own page."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone
from django.views.generic import DetailView, ListView

from accounts.access import ScopedViewMixin, can_create
from assets.filters import OrganizationFilter
from assets.forms import PlantListFilter
from assets.models import Organization, PowerPlant, PowerPlantQuerySet
from energysys.views import FilteredListMixin

COMING_EVENTS = 20


class OrganizationList(FilteredListMixin, ScopedViewMixin, ListView):
    queryset = Organization.objects.annotate(
        plant_count=Count("plants"), installed_mw=Sum("plants__installed_capacity_mw")
    ).order_by("name", "pk")
    filterset_class = OrganizationFilter
    template_name = "assets/organizations.html"
    partial_template_name = "assets/_organizations.html"
    paginate_by = 50


class PlantList(FilteredListMixin, ScopedViewMixin, ListView):
    queryset = PowerPlant.objects.select_related("organization").order_by("name", "pk")
    filterset_class = PlantListFilter
    template_name = "assets/plants.html"
    partial_template_name = "assets/_plants.html"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[PowerPlant]:
        plants: PowerPlantQuerySet = super().get_queryset()
        return plants.with_availability(timezone.now())


class PlantDetail(ScopedViewMixin, DetailView):
    """Facts, state and events; the hours come from the app that knows them."""

    queryset = PowerPlant.objects.select_related("organization")
    slug_field = slug_url_kwarg = "eic"
    context_object_name = "plant"
    template_name = "assets/plant.html"

    def get_queryset(self) -> QuerySet[PowerPlant]:
        plants = cast("PowerPlantQuerySet", super().get_queryset())
        return plants.with_availability(timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        events = self.object.events.standing().overlapping(timezone.now(), None)
        return super().get_context_data(
            events=events.order_by("starts_at", "pk")[:COMING_EVENTS],
            may_report=can_create(self.request.user, self.object.events.model),
            **kwargs,
        )
