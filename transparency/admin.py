"""Hourly generation is missing: Django's admin takes no model with a composite key."""

from django.contrib import admin

from energysys.admin import ReadOnlyAdmin
from transparency.models import HourlyConsumption, HourlyPrice


@admin.register(HourlyPrice)
class HourlyPriceAdmin(ReadOnlyAdmin):
    list_display = ("ts", "ptf", "smf", "imported")
    list_filter = ("imported",)
    date_hierarchy = "ts"
    ordering = ("-ts",)


@admin.register(HourlyConsumption)
class HourlyConsumptionAdmin(ReadOnlyAdmin):
    list_display = ("ts", "actual_mwh", "forecast_mwh", "imported")
    list_filter = ("imported",)
    date_hierarchy = "ts"
    ordering = ("-ts",)
