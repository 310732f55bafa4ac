"""Webhooks in the API: registered, changed, removed; what was delivered, and once more."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import include, path
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounts.access import Role, signed_in
from accounts.scoped_api import (
    ReplayMixin,
    ScopedModelViewSet,
    ScopedReadOnlyViewSet,
    VisibleRelatedField,
)
from assets.models import Organization
from energysys.api import CleanModelSerializer, MarketTimeField
from incidents.tasks import deliver_soon
from incidents.webhooks.delivery import resend
from incidents.webhooks.models import (
    EventKind,
    MessageState,
    Webhook,
    WebhookAttempt,
    WebhookMessage,
)

ADMINS = (Role.SUPER_ADMIN, Role.ADMIN)


class WebhookSerializer(CleanModelSerializer):
    organization = VisibleRelatedField(
        slug_field="eic",
        queryset=Organization.objects.all(),
        required=False,
        help_text="An Admin's own unless given.",
    )
    event_kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=EventKind.choices), required=False
    )
    failing_since = MarketTimeField(read_only=True, allow_null=True)
    disabled_at = MarketTimeField(read_only=True, allow_null=True)
    created_at = MarketTimeField(read_only=True)

    class Meta:
        model = Webhook
        fields = [
            "id",
            "organization",
            "url",
            "event_kinds",
            "is_active",
            "failing_since",
            "disabled_at",
            "created_at",
        ]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.instance is None and "organization" not in attrs:
            own = signed_in(self.context["request"]).organization
            if own is None:
                required = self.fields["organization"].error_messages["required"]
                raise serializers.ValidationError({"organization": required}, code="required")
            attrs["organization"] = own
        return super().validate(attrs)


class NewWebhookSerializer(WebhookSerializer):
    """With the secret, which only this answer shows."""

    secret = serializers.CharField(read_only=True)

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "secret"]


class WebhookViewSet(ScopedModelViewSet):
    """Addresses that are told what happens to plant events, signed as Standard Webhooks says."""

    queryset = Webhook.objects.select_related("organization")
    serializer_class = WebhookSerializer
    read_roles = ADMINS
    replays = False
    http_method_names = ["get", "post", "put", "patch", "delete", "head", "options"]
    ordering = ("-created_at", "-pk")

    def get_serializer_class(self) -> Any:
        return NewWebhookSerializer if self.action == "create" else WebhookSerializer

    @extend_schema(request=None, responses=NewWebhookSerializer)
    @action(detail=True, methods=["post"], url_path="rotate-secret")
    def rotate_secret(self, request: Request, pk: str | None = None) -> Response:
        """Take a new secret; for a day messages are signed with the old one as well."""
        webhook = self.get_object()
        webhook.rotate(timezone.now())
        context = self.get_serializer_context()
        return Response(NewWebhookSerializer(webhook, context=context).data)


class AttemptSerializer(serializers.ModelSerializer[WebhookAttempt]):
    started_at = MarketTimeField()

    class Meta:
        model = WebhookAttempt
        fields = ["started_at", "duration_ms", "status", "detail", "answer"]


class MessageSerializer(serializers.ModelSerializer[WebhookMessage]):
    id = serializers.CharField(source="__str__", read_only=True)
    event = serializers.IntegerField(source="version.event_id")
    version = serializers.IntegerField(source="version.version")
    created_at = MarketTimeField()
    due_at = MarketTimeField()
    attempts = AttemptSerializer(many=True)

    class Meta:
        model = WebhookMessage
        fields = [
            "id",
            "webhook",
            "kind",
            "event",
            "version",
            "created_at",
            "state",
            "due_at",
            "attempt_count",
            "attempts",
        ]


class MessageFilter(filters.FilterSet):
    webhook = filters.NumberFilter(field_name="webhook_id")
    state = filters.ChoiceFilter(choices=MessageState.choices)

    class Meta:
        model = WebhookMessage
        fields = ["webhook", "state"]


def with_attempts() -> models.QuerySet[Any]:
    newest_first = WebhookAttempt.objects.order_by("-started_at", "-pk")
    attempts = models.Prefetch("attempts", newest_first)
    return WebhookMessage.objects.select_related("version", "webhook").prefetch_related(attempts)


class MessageViewSet(ReplayMixin, ScopedReadOnlyViewSet):
    """The delivery log: every message, and what became of each attempt to deliver it."""

    queryset = with_attempts()
    serializer_class = MessageSerializer
    filterset_class = MessageFilter
    read_roles = ADMINS
    lookup_value_regex = "msg_[0-9a-f]{32}"
    ordering = ("-created_at", "-pk")

    def get_object(self) -> WebhookMessage:
        self.kwargs["pk"] = self.kwargs["pk"].removeprefix("msg_")
        found: WebhookMessage = super().get_object()
        return found

    @extend_schema(request=None, responses={202: None})
    @action(detail=True, methods=["post"])
    def resend(self, request: Request, pk: str | None = None) -> Response:
        """Deliver the message once more, under the same `webhook-id`."""
        resend(self.get_object())
        deliver_soon()
        return Response(status=status.HTTP_202_ACCEPTED)


router = SimpleRouter()
router.register("webhooks", WebhookViewSet, basename="api-webhook")
router.register("webhook-messages", MessageViewSet, basename="api-webhook-message")

urlpatterns = [path("", include(router.urls))]
