"""Filters of organizations and plants, for pages and API alike."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from accounts.access import signed_in
from assets.models import FuelType, Organization, PowerPlant, Status
from energysys.search import TextFilter


def visible_organizations(request: HttpRequest | None) -> QuerySet[Organization]:
    if request is None:
        return Organization.objects.none()
    return Organization.objects.visible_to(signed_in(request)).order_by("name")


def visible_plants(request: HttpRequest | None) -> QuerySet[PowerPlant]:
    if request is None:
        return PowerPlant.objects.none()
    return PowerPlant.objects.visible_to(signed_in(request)).order_by("name")


class OrganizationFilter(filters.FilterSet):
    q = TextFilter(field_name="folded", label=_("Name or EIC contains"))

    class Meta:
        model = Organization
        fields = ["q"]


class PlantFilter(filters.FilterSet):
    q = TextFilter(field_name="folded", label=_("Name or EIC contains"))
    organization = filters.ModelChoiceFilter(
        queryset=visible_organizations, to_field_name="eic", label=_("organization")
    )
    fuel_type = filters.MultipleChoiceFilter(choices=FuelType.choices, label=_("fuel"))
    status = filters.ChoiceFilter(
        choices=Status.choices, method="filter_status", label=_("Status now")
    )

    class Meta:
        model = PowerPlant
        fields = ["q", "organization", "fuel_type", "status"]

    def filter_status(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.with_availability(timezone.now()).filter(status=value)
