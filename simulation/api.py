"""The ledger of the engine, for Super Admins."""

from __future__ import annotations

from typing import Any

from django.urls import include, path
from rest_framework import permissions, serializers, viewsets
from rest_framework.routers import SimpleRouter

from accounts.access import Role
from accounts.scoped_api import ConditionalReadMixin, RolePermission
from energysys.api import MarketTimeField
from simulation.filters import RunFilter
from simulation.models import SimulationRun


class RunSerializer(serializers.ModelSerializer[SimulationRun]):
    started_at = MarketTimeField()
    finished_at = MarketTimeField()
    duration_s = serializers.FloatField(read_only=True)
    scenario = serializers.CharField(source="scenario_name", read_only=True)

    class Meta:
        model = SimulationRun
        fields = [
            "id",
            "kind",
            "day",
            "started_at",
            "finished_at",
            "duration_s",
            "rows_written",
            "seed",
            "scenario",
            "outcome",
            "detail",
        ]


class RunViewSet(ConditionalReadMixin, viewsets.ReadOnlyModelViewSet[Any]):
    """What ran, for which UTC day, how long and with what outcome."""

    queryset = SimulationRun.objects.all()
    serializer_class = RunSerializer
    is_counted = True
    filterset_class = RunFilter
    permission_classes = (permissions.IsAuthenticated, RolePermission)
    read_roles = (Role.SUPER_ADMIN,)
    ordering = ("-started_at", "-pk")


router = SimpleRouter()
router.register("simulation-runs", RunViewSet, basename="api-simulation-run")

urlpatterns = [path("", include(router.urls))]
