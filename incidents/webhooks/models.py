"""Webhooks, the messages that wait for them, and what became of each attempt to deliver one.

The database writes a message with each version of an event, in the same transaction; so whoever
wrote the event, no message is lost and none tells of what was rolled back.
"""

from __future__ import annotations

import base64
import datetime as dt
import secrets
import uuid
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.access import OrganizationRunQuerySet, Role
from incidents.webhooks.addresses import check_url

# Receivers have this long to take over a new secret; until then both sign.
ROTATION = dt.timedelta(days=1)


class EventKind(models.TextChoices):
    """What happened to an event; `incidents_queue_messages_v1` says which."""

    REPORTED = "reported", _("reported")
    CHANGED = "changed", _("changed")
    ENDED = "ended", _("ended")
    DISMISSED = "dismissed", _("dismissed")


class AdminsOnlyQuerySet(OrganizationRunQuerySet[Any]):
    """Rows of an organization that its Analysts do not see."""

    def visible_to(self, user: Any) -> Self:
        if user.is_anonymous or user.role == Role.ANALYST:
            return self.none()
        return super().visible_to(user)


def all_kinds() -> list[str]:
    return list(EventKind.values)


def new_nonce() -> str:
    return secrets.token_urlsafe(24)


class Webhook(models.Model):
    """An address of an organization that is told what happens to its plants' events.

    The secret is computed from `SECRET_KEY` and a nonce, so that no copy of the table holds it.
    """

    organization = models.ForeignKey(
        "assets.Organization",
        models.CASCADE,
        related_name="webhooks",
        verbose_name=_("organization"),
    )
    url = models.CharField(_("address"), max_length=500)
    event_kinds = ArrayField(
        models.CharField(max_length=9, choices=EventKind),
        default=all_kinds,
        verbose_name=_("told when an event is"),
    )
    is_active = models.BooleanField(_("active"), default=True)
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    old_nonce = models.CharField(max_length=32, blank=True, editable=False)
    old_nonce_until = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    disabled_at = models.DateTimeField(_("switched off"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = AdminsOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints = [
            models.CheckConstraint(
                condition=Q(event_kinds__len__gt=0)
                & Q(event_kinds__contained_by=list(EventKind.values)),
                name="webhook_kinds_are_known",
                violation_error_message=_("Choose at least one of the known kinds."),
            ),
        ]

    def __str__(self) -> str:
        return self.url

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Whoever switches it on again starts with a clean slate.
        if self.is_active and self.disabled_at:
            self.disabled_at = self.failing_since = None
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("incidents:webhook", args=[self.pk])

    def clean(self) -> None:
        try:
            check_url(self.url)
        except ValidationError as refusal:
            raise ValidationError({"url": refusal}) from refusal

    @property
    def secret(self) -> str:
        return f"whsec_{base64.b64encode(key_of(self.nonce, settings.SECRET_KEY)).decode()}"

    def keys_at(self, at: dt.datetime) -> list[bytes]:
        """The keys that sign a message: the newest first, those before while they still count.

        Secrets of a former `SECRET_KEY` count as long as `SECRET_KEY_FALLBACKS` names it.
        """
        nonces = [self.nonce]
        if self.old_nonce and self.old_nonce_until and at < self.old_nonce_until:
            nonces.append(self.old_nonce)
        secret_keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        return [key_of(nonce, secret_key) for secret_key in secret_keys for nonce in nonces]

    def rotate(self, at: dt.datetime) -> None:
        """Take a new secret; the old one signs as well for a day."""
        self.old_nonce, self.old_nonce_until = self.nonce, at + ROTATION
        self.nonce = new_nonce()
        self.save(update_fields=["nonce", "old_nonce", "old_nonce_until"])


def key_of(nonce: str, secret_key: str) -> bytes:
    return salted_hmac("incidents.webhook", nonce, secret=secret_key, algorithm="sha256").digest()


class MessageState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    DELIVERED = "delivered", _("delivered")
    GIVEN_UP = "given_up", _("given up")


class MessageQuerySet(AdminsOnlyQuerySet):
    organization_path = "webhook__organization"


class WebhookMessage(models.Model):
    """One version of an event for one webhook; the database writes it, workers deliver it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="messages")
    version = models.ForeignKey("incidents.EventVersion", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=9, choices=EventKind)
    created_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=9, choices=MessageState, default=MessageState.WAITING)
    due_at = models.DateTimeField(default=timezone.now)
    attempt_count = models.PositiveSmallIntegerField(default=0)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook message")
        verbose_name_plural = _("webhook messages")
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state="waiting"), name="webhook_message_due"
            ),
            models.Index(fields=["webhook", "-created_at"], name="webhook_message_newest_first"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "version"], name="webhook_message_is_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"msg_{self.id.hex}"


class AttemptQuerySet(AdminsOnlyQuerySet):
    organization_path = "message__webhook__organization"


class WebhookAttempt(models.Model):
    """An attempt to deliver a message: what was answered, or why nothing was."""

    message = models.ForeignKey(WebhookMessage, models.CASCADE, related_name="attempts")
    started_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(null=True)
    detail = models.CharField(max_length=200, blank=True)
    answer = models.CharField(max_length=500, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook attempt")
        verbose_name_plural = _("webhook attempts")

    def __str__(self) -> str:
        return f"{self.message_id}: {self.status or self.detail}"
