"""The plant filter as the page shows it: one fuel at a time, from a list."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from assets.filters import PlantFilter, visible_organizations
from assets.models import FuelType, Status


class PlantListFilter(PlantFilter):
    organization = filters.ModelChoiceFilter(
        queryset=visible_organizations,
        to_field_name="eic",
        label=_("organization"),
        empty_label=_("All organizations"),
    )
    fuel_type = filters.ChoiceFilter(
        choices=FuelType.choices, label=_("fuel"), empty_label=_("All fuels")
    )
    status = filters.ChoiceFilter(
        choices=Status.choices,
        method="filter_status",
        label=_("Status now"),
        empty_label=_("Any status"),
    )
