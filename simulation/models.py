"""What the engine reads (seed, parameters) and keeps (the ledger, the state of each hour)."""

from __future__ import annotations

import math

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _


class Settings(models.Model):
    """The one row that says which of all possible markets is simulated."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    default_seed = models.BigIntegerField(_("seed without a scenario"), default=2026)
    scenario = models.JSONField(_("scenario"), default=dict)
    seed = models.GeneratedField(
        expression=Coalesce(
            Cast(KT("scenario__seed"), models.BigIntegerField()), models.F("default_seed")
        ),
        output_field=models.BigIntegerField(),
        db_persist=True,
        verbose_name=_("seed"),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("settings")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="settings_are_one_row")
        ]

    def __str__(self) -> str:
        name = self.scenario.get("name")
        return f"Scenario {name!r}, seed {self.seed}" if name else f"No scenario, seed {self.seed}"


class RunKind(models.TextChoices):
    SIMULATE = "simulate", _("Simulate")
    PRUNE = "prune", _("Prune")


class RunOutcome(models.TextChoices):
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")


class SimulationRun(models.Model):
    """The ledger: what ran, for which UTC day, when, how long, how many rows, with what outcome.

    A successful run is entered in its own transaction with its rows, so a run that was cut off
    left neither.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=RunKind)
    day = models.DateField(_("UTC day"))
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"))
    rows_written = models.BigIntegerField(_("rows written"), default=0)
    seed = models.BigIntegerField(_("seed"), null=True)
    scenario = models.JSONField(_("scenario"), null=True)
    outcome = models.CharField(_("outcome"), max_length=9, choices=RunOutcome)
    detail = models.TextField(_("detail"), blank=True)

    class Meta:
        verbose_name = _("simulation run")
        verbose_name_plural = _("simulation runs")
        indexes = [
            models.Index(fields=["kind", "day", "outcome"], name="run_by_day"),
            models.Index(
                models.F("started_at").desc(), models.F("id").desc(), name="run_newest_first"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day} {self.outcome}"

    @property
    def scenario_name(self) -> str:
        """What its file calls the scenario; empty without one."""
        return str((self.scenario or {}).get("name", ""))

    @property
    def duration_s(self) -> float:
        return (self.finished_at - self.started_at).total_seconds()


class Parameter(models.Model):
    """A number of the model, or a list or table of them, with its unit and source."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.JSONField()
    unit = models.CharField(max_length=200)
    source = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class HourState(models.Model):
    """What plants follow in an hour; a place in the arrays is a fuel's, or its in a region.

    Kept for every simulated hour, so that a plant's rows can be computed again without the market.
    `actual_drivers` is NULL until the hour is realised.
    """

    ts = models.DateTimeField(primary_key=True)
    planned_drivers = ArrayField(models.FloatField())
    actual_drivers = ArrayField(models.FloatField(), null=True)
    spreads = ArrayField(models.FloatField())

    def __str__(self) -> str:
        return f"{self.ts:%Y-%m-%d %H:%M}"


class CalibrationFigure(models.Model):
    """A figure of the real market, or a shape or table of them, with its unit and source.

    Simulated figures of the same name are compared with it. `low` and `high` are the band in
    which a year passes for a real one; `least_days` is how many days a figure needs to be judged.
    """

    name = models.CharField(max_length=60, primary_key=True)
    value = models.JSONField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    least_days = models.PositiveSmallIntegerField(default=0)
    unit = models.CharField(max_length=200)
    source = models.CharField(max_length=200)

    class Meta:
        db_table = "simulation_calibration"

    def __str__(self) -> str:
        return self.name

    @property
    def band(self) -> tuple[float, float]:
        """From which value up to which one the figure passes; without limits any does."""
        low = -math.inf if self.low is None else self.low
        return low, math.inf if self.high is None else self.high

    @property
    def has_band(self) -> bool:
        return self.low is not None or self.high is not None
