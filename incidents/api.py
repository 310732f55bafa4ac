"""Plant events: read, report, update, end, dismiss."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.urls import include, path
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounts.access import signed_in
from accounts.scoped_api import ScopedModelViewSet, VisibleRelatedField
from assets.models import PowerPlant
from energysys.api import (
    CleanModelSerializer,
    Conflict,
    MarketTimeField,
    as_serializer_error,
    names_of,
)
from energysys.filters import AwareDateTimeField
from incidents.filters import EventFilter, KnownEventFilter
from incidents.models import EventState, EventVersion, PlantEvent
from incidents.services import (
    EventConflictError,
    dismiss_event,
    end_event,
    report_event,
    update_event,
)


class EventSerializer(CleanModelSerializer):
    plant = VisibleRelatedField(slug_field="eic", queryset=PowerPlant.objects.all())
    start = MarketTimeField(source="starts_at")
    end = MarketTimeField(source="ends_at", required=False, allow_null=True)
    reported_at = MarketTimeField(read_only=True)
    dismissed_at = MarketTimeField(read_only=True, allow_null=True)
    state = serializers.SerializerMethodField()
    is_simulated = serializers.BooleanField(read_only=True)

    class Meta:
        model = PlantEvent
        fields = [
            "id",
            "plant",
            "event_type",
            "reason",
            "description",
            "affected_mw",
            "start",
            "end",
            "reported_at",
            "dismissed_at",
            "state",
            "is_simulated",
        ]

    @extend_schema_field(serializers.ChoiceField(EventState.choices))
    def get_state(self, event: PlantEvent) -> str:
        return event.state_at(self.context.get("as_of") or timezone.now())

    def validate_plant(self, plant: PowerPlant) -> PowerPlant:
        if self.instance is not None and plant != self.instance.plant:
            raise serializers.ValidationError("An event stays with its plant.", code="plant")
        return plant

    def create(self, attrs: dict[str, Any]) -> PlantEvent:
        return report_event(PlantEvent(**attrs), by=signed_in(self.context["request"]))

    def update(self, event: PlantEvent, attrs: dict[str, Any]) -> PlantEvent:
        for name, value in attrs.items():
            setattr(event, name, value)
        return update_event(event, by=signed_in(self.context["request"]))


class EndSerializer(serializers.Serializer[Any]):
    end = MarketTimeField(required=False)


AS_OF = OpenApiParameter(
    "as_of", OpenApiTypes.DATETIME, description="What was known at that instant of the past."
)


@extend_schema_view(
    list=extend_schema(parameters=[AS_OF]), retrieve=extend_schema(parameters=[AS_OF])
)
class EventViewSet(ScopedModelViewSet):
    """Failures and maintenance: what a plant cannot offer, from when until when."""

    queryset = PlantEvent.objects.select_related("plant")
    serializer_class = EventSerializer
    is_counted = True
    filterset_class = EventFilter
    ordering: tuple[str, ...] = ("-starts_at", "-pk")
    parameters = ("as_of",)

    @cached_property
    def as_of(self) -> dt.datetime | None:
        """The past instant whose knowledge is asked for."""
        text = self.request.query_params.get("as_of") if self.request.method == "GET" else None
        if text is None:
            return None
        try:
            at = AwareDateTimeField().clean(text)
        except ValidationError as error:
            raise serializers.ValidationError({"as_of": error.messages}) from error
        if at > timezone.now():
            raise serializers.ValidationError(
                {"as_of": [_("Nobody knows yet what will be known.")]}
            )
        return at

    def get_serializer_context(self) -> dict[str, Any]:
        return super().get_serializer_context() | {"as_of": self.as_of}

    def known(self, at: dt.datetime) -> Any:
        """The versions in force at that instant that the person may see."""
        versions = EventVersion.objects.visible_to(signed_in(self.request)).known_at(at)
        return versions.select_related("event__plant")

    def filter_queryset(self, queryset: Any) -> Any:
        if self.as_of is None or self.action != "list":
            return super().filter_queryset(queryset)
        super().filter_queryset(queryset)  # Refuses what is no parameter.
        self.ordering = ("-starts_at", "-event_id")
        query = self.request.query_params
        return KnownEventFilter(
            query, self.known(self.as_of), request=self.request, at=self.as_of
        ).qs

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        return page if self.as_of is None else [version.as_event() for version in page or ()]

    def get_object(self) -> Any:
        event = super().get_object()
        if self.as_of is None:
            return event
        return get_object_or_404(self.known(self.as_of), event=event).as_event()

    def handle_exception(self, exception: Exception) -> Response:
        """A service refuses: a conflict where the wish came too late, else bad input."""
        if isinstance(exception, EventConflictError) and not hasattr(exception, "error_dict"):
            exception = Conflict(" ".join(exception.messages), code=exception.code)
        elif isinstance(exception, ValidationError):
            exception = as_serializer_error(exception, names_of(self.get_serializer()))
        return super().handle_exception(exception)

    @extend_schema(request=EndSerializer, responses=EventSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str | None = None) -> Response:
        """End a running event; without `end`, now."""
        event = self.get_object()
        wish = EndSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        event = end_event(event, by=signed_in(request), at=wish.validated_data.get("end"))
        return Response(self.get_serializer(event).data)

    @extend_schema(request=None, responses=EventSerializer)
    @action(detail=True, methods=["post"])
    def dismiss(self, request: Request, pk: str | None = None) -> Response:
        """Withdraw an event; it stays readable and counts nowhere."""
        event = dismiss_event(self.get_object(), by=signed_in(request))
        return Response(self.get_serializer(event).data)


router = SimpleRouter()
router.register("events", EventViewSet, basename="api-event")

urlpatterns = [path("", include(router.urls))]
