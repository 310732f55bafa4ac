"""Filters of the engine's ledger."""

from django_filters import rest_framework as filters

from simulation.models import SimulationRun


class RunFilter(filters.FilterSet):
    class Meta:
        model = SimulationRun
        fields = ["kind", "outcome", "day"]
