"""What the engine reads (seed, parameters) and keeps (the ledger, the state of each hour)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from assets.models import FuelType


class Settings(models.Model):
    """The one row that says which of all possible markets is simulated."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seed = models.BigIntegerField(_("seed"), default=2026)

    class Meta:
        verbose_name = verbose_name_plural = _("settings")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="settings_are_one_row")
        ]

    def __str__(self) -> str:
        return f"seed {self.seed}"


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
    def duration_s(self) -> float:
        return (self.finished_at - self.started_at).total_seconds()


class Parameter(models.Model):
    """A number of the model with its unit and source."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.FloatField()
    unit = models.CharField(max_length=80)
    source = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class Profile(models.Model):
    """A month × hour shape of the model; `series` names it, hours are Turkish."""

    pk = models.CompositePrimaryKey("series", "month", "hour")
    series = models.CharField(max_length=40)
    month = models.SmallIntegerField()
    hour = models.SmallIntegerField()
    value = models.FloatField()
    unit = models.CharField(max_length=80)
    source = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.series} {self.month}/{self.hour}"


class Fuel(models.Model):
    """How the country's fleet of one fuel behaves; shares are of the fuel's own output."""

    fuel_type = models.CharField(max_length=13, choices=FuelType, primary_key=True)
    fleet_mw = models.FloatField()
    regional_share = models.FloatField()
    national_share = models.FloatField()
    residual_slope = models.FloatField()
    plan_error_share = models.FloatField()
    plant_share = models.FloatField()

    def __str__(self) -> str:
        return self.fuel_type


class PriceLimit(models.Model):
    """The highest price allowed from a Turkish day on, TL/MWh; the lowest is 0."""

    from_day = models.DateField(primary_key=True)
    cap_try_per_mwh = models.FloatField()

    def __str__(self) -> str:
        return f"{self.from_day}: {self.cap_try_per_mwh}"


class Holiday(models.Model):
    """A Turkish public holiday and its demand over that of an ordinary day."""

    day = models.DateField(primary_key=True)
    name = models.CharField(max_length=60)
    demand_ratio = models.FloatField()

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class FuelHour(models.Model):
    """What plants of a fuel in a region can produce per MW in an hour, planned and actual.

    Kept for every simulated hour, so that a plant's rows can be computed again without the market.
    """

    pk = models.CompositePrimaryKey("fuel_type", "region", "ts")
    fuel_type = models.CharField(max_length=13, choices=FuelType)
    region = models.SmallIntegerField()
    ts = models.DateTimeField()
    planned_mwh_per_mw = models.FloatField()
    actual_mwh_per_mw = models.FloatField(null=True)

    def __str__(self) -> str:
        return f"{self.fuel_type} {self.region} {self.ts:%Y-%m-%d %H:%M}"
