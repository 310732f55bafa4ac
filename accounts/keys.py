"""API keys for machines: made, shown once, recognised, revoked."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.models import ApiKey, User
from accounts.tenancy import set_tenant

HEADER = "X-API-Key"
MINUTE = dt.timedelta(minutes=1)


def make_key(
    user: User, name: str, *, read_only: bool, expires_at: dt.datetime
) -> tuple[ApiKey, str]:
    """A new key of `user` and its secret text, which is kept nowhere."""
    prefix = secrets.token_hex(4)
    text = f"esk_{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey(
        user=user,
        name=name,
        prefix=prefix,
        digest=digest_of(text),
        read_only=read_only,
        expires_at=expires_at,
    )
    key.full_clean()
    key.save()
    return key, text


def digest_of(text: str) -> str:
    """A plain hash is enough: 256 random bits cannot be guessed as a password can."""
    return hashlib.sha256(text.encode()).hexdigest()


def revoke_key(key: ApiKey) -> None:
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())


def note_use(key: ApiKey, at: dt.datetime) -> None:
    """Remember when a key was last used, to the minute; more would write at every request."""
    if key.last_used_at and at - key.last_used_at < MINUTE:
        return
    long_ago = Q(last_used_at=None) | Q(last_used_at__lte=at - MINUTE)
    ApiKey.objects.filter(long_ago, pk=key.pk).update(last_used_at=at)


class ApiKeyAuthentication(authentication.BaseAuthentication):
    """A key acts as its person, as that person is now; a read-only one changes nothing."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        text = request.headers.get(HEADER)
        if text is None:
            return None
        now = timezone.now()
        standing = ApiKey.objects.select_related("user").filter(
            revoked_at=None, expires_at__gt=now, user__is_active=True
        )
        key = standing.filter(digest=digest_of(text)).first()
        if key is None:
            raise exceptions.AuthenticationFailed(
                _("This API key is unknown, revoked or expired."), code="key_not_valid"
            )
        if key.read_only and request.method not in SAFE_METHODS:
            raise exceptions.PermissionDenied(
                _("This API key may only read."), code="key_is_read_only"
            )
        note_use(key, now)
        set_tenant(key.user)
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        return f'ApiKey realm="api", header="{HEADER}"'


def by_key(request: Any) -> bool:
    """Whether the request shows an API key, not a person's login."""
    return isinstance(request.auth, ApiKey)


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """Tells the schema how a key is sent."""

    target_class = ApiKeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": HEADER}
