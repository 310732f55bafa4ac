from django.contrib import admin

from assets.models import Organization, PowerPlant


@admin.register(Organization)
class OrganizationAdmin(admin.ModelAdmin):
    list_display = ("name", "eic", "invents_outages")
    search_fields = ("name", "eic")
    ordering = ("name",)


@admin.register(PowerPlant)
class PowerPlantAdmin(admin.ModelAdmin):
    list_display = (
        "name",
        "eic",
        "organization",
        "fuel_type",
        "installed_capacity_mw",
        "is_yekdem",
        "is_res",
    )
    list_filter = ("fuel_type", "is_yekdem", "is_res", "organization")
    list_select_related = ("organization",)
    search_fields = ("name", "eic")
    ordering = ("name",)
