from django.contrib import admin

from energysys.admin import ReadOnlyAdmin
from simulation.models import SimulationRun


@admin.register(SimulationRun)
class SimulationRunAdmin(ReadOnlyAdmin):
    list_display = ("kind", "day", "started_at", "duration_s", "rows_written", "seed", "outcome")
    list_filter = ("kind", "outcome")
    date_hierarchy = "day"
    ordering = ("-started_at", "-pk")
