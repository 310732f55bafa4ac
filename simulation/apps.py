from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SimulationConfig(AppConfig):
    name = "simulation"
    verbose_name = _("Simulation")

    def ready(self) -> None:
        post_migrate.connect(set_seed, sender=self)


def set_seed(using: str, plan: list[tuple[Any, bool]], **signal: Any) -> None:
    """SIMULATION_SEED is stored, so that the engine answers alike to whoever calls it."""
    going_back = any(backwards for _, backwards in plan)
    if settings.SIMULATION_SEED is not None and not going_back:
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT sim_set_seed_v2(%s)", [settings.SIMULATION_SEED])
