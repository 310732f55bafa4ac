"""The hourly market as stored, published or not.

What people and machines may see of it is decided by the `published_*` functions in `sql/`; read
through `transparency.series`. Prices and consumption belong to no organization: everyone who is
signed in reads them, so they have no `visible_to`.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class HourlyPrice(models.Model):
    """PTF and SMF of the hour that starts at `ts`, TL/MWh."""

    ts = models.DateTimeField(_("hour"), primary_key=True)
    ptf = models.DecimalField("PTF, TL/MWh", max_digits=9, decimal_places=2, null=True)
    smf = models.DecimalField("SMF, TL/MWh", max_digits=9, decimal_places=2, null=True)
    imported = models.BooleanField(_("imported"), default=False)

    class Meta:
        verbose_name = _("hourly price")
        verbose_name_plural = _("hourly prices")
        constraints = [
            models.CheckConstraint(
                condition=(Q(ptf=None) | Q(ptf__gte=0)) & (Q(smf=None) | Q(smf__gte=0)),
                name="price_is_not_negative",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ts:%Y-%m-%d %H:%M}"


class HourlyConsumption(models.Model):
    """National consumption and its day-ahead forecast in the hour that starts at `ts`, MWh."""

    ts = models.DateTimeField(_("hour"), primary_key=True)
    actual_mwh = models.FloatField(_("consumption, MWh"), null=True)
    forecast_mwh = models.FloatField(_("forecast, MWh"), null=True)
    imported = models.BooleanField(_("imported"), default=False)

    class Meta:
        verbose_name = _("hourly consumption")
        verbose_name_plural = _("hourly consumption")

    def __str__(self) -> str:
        return f"{self.ts:%Y-%m-%d %H:%M}"


class HourlyGeneration(models.Model):
    """A plant's planned (KGÜP), actual and settled (UEVM) energy in the hour from `ts`, MWh.

    Partitioned by UTC day, clustered by (plant, hour), without foreign key or further index:
    measured, each of them halves the write rate. The engine alone writes it.
    """

    pk = models.CompositePrimaryKey("plant_id", "ts")
    plant_id = models.BigIntegerField()
    ts = models.DateTimeField(_("hour"))
    planned_mwh = models.FloatField(_("planned, MWh"), null=True)
    actual_mwh = models.FloatField(_("actual, MWh"), null=True)
    settlement_mwh = models.FloatField(_("settlement, MWh"), null=True)

    class Meta:
        managed = False
        db_table = "transparency_hourlygeneration"
        verbose_name = _("hourly generation")
        verbose_name_plural = _("hourly generation")

    def __str__(self) -> str:
        return f"{self.plant_id} {self.ts:%Y-%m-%d %H:%M}"


class WriteCounter(models.Model):
    """How often something that is shown was written: the sum of `writes` over the rows.

    Triggers count (`transparency_count_writes_v1`); read through `accounts.versions`.
    """

    id = models.BigAutoField(primary_key=True)
    writes = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.writes}"
