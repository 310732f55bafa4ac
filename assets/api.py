"""Organizations and plants, named by their EIC."""

from __future__ import annotations

from typing import Any, cast

from django.db import models
from django.urls import include, path
from django.utils import timezone
from rest_framework import serializers
from rest_framework.routers import SimpleRouter

from accounts.scoped_api import ScopedModelViewSet, VisibleRelatedField
from assets.filters import OrganizationFilter, PlantFilter
from assets.models import Organization, PowerPlant, PowerPlantQuerySet, Status
from energysys.api import CleanModelSerializer


class OrganizationSerializer(CleanModelSerializer):
    class Meta:
        model = Organization
        fields = ["eic", "name", "invents_outages"]


class PlantSerializer(CleanModelSerializer):
    organization = VisibleRelatedField(slug_field="eic", queryset=Organization.objects.all())
    status = serializers.ChoiceField(choices=Status.choices, read_only=True)
    available_mw = serializers.DecimalField(max_digits=9, decimal_places=3, read_only=True)

    class Meta:
        model = PowerPlant
        fields = [
            "eic",
            "name",
            "organization",
            "fuel_type",
            "installed_capacity_mw",
            "is_yekdem",
            "is_res",
            "status",
            "available_mw",
        ]

    def save(self, **changes: Any) -> PowerPlant:
        """Answer with what the plant can offer after the change."""
        plant = super().save(**changes)
        self.instance = PowerPlant.objects.with_availability(timezone.now()).get(pk=plant.pk)
        return self.instance


class OrganizationViewSet(ScopedModelViewSet):
    """Companies that own plants."""

    queryset = Organization.objects.all()
    serializer_class = OrganizationSerializer
    is_counted = True
    filterset_class = OrganizationFilter
    lookup_field = "eic"
    ordering = ("name", "pk")


class PlantViewSet(ScopedModelViewSet):
    """Plants with what they can offer now."""

    queryset = PowerPlant.objects.select_related("organization")
    serializer_class = PlantSerializer
    is_counted = True
    filterset_class = PlantFilter
    lookup_field = "eic"
    ordering = ("name", "pk")

    def get_queryset(self) -> models.QuerySet[Any]:
        return cast("PowerPlantQuerySet", super().get_queryset()).with_availability(timezone.now())


router = SimpleRouter()
router.register("organizations", OrganizationViewSet, basename="api-organization")
router.register("plants", PlantViewSet, basename="api-plant")

urlpatterns = [path("", include(router.urls))]
