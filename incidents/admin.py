from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.access import signed_in
from energysys.admin import ReadOnlyAdmin
from incidents.models import EventVersion, PlantEvent


@admin.register(PlantEvent)
class PlantEventAdmin(admin.ModelAdmin):
    """An event is dismissed, never deleted: what was known of it stays known."""

    list_display = (
        "plant",
        "event_type",
        "affected_mw",
        "starts_at",
        "ends_at",
        "dismissed_at",
        "invented_at",
    )
    list_filter = ("event_type", "plant__organization")
    list_select_related = ("plant",)
    search_fields = ("plant__name", "plant__eic", "reason")
    autocomplete_fields = ("plant",)
    ordering = ("-starts_at", "-pk")
    fields = (
        "plant",
        "event_type",
        "reason",
        "description",
        "affected_mw",
        "starts_at",
        "ends_at",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("plant",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.dismissed_at)

    def save_model(self, request: HttpRequest, obj: PlantEvent, form: Any, change: bool) -> None:
        if change:
            obj.changed_by = signed_in(request)
        else:
            obj.reported_by = signed_in(request)
        super().save_model(request, obj, form, change)


@admin.register(EventVersion)
class EventVersionAdmin(ReadOnlyAdmin):
    list_display = ("event", "version", "recorded_at", "recorded_by", "affected_mw", "dismissed_at")
    list_select_related = ("event__plant", "recorded_by")
    ordering = ("-recorded_at", "-pk")
