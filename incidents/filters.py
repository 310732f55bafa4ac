"""Filters of plant events, for pages and API alike."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from assets.filters import visible_plants
from energysys.filters import AwareDateTimeFilter
from energysys.search import has_words
from incidents.models import EventState, EventType, EventVersion, PlantEvent


class EventFilter(filters.FilterSet):
    """`start` and `end` cut to events that share an instant with `[start, end)`."""

    q = filters.CharFilter(method="filter_text", label=_("Plant, organization or reason contains"))
    plant = extend_schema_field(OpenApiTypes.STR)(
        filters.ModelMultipleChoiceFilter(
            field_name="plant__eic",
            queryset=visible_plants,
            to_field_name="eic",
            label=_("power plant"),
        )
    )
    event_type = filters.ChoiceFilter(choices=EventType.choices, label=_("type"))
    state = filters.ChoiceFilter(
        choices=EventState.choices, method="filter_state", label=_("State now")
    )
    is_simulated = filters.BooleanFilter(
        field_name="invented_at", lookup_expr="isnull", exclude=True, label=_("simulated")
    )
    start = AwareDateTimeFilter(method="filter_start", label=_("from"))
    end = AwareDateTimeFilter(field_name="starts_at", lookup_expr="lt", label=_("until"))

    class Meta:
        model = PlantEvent
        fields = ["q", "plant", "event_type", "state", "is_simulated", "start", "end"]

    def filter_text(self, queryset: Any, name: str, value: str) -> Any:
        columns = ("folded", "plant__folded", "plant__organization__folded")
        return queryset.filter(has_words(value, *columns))

    def filter_state(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.in_state(value, timezone.now())

    def filter_start(self, queryset: Any, name: str, value: Any) -> Any:
        return queryset.overlapping(value, None)


class KnownEventFilter(EventFilter):
    """The same of what was known at `as_of`, which the filter's `at` holds."""

    plant = extend_schema_field(OpenApiTypes.STR)(
        filters.ModelMultipleChoiceFilter(
            field_name="event__plant__eic", queryset=visible_plants, to_field_name="eic"
        )
    )
    is_simulated = filters.BooleanFilter(
        field_name="event__invented_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = EventVersion
        fields = EventFilter.Meta.fields

    def __init__(self, *args: Any, at: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at

    def filter_text(self, queryset: Any, name: str, value: str) -> Any:
        columns = ("event__plant__folded", "event__plant__organization__folded", "event__folded")
        return queryset.filter(has_words(value, *columns))

    def filter_state(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.in_state(value, self.at)

    def filter_start(self, queryset: Any, name: str, value: Any) -> Any:
        return queryset.filter(Q(ends_at=None) | Q(ends_at__gt=value))
