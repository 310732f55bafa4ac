"""Users and their roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.access import Role, ScopedQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


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
