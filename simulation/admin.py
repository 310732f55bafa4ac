from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from energysys.admin import ReadOnlyAdmin
from simulation.models import SimulationRun


@admin.register(SimulationRun)
class SimulationRunAdmin(ReadOnlyAdmin):
    list_display = (
        "kind",
        "day",
        "started_at",
        "duration_s",
        "rows_written",
        "seed",
        "scenario_name",
        "outcome",
    )
    list_filter = ("kind", "outcome")
    date_hierarchy = "day"
    ordering = ("-started_at", "-pk")

    @admin.display(description=_("scenario"))
    def scenario_name(self, run: SimulationRun) -> str:
        return run.scenario_name
