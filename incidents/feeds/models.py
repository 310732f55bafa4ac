"""A person's own address of the event feed, for feed readers, which send no header."""

from __future__ import annotations

import hashlib
import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class FeedAddress(models.Model):
    """Leads to the feed and nothing else; only a hash of its key is stored."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="feed_address"
    )
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("feed address")
        verbose_name_plural = _("feed addresses")

    def __str__(self) -> str:
        return f"{self.user_id}"


def make_feed_key(user: User) -> str:
    """A new key of `user`; the one before ends."""
    key = secrets.token_urlsafe(32)
    address = {"digest": digest_of(key), "created_at": timezone.now()}
    FeedAddress.objects.update_or_create(user=user, defaults=address)
    return key


def person_of(key: str) -> User | None:
    """The active person whose feed key this is."""
    return User.objects.filter(feed_address__digest=digest_of(key), is_active=True).first()


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()
