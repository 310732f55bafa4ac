"""The ledger of the engine, for Super Admins."""

from __future__ import annotations

from django.views.generic import ListView

from accounts.access import Role, RolesMixin
from simulation.models import SimulationRun


class RunList(RolesMixin, ListView):
    roles = (Role.SUPER_ADMIN,)
    queryset = SimulationRun.objects.order_by("-started_at", "-pk")
    template_name = "simulation/runs.html"
    paginate_by = 50
