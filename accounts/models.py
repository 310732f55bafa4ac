"""Users and their roles."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import Role, ScopedQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

LONGEST_KEY_LIFE = dt.timedelta(days=366)


class UserQuerySet(ScopedQuerySet["User"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        if user.is_anonymous or user.role == Role.ANALYST:
            return self.none()
        return super().visible_to(user)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Creates people; `get_by_natural_key` ignores the case of the user name."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user: User = self.model(username=username, **fields)
        user.set_password(password)
        user.full_clean()
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(username, password, role=Role.SUPER_ADMIN, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """A person. Everyone but a Super Admin belongs to exactly one organization."""

    username = models.CharField(
        _("user name"), max_length=150, unique=True, validators=[UnicodeUsernameValidator()]
    )
    full_name = models.CharField(_("full name"), max_length=150, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    role = models.CharField(_("role"), max_length=11, choices=Role, default=Role.ANALYST)
    organization = models.ForeignKey(
        "assets.Organization",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        verbose_name=_("organization"),
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="user_name_is_unique_in_any_case",
                violation_error_message=_("A user with that user name already exists."),
            ),
            models.CheckConstraint(
                condition=Q(role=Role.SUPER_ADMIN, organization=None)
                | (~Q(role=Role.SUPER_ADMIN) & Q(organization__isnull=False)),
                name="user_has_organization_unless_super_admin",
                violation_error_message=_(
                    "Admins and Analysts belong to one organization, a Super Admin to none."
                ),
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_is_known"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_absolute_url(self) -> str:
        return reverse("accounts:user", args=[self.pk])

    def clean(self) -> None:
        self.clean_row()
        if not (self.is_super_admin and self.is_active) and self.is_last_super_admin():
            raise ValidationError(
                _("This is the last active Super Admin. Make another one first."),
                code="last_super_admin",
            )

    def clean_row(self) -> None:
        super().clean()
        # The database has the rules; here the person learns which field to change, and why.
        if self.role == Role.SUPER_ADMIN and self.organization_id:
            message = _("A Super Admin belongs to no organization. Leave this empty.")
            raise ValidationError({"organization": ValidationError(message, code="organization")})
        if self.role in (Role.ADMIN, Role.ANALYST) and not self.organization_id:
            message = _("Choose the organization: Admins and Analysts belong to one.")
            raise ValidationError({"organization": ValidationError(message, code="organization")})

    def is_last_super_admin(self) -> bool:
        """Whether, as stored, this is the one active Super Admin."""
        active = User.objects.filter(role=Role.SUPER_ADMIN, is_active=True)
        return self.pk is not None and list(active.values_list("pk", flat=True)[:2]) == [self.pk]

    @property
    def is_super_admin(self) -> bool:
        return self.role == Role.SUPER_ADMIN

    @property
    def may_edit_events(self) -> bool:
        return self.role != Role.ANALYST

    # The Django admin asks these; a role answers, no permission is stored.
    @property
    def is_staff(self) -> bool:
        return self.is_active and self.is_super_admin

    @property
    def is_superuser(self) -> bool:
        return self.is_staff

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


class TokenFamily(models.Model):
    """One login through the API and all tokens that came of it; see `accounts.tokens`.

    A trigger revokes the families of a person whose password, role, organization or account
    changes (`accounts_revoke_credentials_v1`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="token_families"
    )
    latest_jti = models.CharField(max_length=32)
    started_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.started_at:%Y-%m-%d %H:%M}"

    def revoke(self) -> None:
        self.revoked_at = timezone.now()
        self.save(update_fields=["revoked_at"])


class ApiKeyQuerySet(ScopedQuerySet["ApiKey"]):
    """Keys are their person's alone: not even a Super Admin manages those of others."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.none() if user.is_anonymous else self.filter(user=user)

    def editable_by(self, user: User | AnonymousUser) -> Self:
        return self.visible_to(user)


class ApiKey(models.Model):
    """A machine's way in, with the rights that its person has; only a hash of it is stored."""

    if TYPE_CHECKING:  # Its secret text, when it has just been made.
        key: str

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("prefix"), max_length=8, unique=True, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    read_only = models.BooleanField(_("may only read"), default=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at"))
                & Q(expires_at__lte=F("created_at") + LONGEST_KEY_LIFE),
                name="key_expires_within_a_year",
                violation_error_message=_("A key expires in the future, within a year."),
            )
        ]

    def __str__(self) -> str:
        return f"esk_{self.prefix}"

    def is_standing(self, at: dt.datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at


class IdempotentAnswer(models.Model):
    """What was answered to a request with an `Idempotency-Key`; see `accounts.idempotency`."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    headers = models.JSONField(default=dict)
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_is_unique")
        ]

    def __str__(self) -> str:
        return self.key
